//! What the derive writes, by hand: the contract between `theory-derive` and `theory::__private`, on the embedded engine.
#![cfg(feature = "embedded")]
#![deny(missing_docs, unused)]

use futures_util::TryStreamExt as _;
use std::collections::BTreeSet;
use theory::{Client, ErrorKind, FromItem as _, Table as _, prefix};
use theory_testing::EmbeddedDynamoDb;

/// A transparent newtype.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerId(pub String);

// ---- derive(Attribute) for a newtype
const _: () = {
    use ::theory::__private as __theory;
    #[automatically_derived]
    impl __theory::Attribute for CustomerId {
        type Kind = <String as __theory::Attribute>::Kind;
        const TYPE: &'static __theory::Type = <String as __theory::Attribute>::TYPE;
        fn encode(&self, __out: &mut __theory::Writer) {
            __theory::Attribute::encode(&self.0, __out);
        }
        fn is_absent(&self) -> bool {
            __theory::Attribute::is_absent(&self.0)
        }
    }
    #[automatically_derived]
    impl __theory::FromAttribute for CustomerId {
        fn decode(__input: &mut __theory::Reader<'_>) -> ::core::result::Result<Self, __theory::DecodeError> {
            __theory::FromAttribute::decode(__input).map(CustomerId)
        }
        fn absent() -> ::core::option::Option<Self> {
            __theory::FromAttribute::absent().map(CustomerId)
        }
    }
};

/// A nested document.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What.
    pub sku: String,
    /// How many.
    pub quantity: u32,
}

// ---- derive(Attribute) for a struct
const _: () = {
    use ::theory::__private as __theory;
    #[allow(dead_code)]
    impl Line {
        /// The attribute `sku`.
        pub const SKU: __theory::Path<Self, String> = __theory::Path::attribute("sku");
        /// The attribute `quantity`.
        pub const QUANTITY: __theory::Path<Self, u32> = __theory::Path::attribute("quantity");
    }
    #[automatically_derived]
    impl __theory::Fields for Line {
        fn encode_fields(&self, __out: &mut __theory::Writer) {
            __theory::field(__out, "\"sku\":", &self.sku);
            __theory::field(__out, "\"quantity\":", &self.quantity);
        }
    }
    pub struct __Partial {
        sku: ::core::option::Option<String>,
        quantity: ::core::option::Option<u32>,
    }
    #[automatically_derived]
    impl __theory::FromFields for Line {
        type Partial = __Partial;
        fn partial() -> __Partial {
            __Partial { sku: ::core::option::Option::None, quantity: ::core::option::Option::None }
        }
        fn read_field(
            __partial: &mut __Partial,
            __name: &str,
            __input: &mut __theory::Reader<'_>,
        ) -> ::core::result::Result<bool, __theory::DecodeError> {
            match __name {
                "sku" => __theory::read(&mut __partial.sku, "sku", __input)?,
                "quantity" => __theory::read(&mut __partial.quantity, "quantity", __input)?,
                _ => return ::core::result::Result::Ok(false),
            }
            ::core::result::Result::Ok(true)
        }
        fn finish(__partial: __Partial) -> ::core::result::Result<Self, __theory::DecodeError> {
            ::core::result::Result::Ok(Line {
                sku: __theory::take(__partial.sku, "sku")?,
                quantity: __theory::take(__partial.quantity, "quantity")?,
            })
        }
    }
    #[automatically_derived]
    impl __theory::Attribute for Line {
        type Kind = __theory::kind::Map;
        const TYPE: &'static __theory::Type = &__theory::Type::Document(&__theory::DocumentSchema {
            name: "Line",
            attributes: &[
                __theory::AttributeSchema::new("sku", "sku", <String as __theory::Attribute>::TYPE),
                __theory::AttributeSchema::new("quantity", "quantity", <u32 as __theory::Attribute>::TYPE),
            ],
        });
        fn encode(&self, __out: &mut __theory::Writer) {
            __theory::encode_document(self, __out);
        }
    }
    #[automatically_derived]
    impl __theory::FromAttribute for Line {
        fn decode(__input: &mut __theory::Reader<'_>) -> ::core::result::Result<Self, __theory::DecodeError> {
            __theory::decode_document(__input)
        }
    }
    #[automatically_derived]
    impl __theory::Document for Line {
        type Document = Self;
    }
};

/// An entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Partition key.
    pub customer: CustomerId,
    /// Sort key.
    pub order_id: String,
    /// Of the index.
    pub status: String,
    /// Of the index, sparse.
    pub placed_at: Option<u64>,
    /// Documents.
    pub lines: Vec<Line>,
    /// A set.
    pub tags: BTreeSet<String>,
    /// Counts.
    pub version: u64,
}

// ---- derive(Table), for
// #[table(name = "orders", scan,
//     gsi(name = "by_status", pk = (customer, status), sk = placed_at),
//     lsi(name = "by_placed", sk = placed_at, projection = keys_only))]
const _: () = {
    use ::theory::__private as __theory;
    #[allow(dead_code)]
    impl Order {
        /// The attribute `customer`.
        pub const CUSTOMER: __theory::Path<Self, CustomerId, __theory::KeyRole> =
            __theory::Path::attribute("customer");
        /// The attribute `order_id`.
        pub const ORDER_ID: __theory::Path<Self, String, __theory::KeyRole> =
            __theory::Path::attribute("order_id");
        /// The attribute `status`.
        pub const STATUS: __theory::Path<Self, String> = __theory::Path::attribute("status");
        /// The attribute `placed_at`.
        pub const PLACED_AT: __theory::Path<Self, Option<u64>> = __theory::Path::attribute("placed_at");
        /// The attribute `lines`.
        pub const LINES: __theory::Path<Self, Vec<Line>> = __theory::Path::attribute("lines");
        /// The attribute `tags`.
        pub const TAGS: __theory::Path<Self, BTreeSet<String>> = __theory::Path::attribute("tags");
        /// The attribute `version`.
        pub const VERSION: __theory::Path<Self, u64, __theory::Managed> =
            __theory::Path::attribute("version");

        /// The key of one item.
        pub fn key(
            customer: impl __theory::Value<CustomerId>,
            order_id: impl __theory::Value<String>,
        ) -> __theory::Key<Self> {
            __theory::Key::of((customer, order_id))
        }
        /// Reads one item.
        pub fn get(
            customer: impl __theory::Value<CustomerId>,
            order_id: impl __theory::Value<String>,
        ) -> __theory::Get<Self> {
            Self::key(customer, order_id).get()
        }
        /// Changes one item.
        pub fn update(
            customer: impl __theory::Value<CustomerId>,
            order_id: impl __theory::Value<String>,
        ) -> __theory::Update<Self> {
            Self::key(customer, order_id).update()
        }
        /// Deletes one item.
        pub fn delete(
            customer: impl __theory::Value<CustomerId>,
            order_id: impl __theory::Value<String>,
        ) -> __theory::Delete<Self> {
            Self::key(customer, order_id).delete()
        }
        /// Reads the items of one partition.
        pub fn query(
            customer: impl __theory::Value<CustomerId>,
        ) -> __theory::Query<Self, __theory::Primary, (String,)> {
            __theory::Query::of::<(CustomerId,)>((customer,))
        }
        /// Reads the index `by_status`.
        pub fn by_status(
            customer: impl __theory::Value<CustomerId>,
            status: impl __theory::Value<String>,
        ) -> __theory::Query<Self, __theory::Global<0, __theory::All>, (Option<u64>,)> {
            __theory::Query::of::<(CustomerId, String)>((customer, status))
        }
        /// Reads the index `by_placed`.
        pub fn by_placed(
            customer: impl __theory::Value<CustomerId>,
        ) -> __theory::Query<Self, __theory::Local<1, __theory::Partial>, (Option<u64>,)> {
            __theory::Query::of::<(CustomerId,)>((customer,))
        }
    }
    #[automatically_derived]
    impl __theory::Table for Order {
        type Key = (CustomerId, String);
        type Partition = (CustomerId,);
        const SCHEMA: &'static __theory::Entity = &__theory::Entity::new(
            "Order",
            "orders",
            __theory::KeySchema {
                partition: &[__theory::KeyAttribute::field(
                    "customer",
                    <CustomerId as __theory::Attribute>::TYPE,
                    &[__theory::Segment::Field("customer")],
                )],
                sort: &[__theory::KeyAttribute::field(
                    "order_id",
                    <String as __theory::Attribute>::TYPE,
                    &[__theory::Segment::Field("order_id")],
                )],
            },
            &[
                __theory::AttributeSchema::new(
                    "customer",
                    "customer",
                    <CustomerId as __theory::Attribute>::TYPE,
                ),
                __theory::AttributeSchema::new("order_id", "order_id", <String as __theory::Attribute>::TYPE),
                __theory::AttributeSchema::new("status", "status", <String as __theory::Attribute>::TYPE),
                __theory::AttributeSchema::new(
                    "placed_at",
                    "placed_at",
                    <Option<u64> as __theory::Attribute>::TYPE,
                ),
                __theory::AttributeSchema::new("lines", "lines", <Vec<Line> as __theory::Attribute>::TYPE),
                __theory::AttributeSchema::new(
                    "tags",
                    "tags",
                    <BTreeSet<String> as __theory::Attribute>::TYPE,
                ),
                __theory::AttributeSchema::new("version", "version", <u64 as __theory::Attribute>::TYPE)
                    .role(__theory::Role::Version),
            ],
        )
        .indexes(&[
            __theory::Index::new(
                "by_status",
                __theory::IndexKind::Global,
                __theory::KeySchema {
                    partition: &[
                        __theory::KeyAttribute::field(
                            "customer",
                            <CustomerId as __theory::Attribute>::TYPE,
                            &[__theory::Segment::Field("customer")],
                        ),
                        __theory::KeyAttribute::field(
                            "status",
                            <String as __theory::Attribute>::TYPE,
                            &[__theory::Segment::Field("status")],
                        ),
                    ],
                    sort: &[__theory::KeyAttribute::field(
                        "placed_at",
                        <Option<u64> as __theory::Attribute>::TYPE,
                        &[__theory::Segment::Field("placed_at")],
                    )],
                },
                __theory::IndexProjection::All,
            ),
            __theory::Index::new(
                "by_placed",
                __theory::IndexKind::Local,
                __theory::KeySchema {
                    partition: &[__theory::KeyAttribute::field(
                        "customer",
                        <CustomerId as __theory::Attribute>::TYPE,
                        &[__theory::Segment::Field("customer")],
                    )],
                    sort: &[__theory::KeyAttribute::field(
                        "placed_at",
                        <Option<u64> as __theory::Attribute>::TYPE,
                        &[__theory::Segment::Field("placed_at")],
                    )],
                },
                __theory::IndexProjection::KeysOnly,
            ),
        ])
        .scannable();
    }
    #[automatically_derived]
    impl __theory::Scannable for Order {}
    #[automatically_derived]
    impl __theory::Fields for Order {
        fn encode_fields(&self, __out: &mut __theory::Writer) {
            // A field of several keys is checked for the table's, or else for the first index.
            __theory::key_field(
                __out,
                "\"customer\":",
                &self.customer,
                __theory::partition_side(::core::option::Option::None),
            );
            __theory::key_field(
                __out,
                "\"order_id\":",
                &self.order_id,
                __theory::sort_side(::core::option::Option::None),
            );
            __theory::key_field(
                __out,
                "\"status\":",
                &self.status,
                __theory::partition_side(::core::option::Option::Some("by_status")),
            );
            __theory::key_field(
                __out,
                "\"placed_at\":",
                &self.placed_at,
                __theory::sort_side(::core::option::Option::Some("by_status")),
            );
            __theory::field(__out, "\"lines\":", &self.lines);
            __theory::field(__out, "\"tags\":", &self.tags);
            __theory::field(__out, "\"version\":", &self.version);
        }
    }
    pub struct __Partial {
        customer: ::core::option::Option<CustomerId>,
        order_id: ::core::option::Option<String>,
        status: ::core::option::Option<String>,
        placed_at: ::core::option::Option<Option<u64>>,
        lines: ::core::option::Option<Vec<Line>>,
        tags: ::core::option::Option<BTreeSet<String>>,
        version: ::core::option::Option<u64>,
    }
    #[automatically_derived]
    impl __theory::FromFields for Order {
        type Partial = __Partial;
        fn partial() -> __Partial {
            __Partial {
                customer: ::core::option::Option::None,
                order_id: ::core::option::Option::None,
                status: ::core::option::Option::None,
                placed_at: ::core::option::Option::None,
                lines: ::core::option::Option::None,
                tags: ::core::option::Option::None,
                version: ::core::option::Option::None,
            }
        }
        fn read_field(
            __partial: &mut __Partial,
            __name: &str,
            __input: &mut __theory::Reader<'_>,
        ) -> ::core::result::Result<bool, __theory::DecodeError> {
            match __name {
                "customer" => __theory::read(&mut __partial.customer, "customer", __input)?,
                "order_id" => __theory::read(&mut __partial.order_id, "order_id", __input)?,
                "status" => __theory::read(&mut __partial.status, "status", __input)?,
                "placed_at" => __theory::read(&mut __partial.placed_at, "placed_at", __input)?,
                "lines" => __theory::read(&mut __partial.lines, "lines", __input)?,
                "tags" => __theory::read(&mut __partial.tags, "tags", __input)?,
                "version" => __theory::read(&mut __partial.version, "version", __input)?,
                _ => return ::core::result::Result::Ok(false),
            }
            ::core::result::Result::Ok(true)
        }
        fn finish(__partial: __Partial) -> ::core::result::Result<Self, __theory::DecodeError> {
            ::core::result::Result::Ok(Order {
                customer: __theory::take(__partial.customer, "customer")?,
                order_id: __theory::take(__partial.order_id, "order_id")?,
                status: __theory::take(__partial.status, "status")?,
                placed_at: __theory::take(__partial.placed_at, "placed_at")?,
                lines: __theory::take(__partial.lines, "lines")?,
                tags: __theory::take(__partial.tags, "tags")?,
                version: __theory::take(__partial.version, "version")?,
            })
        }
    }
};

/// A projection.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// As `Order::ORDER_ID`.
    pub order_id: String,
    /// As `Order::PLACED_AT`.
    pub placed_at: Option<u64>,
}

// ---- derive(Projection), for #[projection(of = Order, index = by_placed)]
const _: () = {
    use ::theory::__private as __theory;
    // The types are those of the entity's attributes; each check stands on the span of its field.
    const __ORDER_ID: &str = {
        const fn __name<R>(path: &__theory::Path<Order, String, R>) -> &'static str {
            path.name()
        }
        __name(&Order::ORDER_ID)
    };
    const __PLACED_AT: &str = {
        const fn __name<R>(path: &__theory::Path<Order, Option<u64>, R>) -> &'static str {
            path.name()
        }
        __name(&Order::PLACED_AT)
    };
    const __INDEX: usize = <Order as __theory::Table>::SCHEMA.index_number("by_placed");
    const _: () = assert!(
        <Order as __theory::Table>::SCHEMA.indexes[__INDEX]
            .projects(&<Order as __theory::Table>::SCHEMA.key, __ORDER_ID),
        "index `by_placed` does not hold `order_id`"
    );
    #[automatically_derived]
    impl __theory::ReadFrom<__theory::Local<__INDEX, __theory::Partial>> for Summary {}
    #[automatically_derived]
    impl __theory::Projection for Summary {
        type Entity = Order;
        const ATTRIBUTES: &'static [&'static str] = &[__ORDER_ID, __PLACED_AT];
    }
    #[automatically_derived]
    impl __theory::Fields for Summary {
        fn encode_fields(&self, __out: &mut __theory::Writer) {
            __out.name(__ORDER_ID);
            __theory::Attribute::encode(&self.order_id, __out);
            __out.end_member();
            let _ = &self.placed_at;
        }
    }
    pub struct __Partial {
        order_id: ::core::option::Option<String>,
        placed_at: ::core::option::Option<Option<u64>>,
    }
    #[automatically_derived]
    impl __theory::FromFields for Summary {
        type Partial = __Partial;
        fn partial() -> __Partial {
            __Partial { order_id: ::core::option::Option::None, placed_at: ::core::option::Option::None }
        }
        fn read_field(
            __partial: &mut __Partial,
            __name: &str,
            __input: &mut __theory::Reader<'_>,
        ) -> ::core::result::Result<bool, __theory::DecodeError> {
            match __name {
                __ORDER_ID => __theory::read(&mut __partial.order_id, __ORDER_ID, __input)?,
                __PLACED_AT => __theory::read(&mut __partial.placed_at, __PLACED_AT, __input)?,
                _ => return ::core::result::Result::Ok(false),
            }
            ::core::result::Result::Ok(true)
        }
        fn finish(__partial: __Partial) -> ::core::result::Result<Self, __theory::DecodeError> {
            ::core::result::Result::Ok(Summary {
                order_id: __theory::take(__partial.order_id, __ORDER_ID)?,
                placed_at: __theory::take(__partial.placed_at, __PLACED_AT)?,
            })
        }
    }
};

async fn set_up() -> Client {
    let engine = EmbeddedDynamoDb::new();
    let sdk = engine.sdk_client();
    use aws_sdk_dynamodb::types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        LocalSecondaryIndex, Projection, ProjectionType, ScalarAttributeType,
    };
    let key = |name: &str, ty| KeySchemaElement::builder().attribute_name(name).key_type(ty).build().unwrap();
    let define = |name: &str, ty| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ty).build().unwrap()
    };
    sdk.create_table()
        .table_name("orders")
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("customer", KeyType::Hash))
        .key_schema(key("order_id", KeyType::Range))
        .attribute_definitions(define("customer", ScalarAttributeType::S))
        .attribute_definitions(define("order_id", ScalarAttributeType::S))
        .attribute_definitions(define("status", ScalarAttributeType::S))
        .attribute_definitions(define("placed_at", ScalarAttributeType::N))
        .global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name("by_status")
                .key_schema(key("customer", KeyType::Hash))
                .key_schema(key("status", KeyType::Hash))
                .key_schema(key("placed_at", KeyType::Range))
                .projection(Projection::builder().projection_type(ProjectionType::All).build())
                .build()
                .unwrap(),
        )
        .local_secondary_indexes(
            LocalSecondaryIndex::builder()
                .index_name("by_placed")
                .key_schema(key("customer", KeyType::Hash))
                .key_schema(key("placed_at", KeyType::Range))
                .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
    Client::from_conf(engine.sdk_config())
}

fn order(id: usize) -> Order {
    Order {
        customer: CustomerId("c\"1".into()),
        order_id: format!("o{id:03}"),
        status: if id.is_multiple_of(2) { "paid" } else { "open" }.into(),
        placed_at: Some(id as u64),
        lines: vec![Line { sku: "é\n".into(), quantity: 3 }],
        tags: ["b".to_owned(), "a".to_owned()].into(),
        version: 0,
    }
}

#[tokio::test]
async fn one_item() -> theory::Result<()> {
    let client = set_up().await;
    let order = order(1);
    order.create().send(&client).await?;
    let error = order.create().return_old_on_failure().send(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.old_item::<Order>()?, Some(order.clone()));
    assert_eq!(
        Order::get(&order.customer, "o001").consistent_read().send(&client).await?,
        Some(order.clone())
    );
    assert_eq!(Order::get(&order.customer, "none").send(&client).await?, None);

    let changed = Order::update(&order.customer, &order.order_id)
        .set(Order::STATUS, "shipped")
        .set(Order::LINES.index(0).then(Line::QUANTITY), Order::LINES.index(0).then(Line::QUANTITY) + 4)
        .add(Order::TAGS, ["gift"])
        .condition(Order::STATUS.eq("open") & !Order::TAGS.contains("gift") & Order::CUSTOMER.exists())
        .return_new()
        .send(&client)
        .await?;
    assert_eq!(changed.lines[0].quantity, 7);
    assert_eq!(changed.tags.len(), 3);
    let gone = Order::delete(&order.customer, "o001").return_old().send(&client).await?;
    assert_eq!(gone, Some(changed));
    let missing = Order::update(&order.customer, "o001").set(Order::STATUS, "x").send(&client).await;
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::ConditionFailed);
    Ok(())
}

#[tokio::test]
async fn many_items() -> theory::Result<()> {
    let client = set_up().await;
    let customer = CustomerId("c\"1".into());
    for id in 0..25 {
        order(id).put().send(&client).await?;
    }
    let all = Order::query(&customer).page_size(4).all(&client).await?;
    assert_eq!(all, (0..25).map(order).collect::<Vec<_>>());
    let streamed: Vec<Order> =
        Order::query(&customer).page_size(4).read_ahead().descending().stream(&client).try_collect().await?;
    assert_eq!(streamed, (0..25).rev().map(order).collect::<Vec<_>>());
    let paid = Order::by_status(&customer, "paid").sort_key(3..9).all(&client).await?;
    assert_eq!(paid, [4, 6, 8].map(order));
    assert_eq!(Order::query(&customer).sort_key(prefix("o00")).count(&client).await?, 10);
    let page = Order::query(&customer).filter(Order::STATUS.eq("open")).take(3).page(&client).await?;
    assert_eq!(page.items, [1, 3, 5].map(order));
    let rest = Order::query(&customer)
        .filter(Order::STATUS.eq("open"))
        .start_after(page.next_cursor().cloned())
        .all(&client)
        .await?;
    assert_eq!(rest.len(), 9);
    let summaries = Order::by_placed(&customer).project::<Summary>().sort_key(..2).all(&client).await?;
    assert_eq!(summaries.len(), 2);
    let whole = Order::by_placed(&customer).fetch_from_table().sort_key(7).one(&client).await?;
    assert_eq!(whole, order(7));
    assert_eq!(Order::scan().filter(Order::ORDER_ID.eq("o002")).all(&client).await?, [order(2)]);
    let refused = Order::by_status(&customer, "paid").filter(Order::STATUS.eq("open")).all(&client).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let response = Order::get(&customer, "o002").send_response(&client).await?;
    assert_eq!(response.consumed_capacity.unwrap().units(), 0.5);
    let _ = Summary::from_item;
    Ok(())
}
