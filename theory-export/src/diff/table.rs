//! The comparison of a table.

use super::class::Class;
use super::collect::{Collector, arrow};
use super::plan::Phase;
use super::{entity, index, stream};
use crate::contract::deployment::{Billing, Encryption, Keep, Recovery, Replica, Tenant, WarmThroughput};
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
        entities: _,
        extensions: _,
    } = before;
    if *name != after.name {
        found.anew(
            "name",
            format!("table `{name}` is deployed as `{}`", after.name),
            "DynamoDB cannot rename a table: create the new one, copy the items, move the readers and then the writers",
        );
    }
    self::key(key, &after.key, found);
    index::compare(before, after, indexes, &after.indexes, found);
    ttl(before, after, found);
    self::billing("billing", billing, &after.billing, found);
    stream::compare(before, after, found);
    stream::consumers(consumers, &after.consumers, found);
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
        found.unequal(path, (&before, &after), format!("retention: {}", arrow(&before, &after)), remedy);
    }
    found.unequal(
        "class",
        (class, &after.class),
        format!("table class: {}", arrow(class, &after.class)),
        "DynamoDB allows two changes in 30 days",
    );
    warm("warmThroughput", warm_throughput.as_ref(), after.warm_throughput.as_ref(), found);
    for name in tags.keys().chain(after.tags.keys().filter(|name| !tags.contains_key(*name))) {
        found.unequal(
            &format!("tags/{name}"),
            (&tags.get(name), &after.tags.get(name)),
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
        _ => found.push_way(
            "resourcePolicy",
            Class::BreaksReaders,
            "the resource policy is different",
            "who relies on it may lose access: compare the two",
            &[
                (Phase::Decide, "who relies on it may lose access: compare the two"),
                (Phase::Remove, "deploy it when nobody relies on the old one"),
            ],
        ),
    }
    self::replicas(replicas, &after.replicas, found);
    self::tenant(tenant.as_ref(), after.tenant.as_ref(), found);
    entity::compare(before, after, found);
}

fn key(before: &Key, after: &Key, found: &mut Collector) {
    let remedy =
        "a table keeps its key: create a new table, copy the items, move the readers and then the writers";
    for (path, before, after) in
        [("key/partition", &before.partition, &after.partition), ("key/sort", &before.sort, &after.sort)]
    {
        if before != after {
            found.anew(path, format!("the key of the table: {}", arrow(before, after)), remedy);
        }
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
                found.push_way(
                    "ttl",
                    Class::Destructive,
                    format!("items expire by `{attribute}`, which they have already"),
                    "DynamoDB deletes every item whose time is past: look for such items first",
                    &[
                        (Phase::Decide, "look for items whose time is past: DynamoDB will delete them"),
                        (Phase::Destroy, "turn it on"),
                    ],
                );
            } else {
                found.push("ttl", Class::Compatible, format!("items expire by `{attribute}`"), "nothing to do");
            }
        }
        (Some(attribute), None) => {
            found.push("ttl", Class::Compatible, format!("items no longer expire by `{attribute}`"), "what was to expire stays and is paid for; DynamoDB takes one change of ttl an hour");
        }
        (Some(old), Some(new)) if old != new => found.push_way(
            "ttl",
            if held(new) { Class::Destructive } else { Class::TwoDeploys },
            format!("items expire by `{new}`, not by `{old}`"),
            if held(new) {
                "DynamoDB refuses to change the attribute: deploy without ttl, wait an hour, look for items whose time is past, for they will be deleted, then deploy with the new one"
            } else {
                "DynamoDB refuses to change the attribute: deploy without ttl, wait an hour, then deploy with the new one"
            },
            if held(new) {
                &[
                    (Phase::Decide, "look for items whose time is past: DynamoDB will delete them"),
                    (Phase::Deploy, "deploy without ttl, and wait an hour"),
                    (Phase::Destroy, "deploy with the new one"),
                ]
            } else {
                &[
                    (Phase::Deploy, "deploy without ttl, and wait an hour"),
                    (Phase::Remove, "deploy with the new one"),
                ]
            },
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

fn encryption(before: &Encryption, after: &Encryption, found: &mut Collector) {
    let remedy = match after {
        Encryption::CustomerManaged { .. } => {
            "who uses the table needs `kms:Decrypt` on the key; keep the old key while backups need it; DynamoDB allows four changes in 24 hours"
        }
        Encryption::AwsOwned | Encryption::AwsManaged => {
            "keep the old key while backups need it; DynamoDB allows four changes in 24 hours"
        }
    };
    found.unequal("encryption", (before, after), format!("encryption: {}", arrow(before, after)), remedy);
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
        found.push_way(
            "pointInTimeRecovery",
            Class::Destructive,
            format!("{new} days can be restored, not {old}"),
            "what lies further back is gone for good: take a backup first if it may be needed",
            &[
                (Phase::Decide, "may what lies further back be needed?"),
                (Phase::Destroy, "take a backup of what may be needed, then deploy it"),
            ],
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
            found.push_at(
                path,
                Class::RefusedInPlace,
                format!("warm throughput: {}", arrow(old, new)),
                "DynamoDB refuses to lower it: keep the higher value, or name none",
                Phase::Decide,
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
        found.push_about(
            path(new),
            class,
            format!("a replica in {}", new.region),
            remedy,
            &[(Phase::Deploy, remedy)],
            &found.replica(&new.region),
        );
    }
    let last = after.is_empty();
    for old in gone {
        let remedy = if last {
            "DynamoDB deletes it with its items and backups: move who reads and writes there first; CloudFormation cannot turn the GlobalTable \
             that is left into a Table, so keep it one (`--set global=true`)"
        } else {
            "DynamoDB deletes it with its items and backups: move who reads and writes there to another region first"
        };
        found.push_about(
            path(old),
            Class::Destructive,
            format!("no replica in {}", old.region),
            remedy,
            &[
                (Phase::Decide, remedy),
                (Phase::Rely, "move who reads and writes there to another region"),
                (Phase::Destroy, "remove it"),
            ],
            &found.replica(&old.region),
        );
    }
    for new in after {
        if let Some(old) = before.iter().find(|old| old.region == new.region) {
            found.unequal(
                &format!("{}/kmsKey", path(new)),
                (&old.kms_key, &new.kms_key),
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
        (None, Some(_)) => found.push_way(
            "tenant",
            Class::BreaksReaders,
            "policies separate tenants",
            "principals without the tag lose access: tag them first",
            &[
                (Phase::Decide, "who has which tag?"),
                (Phase::Deploy, "tag the principals"),
                (Phase::Remove, "deploy the policies when all are tagged"),
            ],
        ),
        (Some(old), Some(new)) => found.push_way(
            "tenant",
            Class::BreaksReaders,
            format!("policies separate tenants otherwise: {}", arrow(old, new)),
            "principals without the new tag lose access: tag them first",
            &[
                (Phase::Decide, "who has which tag?"),
                (Phase::Deploy, "tag the principals"),
                (Phase::Remove, "deploy the policies when all are tagged"),
            ],
        ),
    }
}
