//! Three entities in two tables, written as the derive writes them.

use theory_export::Schema;
use theory_export::contract::deployment::{Change, StreamView};
use theory_schema::{
    Attribute, Document, Entity, Index, IndexKind, Key, KeyAttribute, Projection, Role, ScalarType, Segment,
    Type, Union,
};

const fn text(name: &'static str, template: &'static [Segment]) -> KeyAttribute {
    KeyAttribute { name, ty: ScalarType::String, template }
}

const PK: KeyAttribute = text("PK", &[Segment::Literal("CUSTOMER#"), Segment::Field("customer")]);

static LINE: Document = Document {
    name: "Line",
    attributes: &[
        Attribute::new("sku", "sku", &Type::String),
        Attribute::new("quantity", "quantity", &Type::Number),
    ],
};

static PAYMENT: Union = Union {
    name: "Payment",
    tag: "kind",
    variants: &[("card", Type::Document(&LINE)), ("x-other", Type::Any)],
};

pub(crate) static ORDER: Entity = Entity::new(
    "Order",
    "shop",
    Key { partition: &[PK], sort: &[text("SK", &[Segment::Literal("ORDER#"), Segment::Field("order_id")])] },
    &[
        Attribute::new("customer", "customer", &Type::String),
        Attribute::new("orderId", "order_id", &Type::String),
        Attribute::new("status", "status", &Type::OneOf(&["paid", "open"])),
        Attribute::new("total", "total", &Type::Number),
        Attribute::new("lines", "lines", &Type::List(&Type::Document(&LINE))),
        Attribute::new("payment", "payment", &Type::Union(&PAYMENT)),
        Attribute::new("place", "place", &Type::Optional(&Type::Tuple(&[&Type::Number, &Type::Number]))),
        Attribute::new("version", "version", &Type::Number).role(Role::Version),
        Attribute::new("ttl", "expires", &Type::Optional(&Type::Number)).role(Role::Ttl).aliases(&["expiry"]),
    ],
)
.indexes(&[Index::new(
    "by_status",
    IndexKind::Global,
    Key {
        partition: &[
            text("customer", &[Segment::Field("customer")]),
            text("status", &[Segment::Field("status")]),
        ],
        sort: &[KeyAttribute { name: "total", ty: ScalarType::Number, template: &[Segment::Field("total")] }],
    },
    Projection::Include(&["lines"]),
)]);

pub(crate) static CUSTOMER: Entity = Entity::new(
    "Customer",
    "shop",
    Key { partition: &[PK], sort: &[text("SK", &[Segment::Literal("PROFILE")])] },
    &[
        Attribute::new("customer", "customer", &Type::String),
        Attribute::new("extra", "extra", &Type::Map(&Type::Any)),
    ],
)
.scannable();

pub(crate) static COUPON: Entity = Entity::new(
    "Coupon",
    "coupons",
    Key { partition: &[text("code", &[Segment::Field("code")])], sort: &[] },
    &[Attribute::new("code", "code", &Type::String)],
);

pub(crate) fn schema() -> Schema {
    Schema::new(&[&CUSTOMER, &ORDER, &COUPON])
        .table("shop", |t| {
            t.on_demand_up_to(1000, 500)
                .stream(StreamView::NewAndOldImages)
                .consumer("Notify", |c| c.entity("Order").change(Change::Insert).from_latest().retries(3))
                .point_in_time_recovery()
                .deletion_protection()
                .kms_key("alias/shop")
                .tag("team", "shop")
                .tag("x-cost", "7")
                .warm(13_000, 5_000)
                .resource_policy(r#"{"Version":"2012-10-17","Statement":[]}"#)
                .replica("eu-central-1")
                .tenant("customer", "customer")
                .index("by_status", |i| i.on_demand_up_to(100, 100))
        })
        .dev_and_prod()
}
