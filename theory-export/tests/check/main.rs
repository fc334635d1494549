//! A contract compared with templates: ours, and those that people and other tools write.

mod cli;
mod differences;
mod ours;
mod terraform;
mod theirs;

use serde_json::Value;
use std::collections::BTreeMap;
use theory_export::Contract;
use theory_export::check::{Check, CheckOptions, Deployed, Finding, Severity};

pub(crate) const SHOP: &str = include_str!("../fixtures/shop.json");
pub(crate) const LEDGER: &str = include_str!("../fixtures/ledger.json");
pub(crate) const GLOBAL: &str = include_str!("../fixtures/global.json");

pub(crate) fn contract(text: &str) -> Contract {
    Contract::from_json(text).unwrap()
}

/// What is found, without notes about the contract's digest.
pub(crate) fn findings(contract: &Contract, template: &str) -> Vec<Finding> {
    with_parameters(contract, template, &[])
}

pub(crate) fn with_parameters(
    contract: &Contract,
    template: &str,
    parameters: &[(&str, &str)],
) -> Vec<Finding> {
    let parameters = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let deployed = Deployed::from_template(template, &parameters.collect::<BTreeMap<_, _>>()).unwrap();
    let check = Check::of(contract, &deployed, &CheckOptions::default()).unwrap();
    check.findings().iter().filter(|finding| finding.path != "digest").cloned().collect()
}

/// `error tables/shop/key`, …
pub(crate) fn told(findings: &[Finding]) -> Vec<String> {
    let place = |finding: &Finding| {
        if finding.path.is_empty() { finding.place.clone() } else { finding.path.clone() }
    };
    findings.iter().map(|finding| format!("{} {}", finding.severity.as_str(), place(finding))).collect()
}

/// A contract of one table, `shop`, and whatever else is said of it.
pub(crate) fn one(members: Value) -> Contract {
    let mut table =
        serde_json::json!({ "name": "shop", "key": { "partition": [{ "name": "pk", "type": "S" }] } });
    for (name, value) in members.as_object().unwrap() {
        table[name] = value.clone();
    }
    contract(&serde_json::json!({ "format": "1.0", "tables": [table] }).to_string())
}

/// Whether nothing worse than a note was found.
pub(crate) fn is_fine(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity == Severity::Note)
}
