//! Three related tables: customers with their orders, carts, and coupons. Together they use every feature of a contract.

use std::collections::{BTreeMap, BTreeSet};
use theory::{Attribute, Table, Timestamp};
use theory_export::Schema;
use theory_export::contract::Operation;
use theory_export::contract::deployment::{Capacity, Change, Keep, StreamView};

/// A customer, in the same partition as their orders.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "shop", rename_all = "camelCase")]
pub(crate) struct Customer {
    #[table(pk)]
    pub(crate) customer: String,
    /// `PROFILE`
    #[table(sk, rename = "item")]
    pub(crate) item: String,
    #[table(alias = "mail")]
    pub(crate) email: String,
    pub(crate) addresses: BTreeMap<String, Address>,
    #[table(default)]
    pub(crate) orders: u64,
    #[table(created_at)]
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) country: String,
    pub(crate) note: Option<String>,
}

/// An order. It is found by its customer, by place, by status, and by what it costs.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    name = "shop",
    rename_all = "camelCase",
    scan,
    gsi(name = "by_place", pk = (country, city), sk = (placed_at, order_id), projection = keys_only),
    gsi(name = "by_status", pk = status, sk = placed_at, projection = include(total)),
    lsi(name = "by_total", sk = total)
)]
pub(crate) struct Order {
    #[table(pk)]
    pub(crate) customer: String,
    /// `ORDER#` and a time that sorts.
    #[table(sk, rename = "item")]
    pub(crate) order_id: String,
    pub(crate) status: Status,
    pub(crate) placed_at: Timestamp,
    pub(crate) country: String,
    pub(crate) city: String,
    pub(crate) total: u64,
    pub(crate) lines: Vec<Line>,
    pub(crate) payment: Option<Payment>,
    #[table(skip_empty)]
    pub(crate) tags: BTreeSet<String>,
    pub(crate) receipt: Option<Vec<u8>>,
    pub(crate) gift: bool,
    #[table(version)]
    pub(crate) version: u64,
    #[table(created_at)]
    pub(crate) created_at: Timestamp,
    #[table(updated_at)]
    pub(crate) updated_at: Timestamp,
    #[table(ttl)]
    pub(crate) expires: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Attribute)]
#[attribute(rename_all = "snake_case")]
pub(crate) enum Status {
    Open,
    Paid,
    Shipped,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) quantity: u32,
    pub(crate) cents: u64,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
#[attribute(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Payment {
    Card { last_digits: String },
    Invoice { due: Timestamp },
}

/// A cart, which is thrown away after a while.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "carts")]
pub(crate) struct Cart {
    #[table(pk)]
    pub(crate) cart_id: String,
    pub(crate) customer: Option<String>,
    pub(crate) lines: Vec<Line>,
    #[table(ttl)]
    pub(crate) expires: Timestamp,
}

/// A coupon, of which many read and few write.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "coupons", write_once, gsi(name = "by_campaign", pk = campaign))]
pub(crate) struct Coupon {
    #[table(pk)]
    pub(crate) code: String,
    pub(crate) campaign: String,
    pub(crate) percent: u8,
}

/// The schema, and how its tables are deployed.
pub(crate) fn schema() -> Schema {
    Schema::new(theory::schema![Customer, Order, Cart, Coupon])
        .table("shop", |table| {
            table
                .on_demand_up_to(4_000, 1_000)
                .warm(13_000, 5_000)
                .stream(StreamView::NewAndOldImages)
                .consumer("order-projector", |consumer| {
                    consumer
                        .entity("Order")
                        .change(Change::Insert)
                        .change(Change::Modify)
                        .from_latest()
                        .batch_size(50)
                        .batch_seconds(5)
                        .parallel_batches(2)
                        .retries(3)
                        .max_age_seconds(3_600)
                        .on_failure("arn:aws:sqs:eu-central-1:123456789012:order-failures")
                })
                .consumer("audit", |consumer| consumer)
                .point_in_time_recovery()
                .deletion_protection()
                .kms_key("alias/shop")
                .tag("team", "shop")
                .tenant("customer", "customer")
                .resource_policy(
                    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"dynamodb:DeleteTable","Resource":"*"}]}"#,
                )
                .index("by_status", |index| index.on_demand_up_to(500, 500))
        })
        .table("carts", |table| {
            table.delete_with_stack().infrequent_access().aws_managed_key().replica("eu-west-1")
        })
        .table("coupons", |table| {
            table.provisioned(Capacity::scaled(5, 100), Capacity::fixed(5)).point_in_time_recovery_days(7)
        })
        // What the application does, from which its policy is made.
        .entity("Customer", |entity| entity.only([Operation::Get, Operation::Create, Operation::Update]))
        .entity("Order", |entity| {
            entity.only([Operation::Get, Operation::BatchGet, Operation::Create, Operation::Update, Operation::Query, Operation::Check])
        })
        .entity("Coupon", |entity| {
            entity.only([Operation::Get, Operation::Query]).query_index("by_campaign").attributes(["code", "percent"])
        })
        .dev_and_prod()
        .profile("stage", |profile| {
            profile
                .table_suffix("-stage")
                .all(|all| all.on_demand().retention(Keep::Delete, Keep::Delete))
                .table("coupons", |coupons| coupons.name("stage-coupons").point_in_time_recovery(1))
        })
}
