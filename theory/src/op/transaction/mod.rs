//! Several writes, all or none.

mod part;
mod request;

use super::Response;
use super::parts::Parts;
use super::unique::{self, Before, Guards};
use crate::client::{self, Client, Operation, Overrides};
use crate::error::Error;
use crate::lifecycle::Stamps;
use crate::wire::DecodeError;
use futures_util::future::try_join_all;

pub(super) use part::Part;
pub use part::TransactWrite;
pub(super) use request::{add_capacity, read_capacity};

/// Writes that DynamoDB does all, or none of: TransactWriteItems.
///
/// Up to 100 writes and 4 MB, on any tables of one account and Region, no item twice. It costs twice the write units of the same writes
/// alone. A token is made for it and kept while it is repeated, so that a repetition never writes twice (DynamoDB honours the token for
/// 10 minutes); conflicts with other transactions and throttling are repeated, failed conditions are not.
///
/// The guards of unique attributes, which writes of their entities bring with them, are among the 100.
///
/// If it is cancelled, [`Error::cancellation_reasons`] says for each part, in order, whether it was the cause.
///
/// Made by [`transaction()`], or from nothing where only a loop knows its writes:
///
/// ```no_run
/// # use theory::Table;
/// # #[derive(Table)] #[table(name = "accounts")]
/// # struct Account { #[table(pk)] id: String, balance: i64 }
/// # async fn example(client: &theory::Client, deposits: Vec<(String, i64)>, closed: Option<String>) -> theory::Result<()> {
/// let mut transaction = theory::op::Transaction::default();
/// for (id, amount) in deposits {
///     transaction = transaction.push(Account::update(id).add(Account::BALANCE, amount));
/// }
/// if let Some(id) = closed {
///     transaction = transaction.push(Account::delete(id).condition(Account::BALANCE.eq(0)));
/// }
/// transaction.send(client).await
/// # }
/// ```
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
    pub(in crate::op) fn of_one(parts: Parts, token: Option<String>) -> Self {
        let overrides = parts.overrides.clone();
        Transaction { parts: vec![Part::of(parts)], token, overrides }
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
    pub(in crate::op) async fn send_with(
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
}
