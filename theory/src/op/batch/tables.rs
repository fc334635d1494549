//! The names of the tables that a batch is on, each resolved once.

use crate::client::{Client, Overrides};
use std::sync::Arc;
use theory_schema::Entity;

/// The names that were resolved so far.
#[derive(Debug, Default)]
pub(super) struct Tables(Vec<Known>);

#[derive(Debug)]
struct Known {
    entity: &'static Entity,
    /// What the request itself says.
    named: Option<String>,
    table: Arc<str>,
}

impl Tables {
    /// The table of a request on this entity. Equal names share their memory.
    pub(super) fn resolve(
        &mut self,
        client: &Client,
        entity: &'static Entity,
        overrides: &Overrides,
    ) -> Arc<str> {
        let named = overrides.table_name();
        let known =
            self.0.iter().find(|known| std::ptr::eq(known.entity, entity) && known.named.as_deref() == named);
        if let Some(known) = known {
            return Arc::clone(&known.table);
        }
        let name = client.table_name(entity.table, named);
        let table = match self.0.iter().find(|known| *known.table == *name) {
            Some(known) => Arc::clone(&known.table),
            None => name.into(),
        };
        self.0.push(Known { entity, named: named.map(str::to_owned), table: Arc::clone(&table) });
        table
    }
}
