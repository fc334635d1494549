//! Item a: 8 attributes, 338 bytes on the wire.

use serde::{Deserialize, Serialize};
use theory::Table;
use theory::op::{Get, Primary, Query};

use super::{Item, Map};

/// A user of some service.
#[derive(Debug, Clone, PartialEq, Table, Serialize, Deserialize)]
#[table(name = "users")]
pub struct User {
    /// Partition key.
    #[table(pk)]
    pub tenant: String,
    /// Sort key.
    #[table(sk)]
    pub user_id: String,
    /// As they spell it.
    pub display_name: String,
    /// Where they are reached.
    pub email: String,
    /// Epoch seconds.
    pub created_at: u64,
    /// How often they came.
    pub logins: u32,
    /// What they are worth.
    pub score: f64,
    /// Whether they may come again.
    pub active: bool,
}

impl Item for User {
    const NAME: &'static str = "a";

    fn sample() -> Self {
        User {
            tenant: "TENANT#7f3c9a52e-acme-industries-nordic".into(),
            user_id: "USER#01JD4Z8Q6V3T9KX2M5N7P0RBWC".into(),
            display_name: "Zoë Margareta Lindqvist-Okafor".into(),
            email: "zoe.lindqvist-okafor@mail.acme-industries.example".into(),
            created_at: 1_763_712_000,
            logins: 4_217,
            score: 87.625,
            active: true,
        }
    }

    fn to_map(&self) -> Map {
        crate::by_hand::user_to_map(self)
    }

    fn from_map(map: Map) -> Option<Self> {
        crate::by_hand::user_from_map(map)
    }

    fn key(&self) -> [(&'static str, &str); 2] {
        [("tenant", &self.tenant), ("user_id", &self.user_id)]
    }

    fn read(&self) -> Get<Self> {
        Self::get(&self.tenant, &self.user_id)
    }

    fn read_partition(&self) -> Query<Self, Primary, (String,)> {
        Self::query(&self.tenant)
    }
}
