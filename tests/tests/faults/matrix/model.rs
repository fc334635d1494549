//! The reference: what is stored, and what a request should make of it.

use std::collections::BTreeMap;
use std::fmt;

use theory::{Error, Result};

use crate::account::Account;

/// What is stored, by the accounts' numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model(BTreeMap<u32, Account>);

impl Model {
    pub(super) fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        Self(accounts.into_iter().map(|account| (account.number, account)).collect())
    }

    pub(super) fn accounts(&self) -> impl DoubleEndedIterator<Item = &Account> {
        self.0.values()
    }

    pub(super) fn get(&self, number: u32) -> Option<&Account> {
        self.0.get(&number)
    }

    pub(super) fn without(&self, numbers: impl Iterator<Item = u32>) -> Self {
        let mut others = self.clone();
        for number in numbers {
            others.0.remove(&number);
        }
        others
    }
}

/// What a request does to an item: what it becomes, or `None` where a condition refuses it.
type Effect = dyn Fn(Option<&Account>) -> Option<Option<Account>>;

/// One item of a write, and what the library says became of it.
pub(super) struct Change {
    pub(super) number: u32,
    effect: Box<Effect>,
    pub(super) fate: Fate,
}

impl Change {
    pub(super) fn new(
        number: u32,
        fate: Fate,
        effect: impl Fn(Option<&Account>) -> Option<Option<Account>> + 'static,
    ) -> Self {
        Self { number, effect: Box::new(effect), fate }
    }

    /// What the item becomes when it is done once; `None` where it is refused.
    pub(super) fn once(&self, before: Option<&Account>) -> Option<Option<Account>> {
        (self.effect)(before)
    }

    /// Whether it would be refused when it is done again.
    pub(super) fn meets_itself(&self, before: Option<&Account>) -> bool {
        self.once(before).is_some_and(|once| self.once(once.as_ref()).is_none())
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("number", &self.number)
            .field("fate", &self.fate)
            .finish_non_exhaustive()
    }
}

/// What the library says became of a write to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Done,
    NotDone,
    Unknown,
}

impl Fate {
    pub(super) fn of<T>(result: &Result<T>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(error) if error.is_ambiguous() => Self::Unknown,
            Err(_) => Self::NotDone,
        }
    }
}

/// One request, and what came of it.
#[derive(Debug)]
pub(super) enum Trial {
    /// Whether what was read is what is stored.
    Read { right: Result<bool> },
    Write {
        changes: Vec<Change>,
        /// All of them or none.
        atomic: bool,
        error: Option<Error>,
    },
}

impl Trial {
    pub(super) fn error(&self) -> Option<&Error> {
        match self {
            Self::Read { right } => right.as_ref().err(),
            Self::Write { error, .. } => error.as_ref(),
        }
    }
}
