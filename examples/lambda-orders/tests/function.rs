//! The compiled function, as Lambda runs it, and its template.

use std::collections::BTreeMap;
use std::time::Duration;

use lambda_orders::order::Order;
use serde_json::{Value as Json, json};
use theory::client::CreateTables;
use theory_export::Schema;
use theory_export::check::{Check, CheckOptions, Deployed, Severity};
use theory_testing::lambda::{Function, Outcome};
use theory_testing::{EmbeddedDynamoDb, EmbeddedServer, Treatment};
use tokio::time::sleep;

/// The function, and the table that it is given.
struct Stage {
    function: Function,
    server: EmbeddedServer,
}

impl Stage {
    async fn set() -> Self {
        let engine = EmbeddedDynamoDb::new();
        CreateTables::of(theory::schema![Order]).send(&engine.client()).await.unwrap();
        let server = engine.serve().unwrap();
        let function = Function::builder(env!("CARGO_BIN_EXE_lambda-orders"))
            .env("AWS_ENDPOINT_URL_DYNAMODB", server.url())
            .env("ORDERS_TABLE", "orders")
            .timeout(Duration::from_secs(3))
            .start()
            .unwrap();
        Self { function, server }
    }

    /// Status and body of the answer to a request, as API Gateway hands it over.
    fn ask(&self, method: &str, path: &str, query: &[(&str, &str)], body: Option<Json>) -> (u64, Json) {
        let mut parts = path.split('/').skip(2);
        let names = ["customer", "order"];
        let parameters: BTreeMap<_, _> = names.into_iter().zip(parts.by_ref()).collect();
        let event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&"),
            "headers": {"content-type": "application/json", "host": "example.test"},
            "queryStringParameters": query.iter().copied().collect::<BTreeMap<_, _>>(),
            "pathParameters": parameters,
            "requestContext": {
                "accountId": "123456789012", "apiId": "api", "domainName": "example.test", "requestId": "id",
                "stage": "$default", "time": "", "timeEpoch": 0, "routeKey": "$default",
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            },
            "body": body.map(|body| body.to_string()),
            "isBase64Encoded": false,
        });
        let invocation = self.function.invoke(event.to_string());
        let Outcome::Answer(answer) = &invocation.outcome else {
            panic!("{invocation:?}\n{}", self.function.log())
        };
        let answer: Json = serde_json::from_slice(answer).unwrap();
        let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        (answer["statusCode"].as_u64().unwrap(), body)
    }
}

fn lines(quantity: u32) -> Option<Json> {
    Some(json!({"lines": [{"sku": "tea", "quantity": quantity, "cents": 450}]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_placed_once_and_paid_once() {
    let stage = Stage::set().await;
    let (status, order) = stage.ask("PUT", "/orders/ada/o-1", &[], lines(2));
    assert_eq!((status, &order["status"]), (201, &json!("open")));
    assert_eq!(stage.ask("PUT", "/orders/ada/o-1", &[], lines(2)), (200, order.clone()), "the same again");
    assert_eq!(stage.ask("PUT", "/orders/ada/o-1", &[], lines(3)).0, 409);
    assert_eq!(stage.ask("GET", "/orders/ada/o-1", &[], None), (200, order.clone()));

    let (status, paid) = stage.ask("POST", "/orders/ada/o-1/payment", &[], None);
    assert_eq!((status, &paid["status"], &paid["lines"]), (200, &json!("paid"), &order["lines"]));
    assert_eq!(stage.ask("POST", "/orders/ada/o-1/payment", &[], None), (200, paid));

    for (method, path, body, refused) in [
        ("POST", "/orders/ada/o-2/payment", None, 404),
        ("GET", "/orders/ada/o-2", None, 404),
        ("PUT", "/orders/ada/o-2", Some(json!({"lines": "many"})), 400),
        ("PUT", "/orders/ada/", lines(1), 400),
        ("DELETE", "/orders/ada/o-1", None, 404),
    ] {
        assert_eq!(stage.ask(method, path, &[], body).0, refused, "{method} {path}");
    }
    assert_eq!(stage.function.starts(), 1, "one process for all of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_come_in_pages() {
    let stage = Stage::set().await;
    for number in 0..45 {
        assert_eq!(stage.ask("PUT", &format!("/orders/ada/o-{number:02}"), &[], lines(1)).0, 201);
    }
    stage.ask("PUT", "/orders/bob/o-00", &[], lines(1));
    let (mut seen, mut next) = (Vec::new(), None::<String>);
    loop {
        let query: Vec<_> = next.iter().map(|next| ("after", next.as_str())).collect();
        let (status, page) = stage.ask("GET", "/orders/ada", &query, None);
        assert_eq!(status, 200);
        seen.extend(page["orders"].as_array().unwrap().iter().map(|order| order["order_id"].clone()));
        next = page["next"].as_str().map(str::to_owned);
        if next.is_none() {
            break;
        }
        // Another customer's cursor leads nowhere.
        let query = [("after", next.as_deref().unwrap())];
        assert_eq!(stage.ask("GET", "/orders/bob", &query, None).0, 400);
    }
    let expected: Vec<_> = (0..45).map(|number| json!(format!("o-{number:02}"))).collect();
    assert_eq!(seen, expected);
    assert_eq!(stage.ask("GET", "/orders/ada", &[("after", "nonsense")], None).0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_answered_before_the_deadline() {
    let stage = Stage::set().await;
    stage.server.treat(|_| Treatment::Swallow);
    assert_eq!(stage.ask("PUT", "/orders/ada/o-1", &[], lines(2)).0, 503);
    stage.server.treat(|_| Treatment::Answer);
    assert_eq!(
        stage.ask("PUT", "/orders/ada/o-1", &[], lines(2)).0,
        200,
        "it was carried out, and never answered"
    );
    assert_eq!(stage.function.starts(), 1, "nothing was killed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_json() {
    let stage = Stage::set().await;
    stage.ask("PUT", "/orders/ada/o-1", &[], lines(2));
    stage.ask("GET", "/orders/ada/o-2", &[], None);
    // What a process writes comes by a pipe, behind its answer.
    let mut log = stage.function.log();
    for _ in 0..1_000 {
        if log.contains("\"refused\"") && log.ends_with('\n') {
            break;
        }
        sleep(Duration::from_millis(10)).await;
        log = stage.function.log();
    }
    let lines: Vec<Json> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let refused = lines.iter().find(|line| line["message"] == "refused").expect(&log);
    assert_eq!((&refused["coldStart"], &refused["fields"]["status"]), (&json!(false), &json!(404)));
    assert!(refused["requestId"].is_string() && refused["xrayTraceId"].is_string(), "{refused}");
    let put = lines.iter().find(|line| line["Operation"] == "PutItem").expect(&log);
    assert!(put["Latency"].is_number() && put["ConsumedCapacity"].is_number(), "{put}");
    assert!(lines.iter().any(|line| line["ColdStartInit"].is_number()), "{log}");
}

#[test]
fn the_template_deploys_what_the_struct_says() {
    let template = include_str!("../template.yaml");
    let contract = Schema::new(theory::schema![Order]).contract().unwrap();
    let deployed = Deployed::from_template(template, &BTreeMap::new()).unwrap();
    let resources = BTreeMap::from([("orders".to_owned(), "Orders".to_owned())]);
    let check =
        Check::of(&contract, &deployed, &CheckOptions { resources, ..CheckOptions::default() }).unwrap();
    assert!(check.worst() < Some(Severity::Error), "{:#?}", check.findings());
}
