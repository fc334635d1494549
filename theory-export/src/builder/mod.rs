//! A schema, and how its tables are deployed.

mod entity;
mod profile;
mod table;

pub use entity::EntityBuilder;
pub use profile::{OverridesBuilder, ProfileBuilder};
pub use table::{ConsumerBuilder, IndexBuilder, TableBuilder};

use crate::contract::{Contract, Profile, Table, tables};
use crate::error::ExportError;
use std::collections::BTreeMap;

/// The entities of an application, and how their tables are deployed.
///
/// Names, keys, indexes and attributes come from the derive. What is said here is deployment: a mistake in it, such as a table that no entity
/// names, is reported by [`contract`](Schema::contract), all mistakes at once.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    tables: Vec<Table>,
    profiles: BTreeMap<String, Profile>,
    faults: Vec<String>,
    #[cfg(feature = "live")]
    backfills: Vec<crate::live::Backfill>,
}

impl Schema {
    /// The schema of these entities: `Schema::new(theory::schema![Customer, Order])`.
    pub fn new(entities: &[&'static theory_schema::Entity]) -> Self {
        let (tables, faults) = tables(entities);
        Schema { tables, faults, ..Schema::default() }
    }

    /// Says how a table is deployed.
    #[must_use]
    pub fn table(mut self, name: &str, deploy: impl FnOnce(TableBuilder) -> TableBuilder) -> Self {
        match self.tables.iter().position(|table| table.name == name) {
            Some(place) => {
                let (table, faults) = deploy(TableBuilder::new(self.tables.swap_remove(place))).finish();
                self.tables.push(table);
                self.faults.extend(faults);
            }
            None => self.missing("table", name, |tables| tables.iter().map(|table| &table.name).collect()),
        }
        self
    }

    /// Says what the application does with an entity.
    #[must_use]
    pub fn entity(mut self, name: &str, access: impl FnOnce(EntityBuilder) -> EntityBuilder) -> Self {
        let place = self.tables.iter().enumerate().find_map(|(table, found)| {
            Some((table, found.entities.iter().position(|entity| entity.name == name)?))
        });
        let found = place.and_then(|(table, entity)| {
            let table = self.tables.get_mut(table)?;
            (entity < table.entities.len())
                .then(|| table.entities.swap_remove(entity))
                .map(|entity| (table, entity))
        });
        match found {
            Some((table, entity)) => {
                let (entity, faults) = access(EntityBuilder::new(entity)).finish();
                table.entities.push(entity);
                self.faults.extend(faults);
            }
            None => self.missing("entity", name, |tables| {
                tables.iter().flat_map(|table| &table.entities).map(|entity| &entity.name).collect()
            }),
        }
        self
    }

    /// Adds a set-up that differs in names, protection, recovery, capacity and retention.
    #[must_use]
    pub fn profile(mut self, name: &str, differ: impl FnOnce(ProfileBuilder) -> ProfileBuilder) -> Self {
        let before = self.profiles.remove(name).unwrap_or_default();
        self.profiles.insert(name.into(), differ(ProfileBuilder::new(before)).finish());
        self
    }

    /// Adds the two usual ones: `dev`, whose tables can be thrown away, and `prod`, whose tables cannot be.
    ///
    /// `dev` puts `dev-` before the names, on demand, without protection or backups, and lets data go with the stack. `prod` keeps names and
    /// capacity, is protected from deletion, can be restored to any second of 35 days, and keeps data whatever happens to the stack.
    #[must_use]
    pub fn dev_and_prod(self) -> Self {
        self.profile("dev", |p| p.table_prefix("dev-").all(OverridesBuilder::disposable))
            .profile("prod", |p| p.all(OverridesBuilder::durable))
    }

    /// Lets the command line run a backfill: `schema backfill NAME`.
    #[cfg(feature = "live")]
    #[must_use]
    pub fn backfill(mut self, backfill: crate::live::Backfill) -> Self {
        if self.backfills.iter().any(|known| known.name() == backfill.name()) {
            self.faults.push(format!("there are two backfills `{}`", backfill.name()));
        }
        self.backfills.push(backfill);
        self
    }

    /// The backfills that the command line can run.
    #[cfg(feature = "live")]
    pub fn backfills(&self) -> &[crate::live::Backfill] {
        &self.backfills
    }

    /// The contract.
    ///
    /// # Errors
    ///
    /// Where entities contradict each other, where a builder named what does not exist, or where DynamoDB would refuse a table.
    pub fn contract(&self) -> Result<Contract, ExportError> {
        let contract = Contract::new(self.tables.clone(), self.profiles.clone());
        let mut faults = self.faults.clone();
        // Entities that contradict each other give no table at all, and then nothing that names one is to blame.
        if !self.tables.is_empty() {
            faults.extend(contract.faults().iter().filter(|fault| fault.refused).map(ToString::to_string));
        }
        if faults.is_empty() { Ok(contract) } else { Err(ExportError::Invalid(faults)) }
    }

    fn missing(&mut self, what: &'static str, name: &str, known: impl FnOnce(&[Table]) -> Vec<&String>) {
        // Entities that contradict each other give no table at all, and that is the fault to report.
        if !self.tables.is_empty() || self.faults.is_empty() {
            let known = known(&self.tables).into_iter().cloned().collect();
            self.faults.push(ExportError::NotFound { what, name: name.into(), known }.to_string());
        }
    }
}

impl From<&[&'static theory_schema::Entity]> for Schema {
    fn from(entities: &[&'static theory_schema::Entity]) -> Self {
        Schema::new(entities)
    }
}

impl<const N: usize> From<&[&'static theory_schema::Entity; N]> for Schema {
    fn from(entities: &[&'static theory_schema::Entity; N]) -> Self {
        Schema::new(entities)
    }
}
