//! What a schema becomes: a contract, templates, policies, documents.
//!
//! ```sh
//! cargo run --example shop-schema -- contract > theory.contract.json
//! cargo run --example shop-schema -- cloudformation --profile prod
//! cargo run --example shop-schema -- iam
//! cargo run --example shop-schema -- check --template template.yaml --profile prod
//! cargo run --example shop-schema -- --help
//! ```

mod schema;

use std::process::ExitCode;

fn main() -> ExitCode {
    theory_export::cli(schema::schema())
}
