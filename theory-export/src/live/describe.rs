//! Tables of DynamoDB in the words of the contract.

use super::failed;
use crate::check::found::Unresolved;
use crate::check::{Deployed, Found};
use crate::contract::deployment::{
    Billing, Capacity, Encryption, Recovery, Replica, StreamView, TableClass, WarmThroughput,
};
use crate::contract::{
    Contract, Extensions, Index, IndexKind, Key, KeyAttribute, Projection, STAMP_TAG, Table,
};
use crate::error::ExportError;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndexDescription, KeySchemaElement, KeyType,
    OnDemandThroughput, Projection as SdkProjection, ProvisionedThroughputDescription, ReplicaDescription,
    ScalarAttributeType, SseStatus, TableDescription, TimeToLiveStatus,
};
use std::collections::{BTreeMap, BTreeSet};
use theory_schema::ScalarType;

/// The tables of a contract, which is in its profile already, as they are deployed.
///
/// For each table this asks `DescribeTable`, `DescribeTimeToLive`, `DescribeContinuousBackups`, `ListTagsOfResource` and `GetResourcePolicy`,
/// all without cost. What the caller may not ask, or an engine does not know, is unknown in the result, and no failure.
///
/// # Errors
///
/// Where `DescribeTable` fails for another reason than that there is no such table.
pub async fn describe(client: &Client, contract: &Contract) -> Result<Deployed, ExportError> {
    let mut deployed = Deployed { source: "DynamoDB", ..Deployed::default() };
    let mut stamps = BTreeSet::new();
    for table in &contract.tables {
        if let Some(found) = one(client, &table.name).await? {
            stamps.extend(found.stamp.clone());
            deployed.tables.push(found);
        }
    }
    // Tables that were made of different contracts are told by the one that is not of now.
    let digest = contract.digest.as_deref();
    deployed.stamp = stamps.iter().find(|stamp| Some(stamp.as_str()) != digest).or(stamps.first()).cloned();
    Ok(deployed)
}

/// One table, or `None` where there is none of this name.
pub(super) async fn one(client: &Client, name: &str) -> Result<Option<Found>, ExportError> {
    let described = match client.describe_table().table_name(name).send().await {
        Ok(output) => output.table,
        Err(error)
            if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) =>
        {
            None
        }
        Err(error) => return Err(failed("DescribeTable", name, error)),
    };
    let Some(described) = described else { return Ok(None) };
    let mut found = of_description(name, &described, region(client).as_deref());
    let mut unresolved = BTreeMap::new();
    let mut unknown = |path: &str, error: ExportError| {
        unresolved.insert(path.to_owned(), Unresolved::Refused(error.to_string()));
    };
    match client.describe_time_to_live().table_name(name).send().await {
        Ok(output) => {
            let ttl = output.time_to_live_description.filter(|ttl| {
                matches!(
                    ttl.time_to_live_status,
                    Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
                )
            });
            found.table.ttl = ttl.and_then(|ttl| ttl.attribute_name);
        }
        Err(error) => unknown("ttl", failed("DescribeTimeToLive", name, error)),
    }
    match client.describe_continuous_backups().table_name(name).send().await {
        Ok(output) => {
            let recovery = output.continuous_backups_description;
            let recovery = recovery.and_then(|backups| backups.point_in_time_recovery_description);
            found.table.point_in_time_recovery = recovery
                .filter(|recovery| {
                    recovery
                        .point_in_time_recovery_status
                        .as_ref()
                        .is_some_and(|status| status.as_str() == "ENABLED")
                })
                .map(|recovery| Recovery {
                    days: recovery
                        .recovery_period_in_days
                        .and_then(|days| u8::try_from(days).ok())
                        .unwrap_or(35),
                });
        }
        Err(error) => unknown("pointInTimeRecovery", failed("DescribeContinuousBackups", name, error)),
    }
    let arn = described.table_arn.as_deref().unwrap_or(name);
    match tags(client, arn).await {
        Ok(mut tags) => {
            found.stamp = tags.remove(STAMP_TAG);
            found.table.tags = tags;
        }
        Err(error) => unknown("tags", error),
    }
    match client.get_resource_policy().resource_arn(arn).send().await {
        Ok(output) => {
            let policy = output.policy.as_deref().map(serde_json::from_str);
            found.table.resource_policy = policy.and_then(Result::ok);
        }
        Err(error) if error.as_service_error().is_some_and(|error| error.is_policy_not_found_exception()) => {
        }
        Err(error) => unknown("resourcePolicy", failed("GetResourcePolicy", name, error)),
    }
    found.unresolved = unresolved;
    Ok(Some(found))
}

fn region(client: &Client) -> Option<String> {
    client.config().region().map(|region| region.as_ref().to_owned())
}

async fn tags(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, ExportError> {
    let (mut found, mut next) = (BTreeMap::new(), None);
    // DynamoDB allows 50 tags: an engine that always has another page is not followed for ever.
    for _ in 0..64 {
        let page = client.list_tags_of_resource().resource_arn(arn).set_next_token(next).send().await;
        let page = page.map_err(|error| failed("ListTagsOfResource", arn, error))?;
        found.extend(page.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)));
        next = page.next_token;
        if next.is_none() {
            break;
        }
    }
    Ok(found)
}

fn of_description(name: &str, described: &TableDescription, home: Option<&str>) -> Found {
    let types = Types(described.attribute_definitions());
    let mut faults = Vec::new();
    let key = types.key(described.key_schema());
    let mut table = Table::new(name, key);
    for index in described.global_secondary_indexes() {
        if let Some(status) = index.index_status.as_ref().filter(|status| status.as_str() != "ACTIVE") {
            let of = index.index_name.as_deref().unwrap_or_default();
            faults.push((
                format!("indexes/{of}"),
                format!("the index `{of}` is {}, and queries of it fail or miss items", status.as_str()),
            ));
        }
    }
    let provisioned =
        match described.billing_mode_summary.as_ref().and_then(|summary| summary.billing_mode.as_ref()) {
            Some(mode) => *mode == BillingMode::Provisioned,
            // A table that was never on demand has no summary.
            None => described
                .provisioned_throughput
                .as_ref()
                .is_some_and(|units| units.read_capacity_units.unwrap_or(0) > 0),
        };
    let global =
        described.global_secondary_indexes().iter().map(|index| self::global(index, provisioned, &types));
    let local = described.local_secondary_indexes().iter().map(|index| Index {
        name: index.index_name.clone().unwrap_or_default(),
        kind: IndexKind::Local,
        key: types.key(index.key_schema()),
        projection: projection(index.projection.as_ref()),
        billing: None,
        warm_throughput: None,
        extensions: Extensions::new(),
    });
    table.indexes = global.chain(local).collect();
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table.billing = billing(
        provisioned,
        described.provisioned_throughput.as_ref(),
        described.on_demand_throughput.as_ref(),
    );
    table.warm_throughput = described.warm_throughput.as_ref().map(|warm| WarmThroughput {
        read_units: units(warm.read_units_per_second),
        write_units: units(warm.write_units_per_second),
    });
    table.stream = described
        .stream_specification
        .as_ref()
        .filter(|stream| stream.stream_enabled)
        .and_then(|stream| stream.stream_view_type.as_ref())
        .and_then(|view| word::<StreamView>(view.as_str()));
    table.encryption = match &described.sse_description {
        Some(sse)
            if matches!(sse.status, Some(SseStatus::Enabled | SseStatus::Enabling | SseStatus::Updating)) =>
        {
            match &sse.kms_master_key_arn {
                Some(kms_key) => Encryption::CustomerManaged { kms_key: kms_key.clone() },
                None => Encryption::AwsManaged,
            }
        }
        _ => Encryption::AwsOwned,
    };
    table.deletion_protection = described.deletion_protection_enabled.unwrap_or(false);
    let class = described.table_class_summary.as_ref().and_then(|summary| summary.table_class.as_ref());
    table.class = class.and_then(|class| word::<TableClass>(class.as_str())).unwrap_or_default();
    table.replicas = replicas(described.replicas(), home);
    Found {
        place: format!("table {name}"),
        logical: name.into(),
        name: Some(name.into()),
        table,
        stamp: None,
        unresolved: BTreeMap::new(),
        // Of these, DynamoDB's API says nothing: what a deployment tool keeps, what Lambda reads, what another service scales, what
        // the use has warmed, and whose of the account's keys encrypts.
        silent: ["retention", "consumers", "autoscaling", "warmedByUse", "encryption/owner"]
            .into_iter()
            .collect(),
        faults,
    }
}

fn replicas(described: &[ReplicaDescription], home: Option<&str>) -> Vec<Replica> {
    let replica = |replica: &ReplicaDescription| Replica {
        region: replica.region_name.clone().unwrap_or_default(),
        kms_key: replica.kms_master_key_id.clone(),
        extensions: Extensions::new(),
    };
    described.iter().map(replica).filter(|replica| Some(replica.region.as_str()) != home).collect()
}

fn word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}

fn units(units: Option<i64>) -> u64 {
    units.and_then(|units| u64::try_from(units).ok()).unwrap_or(0)
}

fn global(index: &GlobalSecondaryIndexDescription, provisioned: bool, types: &Types<'_>) -> Index {
    Index {
        name: index.index_name.clone().unwrap_or_default(),
        kind: IndexKind::Global,
        key: types.key(index.key_schema()),
        projection: projection(index.projection.as_ref()),
        billing: Some(billing(
            provisioned,
            index.provisioned_throughput.as_ref(),
            index.on_demand_throughput.as_ref(),
        )),
        warm_throughput: index.warm_throughput.as_ref().map(|warm| WarmThroughput {
            read_units: units(warm.read_units_per_second),
            write_units: units(warm.write_units_per_second),
        }),
        extensions: Extensions::new(),
    }
}

fn billing(
    provisioned: bool,
    described: Option<&ProvisionedThroughputDescription>,
    maximum: Option<&OnDemandThroughput>,
) -> Billing {
    if provisioned {
        let of = |read: fn(&ProvisionedThroughputDescription) -> Option<i64>| {
            Capacity::fixed(described.map_or(0, |described| units(read(described))))
        };
        return Billing::Provisioned {
            read: of(|described| described.read_capacity_units),
            write: of(|described| described.write_capacity_units),
        };
    }
    // -1 is no limit.
    let limit = |units: Option<i64>| units.and_then(|units| u64::try_from(units).ok());
    Billing::OnDemand {
        max_read_units: maximum.and_then(|maximum| limit(maximum.max_read_request_units)),
        max_write_units: maximum.and_then(|maximum| limit(maximum.max_write_request_units)),
    }
}

fn projection(described: Option<&SdkProjection>) -> Projection {
    let ty = described.and_then(|projection| projection.projection_type.as_ref());
    match ty.map(|ty| ty.as_str()) {
        Some("ALL") => Projection::All,
        Some("INCLUDE") => {
            let mut attributes = described.map(|of| of.non_key_attributes().to_vec()).unwrap_or_default();
            attributes.sort();
            Projection::Include { attributes }
        }
        _ => Projection::KeysOnly,
    }
}

struct Types<'a>(&'a [AttributeDefinition]);

impl Types<'_> {
    fn key(&self, schema: &[KeySchemaElement]) -> Key {
        let side = |kind: &KeyType| {
            let elements = schema.iter().filter(|element| element.key_type == *kind);
            elements.map(|element| self.attribute(&element.attribute_name)).collect()
        };
        Key { partition: side(&KeyType::Hash), sort: side(&KeyType::Range) }
    }

    fn attribute(&self, name: &str) -> KeyAttribute {
        let defined = self.0.iter().find(|definition| definition.attribute_name == name);
        let ty = match defined.map(|definition| &definition.attribute_type) {
            Some(ScalarAttributeType::N) => ScalarType::Number,
            Some(ScalarAttributeType::B) => ScalarType::Binary,
            _ => ScalarType::String,
        };
        KeyAttribute { name: name.into(), ty }
    }
}
