//! Sending one write with its guards.

use super::{Before, Guards, know, settle};
use crate::client::Client;
use crate::error::Error;
use crate::op::parts::{self, Parts};
use crate::op::transaction::Transaction;
use crate::op::{Response, Return};
use crate::wire::DecodeError;

/// Sends a write that touches a constraint: with the guards in one transaction, or alone where none is written.
pub(crate) async fn send<R: Return>(mut parts: Parts, client: Client) -> Result<Response<R::Output>, Error> {
    let (entity, operation) = (parts.entity, parts.operation);
    if R::VALUES.is_some() {
        let why =
            "a write that touches unique attributes is a transaction, which returns no item: read it instead";
        return Err(Error::invalid_request(entity.name, why).with_operation(operation.name()));
    }
    let mut guards = Guards::default();
    know(&mut parts, &client).await?;
    settle(&mut parts, 0, &client, &mut guards)?;
    debug_assert!(matches!(parts.before, Before::Settled));
    if guards.is_empty() {
        // A recursion in types only: the write is settled.
        return Box::pin(parts::write::<R>(parts, client)).await;
    }
    // As `exactly_once` does it, which is no different here but for a token of the caller's.
    let token = parts.once.take().and_then(|once| once.token);
    let transaction = Transaction::of_one(parts, token);
    let (response, _) = transaction.send_with(guards, &client).await.map_err(Error::into_single)?;
    let nothing =
        || parts::decode_error(entity, operation.name(), DecodeError::missing("Attributes")).with_done();
    let output = R::absent().ok_or_else(nothing)?;
    Ok(response.map(|()| output))
}
