//! What is deployed, compared with a contract and brought to it, on every engine.

mod account;
mod apply;
mod backfill;
mod check;
mod cli;
mod requests;

use serde_json::{Value, json};
use theory_export::check::{Check, CheckOptions, Finding};
use theory_export::live::{self, Apply, Event, Plan};
use theory_export::{Contract, ExportError};
use theory_tests::Sandbox;

/// A table of many properties, all of which every engine has, under the sandbox's name for it.
pub(crate) fn shop(sandbox: &Sandbox) -> Value {
    json!({
        "name": sandbox.table("shop"),
        "key": { "partition": [{ "name": "pk", "type": "S" }], "sort": [{ "name": "sk", "type": "B" }] },
        "indexes": [
            index("by_status", "global", "status", "N"),
            { "name": "by_time", "kind": "local", "projection": { "type": "KEYS_ONLY" }, "key": {
                "partition": [{ "name": "pk", "type": "S" }], "sort": [{ "name": "at", "type": "N" }] } },
        ],
        "ttl": "expires",
        "stream": "NEW_AND_OLD_IMAGES",
    })
}

pub(crate) fn index(name: &str, kind: &str, attribute: &str, ty: &str) -> Value {
    let projection = json!({ "type": "INCLUDE", "attributes": ["note", "total"] });
    json!({ "name": name, "kind": kind, "projection": projection, "key": { "partition": [{ "name": attribute, "type": ty }] } })
}

pub(crate) fn contract(table: &Value) -> Contract {
    Contract::from_json(&json!({ "format": "1.0", "tables": [table] }).to_string()).unwrap()
}

/// The table with one member of its own.
pub(crate) fn with(mut table: Value, member: &str, value: Value) -> Value {
    table[member] = value;
    table
}

pub(crate) async fn plan(sandbox: &Sandbox, contract: &Contract) -> Plan {
    Plan::of(contract, &live::describe(&sandbox.sdk_client(), contract).await.unwrap())
}

/// Applies a contract, and gives what happened.
pub(crate) async fn apply(
    sandbox: &Sandbox,
    contract: &Contract,
    how: impl FnOnce(Apply<'_>) -> Apply<'_>,
) -> Result<Vec<Event>, ExportError> {
    let plan = plan(sandbox, contract).await;
    let mut events = Vec::new();
    how(Apply::new(contract)).send(&sandbox.sdk_client(), &plan, |event| events.push(event)).await?;
    Ok(events)
}

/// What a check finds, but for what the engine may not be asked.
pub(crate) async fn findings(sandbox: &Sandbox, contract: &Contract) -> Vec<Finding> {
    let deployed = live::describe(&sandbox.sdk_client(), contract).await.unwrap();
    let check = Check::of(contract, &deployed, &CheckOptions::default()).unwrap();
    check
        .findings()
        .iter()
        .filter(|finding| !finding.what.contains("could not be asked for"))
        .cloned()
        .collect()
}

/// `error ttl`, … without the table in front.
pub(crate) fn told(findings: &[Finding]) -> Vec<String> {
    let path = |finding: &Finding| finding.path.splitn(3, '/').nth(2).unwrap_or(&finding.path).to_owned();
    findings.iter().map(|finding| format!("{} {}", finding.severity.as_str(), path(finding))).collect()
}
