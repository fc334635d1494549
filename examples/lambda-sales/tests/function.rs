//! The compiled function, as Lambda runs it, and its template.

use std::collections::BTreeMap;
use std::time::Duration;

use lambda_sales::{Order, Sale};
use serde_json::{Value as Json, json};
use theory::Client;
use theory::client::CreateTables;
use theory_export::Schema;
use theory_export::check::{Check, CheckOptions, Deployed, Severity};
use theory_testing::lambda::{Function, Outcome};
use theory_testing::{EmbeddedDynamoDb, EmbeddedServer, Treatment};

struct Stage {
    client: Client,
    function: Function,
    server: EmbeddedServer,
}

impl Stage {
    async fn set() -> Self {
        let engine = EmbeddedDynamoDb::new();
        let client = engine.client();
        CreateTables::of(theory::schema![Sale]).send(&client).await.unwrap();
        let server = engine.serve().unwrap();
        let function = Function::builder(env!("CARGO_BIN_EXE_lambda-sales"))
            .env("AWS_ENDPOINT_URL_DYNAMODB", server.url())
            .env("SALES_TABLE", "sales")
            .timeout(Duration::from_secs(3))
            .start()
            .unwrap();
        Self { client, function, server }
    }

    /// Hands over records, and tells which are to be delivered again.
    fn deliver(&self, records: &[Json]) -> Vec<String> {
        let invocation = self.function.invoke(json!({"Records": records}).to_string());
        let Outcome::Answer(answer) = &invocation.outcome else {
            panic!("{invocation:?}\n{}", self.function.log())
        };
        let answer: Json = serde_json::from_slice(answer).unwrap();
        let failures = answer["batchItemFailures"].as_array().unwrap();
        failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
    }

    /// Orders and cents of a day.
    async fn sales(&self, day: &str) -> Vec<(String, u64)> {
        let sales = Sale::query(day).all(&self.client).await.unwrap();
        sales.into_iter().map(|sale| (sale.order, sale.cents)).collect()
    }
}

fn image(order: &str, status: &str, cents: u64, day: &str) -> Json {
    json!({
        "customer": {"S": "ada"}, "order_id": {"S": order}, "status": {"S": status},
        "cents": {"N": cents.to_string()}, "placed_at": {"S": format!("{day}T10:00:00.000000000Z")},
    })
}

fn record(number: u64, order: &str, old: Option<Json>, new: Option<Json>) -> Json {
    let name = match (&old, &new) {
        (None, _) => "INSERT",
        (_, Some(_)) => "MODIFY",
        (_, None) => "REMOVE",
    };
    let mut dynamodb = json!({
        "ApproximateCreationDateTime": 1_763_700_000, "SequenceNumber": number.to_string(), "SizeBytes": 100,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "Keys": {"customer": {"S": "ada"}, "order_id": {"S": order}},
    });
    for (name, image) in [("OldImage", old), ("NewImage", new)] {
        if let Some(image) = image {
            dynamodb[name] = image;
        }
    }
    json!({
        "eventID": format!("e{number}"), "eventName": name, "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1", "dynamodb": dynamodb,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-11-21T00:00:00.000",
    })
}

fn history() -> Vec<Json> {
    let open = |order| image(order, "open", 450, "2026-11-21");
    let paid = |order| image(order, "paid", 450, "2026-11-21");
    vec![
        record(1, "o-1", None, Some(open("o-1"))),
        record(2, "o-2", None, Some(open("o-2"))),
        record(3, "o-1", Some(open("o-1")), Some(paid("o-1"))),
        record(4, "o-2", Some(open("o-2")), Some(paid("o-2"))),
        record(5, "o-3", None, Some(image("o-3", "paid", 70, "2026-11-20"))),
        record(6, "o-2", Some(paid("o-2")), None),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_follow_the_orders_however_often_they_come() {
    let stage = Stage::set().await;
    for _ in 0..3 {
        assert_eq!(stage.deliver(&history()), [] as [&str; 0]);
        assert_eq!(stage.sales("2026-11-21").await, [("ada/o-1".to_owned(), 450)]);
        assert_eq!(stage.sales("2026-11-20").await, [("ada/o-3".to_owned(), 70)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_comes_again() {
    let stage = Stage::set().await;
    stage.server.treat(|operation| if operation == "PutItem" { Treatment::Fail } else { Treatment::Answer });
    let again = stage.deliver(&history());
    assert_eq!(again, ["3"], "the first that writes");
    stage.server.treat(|_| Treatment::Answer);
    assert_eq!(stage.deliver(&history()[2..]), [] as [&str; 0]);
    assert_eq!(stage.sales("2026-11-21").await, [("ada/o-1".to_owned(), 450)]);
}

#[test]
fn the_template_deploys_what_the_structs_say() {
    let template = include_str!("../template.yaml");
    let contract = Schema::new(theory::schema![Order, Sale]).contract().unwrap();
    let deployed = Deployed::from_template(template, &BTreeMap::new()).unwrap();
    let resources = [("orders", "Orders"), ("sales", "Sales")];
    let resources = resources.map(|(table, resource)| (table.to_owned(), resource.to_owned())).into();
    let check =
        Check::of(&contract, &deployed, &CheckOptions { resources, ..CheckOptions::default() }).unwrap();
    assert!(check.worst() < Some(Severity::Error), "{:#?}", check.findings());
}
