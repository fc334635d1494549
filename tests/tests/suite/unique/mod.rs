//! Unique attributes: on every way of writing, beside versions and ttls, in transactions of the caller's, and what never sees a guard.

mod loaded;
mod older;
mod race;
mod reads;
mod transactions;
mod writes;

use serde_json::{Value as Json, json};
use theory::{Client, Error, ErrorKind, Table, Timestamp};

use crate::support::Bench;

/// A user whose address is unique, and who may have a name that is, in one tenant.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "users", scan, unique(name = "handle", fields(tenant, handle)))]
struct User {
    #[table(pk)]
    id: String,
    #[table(unique)]
    email: String,
    tenant: u32,
    handle: Option<String>,
    visits: u64,
}

/// A reservation of a seat, for a while.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "seats", unique(name = "seat", fields(seat, hall)))]
struct Seat {
    #[table(pk)]
    hall: String,
    #[table(sk)]
    ticket: String,
    #[table(rename = "seatNumber", alias = "seat")]
    seat: Option<u32>,
    note: String,
    #[table(version)]
    version: u64,
    #[table(ttl)]
    expires: Option<Timestamp>,
}

fn user(id: &str, email: &str) -> User {
    User { id: id.into(), email: email.into(), tenant: 7, handle: None, visits: 0 }
}

fn named(id: &str, email: &str, tenant: u32, handle: &str) -> User {
    User { tenant, handle: Some(handle.into()), ..user(id, email) }
}

fn seat(ticket: &str, seat: u32) -> Seat {
    let (hall, ticket, note) = ("north".into(), ticket.into(), String::new());
    Seat { hall, ticket, seat: Some(seat), note, version: 0, expires: None }
}

async fn read(client: &Client, id: &str) -> Option<User> {
    User::get(id).consistent_read().send(client).await.unwrap()
}

#[track_caller]
fn assert_violates<T: std::fmt::Debug>(result: Result<T, Error>, constraint: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.constraint()), (ErrorKind::UniqueViolation, Some(constraint)));
    assert!(error.is_unique_violation() && !error.is_condition_failed() && !error.is_ambiguous());
    assert!(error.to_string().contains(&format!("constraint `{constraint}`")), "{error}");
}

/// The guard of a user's value, as another program sees it.
async fn guard(bench: &Bench, key: &str) -> Json {
    bench.get_json("users", json!({"id": {"S": format!("theory.unique#{key}")}})).await
}
