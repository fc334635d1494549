//! The templates: what they say for three contracts that use every property, and what they refuse.
//!
//! That tools of others accept them is checked by `scripts/check-templates.sh`.

mod api_gateway;
mod aws_cli;
mod cdk;
mod cloudformation;
mod dms;
mod iam;
mod refused;
mod sam;
mod snapshots;
mod stamp;
mod terraform;

use serde_json::Value;
use theory_export::target::Target;
use theory_export::{Contract, ExportError, Format, Options};

/// Everything on demand, with a stream, a tenant and several entities.
pub(crate) const SHOP: &str = include_str!("../fixtures/shop.json");
/// Provisioned capacity that follows the use, a key of the account's own, limited attributes.
pub(crate) const LEDGER: &str = include_str!("../fixtures/ledger.json");
/// Replicas.
pub(crate) const GLOBAL: &str = include_str!("../fixtures/global.json");

pub(crate) fn contract(text: &str) -> Contract {
    Contract::from_json(text).unwrap()
}

/// The contract with one place of its file changed.
pub(crate) fn changed(text: &str, pointer: &str, value: Value) -> Contract {
    let mut file: Value = serde_json::from_str(text).unwrap();
    *file.pointer_mut(pointer).unwrap() = value;
    contract(&file.to_string())
}

pub(crate) fn render(target: &str, contract: &Contract, options: &Options) -> Result<String, ExportError> {
    (Target::named(target).unwrap().render)(contract, options)
}

pub(crate) fn json(target: &str, contract: &Contract) -> Value {
    let options = Options { format: Some(Format::Json), ..Options::default() };
    serde_json::from_str(&render(target, contract, &options).unwrap()).unwrap()
}

/// What is refused, and what the message must name.
pub(crate) fn refused(target: &str, contract: &Contract, because: &str) {
    let error = render(target, contract, &Options::default()).unwrap_err().to_string();
    assert!(error.contains(because), "{error}");
}
