//! Reading entities that know what their item was.

use super::Loaded;
use crate::attribute::FromFields;
use crate::op::{Get, Query, Undecodable};
use crate::table::Table;

impl<E: Table + FromFields> Get<E> {
    /// Keeps, beside the entity, what the item was when it was read: [`Loaded::save`] then writes what the program has changed, and only
    /// over that version.
    ///
    /// It costs nothing at DynamoDB, and an encoding of the item here.
    pub fn loaded(self) -> Get<E, Loaded<E>> {
        self.typed()
    }
}

impl<E: Table + FromFields, I, S> Query<E, I, S> {
    /// Keeps, beside each entity, what the item was when it was read: [`Loaded::save`] then writes what the program has changed, and only
    /// over that version.
    ///
    /// It costs nothing at DynamoDB, and an encoding of each item here.
    pub fn loaded(self) -> Query<E, I, S, Loaded<E>> {
        self.typed()
    }
}

impl<E, I, S> Query<E, I, S, Loaded<E>> {
    /// Returns items that cannot be read as [`Undecodable`] in their place, instead of failing the page.
    pub fn keep_undecodable(self) -> Query<E, I, S, Result<Loaded<E>, Undecodable>> {
        self.typed()
    }
}
