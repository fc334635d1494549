//! What it takes from the start of a process to the first item over HTTPS, of programs that do it in different ways.
//!
//! The programs are in `benches/cold-start/`. Each is built as cargo-lambda builds a function, and run against an
//! endpoint on loopback: alone, and in the loop of `lambda_runtime`.

pub mod callgrind;
pub mod programs;
pub mod runtime_api;
pub mod stage;

use theory_tests::{HttpRequest, HttpsEndpoint};

/// What the programs ask for.
pub const ID: &str = "o-1";

const ITEM: &str = concat!(
    r#"{"customer":{"S":"customer-000042"},"gift":{"BOOL":true},"id":{"S":"o-1"},"note":{"S":"ring twice"},"#,
    r#""placed_at":{"S":"2026-11-21T12:00:00.000000000Z"},"quantity":{"N":"3"},"status":{"S":"paid"},"total":{"N":"129900"}}"#,
);

/// A DynamoDB whose every item is the same one.
///
/// It says what the request consumed if it is asked to, as DynamoDB does.
pub fn endpoint() -> HttpsEndpoint {
    HttpsEndpoint::serve(|request: &HttpRequest| {
        let capacity = r#","ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"orders"}"#;
        let asked = b"ReturnConsumedCapacity";
        let is_asked = request.body.windows(asked.len()).any(|part| part == asked);
        format!(r#"{{"Item":{ITEM}{}}}"#, if is_asked { capacity } else { "" }).into_bytes()
    })
}
