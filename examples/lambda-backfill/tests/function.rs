//! The compiled function, as Lambda runs it, with deadlines that it cannot keep in one go.

use std::time::Duration;

use lambda_backfill::{Line, Order, Progress, Summary};
use theory::client::CreateTables;
use theory::{Client, Table as _};
use theory_lambda::Chunk;
use theory_testing::lambda::{Function, Outcome};
use theory_testing::{EmbeddedDynamoDb, EmbeddedServer, Treatment};

const ORDERS: u64 = 500;

/// An engine with orders that have no sum, and what their sums are together.
async fn stage() -> (EmbeddedServer, Client, u64) {
    let engine = EmbeddedDynamoDb::new();
    let client = engine.client();
    CreateTables::of(theory::schema![Order]).send(&client).await.unwrap();
    let mut sum = 0;
    let mut orders = Vec::new();
    for number in 0..ORDERS {
        let lines = vec![Line { quantity: 2, cents: number }, Line { quantity: 1, cents: 5 }];
        sum += 2 * number + 5;
        let (customer, order_id) = (format!("c-{}", number % 7), format!("o-{number:04}"));
        orders.push(Order { customer, order_id, lines, cents: None }.put());
    }
    theory::batch_write(orders).send(&client).await.unwrap();
    (engine.serve().unwrap(), client, sum)
}

fn function(server: &EmbeddedServer) -> Function {
    Function::builder(env!("CARGO_BIN_EXE_lambda-backfill"))
        .env("AWS_ENDPOINT_URL_DYNAMODB", server.url())
        .env("ORDERS_TABLE", "orders")
        .start()
        .unwrap()
}

/// Invokes the function until all is done, as the state machine does; and how often that was.
fn run(function: &Function, timeout: Duration) -> (Summary, u32) {
    let (mut progress, mut invocations) = (Progress::default(), 0);
    loop {
        invocations += 1;
        let invocation = function.invoke_within(serde_json::to_vec(&progress).unwrap(), timeout);
        match &invocation.outcome {
            Outcome::Answer(answer) => match serde_json::from_slice(answer).unwrap() {
                Chunk::Continue { state } => progress = state,
                Chunk::Done { result } => return (result, invocations),
            },
            // Not a single step, or one that failed as often as a request is tried: the state machine repeats it.
            Outcome::Error(error) if is_repeated(&String::from_utf8_lossy(error)) => {}
            _ => panic!("{invocation:?}\n{}", function.log()),
        }
        assert!(invocations < 1000, "no end");
    }
}

fn is_repeated(error: &str) -> bool {
    error.contains("a single step") || error.contains("after 4 attempts")
}

async fn check(client: &Client, sum: u64) {
    let orders = Order::scan().all(client).await.unwrap();
    assert_eq!(orders.len() as u64, ORDERS);
    assert_eq!(orders.iter().map(|order| order.cents.expect("a sum")).sum::<u64>(), sum);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_where_it_was_cut() {
    let (server, client, sum) = stage().await;
    // 21 steps of 6 requests one after the other: more than a second of work for each invocation.
    server.treat(|_| Treatment::AnswerLater(Duration::from_millis(25)));
    let function = function(&server);
    let (summary, invocations) = run(&function, Duration::from_millis(2000));
    assert_eq!(summary, Summary { orders: ORDERS, cents: sum });
    assert!(invocations > 1, "{}", function.log());
    assert_eq!(function.starts(), 1, "it was never killed");
    check(&client, sum).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_on_the_way_change_nothing() {
    let (server, client, sum) = stage().await;
    let requests = std::sync::atomic::AtomicU64::new(0);
    server.treat(move |_| match requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 10 {
        3 => Treatment::Throttle,
        7 => Treatment::Fail,
        _ => Treatment::Answer,
    });
    let function = function(&server);
    let (summary, _) = run(&function, Duration::from_secs(4));
    assert_eq!(summary, Summary { orders: ORDERS, cents: sum });
    check(&client, sum).await;
}
