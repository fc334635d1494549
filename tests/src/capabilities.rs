//! What each engine can do: the one place where engines may differ.
//!
//! A test of something that an engine lacks asks [`Sandbox::lacks`](crate::Sandbox::lacks), and never weakens what
//! it asserts. That this table is true is tested too, so that it cannot rot.

use crate::engine::Engine;

/// Something that DynamoDB does, and some engine does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Global secondary indexes with up to four attributes on each side of the key.
    MultiAttributeKeys,
    /// A table's or an index's maximum throughput when it is paid by request.
    OnDemandMaximum,
    /// Tags given with `CreateTable`.
    Tags,
    /// Settings of server-side encryption.
    ServerSideEncryption,
    /// The infrequent-access table class.
    TableClass,
    /// Warm throughput, told by `DescribeTable`.
    WarmThroughput,
    /// Settings of point-in-time recovery.
    PointInTimeRecovery,
    /// Streams without a record for a write that changes nothing.
    StreamsSkipUnchanged,
    /// A stream record of an expired item that names DynamoDB's service as who deleted it.
    TimeToLiveIdentity,
    /// Items that expired more than five years ago are kept.
    TimeToLiveKeepsOld,
    /// Expired items deleted when the test says so, by [`sweep_ttl`](theory_testing::EmbeddedDynamoDb::sweep_ttl),
    /// rather than in the engine's time.
    TimeToLiveOnDemand,
    /// The capacity that a transaction consumed, counted once.
    TransactionCapacity,
    /// No old item from an update that made the item, rather than one of the key alone.
    OldItemOfUpsert,
    /// `SerializationException`, rather than an internal failure, for a body that is not JSON.
    DamagedBodies,
    /// A table named by its ARN.
    TableArns,
    /// `SerializationException` for a JSON number where a string belongs, rather than a silent conversion.
    StrictTypes,
}

impl Capability {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::MultiAttributeKeys,
        Self::OnDemandMaximum,
        Self::Tags,
        Self::ServerSideEncryption,
        Self::TableClass,
        Self::WarmThroughput,
        Self::PointInTimeRecovery,
        Self::StreamsSkipUnchanged,
        Self::TimeToLiveIdentity,
        Self::TimeToLiveKeepsOld,
        Self::TimeToLiveOnDemand,
        Self::TransactionCapacity,
        Self::OldItemOfUpsert,
        Self::DamagedBodies,
        Self::TableArns,
        Self::StrictTypes,
    ];
}

/// Capability, whether the embedded engine has it, whether DynamoDB Local 1.25.1 has it.
///
/// No engine throttles, has conflicts between transactions, or reads eventually: tests inject those.
pub const TABLE: &[(Capability, bool, bool)] = &[
    (Capability::MultiAttributeKeys, true, false),
    (Capability::OnDemandMaximum, true, false),
    (Capability::Tags, true, false),
    (Capability::ServerSideEncryption, true, false),
    (Capability::TableClass, true, false),
    (Capability::WarmThroughput, false, false),
    (Capability::PointInTimeRecovery, false, false),
    (Capability::StreamsSkipUnchanged, false, true),
    (Capability::TimeToLiveIdentity, false, true),
    (Capability::TimeToLiveKeepsOld, false, true),
    (Capability::TimeToLiveOnDemand, true, false),
    (Capability::TransactionCapacity, true, false),
    (Capability::OldItemOfUpsert, false, true),
    (Capability::DamagedBodies, true, false),
    (Capability::TableArns, true, false),
    (Capability::StrictTypes, true, false),
];

/// What the table says of an engine.
pub(crate) fn pinned(engine: &Engine) -> Vec<Capability> {
    TABLE
        .iter()
        .filter(|(_, embedded, local)| if *engine == Engine::Embedded { *embedded } else { *local })
        .map(|(capability, ..)| *capability)
        .collect()
}
