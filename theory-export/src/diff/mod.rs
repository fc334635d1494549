//! Two contracts → every difference with what it means, and the order in which to deploy them.
//!
//! | module | what |
//! |---|---|
//! | [`mod@class`] | what a difference means |
//! | `collect` | where a comparison is, and what it found |
//! | `table`, `index`, `entity`, `attribute` | the comparison of each part |
//! | [`mod@plan`] | the order of the steps |
//! | [`report`] | for people, for programs and for GitHub |

mod attribute;
pub mod class;
mod collect;
mod entity;
mod index;
pub mod plan;
pub mod report;
mod table;

pub use class::{Change, Class};
pub use plan::{Phase, Plan, Step};

use crate::contract::{Contract, Table};
use crate::error::ExportError;
use collect::Collector;
use std::collections::{BTreeMap, BTreeSet};

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
            let known: BTreeSet<_> =
                changes.iter().map(|change| (change.path.as_str(), change.class)).collect();
            let same = |change: &Change| known.contains(&(change.path.as_str(), change.class));
            let (before_tables, after_tables) = (old.in_profile(name)?, new.in_profile(name)?);
            let mut own: Vec<Change> = tables(&before_tables.tables, &after_tables.tables)
                .into_iter()
                .filter(|change| !same(change))
                .collect();
            for change in &mut own {
                change.path = format!("profiles/{name}/{}", change.path);
                change.what = format!("in profile `{name}`: {}", change.what);
            }
            if own.is_empty() && (before.tables != after.tables || before.all != after.all) {
                of_profiles.push(
                    path(),
                    Class::Compatible,
                    format!("profile `{name}` is written differently"),
                    "nothing to do: it deploys the same",
                );
            }
            of_profiles.changes.extend(own);
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
                found.push(path, Class::Replacement, what, "DynamoDB cannot rename a table: create the new one, copy the items, move the readers and then the writers");
            }
            None => {
                let what = format!("table `{name}` is gone, with its items");
                found.push(
                    path,
                    Class::Destructive,
                    what,
                    "take a backup; then remove it from the deployment and delete it by hand",
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
            found.at(format!("tables/{}", after.declared_name()), |found| {
                table::compare(before, after, found)
            });
        }
    }
    found.changes
}
