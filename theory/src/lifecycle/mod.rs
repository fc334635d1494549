//! What the library writes on its own account: versions, timestamps, and what follows from them.
//!
//! It contributes to requests, and is no request itself: places in an item that are filled when it is sent, actions of an update,
//! conditions, and the judgement whether a condition failed because of the version.

mod clock;
mod fields;
mod stamps;
mod ttl;
mod update;
mod version;

pub(crate) use clock::Clock;
pub use fields::{CountedField, StampedField};
pub(crate) use stamps::fill;
pub use stamps::{GetStamps, Stamps};
pub use ttl::Ttl;
pub(crate) use update::Touch;
pub use version::Expected;

use crate::wire::Writer;

/// The attributes that the library writes in the items of an entity. The derive makes it.
#[derive(Debug, Clone, Copy)]
pub struct Lifecycle {
    pub(crate) version: Option<(Attribute, First)>,
    pub(crate) created_at: Option<Attribute>,
    pub(crate) updated_at: Option<Attribute>,
}

/// Writes the version that a new item has.
type First = fn(&mut Writer);

/// One of them: its name, and others under which it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) aliases: &'static [&'static str],
}

impl Attribute {
    /// Its names, the present one first.
    fn names(self) -> impl DoubleEndedIterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

impl Lifecycle {
    /// Whether there is nothing to write.
    pub(crate) const fn is_none(&self) -> bool {
        self.version.is_none() && self.created_at.is_none() && self.updated_at.is_none()
    }

    /// Writes the first version, if that is what the attribute holds.
    pub(crate) fn first_version(&self, name: &str) -> Option<fn(&mut Writer)> {
        self.version.filter(|(attribute, _)| attribute.name == name).map(|(_, first)| first)
    }

    /// None of them.
    pub const NONE: Self = Lifecycle { version: None, created_at: None, updated_at: None };

    /// With a version, of which `first` writes the first.
    pub const fn version(
        mut self,
        name: &'static str,
        aliases: &'static [&'static str],
        first: fn(&mut Writer),
    ) -> Self {
        self.version = Some((Attribute { name, aliases }, first));
        self
    }

    /// With the moment of its creation.
    pub const fn created_at(mut self, name: &'static str, aliases: &'static [&'static str]) -> Self {
        self.created_at = Some(Attribute { name, aliases });
        self
    }

    /// With the moment of the last write.
    pub const fn updated_at(mut self, name: &'static str, aliases: &'static [&'static str]) -> Self {
        self.updated_at = Some(Attribute { name, aliases });
        self
    }
}
