//! `unique`, on a field and on the struct.

use theory::{Table, Timestamp, batch_write};

#[derive(Table)]
#[table(name = "rooms", unique(fields(floor, numbr)), unique(name = "room"))]
struct Room {
    #[table(pk, unique)]
    id: String,
    floor: u32,
    number: u32,
    #[table(unique, ttl)]
    until: Option<Timestamp>,
    #[table(unique = "a#b")]
    label: String,
}

#[derive(Table)]
#[table(name = "counters")]
struct Counter {
    #[table(pk)]
    id: u64,
    #[table(unique)]
    name: String,
    #[table(unique)]
    tags: Vec<String>,
}

#[derive(Table)]
#[table(name = "users")]
struct User {
    #[table(pk)]
    id: String,
    #[table(unique)]
    email: String,
}

fn main() {
    let user = User { id: "ada".into(), email: "ada@example.com".into() };
    let _ = batch_write(vec![user.put()]);
}
