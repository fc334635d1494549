//! Several reads at one moment.

use super::get::Get;
use super::identity::Distinct;
use super::live::read_unless_expired;
use super::parts::{Parts, decode_error, encode_error};
use super::{ConsumedCapacity, Response};
use crate::client::{self, Call, Carrier, Client, Operation, Overrides};
use crate::error::Error;
use crate::table::{FromItem, Table};
use crate::timestamp::Timestamp;
use crate::wire::{DecodeError, Reader, Writer};
use theory_schema::{Entity, limits};

/// What [`transaction_get`] reads: a `get`, a `Vec` of one kind, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a read of a transaction",
    label = "not a `get`",
    note = "give `Order::get(…)`, a `Vec` of one kind, or a tuple of such"
)]
pub trait TransactGet {
    /// The items: an `Option` for each read.
    type Output: Send;
    #[doc(hidden)]
    fn push_onto(&mut self, reads: &mut Vec<Read>);
    /// Takes the answers of as many reads as it pushed.
    #[doc(hidden)]
    fn read(&self, answers: &mut Answers<'_>) -> Result<Self::Output, Error>;
}

/// One read.
#[doc(hidden)]
#[derive(Debug)]
pub struct Read(Parts);

/// The answers, in the order of the reads.
#[doc(hidden)]
#[derive(Debug)]
pub struct Answers<'a> {
    items: std::vec::IntoIter<Option<&'a str>>,
    /// When they came.
    now: Timestamp,
}

impl<E: Table, O: FromItem + Send> TransactGet for Get<E, O> {
    type Output = Option<O>;
    fn push_onto(&mut self, reads: &mut Vec<Read>) {
        let mut empty = Parts::new(Carrier::GET_ITEM, E::SCHEMA, Ok(Vec::new()));
        empty.live = self.parts.live;
        reads.push(Read(std::mem::replace(&mut self.parts, empty)));
    }
    fn read(&self, answers: &mut Answers<'_>) -> Result<Option<O>, Error> {
        let Some(json) = answers.items.next().flatten() else { return Ok(None) };
        let live = self.parts.live.map(|ttl| (ttl, answers.now));
        Reader::new(json.as_bytes())
            .and_then(|mut input| read_unless_expired(&mut input, live))
            .map_err(|error| decode_error(E::SCHEMA, Operation::TransactGetItems.name(), error))
    }
}

impl<G: TransactGet> TransactGet for Vec<G> {
    type Output = Vec<G::Output>;
    fn push_onto(&mut self, reads: &mut Vec<Read>) {
        self.iter_mut().for_each(|get| get.push_onto(reads));
    }
    fn read(&self, answers: &mut Answers<'_>) -> Result<Self::Output, Error> {
        self.iter().map(|get| get.read(answers)).collect()
    }
}

macro_rules! tuples {
    ($($($g:ident $i:tt),+;)*) => { $(
        impl<$($g: TransactGet),+> TransactGet for ($($g,)+) {
            type Output = ($($g::Output,)+);
            fn push_onto(&mut self, reads: &mut Vec<Read>) {
                $(self.$i.push_onto(reads);)+
            }
            fn read(&self, answers: &mut Answers<'_>) -> Result<Self::Output, Error> {
                Ok(($(self.$i.read(answers)?,)+))
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
}

/// Reads of up to 100 items, no item twice, all as of one moment: TransactGetItems.
///
/// It costs twice the read units of the same reads with strong consistency.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct TransactionGet<G> {
    gets: G,
    overrides: Overrides,
}

/// Reads these items as of one moment.
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "accounts")]
/// # struct Account { #[table(pk)] id: String, balance: u64 }
/// # async fn example(client: &theory::Client) -> theory::Result<()> {
/// let (from, to) = theory::transaction_get((Account::get("from"), Account::get("to"))).send(client).await?;
/// # let _: (Option<Account>, Option<Account>) = (from, to);
/// # Ok(())
/// # }
/// ```
pub fn transaction_get<G: TransactGet>(gets: G) -> TransactionGet<G> {
    TransactionGet { gets, overrides: Overrides::new() }
}

impl<G: TransactGet + Send> TransactionGet<G> {
    /// Settings for this request alone: timeouts, attempts, region, credentials.
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = overrides.over(&self.overrides);
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` for what DynamoDB would refuse (no reads, more than 100, an item twice), `TransactionCanceled` where a write was under way on one of the items, an item
    /// that cannot be read, and what can happen to every request.
    pub fn send(self, client: &Client) -> impl Future<Output = Result<G::Output, Error>> + Send + use<G> {
        let response = self.send_response(client);
        async move { Ok(response.await?.output) }
    }

    /// Sends the request, and returns also what it consumed, in all tables together.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        mut self,
        client: &Client,
    ) -> impl Future<Output = Result<Response<G::Output>, Error>> + Send + use<G> {
        let client = client.clone();
        async move {
            let operation = Operation::TransactGetItems;
            let mut reads = Vec::new();
            self.gets.push_onto(&mut reads);
            let count = reads.len();
            let Some(Read(first)) = reads.first() else {
                let error = Error::invalid_request("", "a transaction needs at least one read");
                return Err(error.with_operation(operation.name()));
            };
            let entity = first.entity;
            let call = into_call(entity, reads, &client, self.overrides)?;
            let answer = client::call(&client, call).await?;
            let (items, consumed_capacity) = read_answer(&answer.body, count)
                .map_err(|error| decode_error(entity, operation.name(), error))?;
            let output = self.gets.read(&mut Answers { items: items.into_iter(), now: client.now() })?;
            answer.record_items(count);
            if let Some(capacity) = &consumed_capacity {
                answer.record_capacity(capacity.units());
            }
            Ok(Response {
                output,
                consumed_capacity,
                attempts: answer.attempts,
                earlier_attempt_unknown: answer.ambiguous_before,
                request_id: answer.request_id.clone(),
            })
        }
    }
}

fn into_call(
    first: &'static Entity,
    reads: Vec<Read>,
    client: &Client,
    overrides: Overrides,
) -> Result<Call, Error> {
    let operation = Operation::TransactGetItems;
    if reads.len() > limits::TRANSACTION_ITEMS {
        let why = format!("a transaction has at most 100 reads, not {}", reads.len());
        return Err(Error::invalid_request(first.name, why).with_operation(operation.name()));
    }
    let mut out = Writer::new();
    let mut table_of_first = None;
    out.raw(b"{\"TransactItems\":[");
    let mut items = Distinct::with_capacity(reads.len());
    for (place, Read(part)) in reads.into_iter().enumerate() {
        let entity = part.entity;
        let table = client.table_name(entity.table, part.overrides.table_name()).into_owned();
        let head =
            part.head.as_ref().map_err(|error| encode_error(entity, operation.name(), error.clone()))?;
        if !items.insert(&table, &part, head, operation)? {
            let why = format!(
                "two reads of the transaction are on one item, the second is number {place} (from 0)"
            );
            return Err(Error::invalid_request(entity.name, why).with_operation(operation.name()));
        }
        out.raw(b"{\"Get\":");
        out.raw(head);
        part.write(&table, &mut out)?;
        out.end_object();
        out.end_object();
        out.end_member();
        table_of_first.get_or_insert(table);
    }
    out.close_array();
    out.raw(b"\"ReturnConsumedCapacity\":\"INDEXES\"}");
    let body = out.finish().map_err(|error| encode_error(first, operation.name(), error))?;
    Ok(Call {
        carrier: Carrier::TRANSACT_GET_ITEMS,
        entity: first.name,
        table: table_of_first.unwrap_or_default(),
        index: None,
        body,
        idempotent: true,
        judge: None,
        overrides,
    })
}

/// The raw items, an answer for each read, and the capacity of all tables together.
type Items<'a> = (Vec<Option<&'a str>>, Option<ConsumedCapacity>);

fn read_answer(body: &[u8], count: usize) -> Result<Items<'_>, DecodeError> {
    let mut input = Reader::new(body)?;
    let mut items = Vec::with_capacity(count);
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        if name != "Responses" || input.take_json_null()? {
            input.skip()?;
            continue;
        }
        let mut responses = input.begin_array()?;
        while responses.next(&mut input)? {
            let mut item = None;
            let mut members = input.begin_object()?;
            while let Some(name) = members.next(&mut input)? {
                if name == "Item" && !input.take_json_null()? {
                    item = Some(input.raw_value()?);
                } else {
                    input.skip()?;
                }
            }
            items.push(item);
        }
    }
    input.end()?;
    if items.len() != count {
        return Err(DecodeError::invalid("an answer for each read"));
    }
    Ok((items, super::transaction::read_capacity(body)?))
}
