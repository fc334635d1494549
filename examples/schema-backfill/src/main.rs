//! A new attribute, a new index on it, and the items that were written before them.
//!
//! Orders are to be found by month. The attribute `month` and the index `by_month` are new; orders that are stored already have neither.
//!
//! ```sh
//! cargo run --bin schema -- apply --dry-run                        # adds the index `by_month`
//! cargo run --bin schema -- backfill order-month --dry-run         # counts, and writes nothing
//! cargo run --bin schema -- backfill order-month --write-units 500 --create-lease-table
//! cargo run --bin schema -- backfill order-month --status
//! cargo run --bin schema -- check --live
//! ```

use std::process::ExitCode;
use theory::{Table, Timestamp};
use theory_export::Schema;
use theory_export::live::Backfill;

/// An order.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders", gsi(name = "by_month", pk = month, sk = placed_at))]
struct Order {
    #[table(pk)]
    customer: String,
    #[table(sk)]
    order_id: String,
    placed_at: Timestamp,
    cents: u64,
    /// `2026-01`: an `Option` for as long as there are orders without it.
    month: Option<String>,
}

fn month(of: Timestamp) -> String {
    // RFC 3339 begins with the year and the month.
    of.to_string().chars().take(7).collect()
}

fn main() -> ExitCode {
    let months = Backfill::of::<Order>("order-month", |order| order.month = Some(month(order.placed_at)));
    theory_export::cli(
        Schema::new(theory::schema![Order])
            .profile("prod", |prod| prod.table_prefix("prod-"))
            .profile("dev", |dev| dev.table_prefix("dev-"))
            .backfill(months),
    )
}
