//! `AWS::DynamoDB::GlobalTable`: what is per replica stands in each replica, the region of the stack first.

use super::{encryption, recovery, reference, resource_policy, time_to_live};
use crate::contract::deployment::{Billing, Capacity, Encryption, StreamView};
use crate::contract::{Index, Table};
use crate::error::ExportError;
use crate::templates::node::{Map, Node};
use crate::templates::parts;

pub(super) fn properties(table: &Table) -> Result<Map, ExportError> {
    let global_index = |index: &Index| {
        let map = writes(parts::index(index), parts::billing_of(table, index));
        map.with_some("WarmThroughput", index.warm_throughput.as_ref().map(parts::warm_throughput))
    };
    let map = Map::new()
        .with("TableName", &table.name)
        .with("AttributeDefinitions", parts::attribute_definitions(table.attribute_definitions()))
        .with("KeySchema", parts::key_schema(&table.key))
        .with_any("GlobalSecondaryIndexes", table.global_indexes().map(global_index).collect::<Node>())
        .with_any("LocalSecondaryIndexes", parts::local_indexes(table))
        .with("BillingMode", parts::billing_mode(&table.billing));
    Ok(writes(map, &table.billing)
        .with_some("WarmThroughput", table.warm_throughput.as_ref().map(parts::warm_throughput))
        .with_some("TimeToLiveSpecification", time_to_live(table))
        .with_some("StreamSpecification", stream(table)?)
        .with_some("SSESpecification", encryption(table).map(|map| without_key(&map)))
        .with("Replicas", replicas(table)?))
}

/// Replication needs both images, so a table with replicas has a stream of them whether it is asked for or not.
fn stream(table: &Table) -> Result<Option<Map>, ExportError> {
    let view = match (table.stream, table.replicas.is_empty()) {
        (view, true) => view,
        (None | Some(StreamView::NewAndOldImages), false) => Some(StreamView::NewAndOldImages),
        (Some(view), false) => {
            return Err(ExportError::Unsupported(format!(
                "table `{}` has replicas and a stream of {}: replication needs NEW_AND_OLD_IMAGES",
                table.name.escape_debug(),
                view.as_str()
            )));
        }
    };
    Ok(view.map(|view| Map::new().with("StreamViewType", view.as_str())))
}

/// The key belongs to the replica.
fn without_key(specification: &Map) -> Map {
    let members = specification.iter().filter(|(name, _)| *name != "KMSMasterKeyId");
    members.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

fn replicas(table: &Table) -> Result<Node, ExportError> {
    let home_key = match &table.encryption {
        Encryption::CustomerManaged { kms_key } => Some(kms_key),
        Encryption::AwsOwned | Encryption::AwsManaged => None,
    };
    let mut replicas = vec![replica(table, reference("AWS::Region"), home_key)];
    // An alias may exist in every region; a key and its ARN belong to one.
    let alias = home_key.filter(|key| key.starts_with("alias/"));
    for copy in &table.replicas {
        let key = copy.kms_key.as_ref().or(alias).filter(|_| home_key.is_some());
        if home_key.is_some() && key.is_none() {
            return Err(ExportError::Unsupported(format!(
                "table `{}` is encrypted with a key of the account's own, and its replica in {} has none: name one there, or an alias \
                 that both regions have",
                table.name.escape_debug(),
                copy.region.escape_debug()
            )));
        }
        replicas.push(replica(table, Node::from(&copy.region), key));
    }
    Ok(replicas.into())
}

fn replica(table: &Table, region: Node, kms_key: Option<&String>) -> Map {
    let indexes: Node = table
        .global_indexes()
        .filter_map(|index| {
            let map = reads(Map::new(), parts::billing_of(table, index));
            let named = Map::new().with("IndexName", &index.name);
            (!map.is_empty())
                .then(|| map.iter().fold(named, |named, (name, value)| named.with(name, value.clone())))
        })
        .collect();
    reads(Map::new().with("Region", region), &table.billing)
        .with_any("GlobalSecondaryIndexes", indexes)
        .with_some("SSESpecification", kms_key.map(|key| Map::new().with("KMSMasterKeyId", key)))
        .with_some("PointInTimeRecoverySpecification", recovery(table))
        .with("DeletionProtectionEnabled", table.deletion_protection)
        .with("TableClass", table.class.as_str())
        .with_some("ResourcePolicy", resource_policy(table))
        .with_any("Tags", parts::tags(table))
}

/// Writes are the same in all replicas, and their provisioned capacity always follows the use: fixed capacity is a range of one.
fn writes(map: Map, billing: &Billing) -> Map {
    match billing {
        Billing::OnDemand { max_write_units, .. } => map.with_some(
            "WriteOnDemandThroughputSettings",
            max_write_units.map(|units| Map::new().with("MaxWriteRequestUnits", units)),
        ),
        Billing::Provisioned { write, .. } => map.with(
            "WriteProvisionedThroughputSettings",
            Map::new().with("WriteCapacityAutoScalingSettings", autoscaling(write)),
        ),
    }
}

fn reads(map: Map, billing: &Billing) -> Map {
    match billing {
        Billing::OnDemand { max_read_units, .. } => map.with_some(
            "ReadOnDemandThroughputSettings",
            max_read_units.map(|units| Map::new().with("MaxReadRequestUnits", units)),
        ),
        Billing::Provisioned { read, .. } => map.with(
            "ReadProvisionedThroughputSettings",
            match read.autoscaling {
                Some(_) => Map::new().with("ReadCapacityAutoScalingSettings", autoscaling(read)),
                None => Map::new().with("ReadCapacityUnits", read.units),
            },
        ),
    }
}

fn autoscaling(capacity: &Capacity) -> Map {
    let (min, max, target) = match &capacity.autoscaling {
        Some(scaling) => (scaling.min, scaling.max, scaling.target_percent),
        None => (capacity.units, capacity.units, 70),
    };
    Map::new()
        .with("MinCapacity", min)
        .with("MaxCapacity", max)
        .with("SeedCapacity", capacity.units)
        .with("TargetTrackingScalingPolicyConfiguration", Map::new().with("TargetValue", u64::from(target)))
}
