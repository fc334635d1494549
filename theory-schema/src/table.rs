//! The table that entities share.

use crate::attribute::Role;
use crate::entity::Entity;
use crate::index::{Index, Key, KeyAttribute};
use std::fmt;

/// A table, as the entities in it describe it together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The declared name.
    pub name: &'static str,
    /// Its key.
    pub key: Key,
    /// The indexes of all its entities, each once.
    pub indexes: Vec<Index>,
    /// The attribute that holds the time to live.
    pub ttl: Option<&'static str>,
}

impl Table {
    /// The tables of these entities, in the order of their first mention.
    ///
    /// # Errors
    ///
    /// Where two entities of one table disagree about its key, an index, or the ttl attribute.
    pub fn of(entities: &[&'static Entity]) -> Result<Vec<Table>, TableError> {
        let mut tables: Vec<Table> = Vec::new();
        for entity in entities {
            match tables.iter_mut().find(|table| table.name == entity.table) {
                Some(table) => table.join(entity)?,
                None => tables.push(Table {
                    name: entity.table,
                    key: entity.key,
                    indexes: entity.indexes.to_vec(),
                    ttl: entity.role(Role::Ttl).map(|attribute| attribute.name),
                }),
            }
        }
        Ok(tables)
    }

    /// Every attribute that is part of some key, each once.
    pub fn key_attributes(&self) -> Vec<&'static KeyAttribute> {
        let mut found: Vec<&'static KeyAttribute> = Vec::new();
        for key in std::iter::once(&self.key).chain(self.indexes.iter().map(|index| &index.key)) {
            for attribute in key.attributes() {
                if !found.iter().any(|seen| seen.name == attribute.name) {
                    found.push(attribute);
                }
            }
        }
        found
    }

    fn join(&mut self, entity: &'static Entity) -> Result<(), TableError> {
        let disagree = |what: &'static str, name: &'static str| {
            Err(TableError { table: self.name, entity: entity.name, what, name })
        };
        if !same_shape(&self.key, &entity.key) {
            return disagree("key", "");
        }
        for index in entity.indexes {
            match self.indexes.iter().find(|known| known.name == index.name) {
                Some(known)
                    if known.kind != index.kind
                        || known.projection != index.projection
                        || !same_shape(&known.key, &index.key) =>
                {
                    return disagree("index", index.name);
                }
                Some(_) => {}
                None => self.indexes.push(*index),
            }
        }
        match (self.ttl, entity.role(Role::Ttl)) {
            (Some(ttl), Some(attribute)) if ttl != attribute.name => {
                disagree("ttl attribute", attribute.name)
            }
            (None, Some(attribute)) => {
                self.ttl = Some(attribute.name);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Entities may fill a key by different templates; its attributes and their types must agree.
fn same_shape(a: &Key, b: &Key) -> bool {
    let side = |a: &[KeyAttribute], b: &[KeyAttribute]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && a.ty == b.ty)
    };
    side(a.partition, b.partition) && side(a.sort, b.sort)
}

/// Two entities describe one table differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    table: &'static str,
    entity: &'static str,
    what: &'static str,
    name: &'static str,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TableError { table, entity, what, name } = self;
        write!(f, "entity `{entity}` gives table `{table}` another {what}")?;
        if !name.is_empty() {
            write!(f, " `{name}`")?;
        }
        write!(f, " than the entities before it")
    }
}

impl std::error::Error for TableError {}
