//! One BatchWriteItem: what it asks, and what comes of its answer.

use super::attempts::Work;
use super::left::Reason;
use super::policy::{Capacity, Runtime};
use super::write::Write;
use crate::client::{self, Call, Carrier, Operation};
use crate::error::Error;
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
    pub(super) write: Write,
    pub(super) item: Item,
    /// Why it is not done.
    pub(super) reason: Reason,
    /// An attempt whose outcome is unknown may have done it.
    pub(super) is_in_doubt: bool,
}

impl Pending {
    pub(super) fn entity(&self) -> &'static Entity {
        self.write.entity
    }

    /// How many bytes it takes in a request: never less than what DynamoDB counts.
    pub(super) fn bytes(&self) -> usize {
        self.write.head.as_ref().map_or(0, Vec::len)
    }
}

/// The writes of one request.
#[derive(Default)]
pub(super) struct Writes {
    pub(super) done: Vec<Item>,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

impl Work for Writes {
    type One = Pending;

    const OPERATION: Operation = Operation::BatchWriteItem;

    async fn send(&mut self, runtime: &Runtime, rest: &mut Vec<Pending>) -> Result<(), Error> {
        let answer = send(runtime, rest).await?;
        self.take(rest, answer);
        Ok(())
    }

    fn fail(write: &mut Pending, error: &Arc<Error>) {
        write.is_in_doubt |= error.is_ambiguous();
        write.reason = Reason::Failed(Arc::clone(error));
    }

    fn entity(write: &Pending) -> &'static str {
        write.entity().name
    }

    fn has_done_something(&self) -> bool {
        !self.done.is_empty()
    }
}

impl Writes {
    fn take(&mut self, rest: &mut Vec<Pending>, answer: Answer) {
        if let Some(capacity) = &answer.consumed_capacity {
            self.consumed_capacity.get_or_insert_default().add(capacity);
        }
        for mut write in std::mem::take(rest) {
            if answer.unprocessed.contains(&write.item) {
                write.is_in_doubt |= answer.is_in_doubt;
                write.reason = Reason::Unprocessed;
                rest.push(write);
            } else {
                self.done.push(write.item);
            }
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
    let body = body(writes, runtime.policy.capacity)
        .map_err(|error| encode_error(first.entity(), operation.name(), error))?;
    let call = Call {
        carrier: Carrier::BATCH_WRITE_ITEM,
        entity: first.entity().name,
        table: first.item.table.to_string(),
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
            let error = decode_error(first.entity(), operation.name(), error)
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
    for write in writes.iter_mut().map(|pending| &mut pending.write) {
        if write.places == Places::default() {
            continue;
        }
        if let Ok(head) = &mut write.head {
            lifecycle::fill(head, &write.places, *now.get_or_insert_with(|| runtime.client.now()));
        }
    }
}

fn body(writes: &[Pending], capacity: Capacity) -> Result<Vec<u8>, EncodeError> {
    let mut tables: Vec<&str> = Vec::new();
    for write in writes {
        if !tables.contains(&&*write.item.table) {
            tables.push(&write.item.table);
        }
    }
    let room = writes.iter().map(|write| write.bytes() + 32).sum::<usize>() + 256;
    let mut out = Writer::with_buffer(Vec::with_capacity(room));
    out.raw(b"{\"RequestItems\":");
    out.begin_object();
    for table in tables {
        out.name(table);
        out.raw(b"[");
        for Pending { write, .. } in writes.iter().filter(|write| &*write.item.table == table) {
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
    capacity.end(&mut out);
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
            let sent: HashMap<&[u8], &Pending> = writes
                .iter()
                .filter(|write| same_table(&write.item.table, &table))
                .map(|write| (&*write.item.key, write))
                .collect();
            let mut requests = input.begin_array()?;
            while requests.next(&mut input)? {
                let key = write_key(&mut input, sent.values().next().map(|write| write.entity()))?;
                let Some(write) = sent.get(&*key) else {
                    return Err(DecodeError::invalid("an unprocessed item of the request"));
                };
                items.insert(write.item.clone());
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
                key = Some(identity::of_head(entity, raw.as_bytes())?);
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
