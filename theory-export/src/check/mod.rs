//! A contract compared with what is deployed, or is about to be.
//!
//! What is compared is read from a template ([`Deployed::from_template`]) or, with the feature `live`, from DynamoDB itself. Every difference is
//! one [`Finding`] with its place and its [`Severity`].
//!
//! | module | what |
//! |---|---|
//! | [`found`] | a table as it was found |
//! | `read` | templates: CloudFormation, SAM, CDK's output, Terraform's plan |
//! | `pair` | which table of the contract is which table found |
//! | `compare`, `index`, `capacity` | the comparison of two tables |
//! | [`report`] | for people, for programs and for GitHub |

mod capacity;
mod compare;
pub mod found;
mod index;
mod pair;
mod read;
pub mod report;

pub use found::{Deployed, Found};

use crate::contract::Contract;
use crate::error::ExportError;
use serde::Serialize;
use std::collections::BTreeMap;

/// The differences between a table of the contract and one that was found.
#[cfg(feature = "live")]
pub(crate) fn compare_table(table: &crate::contract::Table, found: &Found) -> Vec<Finding> {
    let mut comparison = compare::Comparison::new(format!("tables/{}", table.declared_name()), found);
    compare::compare(table, &mut comparison);
    comparison.into_findings()
}

/// How bad a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Worth knowing, and nothing breaks.
    Note,
    /// Costs, capacity or a setting are other than declared.
    Warning,
    /// Requests fail, or data can be lost.
    Error,
}

impl Severity {
    /// All of them, from the harmless to the worst.
    pub const ALL: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

    /// As `--fail-on` and JSON spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where in the contract: names, not numbers, lead to it.
    pub path: String,
    /// Where it was found: a resource of the template, or a table of DynamoDB.
    pub place: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is different.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

/// What a check was told beside the contract and what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Only these tables, by declared or deployed name; all where empty.
    pub tables: Vec<String>,
    /// Which resource is which table, by declared name, where the names do not tell.
    pub resources: BTreeMap<String, String>,
}

/// The differences between a contract and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    findings: Vec<Finding>,
}

impl Check {
    /// Compares every table of the contract, which is in its profile already.
    ///
    /// # Errors
    ///
    /// Where the options name a table or a resource that does not exist.
    pub fn of(
        contract: &Contract,
        deployed: &Deployed,
        options: &CheckOptions,
    ) -> Result<Check, ExportError> {
        let mut findings = pair::pair(contract, deployed, options)?;
        // The worst first; what is equally bad by its place.
        findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.path.cmp(&b.path)));
        Ok(Check { findings })
    }

    /// The differences, the worst first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How bad the worst is; `None` where nothing is different.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}
