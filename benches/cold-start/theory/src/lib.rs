//! The start with this library: `theory_lambda::init()`, and what it needs to trust the endpoint here.
//!
//! The one authority comes on top of what `init` trusts anyway, so that nothing is left out of what is measured.

use std::sync::{Arc, OnceLock};

use cold_start_support::Report;
use theory::{Client, Table};
use theory_lambda::{ColdStart, Roots};

/// Any error.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What the item is read into.
#[derive(Debug, Table)]
#[table(name = "orders")]
pub struct Order {
    /// The key.
    #[table(pk)]
    pub id: String,
    /// Who ordered.
    pub customer: String,
    /// How far it is.
    pub status: String,
    /// When it was placed.
    pub placed_at: String,
    /// Cents.
    pub total: u64,
    /// How many things.
    pub quantity: u32,
    /// Whether it is a gift.
    pub gift: bool,
    /// What else there is to say.
    pub note: Option<String>,
}

/// Where `init` tells of its steps.
pub type Steps = Arc<OnceLock<ColdStart>>;

/// Makes the client, and opens its connection.
///
/// # Errors
///
/// If a variable is missing.
pub async fn client() -> Result<(Client, Steps), Error> {
    let steps = Steps::default();
    let told = Arc::clone(&steps);
    let client = theory_lambda::builder()
        .roots(Roots::EmbeddedAnd(cold_start_support::authority()?))
        .on_cold_start(move |report| {
            let _ = told.set(*report);
        })
        .init()
        .await?;
    Ok((client, steps))
}

/// Gets the item.
///
/// # Errors
///
/// If the request fails, or the item is not there.
pub async fn order(client: &Client, id: &str) -> Result<Order, Error> {
    Ok(Order::get(id).send(client).await?.ok_or("no item")?)
}

/// Adds the steps within `init`.
pub fn tell(steps: &Steps, report: &mut Report) {
    let Some(steps) = steps.get() else { return };
    report.measured("init: configuration", steps.configuration);
    for (name, duration) in [("init: connection", steps.connection), ("init: tls", steps.tls)] {
        if let Some(duration) = duration {
            report.measured(name, duration);
        }
    }
    report.measured("first request, until its answer began", steps.first_request);
}
