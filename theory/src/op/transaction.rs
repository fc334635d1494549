//! Several writes, all or none.

use super::check::Check;
use super::identity::Distinct;
use super::parts::{Parts, encode_error};
use super::put::Put;
use super::returned::Nothing;
use super::unique::{self, Before, Guards};
use super::{ConsumedCapacity, Delete, Response, Update};
use crate::client::{self, Call, Carrier, Client, Operation, Overrides};
use crate::error::Error;
use crate::lifecycle::Stamps;
use crate::table::Table;
use crate::wire::{DecodeError, EncodeError, Reader, Writer};
use futures_util::future::try_join_all;
use std::borrow::Cow;
use theory_schema::limits;

const PUT: &str = "{\"Put\":";
const UPDATE: &str = "{\"Update\":";
const DELETE: &str = "{\"Delete\":";
const CHECK: &str = "{\"ConditionCheck\":";

/// One write of a transaction, with the name under which TransactWriteItems has it.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Part {
    name: &'static str,
    parts: Parts,
}

/// What a transaction does: a put, create, replace, update, delete or check; a tuple of such; a `Vec` or an `Option` of one kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a part of a transaction",
    label = "not a write",
    note = "a part is `create()`, `put()`, `replace()`, `update(…)`, `delete(…)` or `check(…)`, a tuple, a `Vec` or an `Option` of such; a part returns no item, and is not `exactly_once()`, which the transaction is"
)]
pub trait TransactWrite {
    #[doc(hidden)]
    fn push_onto(self, parts: &mut Vec<Part>);
}

macro_rules! parts {
    ($($request:ty => $name:ident, |$self:ident| $parts:expr;)*) => { $(
        impl<E: Table> TransactWrite for $request {
            fn push_onto($self, parts: &mut Vec<Part>) {
                parts.push(Part { name: $name, parts: $parts });
            }
        }
    )* };
}

parts! {
    Put<E, Nothing> => PUT, |self| self.parts;
    Update<E, Nothing> => UPDATE, |self| self.into_parts();
    Delete<E, Nothing> => DELETE, |self| self.parts;
    Check<E> => CHECK, |self| self.parts;
}

impl Part {
    pub(super) fn put(parts: Parts) -> Self {
        Part { name: PUT, parts }
    }

    pub(super) fn update(parts: Parts) -> Self {
        Part { name: UPDATE, parts }
    }

    pub(super) fn delete(parts: Parts) -> Self {
        Part { name: DELETE, parts }
    }

    pub(super) fn check(parts: Parts) -> Self {
        Part { name: CHECK, parts }
    }
}

impl<W: TransactWrite> TransactWrite for Vec<W> {
    fn push_onto(self, parts: &mut Vec<Part>) {
        self.into_iter().for_each(|write| write.push_onto(parts));
    }
}

impl<W: TransactWrite> TransactWrite for Option<W> {
    fn push_onto(self, parts: &mut Vec<Part>) {
        self.into_iter().for_each(|write| write.push_onto(parts));
    }
}

macro_rules! tuples {
    ($($($w:ident $i:tt),+;)*) => { $(
        impl<$($w: TransactWrite),+> TransactWrite for ($($w,)+) {
            fn push_onto(self, parts: &mut Vec<Part>) {
                $(self.$i.push_onto(parts);)+
            }
        }
    )* };
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, F 4;
    A 0, B 1, C 2, D 3, F 4, G 5;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11;
}

/// Writes that DynamoDB does all, or none of: TransactWriteItems.
///
/// Up to 100 writes and 4 MB, on any tables of one account and Region, no item twice. It costs twice the write units of the same writes
/// alone. A token is made for it and kept while it is repeated, so that a repetition never writes twice (DynamoDB honours the token for
/// 10 minutes); conflicts with other transactions and throttling are repeated, failed conditions are not.
///
/// The guards of unique attributes, which writes of their entities bring with them, are among the 100.
///
/// If it is cancelled, [`Error::cancellation_reasons`] says for each part, in order, whether it was the cause.
#[derive(Debug, Clone, Default)]
#[must_use = "a request does nothing until it is sent"]
pub struct Transaction {
    parts: Vec<Part>,
    token: Option<String>,
    overrides: Overrides,
}

/// A transaction of these writes.
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "accounts")]
/// # struct Account { #[table(pk)] id: String, balance: u64 }
/// # async fn example(client: &theory::Client) -> theory::Result<()> {
/// theory::transaction((
///     Account::update("from").set(Account::BALANCE, Account::BALANCE - 10).condition(Account::BALANCE.ge(10)),
///     Account::update("to").add(Account::BALANCE, 10),
/// ))
/// .send(client)
/// .await
/// # }
/// ```
pub fn transaction(writes: impl TransactWrite) -> Transaction {
    Transaction::default().push(writes)
}

impl Transaction {
    /// A transaction of a write that was to be sent alone, with what it sets for itself.
    pub(super) fn of_one(parts: Parts, token: Option<String>) -> Self {
        let name = match parts.operation {
            Operation::PutItem => PUT,
            Operation::DeleteItem => DELETE,
            _ => UPDATE,
        };
        let overrides = parts.overrides.clone();
        Transaction { parts: vec![Part { name, parts }], token, overrides }
    }

    /// Adds more writes.
    pub fn push(mut self, writes: impl TransactWrite) -> Self {
        writes.push_onto(&mut self.parts);
        self
    }

    /// How many writes it has.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether it has no writes.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// A token of the caller's, up to 36 characters: the same transaction sent again with it, from another process too, within 10
    /// minutes, succeeds without writing twice. Another transaction with it is refused.
    ///
    /// What a write of unique attributes read before it, with `reading_old`, is a part of the transaction, and so is the moment, where the
    /// entity has a ttl: the same writes with other guards are another transaction. So where the item has expired and a value of it is
    /// another item's by now, which without a token is found out and left alone by a second transaction, the first is all that is sent
    /// under this token: the error is a `TransactionConflict` at the place of the write, nothing is written, and nothing will be with
    /// the token.
    pub fn client_request_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Settings for this request alone: timeouts, attempts, region, credentials.
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = overrides.over(&self.overrides);
        self
    }

    /// Sends the transaction.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` for what DynamoDB would refuse (no writes, more than 100, an item twice), `TransactionCanceled` with its reasons,
    /// and what can happen to every request.
    pub fn send(self, client: &Client) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let response = self.send_response(client);
        async move { response.await.map(drop) }
    }

    /// Sends the transaction, and returns also what it consumed, in all tables together.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Response<()>, Error>> + Send + use<> {
        let response = self.send_stamped_response(client);
        async move { response.await.map(|(response, _)| response) }
    }

    /// Sends the transaction, and returns for each part, in order, what the library wrote into the item on its own account, where the
    /// entity has such fields. All have the same moment.
    ///
    /// Of an update, which does not know the item, that is `updated_at`, and the version where one was expected.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_stamped(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Vec<Option<Stamps>>, Error>> + Send + use<> {
        let response = self.send_stamped_response(client);
        async move { response.await.map(|(_, stamps)| stamps) }
    }

    fn send_stamped_response(
        mut self,
        client: &Client,
    ) -> impl Future<Output = Result<(Response<()>, Vec<Option<Stamps>>), Error>> + Send + use<> {
        let client = client.clone();
        async move {
            if self.parts.iter().any(|part| matches!(part.parts.before, Before::ToRead)) {
                try_join_all(self.parts.iter_mut().map(|part| unique::know(&mut part.parts, &client)))
                    .await?;
            }
            let mut guards = Guards::default();
            for (place, part) in self.parts.iter_mut().enumerate() {
                unique::settle(&mut part.parts, place, &client, &mut guards)?;
            }
            self.send_with(guards, &client).await
        }
    }

    /// Sends the transaction with the guards of its unique values behind its parts.
    pub(super) async fn send_with(
        mut self,
        mut guards: Guards,
        client: &Client,
    ) -> Result<(Response<()>, Vec<Option<Stamps>>), Error> {
        let count = self.parts.len();
        let stamps = self.stamp(client);
        let answer = loop {
            let of_guards = if guards.is_empty() { Vec::new() } else { guards.parts(client.now()) };
            let call = self.call(client, &of_guards)?;
            match client::call(client, call).await {
                Ok(answer) => break answer,
                // With other guards it is another transaction, which the caller's token does not name; and under a token of the library's
                // it would be done again by whoever sends it with the caller's.
                Err(error) if self.token.is_none() && guards.disown(&error, count) => {}
                Err(mut error) => {
                    guards.fold(&mut error, count);
                    return Err(self.judge(error));
                }
            }
        };
        let consumed_capacity = read_capacity(&answer.body).map_err(|error| self.unread(&answer, error))?;
        answer.record_items(count);
        if let Some(capacity) = &consumed_capacity {
            answer.record_capacity(capacity.units());
        }
        let response = Response {
            output: (),
            consumed_capacity,
            attempts: answer.attempts,
            earlier_attempt_unknown: answer.ambiguous_before,
            request_id: answer.request_id,
        };
        Ok((response, stamps))
    }

    /// Writes one moment into all parts that have room for it.
    fn stamp(&mut self, client: &Client) -> Vec<Option<Stamps>> {
        let mut now = None;
        let stamp = |part: &mut Part| part.parts.stamped(|| *now.get_or_insert_with(|| client.now()));
        self.parts.iter_mut().map(stamp).collect()
    }

    /// The transaction is done, and the answer that says so says something else that cannot be read.
    fn unread(&self, answer: &client::Response, error: DecodeError) -> Error {
        let entity = self.parts.first().map_or("", |part| part.parts.entity.name);
        let error = Error::decode(entity, Operation::TransactWriteItems.name(), error)
            .with_attempts(answer.attempts)
            .with_done();
        answer.record_error(&error);
        error
    }

    /// Says of each part whose condition failed whether its version, or what was read of it, was in the way.
    fn judge(&self, mut error: Error) -> Error {
        if error.is_ambiguous() {
            return error;
        }
        let reasons = error.cancellation_reasons_mut().into_iter().flatten();
        for (reason, Part { parts, .. }) in reasons.zip(&self.parts) {
            if let Some(expected) = &parts.expected {
                expected.judge_part(reason);
            }
            if let Some(watch) = &parts.watch {
                watch.judge_part(reason);
            }
            if let Some(limit) = &parts.limit {
                limit.judge_part(reason);
            }
        }
        error
    }

    fn call(&self, client: &Client, guards: &[Part]) -> Result<Call, Error> {
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
            bytes += head.len();
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
            let size = self.parts.iter().chain(guards).filter_map(|part| part.size().ok()).sum::<usize>();
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

impl Part {
    /// The size of the item that is put.
    fn size(&self) -> Result<usize, EncodeError> {
        let head = self.parts.head.clone()?;
        let item = head.strip_prefix(b"{\"Item\":").and_then(|item| item.strip_suffix(b","));
        Ok(item.and_then(|item| crate::wire::size::item_size(item).ok()).unwrap_or_default())
    }
}

/// The capacity of all tables together.
pub(super) fn read_capacity(body: &[u8]) -> Result<Option<ConsumedCapacity>, DecodeError> {
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
pub(super) fn add_capacity(
    input: &mut Reader<'_>,
    total: &mut Option<ConsumedCapacity>,
) -> Result<(), DecodeError> {
    let mut tables = input.begin_array()?;
    while tables.next(input)? {
        total.get_or_insert_default().add(&ConsumedCapacity::read(input)?);
    }
    Ok(())
}
