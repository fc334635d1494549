//! One BatchWriteItem after another, until the writes it began with are done.

use super::left::{Reason, Stop};
use super::policy::{Came, Late, Runtime, late};
use crate::client::{self, Call, Operation, Overrides};
use crate::error::{Error, ErrorKind};
use crate::expr::Test;
use crate::lifecycle;
use crate::op::identity::{self, Identity};
use crate::op::parts::{decode_error, encode_error};
use crate::op::{ConsumedCapacity, transaction};
use crate::wire::stamp::Places;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};
use bytes::Bytes;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use theory_schema::Entity;

/// The item that a write is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Item {
    pub(super) table: Arc<str>,
    pub(super) key: Identity,
}

/// A write that is not done yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) position: usize,
    pub(super) operation: Operation,
    pub(super) entity: &'static Entity,
    /// `{"Item":{…},` or `{"Key":{…},`
    pub(super) head: Result<Vec<u8>, EncodeError>,
    /// Where in the head is what the library writes.
    pub(super) places: Places,
    pub(super) table: Arc<str>,
    pub(super) key: Identity,
    pub(super) overrides: Overrides,
    /// None, unless it is refused for them.
    pub(super) conditions: Vec<Test>,
    /// Why it is not done.
    pub(super) reason: Reason,
    /// An attempt whose outcome is unknown may have done it.
    pub(super) is_in_doubt: bool,
}

impl Pending {
    pub(super) fn item(&self) -> Item {
        Item { table: Arc::clone(&self.table), key: self.key.clone() }
    }

    /// How many bytes it takes in a request: never less than what DynamoDB counts.
    pub(super) fn bytes(&self) -> usize {
        self.head.as_ref().map_or(0, Vec::len)
    }
}

/// What became of the writes of one request, and of its repetitions.
pub(super) struct Settled {
    pub(super) done: Vec<Item>,
    pub(super) left: Vec<Pending>,
    pub(super) stop: Option<Stop>,
    pub(super) requests: u64,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

/// Writes these, which fit into one request and are on different items.
pub(super) async fn settle(runtime: Runtime, writes: Vec<Pending>) -> Settled {
    let mut settled = Settled {
        done: Vec::with_capacity(writes.len()),
        left: writes,
        stop: None,
        requests: 0,
        consumed_capacity: None,
    };
    for attempt in 1..=runtime.attempts {
        let asked = settled.left.len();
        let outcome = match runtime.within(send(&runtime, &mut settled.left)).await {
            Ok(outcome) => outcome,
            Err(Late) => {
                let entity = settled.left.first().map_or("", |write| write.entity.name);
                Err(late(entity, Operation::BatchWriteItem.name()).with_ambiguous(true).with_attempts(1))
            }
        };
        match outcome {
            Ok(answer) => {
                settled.requests += 1;
                settled.take(answer);
            }
            // Nothing became of it, and so what was said before still holds.
            Err(error) if error.attempts() == 0 && error.is_out_of_time() => {
                settled.stop = Some(Stop::Late);
                return settled;
            }
            Err(error) => {
                settled.requests += 1;
                let (kind, is_late) = (error.kind(), error.is_out_of_time());
                settled.fail(error);
                if is_late {
                    settled.stop = Some(Stop::Late);
                    return settled;
                }
                if kind != ErrorKind::Throttled {
                    break;
                }
            }
        }
        if settled.left.is_empty() {
            return settled;
        }
        if attempt == runtime.attempts {
            break;
        }
        let came = if settled.left.len() < asked { Came::Forward } else { Came::ToNothing };
        if let Err(stop) = runtime.pause(attempt, came).await {
            settled.stop = Some(stop);
            return settled;
        }
    }
    settled.stop = Some(Stop::Failed);
    settled
}

impl Settled {
    fn take(&mut self, answer: Answer) {
        if let Some(capacity) = &answer.consumed_capacity {
            self.consumed_capacity.get_or_insert_default().add(capacity);
        }
        for mut write in std::mem::take(&mut self.left) {
            let item = write.item();
            if answer.unprocessed.contains(&item) {
                write.is_in_doubt |= answer.is_in_doubt;
                write.reason = Reason::Unprocessed;
                self.left.push(write);
            } else {
                self.done.push(item);
            }
        }
    }

    fn fail(&mut self, error: Error) {
        let error = Arc::new(error);
        for write in &mut self.left {
            write.is_in_doubt |= error.is_ambiguous();
            write.reason = Reason::Failed(Arc::clone(&error));
        }
    }
}

struct Answer {
    unprocessed: HashSet<Item>,
    /// An attempt before the answer may have done what the answer calls unprocessed.
    is_in_doubt: bool,
    consumed_capacity: Option<ConsumedCapacity>,
}

async fn send(runtime: &Runtime, writes: &mut [Pending]) -> Result<Answer, Error> {
    let operation = Operation::BatchWriteItem;
    stamp(runtime, writes);
    let writes = &*writes;
    let Some(first) = writes.first() else {
        return Ok(Answer { unprocessed: HashSet::new(), is_in_doubt: false, consumed_capacity: None });
    };
    let body = body(writes).map_err(|error| encode_error(first.entity, operation.name(), error))?;
    let call = Call {
        operation,
        entity: first.entity.name,
        table: first.table.to_string(),
        index: None,
        body,
        // A put or a delete done twice is the same as done once.
        idempotent: true,
        judge: None,
        overrides: runtime.policy.overrides.clone(),
    };
    let response = client::call(&runtime.client, call).await?;
    let answer = unprocessed(&response.body, writes)
        .and_then(|unprocessed| Ok((unprocessed, transaction::read_capacity(&response.body)?)));
    match answer {
        Ok((unprocessed, consumed_capacity)) => {
            response.record_items(writes.len().saturating_sub(unprocessed.len()));
            if let Some(capacity) = &consumed_capacity {
                response.record_capacity(capacity.units());
            }
            Ok(Answer { unprocessed, is_in_doubt: response.ambiguous_before, consumed_capacity })
        }
        Err(error) => {
            // DynamoDB has done something, and nobody knows what.
            let error = decode_error(first.entity, operation.name(), error)
                .with_attempts(response.attempts)
                .with_ambiguous(true);
            response.record_error(&error);
            Err(error)
        }
    }
}

/// Writes one moment into all items that have room for it. What is sent again gets the moment at which it is.
fn stamp(runtime: &Runtime, writes: &mut [Pending]) {
    let mut now = None;
    for write in writes.iter_mut().filter(|write| write.places != Places::default()) {
        if let Ok(head) = &mut write.head {
            lifecycle::fill(head, &write.places, *now.get_or_insert_with(|| runtime.client.now()));
        }
    }
}

fn body(writes: &[Pending]) -> Result<Vec<u8>, EncodeError> {
    let mut tables: Vec<&str> = Vec::new();
    for write in writes {
        if !tables.contains(&&*write.table) {
            tables.push(&write.table);
        }
    }
    let room = writes.iter().map(|write| write.bytes() + 32).sum::<usize>() + 256;
    let mut out = Writer::with_buffer(Vec::with_capacity(room));
    out.raw(b"{\"RequestItems\":");
    out.begin_object();
    for table in tables {
        out.name(table);
        out.raw(b"[");
        for write in writes.iter().filter(|write| &*write.table == table) {
            match write.operation {
                Operation::DeleteItem => out.raw(b"{\"DeleteRequest\":"),
                _ => out.raw(b"{\"PutRequest\":"),
            }
            match &write.head {
                Ok(head) => out.raw(head),
                Err(error) => return Err(error.clone()),
            }
            // In place of the comma behind the item or the key.
            out.end_object();
            out.end_object();
            out.end_member();
        }
        out.close_array();
    }
    out.end_object();
    out.end_member();
    out.raw(b"\"ReturnConsumedCapacity\":\"INDEXES\"}");
    out.finish()
}

/// The items that DynamoDB gave back.
fn unprocessed(body: &Bytes, writes: &[Pending]) -> Result<HashSet<Item>, DecodeError> {
    let mut input = Reader::new(body)?;
    let mut items = HashSet::new();
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        if name != "UnprocessedItems" || input.take_json_null()? {
            input.skip()?;
            continue;
        }
        let mut tables = input.begin_object()?;
        while let Some(table) = tables.next(&mut input)? {
            let sent: HashMap<&Identity, &Pending> = writes
                .iter()
                .filter(|write| same_table(&write.table, &table))
                .map(|write| (&write.key, write))
                .collect();
            let mut requests = input.begin_array()?;
            while requests.next(&mut input)? {
                let key = write_key(&mut input, sent.values().next().map(|write| write.entity))?;
                let Some(write) = sent.get(&key) else {
                    return Err(DecodeError::invalid("an unprocessed item of the request"));
                };
                items.insert(write.item());
            }
        }
    }
    input.end()?;
    Ok(items)
}

/// The key in `{"PutRequest":{"Item":{…}}}` or `{"DeleteRequest":{"Key":{…}}}`.
fn write_key(input: &mut Reader<'_>, entity: Option<&'static Entity>) -> Result<Identity, DecodeError> {
    let mut key = None;
    let mut request = input.begin_object()?;
    while request.next(input)?.is_some() {
        if input.take_json_null()? {
            continue;
        }
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(input)? {
            let raw = input.raw_value()?;
            if (name == "Item" || name == "Key")
                && let Some(entity) = entity
            {
                key = Some(identity::of_item(entity, &mut Reader::new(raw.as_bytes())?)?);
            }
        }
    }
    key.ok_or_else(|| DecodeError::invalid("an unprocessed item of the request"))
}

/// Whether an answer's name for a table means the one that was asked, by name or ARN.
pub(in crate::op) fn same_table(asked: &str, answered: &str) -> bool {
    let name = |table: &str| -> Option<String> {
        table.split_once(":table/").map(|(_, name)| name.split('/').next().unwrap_or(name).to_owned())
    };
    asked == answered
        || match (name(asked), name(answered)) {
            (Some(asked), None) => asked == answered,
            (None, Some(answered)) => asked == answered,
            _ => false,
        }
}
