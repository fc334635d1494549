//! The comparison of a table of the contract with one that was found.

use super::found::{Found, Unresolved};
use super::{Finding, Severity, capacity, index};
use crate::contract::deployment::{Encryption, Keep, Recovery, Replica};
use crate::contract::{Key, STAMP_TAG, Table};
use std::collections::BTreeSet;

/// Where a comparison is, and what it found.
pub(super) struct Comparison<'a> {
    path: String,
    pub(super) found: &'a Found,
    findings: Vec<Finding>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(path: String, found: &'a Found) -> Self {
        Comparison { path, found, findings: Vec::new() }
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// Adds a difference.
    pub(super) fn push(
        &mut self,
        path: impl AsRef<str>,
        severity: Severity,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.push(Finding {
            path: format!("{}/{}", self.path, path.as_ref()),
            place: self.found.place.clone(),
            severity,
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    /// Whether a property can be compared.
    pub(super) fn knows(&self, path: &str) -> bool {
        !self.found.is_unknown(path)
    }

    /// Adds that something is other than the contract has it.
    pub(super) fn other(
        &mut self,
        path: impl AsRef<str>,
        severity: Severity,
        what: &str,
        (declared, found): (impl std::fmt::Display, impl std::fmt::Display),
        remedy: &str,
    ) {
        let what = format!("{what} is {found}, and the contract has {declared}");
        self.push(path, severity, what, remedy);
    }
}

pub(super) fn compare(table: &Table, to: &mut Comparison<'_>) {
    let found = &to.found.table;
    for (path, why) in &to.found.unresolved {
        let (what, remedy) = match why {
            Unresolved::Expression(expression) => (
                format!("`{path}` is `{expression}`, whose value is not known here"),
                "give the value of the parameter with `--param NAME=VALUE`, or check it by hand",
            ),
            Unresolved::Refused(why) => {
                (format!("`{path}` could not be asked for: {why}"), "allow the request, or check it by hand")
            }
        };
        to.push(path, Severity::Note, what, remedy);
    }
    for (path, fault) in &to.found.faults {
        to.push(path, Severity::Error, fault.clone(), "DynamoDB refuses it");
    }
    if let Some(name) = to.found.name.as_ref().filter(|name| **name != table.name) {
        let remedy = "the code asks for a table that is not there: choose the profile, or mend the name";
        to.other("name", Severity::Error, "the name", (quoted(&table.name), quoted(name)), remedy);
    }
    if to.found.name.is_none() && to.knows("name") {
        let what = "the name is given only when it is deployed";
        to.push("name", Severity::Note, what, "tell the code the name, or give the table one");
    }
    if to.knows("key") && !same_key(&table.key, &found.key) {
        let remedy = "every request would be refused; a table keeps its key, so it must be made anew";
        to.other("key", Severity::Error, "the key", (key(&table.key), key(&found.key)), remedy);
    }
    index::compare(table, to);
    ttl(table, to);
    capacity::compare(table, to);
    stream(table, to);
    encryption(table, to);
    recovery(table, to);
    protection(table, to);
    if to.knows("class") && table.class != found.class {
        let classes = (table.class.as_str(), found.class.as_str());
        to.other(
            "class",
            Severity::Warning,
            "the table class",
            classes,
            "storage and requests have other prices",
        );
    }
    tags(table, to);
    policy(table, to);
    replicas(&table.replicas, to);
}

pub(super) fn quoted(text: &str) -> String {
    format!("`{text}`")
}

pub(super) fn same_key(a: &Key, b: &Key) -> bool {
    a.partition == b.partition && a.sort == b.sort
}

/// `pk: S, sk: S`; both sides of a key of several attributes in parentheses.
pub(super) fn key(key: &Key) -> String {
    let side = |side: &[crate::contract::KeyAttribute]| {
        let names: Vec<_> = side.iter().map(|a| format!("{}: {}", a.name, a.ty.descriptor())).collect();
        if names.len() == 1 { names.concat() } else { format!("({})", names.join(", ")) }
    };
    match (&*key.partition, &*key.sort) {
        (partition, []) => format!("`{}`", side(partition)),
        (partition, sort) => format!("`{}, {}`", side(partition), side(sort)),
    }
}

fn ttl(table: &Table, to: &mut Comparison<'_>) {
    if !to.knows("ttl") {
        return;
    }
    match (&table.ttl, &to.found.table.ttl) {
        (Some(ttl), None) => {
            let what = format!("items do not expire, and the contract has them expire by `{ttl}`");
            to.push(
                "ttl",
                Severity::Error,
                what,
                "set the time to live: what is past its time stays, and is paid for",
            );
        }
        (None, Some(ttl)) => {
            let what = format!("items expire by `{ttl}`, and the contract has none expire");
            to.push(
                "ttl",
                Severity::Error,
                what,
                "DynamoDB deletes items that the code takes for kept: turn it off, or declare it",
            );
        }
        (Some(declared), Some(found)) if declared != found => {
            let remedy = "turn it off, wait an hour, and turn it on with the right attribute";
            let (declared, found) = (quoted(declared), quoted(found));
            to.other(
                "ttl",
                Severity::Error,
                "the attribute by which items expire",
                (declared, found),
                remedy,
            );
        }
        _ => {}
    }
}

fn stream(table: &Table, to: &mut Comparison<'_>) {
    if !to.knows("stream") {
        return;
    }
    // Replication needs both images, and has a stream whether it is asked for or not.
    let implied =
        (!table.replicas.is_empty()).then_some(crate::contract::deployment::StreamView::NewAndOldImages);
    match (table.stream, to.found.table.stream) {
        (Some(view), None) => {
            let what = format!("there is no stream, and the contract has one of {}", view.as_str());
            to.push("stream", Severity::Error, what, "turn it on: its consumers get nothing");
        }
        (None, Some(view)) if Some(view) != implied => {
            let what = format!("there is a stream of {}, and the contract has none", view.as_str());
            to.push("stream", Severity::Warning, what, "declare it, or turn it off");
        }
        (Some(declared), Some(found)) if declared != found => {
            let remedy =
                "consumers do not find what they read: turn the stream off and on with the other view";
            to.other(
                "stream",
                Severity::Error,
                "the view of the stream",
                (declared.as_str(), found.as_str()),
                remedy,
            );
        }
        _ => {}
    }
}

fn encryption(table: &Table, to: &mut Comparison<'_>) {
    if !to.knows("encryption") {
        return;
    }
    let (declared, found) = (&table.encryption, &to.found.table.encryption);
    let same = match (declared, found) {
        (
            Encryption::CustomerManaged { kms_key: declared },
            Encryption::CustomerManaged { kms_key: found },
        ) => {
            // An alias cannot be told from what it stands for.
            let alias = |key: &str| key.contains("alias/");
            !to.knows("encryption/kmsKey") || alias(declared) != alias(found) || same_kms_key(declared, found)
        }
        // DynamoDB names the key, and not whose it is.
        (Encryption::AwsManaged, Encryption::CustomerManaged { .. }) if !to.knows("encryption/owner") => true,
        (declared, found) => declared == found,
    };
    if !same {
        let words = |encryption: &Encryption| match encryption {
            Encryption::AwsOwned => "a key of DynamoDB's own".into(),
            Encryption::AwsManaged => "the key `aws/dynamodb`".into(),
            Encryption::CustomerManaged { kms_key } => quoted(kms_key),
        };
        let severity = match found {
            Encryption::AwsOwned => Severity::Error,
            _ => Severity::Warning,
        };
        let remedy = "items are encrypted with another key than whoever declared it relies on";
        to.other(
            "encryption",
            severity,
            "the key of the encryption",
            (words(declared), words(found)),
            remedy,
        );
    }
}

/// The ARN of a key ends with its id.
fn same_kms_key(a: &str, b: &str) -> bool {
    let ends = |long: &str, short: &str| {
        long == short
            || long.strip_suffix(short).is_some_and(|rest| rest.ends_with('/') || rest.ends_with(':'))
    };
    ends(a, b) || ends(b, a)
}

fn recovery(table: &Table, to: &mut Comparison<'_>) {
    if !to.knows("pointInTimeRecovery") {
        return;
    }
    let days = |recovery: &Option<Recovery>| recovery.as_ref().map_or(0, |recovery| recovery.days);
    let (declared, found) =
        (days(&table.point_in_time_recovery), days(&to.found.table.point_in_time_recovery));
    let path = "pointInTimeRecovery";
    if found == 0 && declared > 0 {
        let what = format!("there are no continuous backups, and the contract has {declared} days");
        to.push(path, Severity::Error, what, "turn them on: what is lost now cannot be restored");
    } else if found < declared {
        let remedy = "lengthen it: what lies further back cannot be restored";
        to.other(path, Severity::Error, "the number of days that can be restored", (declared, found), remedy);
    } else if found > declared {
        let remedy =
            "continuous backups are paid for by the size of the table: declare them, or turn them off";
        to.other(path, Severity::Note, "the number of days that can be restored", (declared, found), remedy);
    }
}

fn protection(table: &Table, to: &mut Comparison<'_>) {
    let path = "deletionProtection";
    if to.knows(path) {
        match (table.deletion_protection, to.found.table.deletion_protection) {
            (true, false) => {
                to.push(path, Severity::Error, "the table is not protected from deletion", "protect it")
            }
            (false, true) => to.push(
                path,
                Severity::Note,
                "the table is protected from deletion, and the contract does not ask for it",
                "nothing to do",
            ),
            _ => {}
        }
    }
    let found = &to.found.table.retention;
    for (path, declared, found, when) in [
        ("retention/onDelete", table.retention.on_delete, found.on_delete, "leaves the template"),
        ("retention/onReplace", table.retention.on_replace, found.on_replace, "is replaced"),
    ] {
        if !to.knows("retention") || !to.knows(path) {
            continue;
        }
        match (declared, found) {
            (Keep::Retain, Keep::Delete) => {
                let what =
                    format!("the items are deleted when the table {when}, and the contract keeps them");
                to.push(path, Severity::Error, what, "say `Retain` in the template");
            }
            (Keep::Delete, Keep::Retain) => {
                let what = format!("the table stays when it {when}, and the contract lets it go");
                to.push(
                    path,
                    Severity::Note,
                    what,
                    "nothing to do, but that it is paid for until somebody deletes it",
                );
            }
            _ => {}
        }
    }
}

/// Tags of AWS's own, and of ours, are no part of a contract.
fn is_reserved(tag: &str) -> bool {
    tag.starts_with("aws:") || tag == STAMP_TAG
}

fn tags(table: &Table, to: &mut Comparison<'_>) {
    if !to.knows("tags") {
        return;
    }
    let found = &to.found.table.tags;
    let names: BTreeSet<&String> = table.tags.keys().chain(found.keys()).collect();
    for name in names {
        let path = format!("tags/{name}");
        if is_reserved(name) || !to.knows(&path) {
            continue;
        }
        let remedy = "check that no policy and no bill rests on it";
        match (table.tags.get(name), found.get(name)) {
            (Some(declared), Some(found)) if declared != found => {
                to.other(
                    path,
                    Severity::Warning,
                    &format!("the tag `{name}`"),
                    (quoted(declared), quoted(found)),
                    remedy,
                );
            }
            (Some(_), None) => to.push(path, Severity::Warning, format!("there is no tag `{name}`"), remedy),
            (None, Some(_)) => {
                to.push(path, Severity::Note, format!("the contract has no tag `{name}`"), "nothing to do");
            }
            _ => {}
        }
    }
}

fn policy(table: &Table, to: &mut Comparison<'_>) {
    let path = "resourcePolicy";
    if !to.knows(path) {
        return;
    }
    // `Value` compares members without their order, whatever the features of `serde_json`.
    let what = match (&table.resource_policy, &to.found.table.resource_policy) {
        (Some(_), None) => "there is no resource policy, and the contract has one",
        (None, Some(_)) => "there is a resource policy, and the contract has none",
        (Some(declared), Some(found)) if declared != found => {
            "the resource policy is not that of the contract"
        }
        _ => return,
    };
    to.push(path, Severity::Error, what, "who may use the table is not what was declared: compare the two");
}

fn replicas(declared: &[Replica], to: &mut Comparison<'_>) {
    if !to.knows("replicas") {
        return;
    }
    let found = &to.found.table.replicas;
    for replica in declared {
        let path = format!("replicas/{}", replica.region);
        match found.iter().find(|found| found.region == replica.region) {
            None => {
                let what = format!("there is no replica in {}", replica.region);
                to.push(path, Severity::Error, what, "add it: requests there fail");
            }
            Some(found) => {
                let path = format!("{path}/kmsKey");
                if let (Some(declared), Some(found)) = (&replica.kms_key, &found.kms_key)
                    && to.knows(&path)
                    && declared.contains("alias/") == found.contains("alias/")
                    && !same_kms_key(declared, found)
                {
                    let what = format!("the key of the replica in {}", replica.region);
                    let keys = (quoted(declared), quoted(found));
                    to.other(
                        path,
                        Severity::Warning,
                        &what,
                        keys,
                        "its items are encrypted with another key",
                    );
                }
            }
        }
    }
    for replica in found.iter().filter(|found| !declared.iter().any(|own| own.region == found.region)) {
        let what = format!("there is a replica in {}, which the contract does not have", replica.region);
        to.push(
            format!("replicas/{}", replica.region),
            Severity::Warning,
            what,
            "declare it, or remove it: it is paid for",
        );
    }
}
