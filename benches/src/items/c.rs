//! Item c: a list of 200 maps, 69 KB on the wire.

use serde::{Deserialize, Serialize};
use theory::op::{Get, Primary, Query};
use theory::{Attribute, Table};

use super::{Item, Map};

/// A page of a catalogue.
#[derive(Debug, Clone, PartialEq, Table, Serialize, Deserialize)]
#[table(name = "catalogues")]
pub struct Catalogue {
    /// Partition key.
    #[table(pk)]
    pub shop: String,
    /// Sort key.
    #[table(sk)]
    pub page: String,
    /// What stands on it.
    pub products: Vec<Product>,
}

/// What can be bought.
#[derive(Debug, Clone, PartialEq, Attribute, Serialize, Deserialize)]
pub struct Product {
    /// What it is.
    pub sku: String,
    /// What it is called.
    pub title: String,
    /// What is said of it.
    pub description: String,
    /// Where it belongs.
    pub category: String,
    /// For how much.
    pub price: f64,
    /// How many there are.
    pub stock: u32,
    /// How many were sold.
    pub sold: u64,
    /// Whether it is shown.
    pub listed: bool,
}

impl Item for Catalogue {
    const NAME: &'static str = "c";

    fn sample() -> Self {
        Catalogue {
            shop: "SHOP#stockholm-south".into(),
            page: "PAGE#2026-11-21#0004".into(),
            products: (0..200).map(product).collect(),
        }
    }

    fn to_map(&self) -> Map {
        crate::by_hand::catalogue_to_map(self)
    }

    fn from_map(map: Map) -> Option<Self> {
        crate::by_hand::catalogue_from_map(map)
    }

    fn key(&self) -> [(&'static str, &str); 2] {
        [("shop", &self.shop), ("page", &self.page)]
    }

    fn read(&self) -> Get<Self> {
        Self::get(&self.shop, &self.page)
    }

    fn read_partition(&self) -> Query<Self, Primary, (String,)> {
        Self::query(&self.shop)
    }
}

fn product(i: u32) -> Product {
    const CATEGORIES: [&str; 5] =
        ["kitchen/coffee", "living/lights", "garden/tools", "sleep/blankets", "bath/towels"];
    const DESCRIPTIONS: [&str; 4] = [
        "Made by hand in small numbers, and meant to be used every day for years. Wipe it clean.",
        "Spun, woven and dyed in the same valley; each piece differs a little from the next.",
        "Roasted on Tuesdays and sent on Wednesdays. Tastes of dark cherry, malt and a bit of smoke.",
        "Brass that turns darker where it is touched. Comes with a spare wick, \"just in case\".",
    ];
    Product {
        sku: format!("SKU-{:06}-{}", 7_919 * (i + 1) % 1_000_000, i % 7),
        title: format!("Article number {i:03} of the autumn and winter list of 2026/2027"),
        description: DESCRIPTIONS[i as usize % DESCRIPTIONS.len()].into(),
        category: CATEGORIES[i as usize % CATEGORIES.len()].into(),
        price: 19.5 + f64::from(i) * 3.75,
        stock: i * 37 % 500,
        sold: u64::from(i) * 104_729,
        listed: !i.is_multiple_of(9),
    }
}
