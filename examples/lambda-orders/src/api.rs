//! The routes.
//!
//! | | |
//! |---|---|
//! | `PUT /orders/{customer}/{order}` | places an order. The same order again is no other one; another one by that number is refused |
//! | `GET /orders/{customer}/{order}` | one order |
//! | `GET /orders/{customer}?after=…` | the customer's orders, a page at a time |
//! | `POST /orders/{customer}/{order}/payment` | pays an order that is open |

use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Error, Request, RequestExt as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use theory::{Client, Cursor, ErrorKind, Table as _, Timestamp};
use theory_lambda::ForInvocation as _;

use crate::order::{Line, Order, Status};

const PAGE: u32 = 20;

/// What a client sends to place an order.
#[derive(Debug, Deserialize)]
struct NewOrder {
    lines: Vec<Line>,
}

/// Answers a request. Nothing that is asked of DynamoDB outlasts the invocation.
///
/// # Errors
///
/// Those of DynamoDB that are no answer: API Gateway makes a 500 of them.
pub async fn answer(client: &Client, request: Request) -> Result<Response<Body>, Error> {
    let client = &client.for_invocation(&request.lambda_context());
    let (path, query) = (request.path_parameters(), request.query_string_parameters());
    let is_payment = request.uri().path().ends_with("/payment");
    let answer = match (request.method(), path.first("customer"), path.first("order")) {
        (&Method::PUT, Some(customer), Some(order)) => place(client, customer, order, request.body()).await,
        (&Method::GET, Some(customer), Some(order)) => get(client, customer, order).await,
        (&Method::GET, Some(customer), None) => list(client, customer, query.first("after")).await,
        (&Method::POST, Some(customer), Some(order)) if is_payment => pay(client, customer, order).await,
        _ => return refuse(StatusCode::NOT_FOUND, "there is no such route"),
    };
    match answer {
        // Nothing was done, or it can be done again: every route here is the same the second time.
        Err(error) if error.is_out_of_time() || error.is_throttled() => {
            refuse(StatusCode::SERVICE_UNAVAILABLE, "try again later")
        }
        // Such as a number that is empty, which no key can be.
        Err(error) if error.is_invalid() || error.kind() == ErrorKind::Encode => {
            refuse(StatusCode::BAD_REQUEST, &error.to_string())
        }
        Err(error) => Err(error.into()),
        Ok(Answer::Is(status, body)) => respond(status, &body),
        Ok(Answer::Refused(status, why)) => refuse(status, why),
    }
}

/// What a route comes to.
enum Answer {
    Is(StatusCode, serde_json::Value),
    Refused(StatusCode, &'static str),
}

async fn place(client: &Client, customer: &str, order_id: &str, body: &Body) -> theory::Result<Answer> {
    let Ok(NewOrder { lines }) = serde_json::from_slice(body) else {
        return Ok(Answer::Refused(StatusCode::BAD_REQUEST, "an order has lines of sku, quantity and cents"));
    };
    let order = Order {
        customer: customer.to_owned(),
        order_id: order_id.to_owned(),
        status: Status::Open,
        lines,
        placed_at: Timestamp::now(),
    };
    match order.create().return_old_on_failure().send(client).await {
        Ok(_) => Ok(Answer::Is(StatusCode::CREATED, json!(order))),
        // It was placed before: perhaps by this very request, whose answer was lost.
        Err(error) if error.is_condition_failed() => match error.old_item::<Order>()? {
            Some(before) if before.lines == order.lines => Ok(Answer::Is(StatusCode::OK, json!(before))),
            _ => Ok(Answer::Refused(StatusCode::CONFLICT, "there is another order by this number")),
        },
        Err(error) => Err(error),
    }
}

async fn get(client: &Client, customer: &str, order_id: &str) -> theory::Result<Answer> {
    Ok(match Order::get(customer, order_id).send(client).await? {
        Some(order) => Answer::Is(StatusCode::OK, json!(order)),
        None => Answer::Refused(StatusCode::NOT_FOUND, "there is no such order"),
    })
}

async fn list(client: &Client, customer: &str, after: Option<&str>) -> theory::Result<Answer> {
    let Ok(after) = after.map(str::parse::<Cursor>).transpose() else {
        return Ok(Answer::Refused(StatusCode::BAD_REQUEST, "`after` is what the last page gave as `next`"));
    };
    let page = Order::query(customer).page_size(PAGE).start_after(after).page(client).await?;
    let next = page.next_cursor().map(ToString::to_string);
    Ok(Answer::Is(StatusCode::OK, json!({"orders": page.items, "next": next})))
}

async fn pay(client: &Client, customer: &str, order_id: &str) -> theory::Result<Answer> {
    let pay = Order::update(customer, order_id)
        .set(Order::STATUS, Status::Paid)
        .condition(Order::STATUS.eq(Status::Open))
        .return_old_on_failure()
        .return_new();
    match pay.send(client).await {
        Ok(order) => Ok(Answer::Is(StatusCode::OK, json!(order))),
        Err(error) if error.is_condition_failed() => match error.old_item::<Order>()? {
            // Paid already.
            Some(order) => Ok(Answer::Is(StatusCode::OK, json!(order))),
            None => Ok(Answer::Refused(StatusCode::NOT_FOUND, "there is no such order")),
        },
        Err(error) => Err(error),
    }
}

fn respond(status: StatusCode, body: &impl Serialize) -> Result<Response<Body>, Error> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    Ok(response.body(serde_json::to_string(body)?.into())?)
}

fn refuse(status: StatusCode, why: &str) -> Result<Response<Body>, Error> {
    tracing::info!(status = status.as_u16(), why, "refused");
    respond(status, &json!({"error": why}))
}
