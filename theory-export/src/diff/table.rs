//! The comparison of a table.

use super::class::Class;
use super::collect::{Collector, arrow};
use super::plan::Phase;
use super::{entity, index};
use crate::contract::deployment::{
    Billing, Consumer, Encryption, Keep, Recovery, Replica, StreamView, Tenant, WarmThroughput,
};
use crate::contract::{Key, StoredType, Table};

pub(super) fn compare(before: &Table, after: &Table, found: &mut Collector) {
    let Table {
        name,
        declared_name: _,
        key,
        indexes,
        ttl: _,
        billing,
        stream: _,
        consumers,
        encryption,
        point_in_time_recovery,
        deletion_protection,
        retention,
        class,
        warm_throughput,
        tags,
        resource_policy,
        replicas,
        tenant,
        entities,
        extensions: _,
    } = before;
    if *name != after.name {
        found.push(
            "name",
            Class::Replacement,
            format!("table `{name}` is deployed as `{}`", after.name),
            "DynamoDB cannot rename a table: create the new one, copy the items, move the readers and then the writers",
        );
    }
    self::key(key, &after.key, found);
    index::compare(before, after, indexes, &after.indexes, found);
    ttl(before, after, found);
    self::billing("billing", billing, &after.billing, found);
    self::stream(before, after, found);
    self::consumers(consumers, &after.consumers, found);
    self::encryption(encryption, &after.encryption, found);
    recovery(point_in_time_recovery.as_ref(), after.point_in_time_recovery.as_ref(), found);
    if *deletion_protection != after.deletion_protection {
        let (what, remedy) = if after.deletion_protection {
            ("the table is protected from deletion", "nothing to do")
        } else {
            ("the table is no longer protected from deletion", "check who may delete it")
        };
        found.push("deletionProtection", Class::Compatible, what, remedy);
    }
    for (path, before, after) in [
        ("retention/onDelete", retention.on_delete, after.retention.on_delete),
        ("retention/onReplace", retention.on_replace, after.retention.on_replace),
    ] {
        let remedy = match after {
            Keep::Retain => "nothing to do",
            Keep::Delete => "from now on the deployment tool deletes the items together with the table",
        };
        found.unequal(
            path,
            (&before, &after),
            Class::Compatible,
            format!("retention: {}", arrow(&before, &after)),
            remedy,
        );
    }
    found.unequal(
        "class",
        (class, &after.class),
        Class::Compatible,
        format!("table class: {}", arrow(class, &after.class)),
        "DynamoDB allows two changes in 30 days",
    );
    warm("warmThroughput", warm_throughput.as_ref(), after.warm_throughput.as_ref(), found);
    for name in tags.keys().chain(after.tags.keys().filter(|name| !tags.contains_key(*name))) {
        found.unequal(
            &format!("tags/{name}"),
            (&tags.get(name), &after.tags.get(name)),
            Class::Compatible,
            format!("tag `{name}`: {}", arrow(&tags.get(name), &after.tags.get(name))),
            "check that no policy rests on it",
        );
    }
    match (resource_policy, &after.resource_policy) {
        (before, after) if before == after => {}
        (None, Some(_)) => found.push(
            "resourcePolicy",
            Class::Compatible,
            "the table has a resource policy",
            "check that it denies nothing that is used",
        ),
        _ => found.push(
            "resourcePolicy",
            Class::BreaksReaders,
            "the resource policy is different",
            "who relies on it may lose access: compare the two",
        ),
    }
    self::replicas(replicas, &after.replicas, found);
    self::tenant(tenant.as_ref(), after.tenant.as_ref(), found);
    entity::compare(before, entities, &after.entities, found);
}

fn key(before: &Key, after: &Key, found: &mut Collector) {
    let remedy =
        "a table keeps its key: create a new table, copy the items, move the readers and then the writers";
    for (path, before, after) in
        [("key/partition", &before.partition, &after.partition), ("key/sort", &before.sort, &after.sort)]
    {
        found.unequal(
            path,
            (before, after),
            Class::Replacement,
            format!("the key of the table: {}", arrow(before, after)),
            remedy,
        );
    }
}

fn ttl(before: &Table, after: &Table, found: &mut Collector) {
    // Items that hold a number there already may be past their time.
    let held = |name: &str| {
        let mut holds = before.entities.iter().filter_map(|entity| entity.attribute(name));
        holds.any(|attribute| attribute.shape.ty == StoredType::N)
    };
    match (&before.ttl, &after.ttl) {
        (None, Some(attribute)) => {
            if held(attribute) {
                found.push("ttl", Class::Destructive, format!("items expire by `{attribute}`, which they have already"), "DynamoDB deletes every item whose time is past: look for such items first");
            } else {
                found.push("ttl", Class::Compatible, format!("items expire by `{attribute}`"), "nothing to do");
            }
        }
        (Some(attribute), None) => {
            found.push("ttl", Class::Compatible, format!("items no longer expire by `{attribute}`"), "what was to expire stays and is paid for; DynamoDB takes one change of ttl an hour");
        }
        (Some(old), Some(new)) if old != new => found.push_with(
            "ttl",
            if held(new) { Class::Destructive } else { Class::TwoDeploys },
            format!("items expire by `{new}`, not by `{old}`"),
            if held(new) {
                "DynamoDB refuses to change the attribute: deploy without ttl, wait an hour, look for items whose time is past, for they will be deleted, then deploy with the new one"
            } else {
                "DynamoDB refuses to change the attribute: deploy without ttl, wait an hour, then deploy with the new one"
            },
            &[Phase::Deploy, Phase::Remove],
        ),
        _ => {}
    }
}

pub(super) fn billing(path: &str, before: &Billing, after: &Billing, found: &mut Collector) {
    if before == after {
        return;
    }
    let remedy = match (before, after) {
        (Billing::Provisioned { .. }, Billing::OnDemand { .. }) => {
            "DynamoDB allows four such changes in 24 hours"
        }
        (Billing::OnDemand { .. }, Billing::Provisioned { .. }) => {
            "check that the units are enough for the load of now: it can be changed back four times in 24 hours"
        }
        (Billing::Provisioned { read, write }, Billing::Provisioned { read: new_read, write: new_write })
            if new_read.units < read.units || new_write.units < write.units =>
        {
            "DynamoDB lowers units four times in the first hour of a day (UTC), and then once an hour"
        }
        _ => "nothing to do",
    };
    found.push(path, Class::Compatible, format!("capacity: {}", arrow(before, after)), remedy);
}

fn stream(before: &Table, after: &Table, found: &mut Collector) {
    if !before.replicas.is_empty() && !after.replicas.is_empty() {
        return replicated_stream(before.stream, after.stream, found);
    }
    match (before.stream, after.stream) {
        (None, Some(view)) => found.push("stream", Class::Compatible, format!("a stream of {}", view.as_str()), "nothing to do"),
        (Some(_), None) => found.push_with(
            "stream",
            Class::BreaksReaders,
            "the table has no stream",
            "let the consumers reach its end and remove them first; what it holds can be read for another 24 hours",
            &[Phase::Writers, Phase::Remove],
        ),
        (Some(old), Some(new)) if old != new => found.push_with(
            "stream",
            Class::BreaksReaders,
            format!("the stream holds {}, not {}", new.as_str(), old.as_str()),
            "DynamoDB refuses to change what a stream holds: stop the writers, let the consumers reach its end, deploy without a stream, \
             then with the new one, which has another ARN, and attach the consumers to it",
            &[Phase::Readers, Phase::Deploy],
        ),
        _ => {}
    }
}

/// Replication reads a stream of both images, which is there whether the contract asks for one or not.
fn replicated_stream(before: Option<StreamView>, after: Option<StreamView>, found: &mut Collector) {
    let view = |view: Option<StreamView>| view.unwrap_or(StreamView::NewAndOldImages);
    match (before, after) {
        (old, new) if old == new => {}
        (old, new) if view(old) == view(new) => found.push(
            "stream",
            Class::Compatible,
            if new.is_some() { "the stream is used" } else { "the stream is no longer used" },
            "nothing to do: the replicas need it, and it stays",
        ),
        (old, new) => found.push(
            "stream",
            Class::RefusedInPlace,
            format!("the stream holds {}, not {}", view(new).as_str(), view(old).as_str()),
            "replicas need NEW_AND_OLD_IMAGES, and a stream can be changed only while the table has no replica: keep it as it is",
        ),
    }
}

fn consumers(before: &[Consumer], after: &[Consumer], found: &mut Collector) {
    let path = |consumer: &Consumer| format!("consumers/{}", consumer.function);
    for old in before {
        let function = &old.function;
        let Some(new) = after.iter().find(|new| new.function == *function) else {
            found.push_with(
                path(old),
                Class::Compatible,
                format!("`{function}` no longer reads the stream"),
                "let it reach the end first",
                &[Phase::Remove],
            );
            continue;
        };
        let plain = |consumer: &Consumer| Consumer { extensions: Default::default(), ..consumer.clone() };
        if old.start != new.start {
            found.push_with(
                path(old),
                Class::TwoDeploys,
                format!("`{function}` begins elsewhere in the stream"),
                "the mapping is replaced, and Lambda refuses a second one of the same function and stream: remove it in one deployment and add it in the next; records may be read twice, or not at all",
                &[Phase::Deploy, Phase::Remove],
            );
        } else if plain(old) != plain(new) {
            found.push(
                path(old),
                Class::Compatible,
                format!("`{function}` reads the stream with other settings"),
                "nothing to do",
            );
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.function == new.function)) {
        found.push(
            path(new),
            Class::Compatible,
            format!("`{}` reads the stream", new.function),
            "nothing to do",
        );
    }
}

fn encryption(before: &Encryption, after: &Encryption, found: &mut Collector) {
    let remedy = match after {
        Encryption::CustomerManaged { .. } => {
            "who uses the table needs `kms:Decrypt` on the key; keep the old key while backups need it; DynamoDB allows four changes in 24 hours"
        }
        Encryption::AwsOwned | Encryption::AwsManaged => {
            "keep the old key while backups need it; DynamoDB allows four changes in 24 hours"
        }
    };
    found.unequal(
        "encryption",
        (before, after),
        Class::Compatible,
        format!("encryption: {}", arrow(before, after)),
        remedy,
    );
}

fn recovery(before: Option<&Recovery>, after: Option<&Recovery>, found: &mut Collector) {
    let days = |recovery: Option<&Recovery>| recovery.map_or(0, |recovery| recovery.days);
    let (old, new) = (days(before), days(after));
    if new > old {
        found.push(
            "pointInTimeRecovery",
            Class::Compatible,
            format!("{new} days can be restored, not {old}"),
            "nothing to do",
        );
    } else if new < old {
        found.push(
            "pointInTimeRecovery",
            Class::Destructive,
            format!("{new} days can be restored, not {old}"),
            "what lies further back is gone for good: take a backup first if it may be needed",
        );
    }
}

pub(super) fn warm(
    path: &str,
    before: Option<&WarmThroughput>,
    after: Option<&WarmThroughput>,
    found: &mut Collector,
) {
    match (before, after) {
        (Some(old), Some(new)) if new.read_units < old.read_units || new.write_units < old.write_units => {
            found.push(
                path,
                Class::RefusedInPlace,
                format!("warm throughput: {}", arrow(old, new)),
                "DynamoDB refuses to lower it: keep the higher value, or name none",
            )
        }
        (old, new) if old == new => {}
        (old, None) => found.push(
            path,
            Class::Compatible,
            format!("warm throughput: {}", arrow(&old, &None)),
            "what was warmed stays warm",
        ),
        (old, new) => found.push(
            path,
            Class::Compatible,
            format!("warm throughput: {}", arrow(&old, &new)),
            "it costs once, when it is deployed",
        ),
    }
}

fn replicas(before: &[Replica], after: &[Replica], found: &mut Collector) {
    let path = |replica: &Replica| format!("replicas/{}", replica.region);
    let added: Vec<_> =
        after.iter().filter(|new| !before.iter().any(|old| old.region == new.region)).collect();
    let gone: Vec<_> =
        before.iter().filter(|old| !after.iter().any(|new| old.region == new.region)).collect();
    for new in &added {
        let (class, remedy) = if before.is_empty() {
            (
                Class::TwoDeploys,
                "CloudFormation cannot turn a Table into a GlobalTable, and may delete the table where its type is changed: retain it, remove it \
                 from the stack, add the replica, and import it as a GlobalTable",
            )
        } else if added.len() + gone.len() > 1 {
            (Class::TwoDeploys, "one region is added or removed at a time")
        } else {
            (Class::Compatible, "wait until the replica is ACTIVE before it is used")
        };
        found.push_with(path(new), class, format!("a replica in {}", new.region), remedy, &[Phase::Deploy]);
    }
    let last = after.is_empty();
    for old in gone {
        let remedy = if last {
            "DynamoDB deletes it with its items and backups: move who reads and writes there first; CloudFormation cannot turn the GlobalTable \
             that is left into a Table, so keep it one (`--set global=true`)"
        } else {
            "DynamoDB deletes it with its items and backups: move who reads and writes there to another region first"
        };
        found.push_with(
            path(old),
            Class::Destructive,
            format!("no replica in {}", old.region),
            remedy,
            &[Phase::Decide, Phase::Writers, Phase::Destroy],
        );
    }
    for new in after {
        if let Some(old) = before.iter().find(|old| old.region == new.region) {
            found.unequal(
                &format!("{}/kmsKey", path(new)),
                (&old.kms_key, &new.kms_key),
                Class::Compatible,
                format!("another key in {}", new.region),
                "who uses the replica needs `kms:Decrypt` on the key",
            );
        }
    }
}

fn tenant(before: Option<&Tenant>, after: Option<&Tenant>, found: &mut Collector) {
    match (before, after) {
        (old, new) if old == new => {}
        (_, None) => found.push(
            "tenant",
            Class::Compatible,
            "policies no longer separate tenants",
            "check that the code does",
        ),
        (None, Some(_)) => found.push(
            "tenant",
            Class::BreaksReaders,
            "policies separate tenants",
            "principals without the tag lose access: tag them first",
        ),
        (Some(old), Some(new)) => found.push(
            "tenant",
            Class::BreaksReaders,
            format!("policies separate tenants otherwise: {}", arrow(old, new)),
            "principals without the new tag lose access: tag them first",
        ),
    }
}
