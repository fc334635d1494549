//! `AWS::DynamoDB::GlobalTable`: what is said per replica, and the capacity that is said in two places.

use super::cloudformation::per_replica;
use super::said::{Builder, Said, is_expression, list, map, number, text};
use crate::contract::Extensions;
use crate::contract::deployment::{Autoscaling, Billing, Capacity, Encryption, Replica};
use serde_json::Value;

pub(super) fn read(given: &Value, builder: &mut Builder) {
    let replicas = builder.known("replicas", list(given.get("Replicas"))).unwrap_or_default();
    // The stack's own region is the one that is an expression; where all are spelled out, the first.
    let home =
        replicas.iter().position(|replica| replica.get("Region").is_some_and(is_expression)).unwrap_or(0);
    let nothing = Value::Null;
    let home_replica = replicas.get(home).copied().unwrap_or(&nothing);
    per_replica(home_replica, builder);
    if let Encryption::AwsManaged = builder.table.encryption
        && let Some(sse) = builder.known("encryption", map(home_replica.get("SSESpecification")))
    {
        match text(sse.get("KMSMasterKeyId")) {
            Said::Value(kms_key) => builder.table.encryption = Encryption::CustomerManaged { kms_key },
            Said::Unknown(expression) => {
                builder.known::<()>("encryption/kmsKey", Said::Unknown(expression.clone()));
                builder.table.encryption = Encryption::CustomerManaged { kms_key: expression };
            }
            Said::Nothing => {}
        }
    }
    for (_, replica) in replicas.iter().enumerate().filter(|(place, _)| *place != home) {
        let Some(region) = builder.known("replicas", text(replica.get("Region"))) else { continue };
        let key = replica.get("SSESpecification").and_then(|sse| sse.get("KMSMasterKeyId"));
        let kms_key = builder.known(&format!("replicas/{region}/kmsKey"), text(key));
        builder.table.replicas.push(Replica { region, kms_key, extensions: Extensions::new() });
    }
    let mode = builder.known("billing", text(given.get("BillingMode")));
    let provisioned = mode.as_deref() != Some("PAY_PER_REQUEST");
    builder.table.billing = billing("billing", provisioned, given, home_replica, builder);
    // Their reads stand in the replica.
    let of_indexes = list(given.get("GlobalSecondaryIndexes"));
    let Said::Value(of_indexes) = of_indexes else { return };
    let in_replica = match list(home_replica.get("GlobalSecondaryIndexes")) {
        Said::Value(indexes) => indexes,
        _ => Vec::new(),
    };
    for index in of_indexes {
        let Said::Value(name) = text(index.get("IndexName")) else { continue };
        let same = |other: &&&Value| text(other.get("IndexName")) == Said::Value(name.clone());
        let reads = in_replica.iter().find(same).copied().unwrap_or(&nothing);
        let path = format!("indexes/{name}/billing");
        let billing = billing(&path, provisioned, index, reads, builder);
        if let Some(index) = builder.table.indexes.iter_mut().find(|index| index.name == name) {
            index.billing = Some(billing);
        }
    }
}

/// Writes stand with the table or index, reads with its replica.
fn billing(path: &str, provisioned: bool, writes: &Value, reads: &Value, builder: &mut Builder) -> Billing {
    let nothing = Value::Null;
    let inner = |of: &Value, name: &str| match map(of.get(name)) {
        Said::Value(value) => value.clone(),
        _ => nothing.clone(),
    };
    if provisioned {
        let write = inner(writes, "WriteProvisionedThroughputSettings");
        let read = inner(reads, "ReadProvisionedThroughputSettings");
        return Billing::Provisioned {
            read: capacity(path, &read, "Read", builder),
            write: capacity(path, &write, "Write", builder),
        };
    }
    let write = inner(writes, "WriteOnDemandThroughputSettings");
    let read = inner(reads, "ReadOnDemandThroughputSettings");
    Billing::OnDemand {
        max_read_units: builder.known(path, number(read.get("MaxReadRequestUnits"))),
        max_write_units: builder.known(path, number(write.get("MaxWriteRequestUnits"))),
    }
}

fn capacity(path: &str, given: &Value, direction: &str, builder: &mut Builder) -> Capacity {
    if let Some(units) = builder.known(path, number(given.get(format!("{direction}CapacityUnits")))) {
        return Capacity::fixed(units);
    }
    let name = format!("{direction}CapacityAutoScalingSettings");
    let Some(scaling) = builder.known(path, map(given.get(name))) else { return Capacity::fixed(0) };
    let min = builder.known(path, number(scaling.get("MinCapacity"))).unwrap_or(0);
    let max = builder.known(path, number(scaling.get("MaxCapacity"))).unwrap_or(0);
    let units = builder.known(path, number(scaling.get("SeedCapacity"))).unwrap_or(min);
    let percent = scaling.pointer("/TargetTrackingScalingPolicyConfiguration/TargetValue");
    let percent = builder.known(path, number(percent)).unwrap_or(0);
    let target_percent = u8::try_from(percent).unwrap_or(u8::MAX);
    Capacity { units, autoscaling: Some(Autoscaling { min, max, target_percent }) }
}
