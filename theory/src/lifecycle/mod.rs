//! What the library writes on its own account: versions, timestamps, and what follows from them.
//!
//! It contributes to requests, and is no request itself: places in an item that are filled when it is sent, actions of an update,
//! conditions, and the judgement whether a condition failed because of the version.

mod clock;
mod fields;
mod limit;
mod stamps;
mod ttl;
mod update;
mod version;

pub(crate) use clock::Clock;
pub use fields::{CountedField, StampedField};
pub(crate) use limit::Limit;
pub(crate) use stamps::fill;
pub use stamps::{GetStamps, Stamps};
pub use ttl::Ttl;
pub(crate) use update::Touch;
pub use version::Expected;

use crate::wire::{Reader, Writer};

/// The attributes that the library writes in the items of an entity. The derive makes it.
#[derive(Debug, Clone, Copy)]
pub struct Lifecycle {
    pub(crate) version: Option<(Attribute, Versions)>,
    pub(crate) created_at: Option<Attribute>,
    pub(crate) updated_at: Option<Attribute>,
}

/// The versions of a type.
#[derive(Debug, Clone, Copy)]
pub struct Versions {
    /// Writes the one that a new item has.
    pub(crate) first: fn(&mut Writer),
    /// Writes the last one, where an item may come to it.
    pub(crate) last: Option<fn(&mut Writer)>,
}

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

    /// Its value in an item, both in JSON.
    fn find(self, item: &[u8]) -> Option<&str> {
        let mut input = Reader::new(item).ok()?;
        let mut members = input.begin_object().ok()?;
        let (mut own, mut older) = (None, None);
        while let Some(name) = members.next(&mut input).ok()? {
            let raw = input.raw_value().ok()?;
            if name == self.name {
                own = Some(raw);
            } else if self.aliases.contains(&&*name) {
                older = Some(raw);
            }
        }
        own.or(older)
    }
}

impl Lifecycle {
    /// Whether there is nothing to write.
    pub(crate) const fn is_none(&self) -> bool {
        self.version.is_none() && self.created_at.is_none() && self.updated_at.is_none()
    }

    /// Writes the first version, if that is what the attribute holds.
    pub(crate) fn first_version(&self, name: &str) -> Option<fn(&mut Writer)> {
        self.version.filter(|(attribute, _)| attribute.name == name).map(|(_, versions)| versions.first)
    }

    /// None of them.
    pub const NONE: Self = Lifecycle { version: None, created_at: None, updated_at: None };

    /// With a version.
    pub const fn version(
        mut self,
        name: &'static str,
        aliases: &'static [&'static str],
        versions: Versions,
    ) -> Self {
        self.version = Some((Attribute { name, aliases }, versions));
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
