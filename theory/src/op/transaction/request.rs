//! The request of a transaction, and what its answer says.

use super::Transaction;
use super::part::{CHECK, Part, UPDATE};
use crate::client::{Call, Carrier, Client, Operation};
use crate::error::Error;
use crate::op::ConsumedCapacity;
use crate::op::identity::Distinct;
use crate::op::parts::encode_error;
use crate::wire::{DecodeError, Reader, Writer};
use std::borrow::Cow;
use theory_schema::limits;

impl Transaction {
    /// The request, with the guards behind the parts.
    pub(super) fn call(&self, client: &Client, guards: &[Part]) -> Result<Call, Error> {
        let operation = Operation::TransactWriteItems;
        let refuse = |entity: &'static str, why: Cow<'static, str>| {
            Err(Error::invalid_request(entity, why).with_operation(operation.name()))
        };
        let Some(first) = self.parts.first() else {
            return refuse("", "a transaction needs at least one write".into());
        };
        let entity = first.parts.entity.name;
        let count = self.parts.len() + guards.len();
        if count > limits::TRANSACTION_ITEMS {
            let included = if guards.is_empty() { "" } else { ", the guards of unique values included" };
            return refuse(
                entity,
                format!("a transaction has at most 100 writes, not {count}{included}").into(),
            );
        }
        let mut out = Writer::new();
        let mut items = Distinct::with_capacity(count);
        let mut table_of_first = None;
        let mut bytes = 0;
        out.raw(b"{\"TransactItems\":[");
        for (place, part) in self.parts.iter().chain(guards).enumerate() {
            let Part { name, parts } = part;
            let entity = parts.entity;
            let table = client.table_name(entity.table, parts.overrides.table_name());
            let head = match &parts.head {
                Ok(head) => head,
                Err(error) => return Err(encode_error(entity, operation.name(), error.clone())),
            };
            bytes += part.bytes();
            if !items.insert(&table, parts, head, operation)? {
                return refuse(
                    entity.name,
                    format!(
                        "two writes of the transaction are on one item, the second is number {place} (from 0)"
                    )
                    .into(),
                );
            }
            if *name == CHECK && parts.conditions.is_empty() {
                return refuse(
                    entity.name,
                    format!("the check number {place} (from 0) has no condition").into(),
                );
            }
            if *name == UPDATE && parts.actions.as_ref().is_none_or(|actions| actions.0.is_empty()) {
                return refuse(
                    entity.name,
                    format!(
                        "the update number {place} (from 0) has nothing to do, which a transaction refuses"
                    )
                    .into(),
                );
            }
            out.raw(name.as_bytes());
            out.raw(head);
            parts.write(&table, &mut out)?;
            out.end_object();
            out.end_object();
            out.end_member();
            table_of_first.get_or_insert_with(|| table.into_owned());
        }
        // What JSON takes is never less than what DynamoDB counts.
        if bytes > limits::TRANSACTION_BYTES {
            let size = self.parts.iter().chain(guards).map(Part::size).fold(0, usize::saturating_add);
            if size > limits::TRANSACTION_BYTES {
                return refuse(entity, "the items of the transaction exceed 4 MB".into());
            }
        }
        out.close_array();
        out.literal_name("\"ClientRequestToken\":");
        match &self.token {
            Some(token) => out.json_string(token),
            None => out.json_string(&client.new_token(entity)?),
        }
        out.end_member();
        out.raw(b"\"ReturnConsumedCapacity\":\"INDEXES\"}");
        let body = out.finish().map_err(|error| Error::encode(entity, operation.name(), error))?;
        Ok(Call {
            carrier: Carrier::TRANSACT_WRITE_ITEMS,
            entity,
            table: table_of_first.unwrap_or_default(),
            index: None,
            body,
            // The token makes it so.
            idempotent: true,
            judge: None,
            overrides: self.overrides.clone(),
        })
    }
}

/// The capacity of all tables together.
pub(in crate::op) fn read_capacity(body: &[u8]) -> Result<Option<ConsumedCapacity>, DecodeError> {
    let mut input = Reader::new(body)?;
    let mut total: Option<ConsumedCapacity> = None;
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        if name == "ConsumedCapacity" && !input.take_json_null()? {
            add_capacity(&mut input, &mut total)?;
        } else {
            input.skip()?;
        }
    }
    input.end()?;
    Ok(total)
}

/// Adds what stands next: the capacity of each table.
pub(in crate::op) fn add_capacity(
    input: &mut Reader<'_>,
    total: &mut Option<ConsumedCapacity>,
) -> Result<(), DecodeError> {
    let mut tables = input.begin_array()?;
    while tables.next(input)? {
        total.get_or_insert_default().add(&ConsumedCapacity::read(input)?);
    }
    Ok(())
}
