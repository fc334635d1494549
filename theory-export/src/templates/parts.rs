//! What CloudFormation, the AWS CLI and DynamoDB itself spell alike, and what all of them would refuse.

use super::Options;
use super::node::{Map, Node};
use crate::contract::deployment::{Billing, Encryption, Replica, StreamView, WarmThroughput};
use crate::contract::refused_of;
use crate::contract::{Contract, Index, IndexKind, Key, KeyAttribute, Projection, STAMP_TAG, TAGS, Table};
use crate::error::ExportError;

/// `AttributeDefinitions`: the attributes of keys, and no others.
pub(super) fn attribute_definitions<'a>(attributes: impl IntoIterator<Item = &'a KeyAttribute>) -> Node {
    let definition = |attribute: &KeyAttribute| {
        Map::new().with("AttributeName", &attribute.name).with("AttributeType", attribute.ty.descriptor())
    };
    attributes.into_iter().map(definition).collect()
}

/// `KeySchema`
pub(super) fn key_schema(key: &Key) -> Node {
    let element = |attribute: &KeyAttribute, kind: &str| {
        Map::new().with("AttributeName", &attribute.name).with("KeyType", kind)
    };
    let partition = key.partition.iter().map(|attribute| element(attribute, "HASH"));
    partition.chain(key.sort.iter().map(|attribute| element(attribute, "RANGE"))).collect()
}

/// `Projection`
pub(super) fn projection(projection: &Projection) -> Map {
    let attributes: Node = projection.attributes().iter().collect();
    Map::new().with("ProjectionType", projection.as_str()).with_any("NonKeyAttributes", attributes)
}

/// The members that every index has: `IndexName`, `KeySchema` and `Projection`.
pub(super) fn index(index: &Index) -> Map {
    Map::new()
        .with("IndexName", &index.name)
        .with("KeySchema", key_schema(&index.key))
        .with("Projection", projection(&index.projection))
}

/// `LocalSecondaryIndexes`
pub(super) fn local_indexes(table: &Table) -> Node {
    table.local_indexes().map(index).collect()
}

/// `ProvisionedThroughput` or `OnDemandThroughput`, whichever says something.
pub(super) fn throughput(map: Map, billing: &Billing) -> Map {
    match billing {
        Billing::OnDemand { max_read_units, max_write_units } => map.with_any(
            "OnDemandThroughput",
            Map::new()
                .with_some("MaxReadRequestUnits", *max_read_units)
                .with_some("MaxWriteRequestUnits", *max_write_units),
        ),
        Billing::Provisioned { read, write } => map.with(
            "ProvisionedThroughput",
            Map::new().with("ReadCapacityUnits", read.units).with("WriteCapacityUnits", write.units),
        ),
    }
}

/// `BillingMode`
pub(super) const fn billing_mode(billing: &Billing) -> &'static str {
    match billing {
        Billing::OnDemand { .. } => "PAY_PER_REQUEST",
        Billing::Provisioned { .. } => "PROVISIONED",
    }
}

/// `WarmThroughput`
pub(super) fn warm_throughput(warm: &WarmThroughput) -> Map {
    Map::new().with("ReadUnitsPerSecond", warm.read_units).with("WriteUnitsPerSecond", warm.write_units)
}

/// `Tags`
pub(super) fn tags(table: &Table) -> Node {
    table.tags.iter().map(|(key, value)| Map::new().with("Key", key).with("Value", value)).collect()
}

/// The setting of every output that makes tables.
pub(super) const STAMP: (&str, &str) = (
    "stamp",
    "`false`: tables without the tag `theory:contract`, in which `client.verify(…).stamp(…)` finds the digest of the contract",
);

/// The contract with its digest as a tag of every table, unless the setting `stamp` says otherwise.
///
/// # Errors
///
/// Where a table has so many tags of its own that there is no place for one more.
pub(super) fn stamped(contract: &Contract, options: &Options) -> Result<Contract, ExportError> {
    let mut stamped = contract.clone();
    if !options.flag(STAMP.0, true)? {
        return Ok(stamped);
    }
    let Some(digest) = contract.digest.clone() else { return Ok(stamped) };
    for table in &mut stamped.tables {
        table.tags.insert(STAMP_TAG.into(), digest.clone());
        if table.tags.len() > TAGS {
            return Err(ExportError::Unsupported(format!(
                "table `{}` has {} tags, and DynamoDB allows {TAGS} together with `{STAMP_TAG}`: remove one, or leave that out with \
                 `--set stamp=false`",
                table.name.escape_debug(),
                table.tags.len() - 1
            )));
        }
    }
    Ok(stamped)
}

/// What is paid for a global index: its own capacity, or what the table has.
pub(super) fn billing_of<'a>(table: &'a Table, index: &'a Index) -> &'a Billing {
    index.billing.as_ref().unwrap_or(&table.billing)
}

/// What the stream holds, where there is one.
///
/// Replication needs both images, so a table with replicas has a stream of them whether it is asked for or not.
pub(super) fn stream_view(table: &Table) -> Result<Option<StreamView>, ExportError> {
    match (table.stream, table.replicas.is_empty()) {
        (view, true) => Ok(view),
        (None | Some(StreamView::NewAndOldImages), false) => Ok(Some(StreamView::NewAndOldImages)),
        (Some(view), false) => Err(ExportError::Unsupported(format!(
            "table `{}` has replicas and a stream of {}: replication needs NEW_AND_OLD_IMAGES",
            table.name.escape_debug(),
            view.as_str()
        ))),
    }
}

/// The key of the account's own that encrypts the table where it was created.
pub(super) fn home_kms_key(table: &Table) -> Option<&String> {
    match &table.encryption {
        Encryption::CustomerManaged { kms_key } => Some(kms_key),
        Encryption::AwsOwned | Encryption::AwsManaged => None,
    }
}

/// The key of the account's own that encrypts a copy: the one named there, or an alias that both regions have.
pub(super) fn replica_kms_key<'a>(
    table: &'a Table,
    copy: &'a Replica,
) -> Result<Option<&'a String>, ExportError> {
    let Some(home) = home_kms_key(table) else { return Ok(None) };
    // An alias may exist in every region; a key and its ARN belong to one.
    let alias = Some(home).filter(|key| key.starts_with("alias/"));
    let key = copy.kms_key.as_ref().or(alias);
    if key.is_none() {
        return Err(ExportError::Unsupported(format!(
            "table `{}` is encrypted with a key of the account's own, and its replica in {} has none: name one there, or an alias that \
             both regions have",
            table.name.escape_debug(),
            copy.region.escape_debug()
        )));
    }
    Ok(key)
}

/// One direction of capacity that follows the use.
pub(super) struct Scaling<'a> {
    /// The index that it is about; the table itself where `None`.
    pub(super) index: Option<&'a Index>,
    pub(super) direction: Direction,
    pub(super) min: u64,
    pub(super) max: u64,
    pub(super) target_percent: u8,
}

/// Reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Read,
    Write,
}

impl Direction {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Direction::Read => "Read",
            Direction::Write => "Write",
        }
    }
}

impl Scaling<'_> {
    /// `ScalableDimension`
    pub(super) fn dimension(&self) -> String {
        let what = if self.index.is_some() { "index" } else { "table" };
        format!("dynamodb:{what}:{}CapacityUnits", self.direction.as_str())
    }

    /// `PredefinedMetricType`
    pub(super) fn metric(&self) -> String {
        format!("DynamoDB{}CapacityUtilization", self.direction.as_str())
    }
}

/// Every capacity of the table and its global indexes that follows the use.
///
/// DynamoDB replicates no table whose provisioned writes are fixed, so those of one with replicas scale within a range of one.
pub(super) fn scalings(table: &Table) -> Vec<Scaling<'_>> {
    let indexes = table.global_indexes().map(|index| (Some(index), billing_of(table, index)));
    let both = std::iter::once((None, &table.billing)).chain(indexes);
    let mut found = Vec::new();
    for (index, billing) in both {
        let Billing::Provisioned { read, write } = billing else { continue };
        for (direction, capacity) in [(Direction::Read, read), (Direction::Write, write)] {
            let (min, max, target_percent) = match &capacity.autoscaling {
                Some(scaling) => (scaling.min, scaling.max, scaling.target_percent),
                None if direction == Direction::Write && !table.replicas.is_empty() => {
                    (capacity.units, capacity.units, 70)
                }
                None => continue,
            };
            found.push(Scaling { index, direction, min, max, target_percent });
        }
    }
    found
}

/// Refuses what DynamoDB would refuse, and what no target can express: indexes that are paid otherwise than their table.
///
/// # Errors
///
/// With every fault found.
pub(super) fn deployable(table: &Table) -> Result<(), ExportError> {
    let mut faults = refused_of(table);
    for index in &table.indexes {
        let Some(billing) = &index.billing else { continue };
        let what = format!("index `{}` of table `{}`", index.name.escape_debug(), table.name.escape_debug());
        if index.kind == IndexKind::Local {
            faults.push(format!("{what} is local and has no capacity of its own"));
        } else if billing_mode(billing) != billing_mode(&table.billing) {
            faults.push(format!(
                "{what} has the billing mode {} and its table {}: give both the same",
                billing_mode(billing),
                billing_mode(&table.billing)
            ));
        }
    }
    // CloudFormation and CDK would replace it by a secret, Terraform has no such thing: a name is never meant so.
    let names = table.attribute_definitions().into_iter().map(|attribute| &attribute.name);
    for name in
        names.chain(&table.ttl).chain(table.indexes.iter().flat_map(|index| index.projection.attributes()))
    {
        if name.contains("{{resolve:") {
            faults.push(format!("attribute `{}` would be read as a dynamic reference", name.escape_debug()));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(ExportError::Invalid(faults)) }
}
