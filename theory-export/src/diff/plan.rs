//! The order of the steps: what must exist before what uses it, what uses it before what it replaces goes.

use super::class::Change;
use serde::Serialize;

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
    /// Code that reads both the old and the new.
    Readers,
    /// Items that exist are filled in.
    Backfill,
    /// Code that writes, and relies on, the new.
    Writers,
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
            Phase::Backfill => "fill in the items that exist",
            Phase::Writers => "deploy code that writes the new",
            Phase::Remove => "remove what nothing uses any longer",
            Phase::Destroy => "destroy, after a backup",
        }
    }
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// When.
    pub phase: Phase,
    /// What.
    pub text: String,
    /// The difference that it belongs to.
    pub path: String,
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
        let mut steps: Vec<&Step> = changes.iter().flat_map(|change| &change.steps).collect();
        steps.sort_by(|a, b| a.phase.cmp(&b.phase).then_with(|| a.path.cmp(&b.path)));
        let mut groups: Vec<Group> = Vec::new();
        for step in steps {
            match groups.last_mut() {
                // DynamoDB makes, and removes, one index of a table at a time: each is a deployment of its own.
                Some(group) if group.phase == step.phase && !alone(step) => group.steps.push(step.clone()),
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

fn alone(step: &Step) -> bool {
    let of_index = step.path.rsplit('/').nth(1) == Some("indexes");
    step.phase == Phase::AddIndex || (step.phase == Phase::Remove && of_index)
}
