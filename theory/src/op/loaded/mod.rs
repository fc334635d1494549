//! An entity that knows what the item was when it was read.

mod baseline;
mod read;
mod save;

pub use save::Save;

use super::put::Guard;
use super::{Check, Delete, Put};
use crate::attribute::FromFields;
use crate::attribute::document::decode_telling;
use crate::lifecycle::{Expected, GetStamps, Stamps};
use crate::table::{FromItem, Overwritable, Table};
use crate::wire::{DecodeError, Reader};
use baseline::Baseline;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// An entity, and what its item was when it was read: what [`Get::loaded`](super::Get::loaded) and
/// [`Query::loaded`](super::Query::loaded) return, in batches and transactions too.
///
/// It is the entity in every other way: read and change its fields. Then [`save`](Self::save) writes the attributes that differ, in one
/// UpdateItem, without reading again. Where the entity has a version, every write of a loaded entity is conditional on the version that
/// was read.
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "orders")]
/// # struct Order { #[table(pk)] id: String, status: String, note: Option<String>, #[table(version)] version: u64 }
/// # async fn example(client: &theory::Client) -> theory::Result<()> {
/// let Some(mut order) = Order::get("o-1").loaded().send(client).await? else { return Ok(()) };
/// order.status = "paid".into();
/// order.note = None;
/// match order.save().send(client).await {
///     Ok(()) => println!("saved as version {}", order.version), // SET status, REMOVE note
///     Err(error) if error.is_version_conflict() => println!("somebody else was there, nothing was written: read it again"),
///     Err(error) => return Err(error), // which may be ambiguous: to read again and save again could then do it twice
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Loaded<E> {
    entity: E,
    baseline: Baseline,
    /// The version that was read.
    expected: Option<Expected>,
    /// What the item will be once the write that was made last is done.
    pending: Option<Pending>,
}

#[derive(Debug, Clone)]
struct Pending {
    baseline: Baseline,
    /// The version that the write leaves behind, if it does.
    version: Option<u128>,
}

impl<E: Table> Loaded<E> {
    /// An entity that is in the table as it is: one that was just created, say.
    ///
    /// Where the item differs, [`save`](Self::save) does not see it; only the version is compared when it is written.
    pub fn new(entity: E) -> Self {
        Self::read(entity, false, None)
    }

    fn read(entity: E, is_mended: bool, stored: Option<Arc<[u8]>>) -> Self {
        let (baseline, expected) = (Baseline::of(&entity, is_mended).stored_as(stored), entity.expected());
        Loaded { entity, baseline, expected, pending: None }
    }

    /// The entity alone.
    pub fn into_inner(self) -> E {
        self.entity
    }

    /// Whether there is anything to save.
    ///
    /// An item of an older shape that `#[table(upgrade = …)]` has mended differs from what is stored, and so does one that cannot be stored.
    pub fn is_changed(&self) -> bool {
        let now = Baseline::of(&self.entity, false);
        let changes = self.baseline.changes(&now, E::SCHEMA);
        changes.map_or(true, |changes| changes.refused.is_some() || !changes.actions.0.is_empty())
    }

    /// Writes the attributes that differ from what was read, and removes those that are absent now: one UpdateItem.
    ///
    /// It is conditional on the version that was read, where the entity has one, and otherwise on the item's existence. Version and
    /// `updated_at` are written too, whatever their fields say; when it has succeeded the fields say what was written, and the next `save`
    /// starts from there. If nothing differs, nothing is sent.
    ///
    /// An attribute is written as a whole: a nested document loses what its type does not know. Attributes that the entity does not know
    /// stay as they are. An attribute that has older names (`alias`) is removed under these when it is written. An item of an older shape
    /// that `#[table(upgrade = …)]` has mended is written with all its attributes.
    ///
    /// In a [`transaction`](super::transaction()), say afterwards that it [is saved](Self::saved).
    pub fn save(&mut self) -> Save<'_, E>
    where
        E: Overwritable,
    {
        Save::new(self)
    }

    /// Writes the item over the one with its key, whether or not there is one: as [`Table::put`], and only over the version that was read.
    ///
    /// Afterwards say that it [is saved](Self::saved), if it is to be written again.
    pub fn put(&mut self) -> Put<E>
    where
        E: Overwritable,
    {
        self.overwrite(Guard::None)
    }

    /// Writes the item over the one with its key, and fails where there is none: as [`Table::replace`], and only over the version that was
    /// read.
    ///
    /// Afterwards say that it [is saved](Self::saved), if it is to be written again.
    pub fn replace(&mut self) -> Put<E>
    where
        E: Overwritable,
    {
        self.overwrite(Guard::Exists)
    }

    /// Deletes the item that was read, in that version only.
    pub fn delete(&self) -> Delete<E> {
        let mut delete = Delete::new(self.baseline.key_head(E::SCHEMA)).expect(self.expected.clone());
        delete.parts.before = self.baseline.before(E::SCHEMA);
        delete
    }

    /// Checks, as a part of a transaction, that the item still has the version that was read; without a version, that it exists.
    pub fn check(&self) -> Check<E> {
        Check::new(self.baseline.key_head(E::SCHEMA)).expect_or_exists(self.expected.clone())
    }

    /// Notes that the write which was made last from it ([`save`](Self::save), [`put`](Self::put), [`replace`](Self::replace)) is done, and
    /// puts the stamps into the entity: those of [`Transaction::send_stamped`](super::Transaction::send_stamped), or of the put.
    ///
    /// A save that is [sent](Save::send) alone does it by itself. What was changed since the write was made is not saved with it.
    ///
    /// ```no_run
    /// # use theory::{Loaded, Table};
    /// # #[derive(Table)] #[table(name = "accounts")]
    /// # struct Account { #[table(pk)] id: String, balance: u64, #[table(version)] version: u64 }
    /// # async fn example(client: &theory::Client, mut from: Loaded<Account>, mut to: Loaded<Account>) -> theory::Result<()> {
    /// from.balance -= 10;
    /// to.balance += 10;
    /// let stamps = theory::transaction((from.save(), to.save())).send_stamped(client).await?;
    /// from.saved(stamps[0]);
    /// to.saved(stamps[1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn saved(&mut self, stamps: impl GetStamps) {
        let Some(Pending { baseline, version }) = self.pending.take() else { return };
        self.baseline = baseline;
        let stamps = Stamps { version, ..stamps.stamps().unwrap_or_default() };
        self.entity.stamp(&E::Stamps::get(|| stamps));
        if version.is_some() {
            self.expected = self.entity.expected();
        }
    }

    fn overwrite(&mut self, guard: Guard) -> Put<E> {
        let now = Baseline::of(&self.entity, false);
        let mut put = Put::new(&self.entity, guard).expect(self.expected.clone());
        put.parts.before = self.baseline.before(E::SCHEMA);
        // Where it cannot be encoded, the request has the error already.
        if let Ok(Some(refused)) = self.baseline.changed_key(&now, E::SCHEMA) {
            put.parts.refused = Some(Box::new(refused));
        }
        let version = self.expected.as_ref().and_then(Expected::next_version);
        self.pending = Some(Pending { baseline: now, version });
        put
    }
}

impl<E: Table + FromFields> FromItem for Loaded<E> {
    fn from_item(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let stored = match E::SCHEMA.uniques {
            [] => None,
            _ => {
                let start = input.save();
                let stored = Arc::from(input.raw_value()?.as_bytes());
                input.restore(start);
                Some(stored)
            }
        };
        decode_telling(input).map(|(entity, is_mended)| Loaded::read(entity, is_mended, stored))
    }
}

impl<E> Deref for Loaded<E> {
    type Target = E;
    fn deref(&self) -> &E {
        &self.entity
    }
}

impl<E> DerefMut for Loaded<E> {
    fn deref_mut(&mut self) -> &mut E {
        &mut self.entity
    }
}

impl<E> AsRef<E> for Loaded<E> {
    fn as_ref(&self) -> &E {
        &self.entity
    }
}

/// Of the entities as they are now.
impl<E: PartialEq> PartialEq for Loaded<E> {
    fn eq(&self, other: &Self) -> bool {
        self.entity == other.entity
    }
}

impl<E: Eq> Eq for Loaded<E> {}

impl<E: fmt::Debug> fmt::Debug for Loaded<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Loaded").field(&self.entity).finish()
    }
}
