//! DMS v0.2, the language-neutral schema document that TableTheory's libraries share: written from a contract, and read as one.
//!
//! A document says less than a contract: what a key is made of, what lies in lists and maps, and how a table is deployed have no place in
//! it. What a document says and a contract does not (`encryption`, `write_policy`, `json`, …) is kept in members `x-dms-…`, so that it is
//! written again as it was read.

mod model;
mod read;
mod write;

pub use read::from_dms;

use crate::contract::Contract;
use crate::error::ExportError;
use crate::target::Target;
use crate::templates::Format;

/// The version that is read and written.
pub const VERSION: &str = "0.2";

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "dms",
    about: "A DMS v0.2 document, which TableTheory's libraries read; such a document is also read wherever a contract is",
    formats: &[Format::Yaml],
    settings: &[("namespace", "the namespace; `theory` without it")],
    render: write::render,
};

/// Members of a contract in which a document's own are kept.
const ENCRYPTION: &str = "x-dms-encryption";
const FORMAT: &str = "x-dms-format";
const JSON: &str = "x-dms-json";
const BINARY: &str = "x-dms-binary";
const OMIT_EMPTY: &str = "x-dms-omit-empty";
const WRITE_POLICY: &str = "x-dms-write-policy";
const NAMESPACE: &str = "x-dms-namespace";
const NAMING: &str = "x-dms-naming";

/// The contract in a file that holds one, or a DMS document.
///
/// # Errors
///
/// Where the text is neither.
pub fn contract_or_dms(text: &str) -> Result<Contract, ExportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_dms = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => value.get("dms_version").is_some(),
        Err(_) => text.lines().any(|line| {
            let line = line.trim_start_matches(['"', '\'']);
            line.strip_prefix("dms_version")
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
        }),
    };
    if is_dms { from_dms(text) } else { Contract::from_json(text) }
}
