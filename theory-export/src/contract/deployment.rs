//! How a table is deployed: capacity, protection, recovery, retention.

use super::{Extensions, is_default};
use serde::{Deserialize, Serialize};

/// What is paid for reads and writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Billing {
    /// By the request, up to an optional maximum of units a second.
    OnDemand {
        /// `MaxReadRequestUnits`
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_read_units: Option<u64>,
        /// `MaxWriteRequestUnits`
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_write_units: Option<u64>,
    },
    /// By the hour, whether used or not.
    Provisioned {
        /// Of reads.
        read: Capacity,
        /// Of writes.
        write: Capacity,
    },
}

impl Default for Billing {
    fn default() -> Self {
        Billing::OnDemand { max_read_units: None, max_write_units: None }
    }
}

/// Provisioned units a second of one direction, with their autoscaling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    /// What is provisioned at first, and for good where nothing scales.
    pub units: u64,
    /// Follows the use, where set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<Autoscaling>,
}

impl Capacity {
    /// A fixed number of units.
    pub const fn fixed(units: u64) -> Self {
        Capacity { units, autoscaling: None }
    }

    /// Units that follow the use between two bounds; 70 % of what is provisioned is the aim.
    pub const fn scaled(min: u64, max: u64) -> Self {
        Capacity { units: min, autoscaling: Some(Autoscaling { min, max, target_percent: 70 }) }
    }
}

/// Target tracking of Application Auto Scaling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Autoscaling {
    /// Fewest units.
    pub min: u64,
    /// Most units.
    pub max: u64,
    /// Consumed units as a share of the provisioned ones; 20 to 90.
    pub target_percent: u8,
}

/// Units a second that the table serves at once, without having been warmed by use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WarmThroughput {
    /// `ReadUnitsPerSecond`
    pub read_units: u64,
    /// `WriteUnitsPerSecond`
    pub write_units: u64,
}

/// Whose key encrypts the table at rest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "key", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Encryption {
    /// DynamoDB's own, without cost and not visible in the account.
    #[default]
    AwsOwned,
    /// `aws/dynamodb` in the account's KMS.
    AwsManaged,
    /// A key of the account's own.
    CustomerManaged {
        /// Its ARN, alias or id.
        kms_key: String,
    },
}

/// Continuous backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recovery {
    /// How far back the table can be restored: 1 to 35 days.
    pub days: u8,
}

/// What `StreamViewType` names: what a stream record holds of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StreamView {
    /// The key.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
}

impl StreamView {
    /// As DynamoDB spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            StreamView::KeysOnly => "KEYS_ONLY",
            StreamView::NewImage => "NEW_IMAGE",
            StreamView::OldImage => "OLD_IMAGE",
            StreamView::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }
}

/// Storage at the standard price, or cheaper storage with dearer requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TableClass {
    /// `STANDARD`
    #[default]
    Standard,
    /// `STANDARD_INFREQUENT_ACCESS`
    StandardInfrequentAccess,
}

impl TableClass {
    /// As DynamoDB spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            TableClass::Standard => "STANDARD",
            TableClass::StandardInfrequentAccess => "STANDARD_INFREQUENT_ACCESS",
        }
    }
}

/// What a deployment tool does with a table that it no longer finds in its template, or has to replace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retention {
    /// `DeletionPolicy`
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_delete: Keep,
    /// `UpdateReplacePolicy`
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_replace: Keep,
}

/// Whether data outlives its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Keep {
    /// The table stays, with its data.
    #[default]
    Retain,
    /// The table goes, with its data.
    Delete,
}

impl Keep {
    /// As CloudFormation spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Keep::Retain => "Retain",
            Keep::Delete => "Delete",
        }
    }
}

/// A copy of the table in another region, which makes it a global table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replica {
    /// `eu-west-1`, …
    pub region: String,
    /// The key in that region, where the table is encrypted with a key of the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// Which part of the key says to whom an item belongs.
///
/// With it, policies allow a principal only the partitions whose key begins with its own tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The attribute that holds the tenant: the partition key of the table, or a field in its template.
    pub attribute: String,
    /// The tag of the principal that holds its tenant: `aws:PrincipalTag/<tag>`.
    pub principal_tag: String,
}

/// A function that reads the table's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consumer {
    /// The function's logical name.
    pub function: String,
    /// Where to begin: the newest record, or the oldest that is still held.
    #[serde(default, skip_serializing_if = "is_default")]
    pub start: StartingPosition,
    /// Most records of one invocation: 1 to 10,000.
    #[serde(default = "Consumer::batch_size", skip_serializing_if = "Consumer::is_batch_size")]
    pub batch_size: u32,
    /// How long a batch may wait to be filled: 0 to 300.
    #[serde(default, skip_serializing_if = "is_default")]
    pub batch_seconds: u32,
    /// Batches of one shard that run at once, in order for each item: 1 to 10.
    #[serde(default = "Consumer::one", skip_serializing_if = "Consumer::is_one")]
    pub parallel_batches: u8,
    /// How often a failing batch is tried again before it goes to `on_failure`: 0 to 10,000.
    #[serde(default = "Consumer::retries", skip_serializing_if = "Consumer::is_retries")]
    pub retries: u32,
    /// How old a record may become while it is retried, in seconds: 60 to 604,800.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
    /// The ARN of the queue, topic or bucket that gets what could not be processed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
    /// The entities whose records it wants; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<String>,
    /// The kinds of change that it wants; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Consumer {
    /// A consumer of everything, with five retries.
    pub fn new(function: impl Into<String>) -> Self {
        Consumer {
            function: function.into(),
            start: StartingPosition::default(),
            batch_size: Self::batch_size(),
            batch_seconds: 0,
            parallel_batches: Self::one(),
            retries: Self::retries(),
            max_age_seconds: None,
            on_failure: None,
            entities: Vec::new(),
            changes: Vec::new(),
            extensions: Extensions::new(),
        }
    }

    const fn batch_size() -> u32 {
        100
    }

    fn is_batch_size(size: &u32) -> bool {
        *size == Self::batch_size()
    }

    const fn one() -> u8 {
        1
    }

    fn is_one(count: &u8) -> bool {
        *count == 1
    }

    const fn retries() -> u32 {
        5
    }

    fn is_retries(retries: &u32) -> bool {
        *retries == Self::retries()
    }
}

/// Where a new consumer begins to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StartingPosition {
    /// With the oldest record that the stream still holds.
    #[default]
    TrimHorizon,
    /// With what happens from now on.
    Latest,
}

impl StartingPosition {
    /// As Lambda spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            StartingPosition::TrimHorizon => "TRIM_HORIZON",
            StartingPosition::Latest => "LATEST",
        }
    }
}

/// What happened to an item: `eventName` of a stream record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Change {
    /// It was created.
    Insert,
    /// It was changed.
    Modify,
    /// It was removed.
    Remove,
}

impl Change {
    /// As DynamoDB spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Insert => "INSERT",
            Change::Modify => "MODIFY",
            Change::Remove => "REMOVE",
        }
    }
}
