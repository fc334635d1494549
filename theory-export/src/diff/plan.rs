//! The order of the steps: what must exist before what uses it, what uses it before what it replaces goes.
//!
//! The phases are in the order that keeps old and new code running beside each other; which of them a difference goes through, and why, is
//! said in the module `ways`. Where two differences meet in a phase, they are deployed together, but for indexes and replicas: DynamoDB
//! makes, and removes, one index of a table at a time, so each of those is a deployment of its own.

use super::class::Change;
use serde::Serialize;
use std::collections::HashSet;

/// When a step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Before anything: a person decides.
    Decide,
    /// Tables, settings and wider policies.
    Deploy,
    /// A new index, alone, until it is active.
    AddIndex,
    /// Code that reads both the old and the new, and writes the old.
    Readers,
    /// Code that writes the new, and still reads the old.
    Writers,
    /// Items that exist are filled in, or copied: after the last writer that would leave something out.
    Backfill,
    /// Code that relies on the new, and on nothing old.
    Rely,
    /// What nothing uses any longer is removed, one index at a time.
    Remove,
    /// What cannot be taken back.
    Destroy,
}

impl Phase {
    /// What is done in it.
    pub const fn title(self) -> &'static str {
        match self {
            Phase::Decide => "decide",
            Phase::Deploy => "deploy tables, settings and policies",
            Phase::AddIndex => "add one index, and wait until it is ACTIVE",
            Phase::Readers => "deploy code that reads the old and the new",
            Phase::Writers => "deploy code that writes the new",
            Phase::Backfill => "fill in the items that exist",
            Phase::Rely => "deploy code that relies on the new",
            Phase::Remove => "in a later deployment, remove what nothing uses any longer",
            Phase::Destroy => "destroy, after a backup",
        }
    }
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Step {
    /// When.
    pub phase: Phase,
    /// What.
    pub text: String,
    /// The difference that it belongs to, or the index or table that all its differences are about.
    pub path: String,
    /// Whether it is a deployment of its own.
    #[serde(skip)]
    pub alone: bool,
}

/// Steps in the order in which they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    groups: Vec<Group>,
}

/// Steps that are taken together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// When.
    pub phase: Phase,
    /// What.
    pub steps: Vec<Step>,
}

impl Plan {
    pub(super) fn of(changes: &[Change]) -> Plan {
        // Several differences of one index, or of one table that is made anew, take the same steps: once.
        let mut known = HashSet::new();
        let mut steps: Vec<&Step> =
            changes.iter().flat_map(|change| &change.steps).filter(|step| known.insert(*step)).collect();
        // What is deployed alone comes after what is deployed together.
        steps.sort_by(|a, b| (a.phase, a.alone).cmp(&(b.phase, b.alone)).then_with(|| a.path.cmp(&b.path)));
        let mut groups: Vec<Group> = Vec::new();
        for step in steps {
            match groups.last_mut() {
                Some(group) if group.phase == step.phase && !step.alone => group.steps.push(step.clone()),
                _ => groups.push(Group { phase: step.phase, steps: vec![step.clone()] }),
            }
        }
        Plan { groups }
    }

    /// What is done together, in order.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}
