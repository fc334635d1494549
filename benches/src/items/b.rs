//! Item b: 25 attributes, nested and with sets, 3.9 KB on the wire.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use theory::op::{Get, Primary, Query};
use theory::{Attribute, Table};

use super::{Item, Map};

/// An order in a shop.
#[derive(Debug, Clone, PartialEq, Table, Serialize, Deserialize)]
#[table(name = "orders")]
pub struct Order {
    /// Partition key.
    #[table(pk)]
    pub customer: String,
    /// Sort key.
    #[table(sk)]
    pub order_id: String,
    /// A unit enum.
    pub status: Status,
    /// ISO 4217.
    pub currency: String,
    /// Where the customer is reached.
    pub email: String,
    /// Where else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What the customer wants said.
    pub note: String,
    /// Epoch milliseconds.
    pub placed_at: i64,
    /// Epoch milliseconds.
    pub changed_at: i64,
    /// How often it was written.
    pub revision: u32,
    /// What is to be paid.
    pub total: f64,
    /// What of it is tax.
    pub tax: f64,
    /// What was taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<f64>,
    /// Whether it is wrapped.
    pub gift: bool,
    /// Who goes first.
    pub priority: u8,
    /// A string set.
    #[serde(with = "serde_dynamo::string_set")]
    pub tags: BTreeSet<String>,
    /// Another one.
    #[serde(with = "serde_dynamo::string_set")]
    pub coupons: BTreeSet<String>,
    /// A number set.
    #[serde(with = "serde_dynamo::number_set")]
    pub warehouses: BTreeSet<u32>,
    /// Bytes.
    #[serde(with = "serde_bytes")]
    pub signature: Vec<u8>,
    /// A document.
    pub billing: Address,
    /// Another one.
    pub shipping: Address,
    /// A list of documents.
    pub lines: Vec<Line>,
    /// Another one.
    pub history: Vec<Event>,
    /// A map.
    pub labels: BTreeMap<String, String>,
    /// A list of numbers.
    pub weights: Vec<f64>,
}

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Attribute, Serialize, Deserialize)]
#[attribute(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not paid.
    Open,
    /// Paid.
    Paid,
    /// On its way.
    Shipped,
}

/// Where somebody lives.
#[derive(Debug, Clone, PartialEq, Attribute, Serialize, Deserialize)]
pub struct Address {
    /// Who.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub city: String,
    /// ISO 3166.
    pub country: String,
    /// Whether a lorry gets there.
    pub lorry: bool,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Attribute, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub sku: String,
    /// What it is called.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// For how much each.
    pub price: f64,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Attribute, Serialize, Deserialize)]
pub struct Event {
    /// Epoch milliseconds.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: String,
}

impl Item for Order {
    const NAME: &'static str = "b";

    fn sample() -> Self {
        let strings = |strings: &[&str]| strings.iter().map(|s| String::from(*s)).collect();
        let placed_at = 1_763_712_345_678;
        Order {
            customer: "CUSTOMER#01JD4Z8Q6V3T9KX2M5N7P0RBWC".into(),
            order_id: "ORDER#2026-11-21#000048213".into(),
            status: Status::Paid,
            currency: "SEK".into(),
            email: "zoe.lindqvist-okafor@mail.acme-industries.example".into(),
            phone: Some("+46 8 555 017 44".into()),
            note: "Please ring the \"upper\" bell, and leave the larger parcel with the neighbours on the left \
                   if nobody answers.\nThe gate sticks; lift it a little while you push. Tack så mycket! \
                   The candle holder is a present for Förskolan Äppelbo: wrap it in the brown paper, not in the \
                   green one, and write \"Från oss alla\" on the card. If the lantern is out of stock, send the \
                   rest ahead; there is no hurry with it, as long as it gets here before the first of Advent. The \
                   receipt goes to the office at Sankt Eriksgatan, with the order's number and \"Äppelbo, Advent\" on \
                   it."
                .into(),
            placed_at,
            changed_at: placed_at + 86_400_000,
            revision: 7,
            total: 4_829.5,
            tax: 965.9,
            discount: Some(120.25),
            gift: true,
            priority: 3,
            tags: strings(&[
                "express", "fragile", "gift", "newsletter", "nordic", "returning", "signature", "weekend",
            ]),
            coupons: strings(&["AUTUMN-26", "FRIEND-OF-A-FRIEND", "LOYAL-10", "NORDIC-SHIPPING", "WELCOME-BACK"]),
            warehouses: [3, 14, 159, 265, 358, 979].into(),
            signature: (0..192_u8).map(|i| i.wrapping_mul(151).wrapping_add(43)).collect(),
            billing: address("Zoë Lindqvist-Okafor", "Sankt Eriksgatan 117, 4 tr", "113 43", "Stockholm"),
            shipping: address("Förskolan Äppelbo", "Gamla Värmdövägen 6B", "131 37", "Nacka"),
            lines: (0..8_u32).map(line).collect(),
            history: (0..6_u32).map(|i| event(placed_at, i)).collect(),
            labels: [
                ("campaign", "black-friday-2026"),
                ("channel", "app-ios"),
                ("cost-centre", "SE-0047"),
                ("experiment", "checkout-v12/variant-b"),
                ("origin", "recommendation"),
                ("segment", "households"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            weights: vec![0.25, 1.5, 0.8, 12.75, 3.2, 0.05, 7.0, 2.125],
        }
    }

    fn to_map(&self) -> Map {
        crate::by_hand::order_to_map(self)
    }

    fn from_map(map: Map) -> Option<Self> {
        crate::by_hand::order_from_map(map)
    }

    fn key(&self) -> [(&'static str, &str); 2] {
        [("customer", &self.customer), ("order_id", &self.order_id)]
    }

    fn read(&self) -> Get<Self> {
        Self::get(&self.customer, &self.order_id)
    }

    fn read_partition(&self) -> Query<Self, Primary, (String,)> {
        Self::query(&self.customer)
    }
}

fn address(name: &str, street: &str, postcode: &str, city: &str) -> Address {
    Address {
        name: name.into(),
        street: street.into(),
        postcode: postcode.into(),
        city: city.into(),
        country: "SE".into(),
        lorry: true,
    }
}

fn line(i: u32) -> Line {
    const TITLES: [&str; 4] = [
        "Storm lantern, solid brass, 24 cm",
        "Wool blanket \"Fjäll\"",
        "Coffee, dark roast, 500 g",
        "Candle holder",
    ];
    Line {
        sku: format!("SKU-{:06}", 104_729 * (i + 1) % 1_000_000),
        title: TITLES[i as usize % TITLES.len()].into(),
        quantity: i % 3 + 1,
        price: 49.5 + f64::from(i) * 12.25,
    }
}

fn event(placed_at: i64, i: u32) -> Event {
    const ACTIONS: [&str; 6] = ["placed", "paid", "picked", "packed", "handed over", "delivered"];
    Event {
        at: placed_at + i64::from(i) * 3_600_000,
        actor: format!("service/fulfilment/worker-{}", i % 3),
        action: ACTIONS[i as usize % ACTIONS.len()].into(),
    }
}
