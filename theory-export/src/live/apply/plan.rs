//! What is to be done, in which order, and what is left to a person.

use crate::check::{Deployed, Finding, Found, Severity, compare_table};
use crate::contract::{Contract, IndexKind, Table};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What brings tables to their contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<Step>,
    left: Vec<Left>,
}

/// One request to DynamoDB, and the wait for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The table, as it is deployed.
    pub table: String,
    /// What is done.
    pub what: String,
    /// Whether it loses items, backups or protection: it is then done only where that is allowed.
    pub destructive: bool,
    pub(super) action: Action,
}

/// A difference that is not mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The table, as it is deployed.
    pub table: String,
    /// What is different.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

/// What is done; the order of the variants is that of the steps of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    Create,
    Protect(bool),
    Billing,
    Class,
    Encryption,
    StreamOff,
    StreamOn,
    RemoveIndex(String),
    AddIndex(String),
    Warm,
    TtlOff(String),
    TtlOn(String),
    Recovery,
    Tags,
    Policy,
    RemovePolicy,
    Stamp,
}

impl Plan {
    /// The plan for every table of a contract that is in its profile, and was compared with what [`describe`](super::super::describe) found.
    pub fn of(contract: &Contract, deployed: &Deployed) -> Plan {
        let mut plan = Plan { steps: Vec::new(), left: Vec::new() };
        for table in &contract.tables {
            let found = deployed.tables.iter().find(|found| found.name.as_deref() == Some(&table.name));
            let mut steps = match found {
                None => create(table, &mut plan.left),
                Some(found) => change(table, found, contract.digest.as_deref(), &mut plan.left),
            };
            steps.sort_by(|a, b| a.action.cmp(&b.action));
            plan.steps.extend(steps);
        }
        plan
    }

    /// What is done, in this order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What is left to a person.
    pub fn left(&self) -> &[Left] {
        &self.left
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The plan without what loses data.
    #[must_use]
    pub fn without_destructive(mut self) -> Self {
        self.steps.retain(|step| !step.destructive);
        self
    }

    /// The plan for programs: `steps` and `left`.
    pub fn json(&self) -> String {
        let step = |step: &Step| serde_json::json!({ "table": step.table, "what": step.what, "destructive": step.destructive });
        let left = |left: &Left| serde_json::json!({ "table": left.table, "what": left.what, "remedy": left.remedy });
        let mut value = serde_json::json!({
            "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
            "left": self.left.iter().map(left).collect::<Vec<_>>(),
        });
        value.sort_all_objects();
        format!("{value:#}\n")
    }

    /// The plan for people. `paint` colours a piece of text, or leaves it as it is.
    pub fn human(&self, paint: impl Fn(&str, &str) -> String) -> String {
        use crate::diff::report::line;
        let mut text = String::new();
        for (number, step) in self.steps.iter().enumerate() {
            let loses = if step.destructive { paint(" (destructive)", "31") } else { String::new() };
            let _ = writeln!(text, "{}. {}: {}{loses}", number + 1, line(&step.table), line(&step.what));
        }
        for left in &self.left {
            let mark = paint("left", "33");
            let _ = writeln!(
                text,
                "{mark}: {}: {}\n  {}",
                line(&left.table),
                line(&left.what),
                line(&left.remedy)
            );
        }
        if text.is_empty() { "nothing to do\n".into() } else { text }
    }
}

fn step(table: &Table, action: Action, what: impl Into<String>) -> Step {
    Step { table: table.name.clone(), what: what.into(), destructive: false, action }
}

/// A new table, and what `CreateTable` does not take.
fn create(table: &Table, left: &mut Vec<Left>) -> Vec<Step> {
    let indexes = match table.indexes.len() {
        0 => String::new(),
        1 => " with 1 index".into(),
        count => format!(" with {count} indexes"),
    };
    let mut steps = vec![step(table, Action::Create, format!("create the table{indexes}"))];
    if let Some(ttl) = &table.ttl {
        steps.push(step(table, Action::TtlOn(ttl.clone()), format!("let items expire by `{ttl}`")));
    }
    if let Some(recovery) = &table.point_in_time_recovery {
        let what = format!("keep continuous backups of {} days", recovery.days);
        steps.push(step(table, Action::Recovery, what));
    }
    if table.resource_policy.is_some() {
        steps.push(step(table, Action::Policy, "set the resource policy"));
    }
    let elsewhere = [
        (!table.replicas.is_empty(), "replicas"),
        (scales(table), "autoscaling"),
        (!table.consumers.is_empty(), "consumers of the stream"),
    ];
    for (_, what) in elsewhere.into_iter().filter(|(is_there, _)| *is_there) {
        left.push(Left {
            table: table.name.clone(),
            what: format!("{what} are not made"),
            remedy: "deploy a template for them".into(),
        });
    }
    steps
}

fn scales(table: &Table) -> bool {
    use crate::contract::deployment::Billing;
    let billings = std::iter::once(&table.billing)
        .chain(table.indexes.iter().filter_map(|index| index.billing.as_ref()));
    billings.into_iter().any(|billing| match billing {
        Billing::Provisioned { read, write } => read.autoscaling.is_some() || write.autoscaling.is_some(),
        Billing::OnDemand { .. } => false,
    })
}

/// What mends the differences that a check finds; the check decides what is one.
fn change(table: &Table, found: &Found, digest: Option<&str>, left: &mut Vec<Left>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let prefix = format!("tables/{}/", table.declared_name());
    let mut done = BTreeSet::new();
    for finding in compare_table(table, found) {
        let path = finding.path.strip_prefix(&prefix).unwrap_or(&finding.path);
        match mended(table, found, path, &finding) {
            Mended::By(step) => {
                if done.insert(step.action.clone()) {
                    steps.push(step);
                }
            }
            Mended::ByNothing => {}
            Mended::ByPerson => left.push(Left {
                table: table.name.clone(),
                what: finding.what.clone(),
                remedy: finding.remedy.clone(),
            }),
        }
    }
    if let Some(Action::TtlOff(_)) =
        steps.iter().map(|step| &step.action).find(|action| matches!(action, Action::TtlOff(_)))
        && let Some(ttl) = &table.ttl
    {
        left.push(Left {
            table: table.name.clone(),
            what: format!("items do not expire by `{ttl}` yet"),
            remedy: "DynamoDB takes an hour to change it: apply again then".into(),
        });
    }
    let has_tags = !found.unresolved.contains_key("tags");
    if has_tags && digest.is_some() && found.stamp.as_deref() != digest {
        steps.push(step(table, Action::Stamp, "note the digest of the contract in a tag"));
    }
    steps
}

enum Mended {
    By(Step),
    ByPerson,
    /// It does no harm, or belongs to others.
    ByNothing,
}

fn mended(table: &Table, found: &Found, path: &str, finding: &Finding) -> Mended {
    let by = |action, what: String| Mended::By(step(table, action, what));
    let destructive =
        |action, what: &str| Mended::By(Step { destructive: true, ..step(table, action, what) });
    let mut parts = path.split('/');
    match (parts.next().unwrap_or_default(), parts.next(), parts.next()) {
        // What may not be asked is not known to be different; a person is told where the contract asks for it.
        _ if found.unresolved.contains_key(path) => {
            let is_asked_for = match path {
                "tags" => !table.tags.is_empty(),
                "resourcePolicy" => table.resource_policy.is_some(),
                "pointInTimeRecovery" => table.point_in_time_recovery.is_some(),
                _ => true,
            };
            if is_asked_for { Mended::ByPerson } else { Mended::ByNothing }
        }
        // A note, for which there is nothing to send.
        _ if path.ends_with("/autoscaling") => Mended::ByNothing,
        ("indexes", Some(_), Some("billing")) | ("billing", ..) => {
            by(Action::Billing, "set the capacity of the table and of its indexes".into())
        }
        ("indexes", Some(_), Some("warmThroughput")) | ("warmThroughput", ..) => {
            by(Action::Warm, "warm the throughput".into())
        }
        ("indexes", Some(_), None) => {
            // A name may have no slash in it, so this is the whole of it.
            let name = path.strip_prefix("indexes/").unwrap_or_default();
            match (table.index(name), found.table.index(name)) {
                (Some(wanted), None) if wanted.kind == IndexKind::Global => {
                    by(Action::AddIndex(name.into()), format!("add the index `{name}`, and wait for it"))
                }
                (None, Some(other)) if other.kind == IndexKind::Global => destructive(
                    Action::RemoveIndex(name.into()),
                    &format!("remove the index `{name}`, which the contract does not have"),
                ),
                // It is being made, or is local.
                (Some(_), Some(_)) => Mended::ByNothing,
                _ => Mended::ByPerson,
            }
        }
        ("ttl", ..) => match (&table.ttl, &found.table.ttl) {
            // What has expired by then is deleted.
            (Some(ttl), None) => destructive(
                Action::TtlOn(ttl.clone()),
                &format!("let items expire by `{ttl}`, past ones at once"),
            ),
            (_, Some(ttl)) => {
                by(Action::TtlOff(ttl.clone()), format!("let items no longer expire by `{ttl}`"))
            }
            (None, None) => Mended::ByNothing,
        },
        ("stream", ..) => match (super::super::input::view(table), found.table.stream) {
            (Some(view), None) => by(Action::StreamOn, format!("keep a stream of {}", view.as_str())),
            (None, Some(_)) => destructive(Action::StreamOff, "end the stream"),
            (Some(_), Some(_)) => Mended::ByPerson,
            (None, None) => Mended::ByNothing,
        },
        ("encryption", ..) => by(Action::Encryption, "change the key of the encryption".into()),
        ("pointInTimeRecovery", ..) => match &table.point_in_time_recovery {
            Some(recovery) if finding.severity == Severity::Error => {
                by(Action::Recovery, format!("keep continuous backups of {} days", recovery.days))
            }
            Some(recovery) => destructive(
                Action::Recovery,
                &format!("keep continuous backups of only {} days", recovery.days),
            ),
            None => destructive(Action::Recovery, "end the continuous backups"),
        },
        ("deletionProtection", ..) if table.deletion_protection => {
            by(Action::Protect(true), "protect the table from deletion".into())
        }
        ("deletionProtection", ..) => {
            destructive(Action::Protect(false), "no longer protect the table from deletion")
        }
        ("class", ..) => by(Action::Class, format!("change the table class to {}", table.class.as_str())),
        // Tags of others stay.
        ("tags", ..) if finding.severity == Severity::Note => Mended::ByNothing,
        ("tags", ..) => by(Action::Tags, "set the tags".into()),
        ("resourcePolicy", ..) => match table.resource_policy {
            Some(_) => by(Action::Policy, "set the resource policy".into()),
            None => destructive(Action::RemovePolicy, "remove the resource policy"),
        },
        _ => Mended::ByPerson,
    }
}
