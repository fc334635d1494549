//! How a table is deployed: what DynamoDB, Application Auto Scaling and Lambda take.

use super::Faults;
use crate::contract::deployment::{Billing, Capacity, Consumer, Encryption, Recovery, WarmThroughput};
use crate::contract::profile::{RecoveryChoice, WarmChoice};
use crate::contract::{Overrides, STAMP_TAG, StoredType, TAGS, Table};
use serde_json::Value;

/// Bytes of a resource policy.
const POLICY_BYTES: usize = 20 * 1024;

pub(super) fn faults(table: &Table, found: &mut Faults) {
    ttl(table, found);
    billing("billing", &table.billing, found);
    recovery("pointInTimeRecovery", table.point_in_time_recovery.as_ref(), found);
    warm("warmThroughput", table.warm_throughput.as_ref(), found);
    if let Encryption::CustomerManaged { kms_key } = &table.encryption
        && kms_key.is_empty()
    {
        found.fault("encryption/kmsKey", "it is empty", "name the key: its ARN, alias or id");
    }
    consumers(table, found);
    tags(table, found);
    policy(table.resource_policy.as_ref(), found);
    replicas(table, found);
    tenant(table, found);
}

pub(super) fn of_overrides(overrides: &Overrides, found: &mut Faults) {
    if let Some(RecoveryChoice::On(recovery)) = &overrides.point_in_time_recovery {
        self::recovery("pointInTimeRecovery", Some(recovery), found);
    }
    if let Some(billing) = &overrides.billing {
        self::billing("billing", billing, found);
    }
    if let Some(WarmChoice::On(warm)) = &overrides.warm_throughput {
        self::warm("warmThroughput", Some(warm), found);
    }
}

fn ttl(table: &Table, found: &mut Faults) {
    let Some(ttl) = &table.ttl else { return };
    found.range("ttl", ttl.len(), (1, 255));
    for entity in &table.entities {
        if let Some(attribute) = entity.attribute(ttl)
            && !matches!(attribute.shape.ty, StoredType::N | StoredType::Any)
        {
            let (entity, ty) = (&entity.name, attribute.shape.ty.as_str());
            found.fault(
                "ttl",
                format!("`{ttl}` of entity `{entity}` is {ty}"),
                "items expire by a number (N): seconds since 1970",
            );
        }
    }
}

pub(super) fn billing(path: &str, billing: &Billing, found: &mut Faults) {
    match billing {
        Billing::OnDemand { max_read_units, max_write_units } => {
            for (name, units) in [("maxReadUnits", max_read_units), ("maxWriteUnits", max_write_units)] {
                if let Some(units) = units {
                    found.positive(&format!("{path}/{name}"), *units);
                }
            }
        }
        Billing::Provisioned { read, write } => {
            for (name, capacity) in [("read", read), ("write", write)] {
                self::capacity(&format!("{path}/{name}"), capacity, found);
            }
        }
    }
}

fn capacity(path: &str, capacity: &Capacity, found: &mut Faults) {
    found.positive(&format!("{path}/units"), capacity.units);
    let Some(scaling) = &capacity.autoscaling else { return };
    found.positive(&format!("{path}/autoscaling/min"), scaling.min);
    found.range(&format!("{path}/autoscaling/targetPercent"), scaling.target_percent, (20, 90));
    if scaling.min > scaling.max {
        found.fault(
            format!("{path}/autoscaling"),
            format!("the least is {}, and the most is {}", scaling.min, scaling.max),
            "name a range from the least to the most",
        );
    }
}

fn recovery(path: &str, recovery: Option<&Recovery>, found: &mut Faults) {
    if let Some(recovery) = recovery {
        found.range(&format!("{path}/days"), recovery.days, (1, 35));
    }
}

pub(super) fn warm(path: &str, warm: Option<&WarmThroughput>, found: &mut Faults) {
    if let Some(warm) = warm {
        found.positive(&format!("{path}/readUnits"), warm.read_units);
        found.positive(&format!("{path}/writeUnits"), warm.write_units);
    }
}

fn consumers(table: &Table, found: &mut Faults) {
    found.once("consumers", "readers", table.consumers.iter().map(|consumer| consumer.function.as_str()));
    if !table.consumers.is_empty() && table.stream.is_none() && table.replicas.is_empty() {
        found.fault("consumers", "the table has no stream to read", "name one with `stream`");
    }
    for consumer in &table.consumers {
        found.at(format!("consumers/{}", consumer.function), |found| self::consumer(table, consumer, found));
    }
}

fn consumer(table: &Table, consumer: &Consumer, found: &mut Faults) {
    if consumer.function.is_empty() {
        found.fault("function", "it is empty", "name the function");
    }
    found.range("batchSize", consumer.batch_size, (1, 10_000));
    found.range("batchSeconds", consumer.batch_seconds, (0, 300));
    found.range("parallelBatches", consumer.parallel_batches, (1, 10));
    found.range("retries", consumer.retries, (0, 10_000));
    if let Some(seconds) = consumer.max_age_seconds {
        found.range("maxAgeSeconds", seconds, (60, 604_800));
    }
    for entity in &consumer.entities {
        if table.entity(entity).is_none() {
            found.fault(
                format!("entities/{entity}"),
                "the table has no such entity",
                known(table.entities.iter().map(|entity| &entity.name)),
            );
        }
    }
}

fn tags(table: &Table, found: &mut Faults) {
    if table.tags.len() > TAGS {
        let remedy = format!("up to {TAGS} are allowed, and the digest of the contract is one of them");
        found.fault("tags", format!("{} tags", table.tags.len()), remedy);
    }
    for (name, value) in &table.tags {
        let path = format!("tags/{name}");
        let (length, of_value) = (name.chars().count(), value.chars().count());
        if !(1..=128).contains(&length) {
            found.fault(&path, format!("its name has {length} characters"), "1 to 128 are allowed");
        }
        if of_value > 256 {
            found.fault(&path, format!("its value has {of_value} characters"), "up to 256 are allowed");
        }
        if name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            found.fault(&path, "names that begin with `aws:` are AWS's own", "choose another");
        }
        if name == STAMP_TAG {
            found.fault(
                &path,
                "this tag holds the digest of the contract, which every output writes",
                "remove it",
            );
        }
    }
}

fn policy(policy: Option<&Value>, found: &mut Faults) {
    let Some(policy) = policy else { return };
    if policy.get("Statement").is_none_or(|statement| !statement.is_array() && !statement.is_object()) {
        found.fault(
            "resourcePolicy",
            "it is no policy",
            "write it as IAM does: an object with `Version` and `Statement`",
        );
    }
    let bytes = policy.to_string().len();
    if bytes > POLICY_BYTES {
        found.fault(
            "resourcePolicy",
            format!("it has {bytes} bytes"),
            format!("up to {POLICY_BYTES} are allowed"),
        );
    }
}

fn replicas(table: &Table, found: &mut Faults) {
    found.once("replicas", "replicas", table.replicas.iter().map(|replica| replica.region.as_str()));
    for replica in &table.replicas {
        let region = &replica.region;
        let like_one = region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !like_one || region.split('-').count() < 3 {
            found.fault(format!("replicas/{region}"), "it is no region", "write it as AWS does: `eu-west-1`");
        }
    }
}

/// The tenant must be found in the partition key: policies compare nothing else.
fn tenant(table: &Table, found: &mut Faults) {
    let Some(tenant) = &table.tenant else { return };
    let partition = table.key.partition.iter().map(|attribute| &attribute.name);
    let templates = table.entities.iter().flat_map(|entity| {
        let keys = table.key.partition.iter().filter_map(|attribute| entity.keys.get(&attribute.name));
        keys.flat_map(|template| template.attributes())
    });
    let mut names = partition.map(String::as_str).chain(templates);
    if !names.any(|name| name == tenant.attribute) {
        found.fault(
            "tenant/attribute",
            format!("`{}` is neither the partition key nor part of it", tenant.attribute),
            "name what stands in the partition key",
        );
    }
    if tenant.principal_tag.is_empty() {
        found.fault(
            "tenant/principalTag",
            "it is empty",
            "name the tag of a principal that holds its tenant",
        );
    }
}

pub(super) fn known<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<_> = names.map(String::as_str).collect();
    if names.is_empty() { "there is none".into() } else { format!("name one of: {}", names.join(", ")) }
}
