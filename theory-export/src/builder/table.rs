//! How one table is deployed.

use crate::contract::deployment::{
    Billing, Capacity, Change, Consumer, Encryption, Keep, Recovery, Replica, Retention, StartingPosition,
    StreamView, TableClass, Tenant, WarmThroughput,
};
use crate::contract::{Extensions, Index, Table};

/// How one table is deployed; see [`Schema::table`](super::Schema::table).
#[derive(Debug)]
pub struct TableBuilder {
    table: Table,
    faults: Vec<String>,
}

impl TableBuilder {
    pub(super) fn new(table: Table) -> Self {
        TableBuilder { table, faults: Vec::new() }
    }

    pub(super) fn finish(self) -> (Table, Vec<String>) {
        (self.table, self.faults)
    }

    fn with(mut self, change: impl FnOnce(&mut Table)) -> Self {
        change(&mut self.table);
        self
    }

    /// Pays by the request. This is how a table is deployed without further word.
    #[must_use]
    pub fn on_demand(self) -> Self {
        self.with(|table| table.billing = Billing::default())
    }

    /// Pays by the request, and lets DynamoDB throttle what goes beyond these units a second.
    #[must_use]
    pub fn on_demand_up_to(self, read_units: u64, write_units: u64) -> Self {
        self.with(|table| {
            table.billing =
                Billing::OnDemand { max_read_units: Some(read_units), max_write_units: Some(write_units) };
        })
    }

    /// Pays by the hour; indexes without a capacity of their own get the same.
    #[must_use]
    pub fn provisioned(self, read: Capacity, write: Capacity) -> Self {
        self.with(|table| table.billing = Billing::Provisioned { read, write })
    }

    /// Serves this many units a second at once, without having been warmed by use. Costs once, when it is set.
    #[must_use]
    pub fn warm(self, read_units: u64, write_units: u64) -> Self {
        self.with(|table| table.warm_throughput = Some(WarmThroughput { read_units, write_units }))
    }

    /// Keeps a stream of changes.
    #[must_use]
    pub fn stream(self, view: StreamView) -> Self {
        self.with(|table| table.stream = Some(view))
    }

    /// Has a function read the stream. A table without a stream gets one with both images.
    #[must_use]
    pub fn consumer(self, function: &str, settings: impl FnOnce(ConsumerBuilder) -> ConsumerBuilder) -> Self {
        self.with(|table| {
            table.stream.get_or_insert(StreamView::NewAndOldImages);
            table.consumers.push(settings(ConsumerBuilder(Consumer::new(function))).0);
        })
    }

    /// Keeps continuous backups: the table can be restored to any second of the last 35 days.
    #[must_use]
    pub fn point_in_time_recovery(self) -> Self {
        self.point_in_time_recovery_days(35)
    }

    /// Keeps continuous backups for a number of days from 1 to 35.
    #[must_use]
    pub fn point_in_time_recovery_days(self, days: u8) -> Self {
        self.with(|table| table.point_in_time_recovery = Some(Recovery { days }))
    }

    /// Has DynamoDB refuse to delete the table until this is taken back.
    #[must_use]
    pub fn deletion_protection(self) -> Self {
        self.with(|table| table.deletion_protection = true)
    }

    /// Lets a deployment tool delete the data with the table. Without this, data stays.
    #[must_use]
    pub fn delete_with_stack(self) -> Self {
        self.with(|table| table.retention = Retention { on_delete: Keep::Delete, on_replace: Keep::Delete })
    }

    /// Cheaper storage, dearer requests.
    #[must_use]
    pub fn infrequent_access(self) -> Self {
        self.with(|table| table.class = TableClass::StandardInfrequentAccess)
    }

    /// Encrypts with the account's `aws/dynamodb` key.
    #[must_use]
    pub fn aws_managed_key(self) -> Self {
        self.with(|table| table.encryption = Encryption::AwsManaged)
    }

    /// Encrypts with a key of the account's own: its ARN, alias or id.
    #[must_use]
    pub fn kms_key(self, key: impl Into<String>) -> Self {
        self.with(|table| table.encryption = Encryption::CustomerManaged { kms_key: key.into() })
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|table| drop(table.tags.insert(name.into(), value.into())))
    }

    /// Sets the resource policy, as the JSON that IAM takes.
    #[must_use]
    pub fn resource_policy(mut self, policy: &str) -> Self {
        match serde_json::from_str(policy) {
            Ok(policy) => self.table.resource_policy = Some(policy),
            Err(error) => {
                let table = &self.table.name;
                self.faults.push(format!("the resource policy of table `{table}` is not JSON: {error}"));
            }
        }
        self
    }

    /// Adds a copy in another region, which makes this a global table. A table without a stream gets one with both images.
    #[must_use]
    pub fn replica(self, region: impl Into<String>) -> Self {
        self.with(|table| {
            table.stream.get_or_insert(StreamView::NewAndOldImages);
            table.replicas.push(Replica {
                region: region.into(),
                kms_key: None,
                extensions: Extensions::new(),
            });
        })
    }

    /// As [`replica`](Self::replica), encrypted there with a key of the account's own in that region: by its ARN, alias or id.
    ///
    /// A table with a [`kms_key`](Self::kms_key) needs one in each region.
    #[must_use]
    pub fn replica_with_key(self, region: impl Into<String>, kms_key: impl Into<String>) -> Self {
        self.replica(region).with(|table| {
            if let Some(replica) = table.replicas.last_mut() {
                replica.kms_key = Some(kms_key.into());
            }
        })
    }

    /// Says which attribute of the partition key holds the tenant, and which tag of a principal names its tenant.
    ///
    /// Policies then allow a principal only the items of its own tenant.
    #[must_use]
    pub fn tenant(self, attribute: impl Into<String>, principal_tag: impl Into<String>) -> Self {
        self.with(|table| {
            table.tenant = Some(Tenant { attribute: attribute.into(), principal_tag: principal_tag.into() });
        })
    }

    /// Says how one global index is deployed, where it differs from its table.
    #[must_use]
    pub fn index(mut self, name: &str, deploy: impl FnOnce(IndexBuilder) -> IndexBuilder) -> Self {
        let known = self.table.indexes.iter().position(|index| index.name == name);
        match known.map(|place| self.table.indexes.swap_remove(place)) {
            Some(index) => self.table.indexes.push(deploy(IndexBuilder(index)).0),
            None => {
                let table = &self.table.name;
                self.faults.push(format!("table `{table}` has no index `{name}`"));
            }
        }
        self
    }
}

/// How one global index is deployed; see [`TableBuilder::index`].
#[derive(Debug)]
pub struct IndexBuilder(Index);

impl IndexBuilder {
    /// Lets DynamoDB throttle what goes beyond these units a second.
    #[must_use]
    pub fn on_demand_up_to(mut self, read_units: u64, write_units: u64) -> Self {
        self.0.billing =
            Some(Billing::OnDemand { max_read_units: Some(read_units), max_write_units: Some(write_units) });
        self
    }

    /// Pays by the hour; the table must, too.
    #[must_use]
    pub fn provisioned(mut self, read: Capacity, write: Capacity) -> Self {
        self.0.billing = Some(Billing::Provisioned { read, write });
        self
    }

    /// Serves this many units a second at once.
    #[must_use]
    pub fn warm(mut self, read_units: u64, write_units: u64) -> Self {
        self.0.warm_throughput = Some(WarmThroughput { read_units, write_units });
        self
    }
}

/// How a function reads a stream; see [`TableBuilder::consumer`].
#[derive(Debug)]
pub struct ConsumerBuilder(Consumer);

impl ConsumerBuilder {
    fn with(mut self, change: impl FnOnce(&mut Consumer)) -> Self {
        change(&mut self.0);
        self
    }

    /// Begins with what happens from now on, instead of the oldest record that is still held.
    #[must_use]
    pub fn from_latest(self) -> Self {
        self.with(|consumer| consumer.start = StartingPosition::Latest)
    }

    /// Most records of one invocation; 100 without further word.
    #[must_use]
    pub fn batch_size(self, records: u32) -> Self {
        self.with(|consumer| consumer.batch_size = records)
    }

    /// How many seconds a batch may wait to be filled.
    #[must_use]
    pub fn batch_seconds(self, seconds: u32) -> Self {
        self.with(|consumer| consumer.batch_seconds = seconds)
    }

    /// Batches of one shard that run at once; each item's changes stay in order.
    #[must_use]
    pub fn parallel_batches(self, batches: u8) -> Self {
        self.with(|consumer| consumer.parallel_batches = batches)
    }

    /// How often a failing batch is tried again; 5 without further word.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        self.with(|consumer| consumer.retries = retries)
    }

    /// How old, in seconds, a record may become while it is retried.
    #[must_use]
    pub fn max_age_seconds(self, seconds: u32) -> Self {
        self.with(|consumer| consumer.max_age_seconds = Some(seconds))
    }

    /// The ARN of the queue, topic or bucket that gets what could not be processed.
    #[must_use]
    pub fn on_failure(self, arn: impl Into<String>) -> Self {
        self.with(|consumer| consumer.on_failure = Some(arn.into()))
    }

    /// Only records of this entity; may be called several times.
    #[must_use]
    pub fn entity(self, name: impl Into<String>) -> Self {
        self.with(|consumer| consumer.entities.push(name.into()))
    }

    /// Only this kind of change; may be called several times.
    #[must_use]
    pub fn change(self, change: Change) -> Self {
        self.with(|consumer| consumer.changes.push(change))
    }
}
