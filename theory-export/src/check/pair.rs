//! Which table of the contract is which table found.

use super::compare::{Comparison, compare};
use super::found::{Deployed, Found};
use super::{CheckOptions, Finding, Severity};
use crate::contract::{Contract, Table};
use crate::error::ExportError;
use crate::templates::Options;

pub(super) fn pair(
    contract: &Contract,
    deployed: &Deployed,
    options: &CheckOptions,
) -> Result<Vec<Finding>, ExportError> {
    let wanted = Options { tables: options.tables.clone(), ..Options::default() }.tables_of(contract)?;
    let paired = pairs(contract, &deployed.tables, options)?;
    let mut findings = Vec::new();
    for table in wanted {
        let declared = table.declared_name();
        let found = paired.iter().find(|(of, _)| std::ptr::eq(*of, table)).map(|(_, found)| *found);
        match found {
            Some(found) => {
                let mut comparison = Comparison::new(format!("tables/{declared}"), found);
                compare(table, &mut comparison);
                findings.extend(comparison.into_findings());
            }
            None => findings.push(Finding {
                path: format!("tables/{declared}"),
                place: String::new(),
                severity: Severity::Error,
                what: format!("{} has no table `{}`", deployed.source, table.name),
                remedy: missing_remedy(deployed),
            }),
        }
    }
    if options.tables.is_empty() {
        let others =
            deployed.tables.iter().filter(|found| !paired.iter().any(|(_, of)| std::ptr::eq(*of, *found)));
        findings.extend(others.map(|found| Finding {
            path: String::new(),
            place: found.place.clone(),
            severity: Severity::Note,
            what: match &found.name {
                Some(name) => format!("the contract has no table `{name}`"),
                None => "the contract has no such table".into(),
            },
            remedy: "nothing to do where it belongs to another application".into(),
        }));
        findings.extend(stamp(contract, deployed));
    }
    findings.extend(deployed.unread.iter().map(|(place, why)| Finding {
        path: String::new(),
        place: place.clone(),
        severity: Severity::Note,
        what: why.clone(),
        remedy: "check what it deploys by hand".into(),
    }));
    Ok(findings)
}

fn missing_remedy(deployed: &Deployed) -> String {
    if deployed.tables.is_empty() {
        return "deploy it".into();
    }
    let names: Vec<_> = deployed
        .tables
        .iter()
        .map(|found| format!("`{}`", found.name.as_deref().unwrap_or(&found.logical)))
        .take(10)
        .collect();
    format!("deploy it, or choose the profile (`--profile`) whose names are there: {}", names.join(", "))
}

/// Other bytes of the contract need not deploy otherwise, so this is no more than a note.
fn stamp(contract: &Contract, deployed: &Deployed) -> Option<Finding> {
    let (stamp, digest) = (deployed.stamp.as_ref()?, contract.digest.as_ref()?);
    (stamp != digest).then(|| Finding {
        path: "digest".into(),
        place: String::new(),
        severity: Severity::Note,
        what: format!("{} is made of the contract {stamp}, and this is {digest}", deployed.source),
        remedy: "make it again, so that it says of which contract it is made".into(),
    })
}

type Pair<'a> = (&'a Table, &'a Found);

/// By the name in DynamoDB; what is left, by the name of the resource.
fn pairs<'a>(
    contract: &'a Contract,
    found: &'a [Found],
    options: &CheckOptions,
) -> Result<Vec<Pair<'a>>, ExportError> {
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    for (name, resource) in &options.resources {
        let missing = |what, name: &String, known| ExportError::NotFound { what, name: name.clone(), known };
        let table = contract.table(name).ok_or_else(|| {
            missing("table", name, contract.tables.iter().map(|table| table.name.clone()).collect())
        })?;
        let found = found.iter().find(|found| found.logical == *resource || found.place == *resource);
        let found = found.ok_or_else(|| missing("resource", resource, Vec::new()))?;
        pairs.push((table, found));
    }
    let by_name = |table: &Table, found: &Found| found.name.as_deref() == Some(&table.name);
    for same in [by_name as fn(&Table, &Found) -> bool, same_resource] {
        // Sorted by the key of the pairing this would be linear; a template has few hundred tables at most.
        for table in &contract.tables {
            if pairs.iter().any(|(of, _)| std::ptr::eq(*of, table)) {
                continue;
            }
            let free = |found: &&Found| !pairs.iter().any(|(_, of)| std::ptr::eq(*of, *found));
            if let Some(found) = found.iter().filter(free).find(|found| same(table, found)) {
                pairs.push((table, found));
            }
        }
    }
    Ok(pairs)
}

/// Whether the resource is called as our templates, or a person, would call it.
fn same_resource(table: &Table, found: &Found) -> bool {
    let bare = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let name = bare(table.declared_name());
    // CDK appends eight digits of a hash.
    let cut = found.logical.len().checked_sub(8).and_then(|cut| found.logical.split_at_checked(cut));
    let without_hash = match cut {
        Some((before, hash)) if hash.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) => before,
        _ => &found.logical,
    };
    !name.is_empty()
        && [without_hash, &found.logical].into_iter().map(bare).any(|logical| {
            logical == name || logical.strip_suffix("table").is_some_and(|logical| logical == name)
        })
}
