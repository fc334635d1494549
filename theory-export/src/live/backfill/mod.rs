//! Fills in items that exist, by any number of processes together.
//!
//! When an attribute or a key of an index is added, items that were written before lack it. A [`Backfill`] reads the whole table in segments, and
//! gives each item to the user's code, which completes it. It can be run by several processes, machines or Lambda invocations at once, be
//! stopped at any moment, killed even, and run again until it is done.
//!
//! ```no_run
//! # use theory::Table;
//! # #[derive(Table)] #[table(name = "orders", gsi(name = "by_month", pk = month))]
//! # struct Order { #[table(pk)] customer: String, #[table(sk)] id: String, placed_at: String, month: Option<String> }
//! use theory_export::Schema;
//! use theory_export::live::Backfill;
//!
//! fn main() -> std::process::ExitCode {
//!     let month = Backfill::of::<Order>("order-month", |order| {
//!         order.month = Some(order.placed_at.chars().take(7).collect());
//!     });
//!     theory_export::cli(Schema::new(theory::schema![Order]).backfill(month))
//! }
//! // cargo run --bin schema -- backfill order-month --dry-run
//! // cargo run --bin schema -- backfill order-month --write-units 500
//! ```
//!
//! What the entity makes by itself, such as the default of a new attribute, needs no code: `Backfill::of::<Order>("defaults", |_| {})` writes
//! whatever the entity is stored as and the item lacks.
//!
//! # What is written
//!
//! Each item is read, decoded, given to the code, and encoded again. One UpdateItem sets the attributes that the code changed and those that the
//! item lacks, and removes those that the code set to `None`; everything else stays as it is. An item that needs nothing is not written.
//!
//! # Newer data wins
//!
//! The update holds only if nothing has changed since the item was read: its version, where the entity has one, which the update
//! then increments; otherwise every attribute that the entity knows. If something has, the item is read and given to the code again. An item
//! that was deleted meanwhile stays deleted.
//!
//! Before a backfill begins, the code that writes the new attribute must be everywhere: what older code writes behind the back of the scan stays
//! incomplete. [`Progress::conflicts`] says how often newer data was met.
//!
//! # Sharing the work
//!
//! Each segment is leased: its record in the table `leases` ([`Checkpoint`]) says who has it and until when, how far it is, and what was
//! done. Where a process dies, another takes the segment over once its lease has expired, and repeats one page at most, in which it
//! finds everything written already.
//!
//! # What it costs
//!
//! The read units of a whole scan, a write of its size for each item that is filled in, and a write unit for each page and segment.
//! [`read_units`](Backfill::read_units) and [`write_units`](Backfill::write_units) limit what one process consumes in a second.

mod fill;
mod patience;
mod progress;
mod rate;
mod record;
mod request;
mod run;
mod work;

pub use progress::Progress;
pub use record::{BackfillPlan, Checkpoint};

use fill::FillFn;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use theory::attribute::FromFields;
use theory::schema::Entity;
use theory::{Item, Table};

/// What hears of a key and of what is wrong with its item.
type TellFailed = dyn Fn(&Item, &str) + Send + Sync;

/// Fills in the items of one entity. See the [module](self) for what is promised.
#[derive(Clone)]
#[must_use = "it does nothing until `run` is called"]
pub struct Backfill {
    name: String,
    entity: &'static Entity,
    fill: Arc<FillFn>,
    only: Option<Arc<dyn Fn(&Item) -> bool + Send + Sync>>,
    tell_failed: Option<Arc<TellFailed>>,
    segments: u32,
    concurrency: usize,
    page_size: u32,
    consistent: bool,
    lease: Duration,
    lease_table: Option<String>,
    read_units: Option<f64>,
    write_units: Option<f64>,
    time_limit: Option<Duration>,
}

impl Backfill {
    /// Completes each item of `E` by `fill`, which changes what must change and leaves the rest.
    ///
    /// By its name, and by the table, processes know that they do the same; a second backfill needs another. `fill` must give the same result for the same
    /// item, because an item may be given to it again. Items of other entities in the table are passed over.
    pub fn of<E>(name: impl Into<String>, fill: impl Fn(&mut E) + Send + Sync + 'static) -> Self
    where
        E: Table + FromFields + 'static,
    {
        Backfill {
            name: name.into(),
            entity: E::SCHEMA,
            fill: fill::typed(fill),
            only: None,
            tell_failed: None,
            segments: 32,
            concurrency: 4,
            page_size: 100,
            consistent: false,
            lease: Duration::from_secs(30),
            lease_table: None,
            read_units: None,
            write_units: None,
            time_limit: None,
        }
    }

    /// Passes over the items for which this is not so: where entities share a table, and their keys do not tell them apart.
    pub fn only(mut self, is_meant: impl Fn(&Item) -> bool + Send + Sync + 'static) -> Self {
        self.only = Some(Arc::new(is_meant));
        self
    }

    /// Is told the key of each item that could not be filled in, and why: to mend it by hand, and to run the backfill again.
    ///
    /// A log has the reason alone, because a key may be personal.
    pub fn on_failed(mut self, tell: impl Fn(&Item, &str) + Send + Sync + 'static) -> Self {
        self.tell_failed = Some(Arc::new(tell));
        self
    }

    /// Into how many segments the table is divided, 32 if nothing is said. The process that begins decides for all.
    pub fn segments(mut self, segments: u32) -> Self {
        self.segments = segments.clamp(1, 1_000_000);
        self
    }

    /// On how many segments this process works at once, 4 if nothing is said.
    pub fn concurrency(mut self, segments: usize) -> Self {
        self.concurrency = segments.max(1);
        self
    }

    /// How many items are read, and then noted as done, at once; 100 if nothing is said.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = items.clamp(1, 10_000);
        self
    }

    /// Reads strongly consistently, at twice the read units.
    ///
    /// Without it, an item that code of old wrote in the last second before its segment is read may be passed over. An update is decided by
    /// what is stored, in either case.
    pub fn consistent_read(mut self) -> Self {
        self.consistent = true;
        self
    }

    /// How long a segment stays with a process that has died, 30 seconds if nothing is said. A live one refreshes it.
    pub fn lease(mut self, length: Duration) -> Self {
        self.lease = length.max(Duration::from_secs(1));
        self
    }

    /// The table of the checkpoints, by name or ARN, whatever the client says; its key is `pk` and `sk`, both strings.
    pub fn lease_table(mut self, name_or_arn: impl Into<String>) -> Self {
        self.lease_table = Some(name_or_arn.into());
        self
    }

    /// How many read units this process consumes in a second at most.
    pub fn read_units(mut self, units_per_second: f64) -> Self {
        self.read_units = Some(units_per_second);
        self
    }

    /// How many write units this process consumes in a second at most.
    pub fn write_units(mut self, units_per_second: f64) -> Self {
        self.write_units = Some(units_per_second);
        self
    }

    /// Stops after this time, between two pages, with everything noted: for Lambda, less than what the invocation has left.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// By which name processes know that they do the same.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose items are filled in.
    pub fn entity(&self) -> &'static Entity {
        self.entity
    }
}

impl fmt::Debug for Backfill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backfill")
            .field("name", &self.name)
            .field("entity", &self.entity.name)
            .finish_non_exhaustive()
    }
}
