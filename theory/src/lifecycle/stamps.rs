//! Filling in the stamps when a request is sent, and telling the caller.

use crate::attribute::{FromAttribute, TimestampField, VersionField};
use crate::timestamp::Timestamp;
use crate::wire::stamp::{Place, Places};
use crate::wire::{Reader, Writer};

/// What the library wrote into an item on its own account: what `create`, `put` and `replace` return of an entity that has such fields.
///
/// [`Table::stamp`](crate::Table::stamp) puts it into the entity, which is then as it is stored.
///
/// ```no_run
/// # use theory::{Table, Timestamp};
/// # #[derive(Table)] #[table(name = "orders")]
/// # struct Order { #[table(pk)] id: String, #[table(version)] version: u64, #[table(updated_at)] updated_at: Timestamp }
/// # async fn example(client: &theory::Client, mut order: Order) -> theory::Result<()> {
/// let stamps = order.create().send(client).await?;
/// order.stamp(&stamps);
/// assert_eq!(order.version, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stamps {
    /// The version, where the entity has one.
    pub version: Option<u128>,
    /// When the item was created, as far as the entity knew it; where the entity has such a field.
    pub created_at: Option<Timestamp>,
    /// When the item was written, where the entity has such a field.
    pub updated_at: Option<Timestamp>,
}

impl Stamps {
    /// Those at these places.
    pub(crate) fn read(head: &[u8], places: &Places) -> Self {
        let value = |place: Option<Place>| head.get(place?.range());
        Stamps {
            version: value(places.version).and_then(version),
            created_at: value(places.created_at).and_then(parse),
            updated_at: value(places.updated_at).and_then(parse),
        }
    }

    /// Puts the version into its field.
    pub fn put_version<V: VersionField>(&self, field: &mut V) {
        let Some(version) = self.version else { return };
        let mut out = Writer::new();
        out.integer(version);
        if let Some(version) = out.finish().ok().as_deref().and_then(parse) {
            *field = version;
        }
    }

    /// Puts the moment of creation into its field.
    pub fn put_created_at<T: TimestampField>(&self, field: &mut T) {
        put_moment(self.created_at, field);
    }

    /// Puts the moment of the write into its field.
    pub fn put_updated_at<T: TimestampField>(&self, field: &mut T) {
        put_moment(self.updated_at, field);
    }
}

fn put_moment<T: TimestampField>(moment: Option<Timestamp>, field: &mut T) {
    if let Some(Ok(moment)) = moment.map(T::from_timestamp) {
        *field = moment;
    }
}

fn version(json: &[u8]) -> Option<u128> {
    parse(json)
}

fn parse<T: FromAttribute>(json: &[u8]) -> Option<T> {
    T::decode(&mut Reader::new(json).ok()?).ok()
}

/// What a write of a whole item returns of its stamps: [`Stamps`], or `()` where an entity has no fields that the library writes.
pub trait GetStamps: Sized + Send + 'static {
    #[doc(hidden)]
    fn get(stamps: impl FnOnce() -> Stamps) -> Self;
    #[doc(hidden)]
    fn stamps(self) -> Option<Stamps>;
}

impl GetStamps for () {
    fn get(_: impl FnOnce() -> Stamps) {}
    fn stamps(self) -> Option<Stamps> {
        None
    }
}

impl GetStamps for Stamps {
    fn get(stamps: impl FnOnce() -> Stamps) -> Self {
        stamps()
    }
    fn stamps(self) -> Option<Stamps> {
        Some(self)
    }
}

/// What a transaction returns for each of its parts.
impl GetStamps for Option<Stamps> {
    fn get(stamps: impl FnOnce() -> Stamps) -> Self {
        Some(stamps())
    }
    fn stamps(self) -> Option<Stamps> {
        self
    }
}

/// Writes the moment into the gaps that the item has for it.
pub(crate) fn fill(head: &mut [u8], places: &Places, now: Timestamp) {
    let json = now.to_json();
    for place in [places.created_at, places.updated_at].into_iter().flatten().filter(|place| place.is_gap) {
        if let Some(gap) = head.get_mut(place.range()).filter(|gap| gap.len() == json.len()) {
            gap.copy_from_slice(&json);
        }
    }
}
