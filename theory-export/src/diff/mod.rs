//! Two contracts → every difference with what it means, and the order in which to deploy them.
//!
//! | module | what |
//! |---|---|
//! | [`mod@class`] | what a difference means |
//! | `collect` | where a comparison is, and what it found |
//! | `table`, `index`, `entity`, `attribute` | the comparison of each part |
//! | [`mod@plan`] | the order of the steps |
//! | `ways` | the steps that a kind of difference takes |
//! | [`report`] | for people, for programs and for GitHub |

mod attribute;
pub mod class;
mod collect;
mod entity;
mod index;
pub mod plan;
pub mod report;
mod stream;
mod table;
mod ways;

pub use class::{Change, Class};
pub use plan::{Phase, Plan, Step};

use crate::contract::{Contract, Table};
use crate::error::ExportError;
use collect::Collector;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// The differences of two contracts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    changes: Vec<Change>,
}

impl Diff {
    /// What becomes different where `new` is deployed instead of `old`.
    ///
    /// Tables are the same where their declared names are. Where contracts have profiles, each profile that both have is compared too, and gives
    /// what does not follow from the tables themselves.
    ///
    /// # Errors
    ///
    /// Where a profile gives two tables one name.
    pub fn between(old: &Contract, new: &Contract) -> Result<Diff, ExportError> {
        let mut changes = tables(&old.tables, &new.tables);
        let mut of_profiles = Collector::default();
        // For each difference of the tables themselves, the profiles that do not have it.
        let mut lacking: Vec<Vec<&str>> = vec![Vec::new(); changes.len()];
        for (name, before) in &old.profiles {
            let path = || format!("profiles/{name}");
            let Some(after) = new.profiles.get(name) else {
                of_profiles.push(
                    path(),
                    Class::Compatible,
                    format!("profile `{name}` is gone"),
                    "its tables stay as they are deployed",
                );
                continue;
            };
            let (before_tables, after_tables) = (old.in_profile(name)?, new.in_profile(name)?);
            let all = tables(&before_tables.tables, &after_tables.tables);
            // Only what is the same in every word is told already: the same property may change to another value here.
            let here: HashSet<_> = all.iter().map(said).collect();
            for (change, lacking) in changes.iter().zip(&mut lacking) {
                if !here.contains(&said(change)) {
                    lacking.push(name);
                }
            }
            let told: HashSet<_> = changes.iter().map(said).collect();
            let mut own: Vec<Change> =
                all.iter().filter(|change| !told.contains(&said(change))).cloned().collect();
            own.iter_mut().for_each(|change| in_profile(change, name));
            if own.is_empty() && (before.tables != after.tables || before.all != after.all) {
                let remedy = if all.is_empty() {
                    "nothing to do: it deploys the same"
                } else {
                    "nothing more to do: its tables change as they do without it"
                };
                let what = format!("profile `{name}` is written differently");
                of_profiles.push(path(), Class::Compatible, what, remedy);
            }
            of_profiles.changes.extend(own);
        }
        for (change, lacking) in changes.iter_mut().zip(lacking) {
            if !lacking.is_empty() {
                let names: Vec<_> = lacking.iter().map(|name| format!("`{name}`")).collect();
                let _ = write!(change.what, " (not so in profile {})", names.join(", "));
            }
        }
        for name in new.profiles.keys().filter(|name| !old.profiles.contains_key(*name)) {
            let path = format!("profiles/{name}");
            of_profiles.push(
                path,
                Class::Compatible,
                format!("profile `{name}` is new"),
                "nothing to do before it is deployed",
            );
        }
        changes.extend(of_profiles.changes);
        // The worst first; what is equally bad by its place.
        changes.sort_by(|a, b| b.class.cmp(&a.class).then_with(|| a.path.cmp(&b.path)));
        Ok(Diff { changes })
    }

    /// The differences, the worst first.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What the worst difference means; `None` where there is none.
    pub fn worst(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// The steps, in the order in which they keep everything running.
    pub fn plan(&self) -> Plan {
        Plan::of(&self.changes)
    }
}

/// What a difference says, wherever it is told.
fn said(change: &Change) -> (&str, Class, &str, &str) {
    (&change.path, change.class, &change.what, &change.remedy)
}

/// The difference as one of a profile, with its steps.
fn in_profile(change: &mut Change, name: &str) {
    change.path = format!("profiles/{name}/{}", change.path);
    change.what = format!("in profile `{name}`: {}", change.what);
    for step in &mut change.steps {
        step.path = format!("profiles/{name}/{}", step.path);
        step.text = format!("in profile `{name}`: {}", step.text);
    }
}

fn tables(old: &[Table], new: &[Table]) -> Vec<Change> {
    let mut found = Collector::default();
    let by_name = |tables: &'_ [Table]| -> BTreeMap<String, usize> {
        let named = |(place, table): (usize, &Table)| (table.declared_name().to_owned(), place);
        tables.iter().enumerate().rev().map(named).collect()
    };
    let (old_names, new_names) = (by_name(old), by_name(new));
    let gone: Vec<_> = old.iter().filter(|before| !new_names.contains_key(before.declared_name())).collect();
    let added: Vec<_> = new.iter().filter(|after| !old_names.contains_key(after.declared_name())).collect();
    // The same entities under another declared name are a table that was renamed.
    let entities =
        |table: &Table| table.entities.iter().map(|entity| entity.name.clone()).collect::<Vec<_>>();
    let by_entities = |tables: &[&'_ Table]| -> BTreeMap<Vec<String>, usize> {
        let listed = tables.iter().enumerate().rev().map(|(place, table)| (entities(table), place));
        listed.filter(|(entities, _)| !entities.is_empty()).collect()
    };
    let (gone_entities, added_entities) = (by_entities(&gone), by_entities(&added));
    for before in &gone {
        let name = before.declared_name();
        let path = format!("tables/{name}");
        match added_entities.get(&entities(before)).and_then(|place| added.get(*place)) {
            Some(after) => {
                let what = format!("table `{name}` is now called `{}`", after.declared_name());
                found.in_table(name, |found| found.anew("", what, "DynamoDB cannot rename a table: create the new one, copy the items, move the readers and then the writers"));
            }
            None => {
                let what = format!("table `{name}` is gone, with its items");
                found.push_way(
                    path,
                    Class::Destructive,
                    what,
                    "take a backup; then remove it from the deployment and delete it by hand",
                    &[
                        (Phase::Decide, "may its items go?"),
                        (Phase::Rely, "deploy code that does not use it"),
                        (
                            Phase::Destroy,
                            "take a backup, remove it from the deployment, and delete it by hand",
                        ),
                    ],
                );
            }
        }
    }
    for after in &added {
        if gone_entities.contains_key(&entities(after)) {
            continue;
        }
        let name = after.declared_name();
        found.push(
            format!("tables/{name}"),
            Class::Compatible,
            format!("table `{name}` is new"),
            "deploy it before the code that uses it",
        );
    }
    for after in new {
        if let Some(before) = old_names.get(after.declared_name()).and_then(|place| old.get(*place)) {
            found.in_table(after.declared_name(), |found| table::compare(before, after, found));
        }
    }
    found.changes
}
