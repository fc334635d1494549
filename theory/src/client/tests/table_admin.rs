//! Tables from the schema: what is asked for, how long is waited, and what is taken for done.

mod rules;

use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};
use theory_schema::{
    Attribute, Entity, Index, IndexKind, Key, KeyAttribute, Projection, Role, ScalarType, Type,
};

use super::*;
use crate::client::{Billing, CreateTables, DeleteTables, Wait};
use crate::error::ErrorKind;

const fn key(name: &'static str, ty: ScalarType) -> KeyAttribute {
    KeyAttribute { name, ty, template: &[] }
}

const MAIN: Key = Key { partition: &[key("pk", ScalarType::String)], sort: &[key("sk", ScalarType::Binary)] };

static ORDER: Entity = Entity::new(
    "Order",
    "shop",
    MAIN,
    &[Attribute::new("expires", "expires", &Type::Number).role(Role::Ttl)],
)
.indexes(&[Index::new(
    "by_place",
    IndexKind::Global,
    Key {
        partition: &[key("country", ScalarType::String), key("city", ScalarType::String)],
        sort: &[key("placed_at", ScalarType::Number), key("pk", ScalarType::String)],
    },
    Projection::Include(&["total"]),
)]);

static CUSTOMER: Entity = Entity::new("Customer", "shop", MAIN, &[]).indexes(&[Index::new(
    "by_name",
    IndexKind::Local,
    Key { partition: &[key("pk", ScalarType::String)], sort: &[key("name", ScalarType::String)] },
    Projection::KeysOnly,
)]);

static COUPON: Entity =
    Entity::new("Coupon", "coupons", Key { partition: &[key("code", ScalarType::String)], sort: &[] }, &[]);

static OTHER_KEY: Entity =
    Entity::new("Other", "shop", Key { partition: &[key("id", ScalarType::String)], sort: &[] }, &[]);

/// Sleeps no time, and says how long it was asked to.
#[derive(Debug, Clone, Default)]
struct Slept(Arc<Mutex<Vec<Duration>>>);

impl AsyncSleep for Slept {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap().push(duration);
        Sleep::new(std::future::ready(()))
    }
}

const CREATING: Step = Step::Answer(200, r#"{"Table":{"TableStatus":"CREATING"}}"#);
const INDEXING: Step = Step::Answer(
    200,
    r#"{"Table":{"TableStatus":"ACTIVE","GlobalSecondaryIndexes":[{"IndexStatus":"CREATING"}]}}"#,
);
const ACTIVE: Step = Step::Answer(
    200,
    r#"{"Table":{"TableStatus":"ACTIVE","GlobalSecondaryIndexes":[{"IndexStatus":"ACTIVE"}]}}"#,
);
const UNKNOWN: Step = Step::Answer(400, r#"{"__type":"x#ResourceNotFoundException"}"#);
const EXISTS: Step = Step::Answer(400, r#"{"__type":"x#ResourceInUseException"}"#);

fn targets(script: &Script) -> Vec<String> {
    let strip = |sent: Sent| sent.target.trim_start_matches("DynamoDB_20120810.").to_owned();
    script.sent().into_iter().map(strip).collect()
}

#[tokio::test]
async fn entities_of_one_table_are_created_together_and_awaited() {
    let script = Script::new([DONE, UNKNOWN, CREATING, INDEXING, ACTIVE, DONE, DONE, ACTIVE]);
    let slept = Slept::default();
    let wait = Wait::new().pauses(Duration::from_millis(50), Duration::from_millis(150)).sleep(slept.clone());
    let client = Client::builder(script.client().sdk().clone()).table_prefix("dev-").build().unwrap();
    CreateTables::of(&[&ORDER, &COUPON, &CUSTOMER]).wait(wait).send(&client).await.unwrap();
    assert_eq!(
        targets(&script),
        [
            "CreateTable",
            "DescribeTable",
            "DescribeTable",
            "DescribeTable",
            "DescribeTable",
            "UpdateTimeToLive",
            "CreateTable",
            "DescribeTable"
        ]
    );
    let pauses: Vec<_> = slept.0.lock().unwrap().iter().map(Duration::as_millis).collect();
    assert_eq!(pauses, [50, 100, 150]);

    let bodies = script.bodies();
    for part in [
        r#""TableName":"dev-shop""#,
        r#""KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]"#,
        r#""BillingMode":"PAY_PER_REQUEST""#,
        r#"{"AttributeName":"sk","AttributeType":"B"}"#,
        r#"{"AttributeName":"placed_at","AttributeType":"N"}"#,
        r#"{"AttributeName":"name","AttributeType":"S"}"#,
        concat!(
            r#""KeySchema":[{"AttributeName":"country","KeyType":"HASH"},{"AttributeName":"city","KeyType":"HASH"},"#,
            r#"{"AttributeName":"placed_at","KeyType":"RANGE"},{"AttributeName":"pk","KeyType":"RANGE"}]"#
        ),
        r#""Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["total"]}"#,
        r#""LocalSecondaryIndexes":[{"IndexName":"by_name""#,
        r#""Projection":{"ProjectionType":"KEYS_ONLY"}"#,
    ] {
        assert!(bodies[0].contains(part), "{part} in {}", bodies[0]);
    }
    assert_eq!(bodies[0].matches(r#""AttributeType""#).count(), 6, "each attribute once: {}", bodies[0]);
    assert!(!bodies[0].contains("ProvisionedThroughput"), "{}", bodies[0]);
    assert!(bodies[5].contains(r#""TimeToLiveSpecification":{"Enabled":true,"AttributeName":"expires"}"#));
    assert!(bodies[6].contains(r#""TableName":"dev-coupons""#));
}

#[tokio::test]
async fn provisioned_units_are_those_of_the_table_and_of_each_index() {
    let script = Script::new([DONE]);
    let billing = Billing::Provisioned { read_units: 5, write_units: 7 };
    CreateTables::of(&[&ORDER]).billing(billing).no_wait().send(&script.client()).await.unwrap();
    let [body] = &script.bodies()[..] else { panic!("one request") };
    let units = r#""ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":7}"#;
    assert_eq!(body.matches(units).count(), 2, "{body}");
    assert!(body.contains(r#""BillingMode":"PROVISIONED""#));
}

#[tokio::test]
async fn a_table_that_exists_is_an_error_or_skipped() {
    let script = Script::new([EXISTS]);
    let error = CreateTables::of(&[&COUPON]).send(&script.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TableInUse);
    assert_eq!((error.entity(), error.operation()), ("Coupon", Some("CreateTable")));

    let enabled = Step::Answer(200, r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED"}}"#);
    let script = Script::new([EXISTS, ACTIVE, enabled]);
    CreateTables::of(&[&ORDER]).skip_existing().send(&script.client()).await.unwrap();
    assert_eq!(targets(&script), ["CreateTable", "DescribeTable", "DescribeTimeToLive"]);
}

#[tokio::test]
async fn waiting_ends() {
    let script = Script::new([DONE, CREATING]);
    let slept = Slept::default();
    let wait = Wait::new().timeout(Duration::from_secs(10)).sleep(slept.clone());
    let error = CreateTables::of(&[&COUPON]).wait(wait).send(&script.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(slept.0.lock().unwrap().iter().sum::<Duration>(), Duration::from_secs(10));

    // Pauses of nothing end too.
    let wait = Wait::new().timeout(Duration::from_millis(20)).pauses(Duration::ZERO, Duration::ZERO);
    let script = Script::new([DONE, CREATING]);
    let error =
        CreateTables::of(&[&COUPON]).wait(wait.sleep(slept)).send(&script.client()).await.unwrap_err();
    assert!(error.is_deadline());
}

#[tokio::test]
async fn a_deleted_table_is_gone() {
    let script = Script::new([DONE, ACTIVE, UNKNOWN]);
    let wait = Wait::new().sleep(Slept::default());
    DeleteTables::of(&[&ORDER, &CUSTOMER]).wait(wait).send(&script.client()).await.unwrap();
    assert_eq!(targets(&script), ["DeleteTable", "DescribeTable", "DescribeTable"]);

    let script = Script::new([UNKNOWN]);
    let error = DeleteTables::of(&[&COUPON]).send(&script.client()).await.unwrap_err();
    assert!(error.is_table_not_found());
    DeleteTables::of(&[&COUPON]).skip_missing().send(&script.client()).await.unwrap();
    assert_eq!(targets(&script), ["DeleteTable"; 2]);
}

#[tokio::test]
async fn entities_that_disagree_make_no_table() {
    let script = Script::new([DONE]);
    let error = CreateTables::of(&[&ORDER, &OTHER_KEY]).send(&script.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("`Other`"), "{error}");
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn a_table_is_described_or_absent() {
    let script = Script::new([ACTIVE, UNKNOWN]);
    let client = script.client();
    assert!(client.describe_table(&ORDER).await.unwrap().is_some());
    assert!(client.describe_table(&ORDER).await.unwrap().is_none());
}

#[test]
fn the_requests_can_be_spawned() {
    fn sendable<T: Send>(_: T) {}
    let client = Script::default().client();
    sendable(CreateTables::of(&[&ORDER]).send(&client));
    sendable(DeleteTables::of(&[&ORDER]).send(&client));
}
