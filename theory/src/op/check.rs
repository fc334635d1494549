//! A condition on an item that a transaction does not write.

use super::parts::Parts;
use super::put::Guard;
use crate::client::{Carrier, Overrides};
use crate::expr::{Condition, Scope};
use crate::lifecycle::Expected;
use crate::table::{Table, Versioned};
use crate::wire::EncodeError;
use std::marker::PhantomData;

/// Checks a condition on an item, as a part of a [`transaction`](super::transaction()): ConditionCheck.
///
/// It costs the write units of the item, as if it were written.
#[derive(Debug)]
#[must_use = "a check is a part of a transaction"]
pub struct Check<E> {
    pub(super) parts: Parts,
    marker: PhantomData<fn() -> E>,
}

impl<E: Table> Check<E> {
    pub(crate) fn new(head: Result<Vec<u8>, EncodeError>) -> Self {
        // The operation names it in errors: alone it cannot be sent.
        Check { parts: Parts::new(Carrier::TRANSACT_WRITE_ITEMS, E::SCHEMA, head), marker: PhantomData }
    }

    /// The item must have this version; without one it must exist.
    pub(super) fn expect_or_exists(mut self, expected: Option<Expected>) -> Self {
        if expected.is_none() {
            self.parts.conditions.extend(Guard::Exists.test(E::SCHEMA));
        }
        self.parts.expect(expected);
        self
    }

    /// The item must have this version. An item without the attribute has the first one.
    pub fn expected_version(mut self, version: E::Version) -> Self
    where
        E: Versioned,
    {
        self.parts.expect(Expected::of(&version, E::LIFECYCLE));
        self
    }
}

impl<E> Check<E> {
    /// Looks into this table, by name or ARN, whatever the entity and the client say.
    pub fn table(mut self, name_or_arn: impl Into<String>) -> Self {
        self.parts.overrides = Overrides::new().table(name_or_arn);
        self
    }

    /// What must be true of the item. Several conditions must all be met; without one the transaction is refused.
    pub fn condition<S: Scope>(mut self, condition: Condition<E, S>) -> Self {
        self.parts.conditions.push(condition.test);
        self
    }

    /// If the condition fails, the reason carries the item that made it fail.
    pub fn return_old_on_failure(mut self) -> Self {
        self.parts.return_old_on_failure = true;
        self
    }
}
