//! What the struct says becomes what is deployed.
//!
//! A [`Schema`] lists the entities of an application and says how their tables are deployed. It becomes a [`Contract`]: one file with
//! stable bytes, from which templates, policies, documents and diffs are made.
//!
//! | module | what |
//! |---|---|
//! | [`contract`] | the file, its parts and its digest |
//! | [`builder`] | a schema, and how its tables are deployed |
//! | [`templates`] | what deploys a contract |
//! | [`documents`] | what describes it |
//! | [`mod@diff`] | two contracts compared |
//! | [`mod@check`] | a contract compared with a template, or with what is deployed |
//! | `live` | tables in DynamoDB: described, compared, changed, filled in (feature `live`) |
//! | [`target`] | all of these as data |
//! | [`mod@cli`] | the command line |

pub mod builder;
pub mod check;
pub mod cli;
pub mod contract;
pub mod diff;
pub mod documents;
mod error;
#[cfg(feature = "live")]
pub mod live;
pub mod target;
pub mod templates;
mod text;

pub use builder::Schema;
pub use cli::{cli, cli_from_file};
pub use contract::Contract;
pub use error::ExportError;
pub use templates::{Format, Options};
