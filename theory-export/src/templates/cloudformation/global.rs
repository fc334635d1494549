//! `AWS::DynamoDB::GlobalTable`: what is per replica stands in each replica, the region of the stack first.

use super::{encryption, recovery, reference, resource_policy, time_to_live};
use crate::contract::deployment::{Billing, Capacity};
use crate::contract::{Index, Table};
use crate::error::ExportError;
use crate::templates::node::{Map, Node};
use crate::templates::parts;

pub(super) fn properties(table: &Table) -> Result<Map, ExportError> {
    let global_index = |index: &Index| {
        let map = writes(parts::index(index), parts::billing_of(table, index));
        map.with_some("WarmThroughput", index.warm_throughput.as_ref().map(parts::warm_throughput))
    };
    let stream = parts::stream_view(table)?;
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
        .with_some("StreamSpecification", stream.map(|view| Map::new().with("StreamViewType", view.as_str())))
        .with_some("SSESpecification", encryption(table).map(|map| without_key(&map)))
        .with("Replicas", replicas(table)?))
}

/// The key belongs to the replica.
fn without_key(specification: &Map) -> Map {
    let members = specification.iter().filter(|(name, _)| *name != "KMSMasterKeyId");
    members.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

fn replicas(table: &Table) -> Result<Node, ExportError> {
    let mut replicas = vec![replica(table, reference("AWS::Region"), parts::home_kms_key(table))];
    for copy in &table.replicas {
        let key = parts::replica_kms_key(table, copy)?;
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
