//! The record of a key, as it is stored.

use theory::attribute::EpochSeconds;
use theory::{Attribute, Table, Timestamp};

/// What is stored of a key.
///
/// Its attributes are those that the other libraries of the family write (`pk`, `sk`, `request_hash`, `status`, `ttl`),
/// and three of this one. Create its table from the schema, or use any table whose key is `pk` and `sk`, both strings.
///
/// ```
/// # async fn example(client: &theory::Client) -> theory::Result<()> {
/// use theory::client::CreateTables;
/// use theory_lambda::idempotency::IdempotencyRecord;
///
/// CreateTables::of(theory::schema![IdempotencyRecord]).skip_existing().send(client).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "idempotency")]
#[non_exhaustive]
pub struct IdempotencyRecord {
    /// The partition: that of [`Idempotency::partition`](super::Idempotency::partition), or `IDEMPOTENCY#` and the key.
    #[table(pk)]
    pub pk: String,
    /// `REQ#` and the key.
    #[table(sk)]
    pub sk: String,
    /// The hash of the payload: SHA-256 of its canonical JSON, in hexadecimal digits.
    pub request_hash: String,
    /// How far the operation is.
    pub status: Status,
    /// From this moment on the record counts as absent. DynamoDB deletes it some time later, where the table's time to live
    /// is enabled.
    #[table(ttl)]
    pub ttl: Option<Timestamp>,
    /// What the operation returned, as JSON, unless it was too large.
    pub result: Option<String>,
    /// Which run of the operation wrote the record.
    pub owner: Option<String>,
    /// From this moment on a started operation counts as dead.
    #[table(with = EpochSeconds)]
    pub in_progress_until: Option<Timestamp>,
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Attribute)]
#[attribute(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Status {
    /// It is at work, or was when its process died.
    Started,
    /// It succeeded.
    Completed,
    /// It failed, and may run again. This library deletes the record instead.
    Failed,
}
