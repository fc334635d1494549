//! The handler with batches of every sort, in time that is Tokio's own.

mod failures;
mod redelivery;
mod time;

use std::time::{Duration, SystemTime};

use lambda_runtime::{Context, LambdaEvent, Service};
use serde_json::{Value as Json, json};
use theory::Table;
use theory::stream::StreamEvent;

use super::*;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "orders")]
pub(super) struct Order {
    #[table(pk)]
    pub(super) id: String,
    pub(super) total: u64,
}

/// What one item was and is: `None` where it is not there.
pub(super) fn record(number: usize, id: &str, old: Option<u64>, new: Option<u64>) -> Json {
    let image =
        |total: Option<u64>| total.map(|total| json!({"id": {"S": id}, "total": {"N": total.to_string()}}));
    let name = match (old, new) {
        (None, _) => "INSERT",
        (_, Some(_)) => "MODIFY",
        (_, None) => "REMOVE",
    };
    json!({
        "eventID": number.to_string(),
        "eventName": name,
        "dynamodb": {
            "Keys": {"id": {"S": id}},
            "OldImage": image(old),
            "NewImage": image(new),
            "SequenceNumber": sequence_number(number),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    })
}

/// Longer than an integer holds, as they are.
pub(super) fn sequence_number(number: usize) -> String {
    format!("{}", 100_000_000_000_000_000_000_000_u128 + number as u128)
}

pub(super) fn inserted(number: usize) -> Json {
    record(number, &format!("o-{number}"), None, Some(number as u64))
}

/// An invocation with so much time, of which the handler keeps the buffer.
pub(super) fn invocation(records: &[Json], time: Duration) -> LambdaEvent<StreamEvent> {
    let mut context = Context::default();
    let deadline = SystemTime::now() + time;
    context.deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as u64;
    let event = StreamEvent::from_json(json!({"Records": records}).to_string()).unwrap();
    LambdaEvent::new(event, context)
}

pub(super) const LONG: Duration = Duration::from_secs(900);

/// What the handler answers.
pub(super) async fn call<S>(handler: &mut S, records: &[Json]) -> Result<StreamResponse, StreamError>
where
    S: Service<LambdaEvent<StreamEvent>, Response = StreamResponse, Error = StreamError>,
{
    handler.call(invocation(records, LONG)).await
}

#[test]
fn the_answer_is_written_as_lambda_reads_it() {
    let answer = serde_json::to_string(&StreamResponse::not_done_from("17")).unwrap();
    assert_eq!(answer, r#"{"batchItemFailures":[{"itemIdentifier":"17"}]}"#);
    assert_eq!(serde_json::to_string(&StreamResponse::default()).unwrap(), r#"{"batchItemFailures":[]}"#);
}

/// For `run` the closure may borrow; for `run_concurrent` all of it must be sendable.
#[test]
fn the_future_is_as_sendable_as_the_closures() {
    fn concurrent<S>(_: S)
    where
        S: Service<LambdaEvent<StreamEvent>, Future: Send + 'static> + Clone + Send + 'static,
    {
    }
    concurrent(stream_handler(|_: Record| async { Ok::<_, theory::Error>(()) }));
    let client = theory_testing::EmbeddedDynamoDb::new().client();
    concurrent(stream_handler_with(&client, |client, _: Record| async move {
        Order::get("o").send(&client).await?;
        Ok::<_, theory::Error>(())
    }));

    let seen = std::rc::Rc::new(std::cell::Cell::new(0));
    let borrowed = &seen;
    let mut handler = stream_handler(|_: Record| async move {
        borrowed.set(borrowed.get() + 1);
        Ok::<_, theory::Error>(())
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(call(&mut handler, &[inserted(1), inserted(2)])).unwrap();
    assert_eq!(seen.get(), 2);
}
