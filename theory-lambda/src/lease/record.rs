//! The record of a lease, as it is stored.

use theory::attribute::EpochSeconds;
use theory::{Table, Timestamp};

/// What is stored of a lease.
///
/// The other libraries of the family write the same. Create its table from the schema, or use any table whose key is `pk` and `sk`,
/// both strings; that of [`IdempotencyRecord`](crate::idempotency::IdempotencyRecord) will do.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "leases")]
#[non_exhaustive]
pub struct LeaseRecord {
    /// What is leased.
    #[table(pk)]
    pub pk: String,
    /// `LOCK`
    #[table(sk)]
    pub sk: String,
    /// Who holds it: a word that only this holder has.
    pub lease_token: String,
    /// From this moment on anyone may take it.
    #[table(with = EpochSeconds)]
    pub lease_expires_at: Timestamp,
    /// From this moment on DynamoDB may delete the record, where the table's time to live is enabled.
    #[table(ttl)]
    pub ttl: Option<Timestamp>,
}
