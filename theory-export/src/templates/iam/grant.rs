//! What is allowed under which condition, before it is written as statements.

use super::tenant::{Leading, limit};
use crate::contract::{Entity, Operation, Role, Table};
use crate::error::ExportError;
use std::collections::BTreeSet;

/// Actions on a table and its indexes, under one condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant<'a> {
    pub(super) actions: BTreeSet<&'static str>,
    /// The table itself (`None`), or one of its indexes.
    pub(super) resources: BTreeSet<Option<&'a str>>,
    pub(super) condition: Condition,
}

/// What a request must fulfil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    /// Its partition keys.
    pub(super) leading: Option<Leading>,
    /// Its attributes.
    pub(super) limited: Option<(Kind, BTreeSet<String>)>,
}

/// Requests for which IAM knows different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// They name in `Select` what they want to have.
    Read,
    /// They name in `ReturnValues` what they want to have.
    Write,
}

impl Kind {
    const fn of(operation: Operation) -> Self {
        match operation {
            Operation::Get | Operation::BatchGet | Operation::Query | Operation::Scan => Kind::Read,
            Operation::Create
            | Operation::Put
            | Operation::Replace
            | Operation::Update
            | Operation::Delete
            | Operation::BatchWrite
            | Operation::Check => Kind::Write,
        }
    }
}

/// Everything that the entities of a table declare, as few grants as say it.
///
/// # Errors
///
/// Where a limit could not be enforced.
pub(super) fn of(table: &Table) -> Result<Vec<Grant<'_>>, ExportError> {
    let mut faults = Vec::new();
    let mut grants: Vec<Grant<'_>> = Vec::new();
    for entity in &table.entities {
        faults.extend(undone(table, entity));
        let access = &entity.access;
        let on_table = operations(entity).into_iter().map(|operation| (None, operation));
        let on_indexes = access.indexes.iter().flat_map(|(index, operations)| {
            operations.iter().map(move |operation| (Some(index.as_str()), *operation))
        });
        for (index, operation) in on_table.chain(on_indexes) {
            if let Some(fault) = impossible(table, entity, index, operation) {
                faults.push(fault);
                continue;
            }
            let limited = attributes(table, entity, index, Kind::of(operation));
            let condition = Condition { leading: limit(table, entity, index)?, limited };
            let same =
                |grant: &&mut Grant<'_>| grant.condition == condition && grant.resources.contains(&index);
            match grants.iter_mut().find(same) {
                Some(grant) => drop(grant.actions.insert(operation.iam_action())),
                None => grants.push(Grant {
                    actions: BTreeSet::from([operation.iam_action()]),
                    resources: BTreeSet::from([index]),
                    condition,
                }),
            }
        }
    }
    if faults.is_empty() { Ok(merged(grants)) } else { Err(ExportError::Invalid(faults)) }
}

/// What the entity declares, and what goes with it: whoever writes an item with unique values writes, deletes and checks their guards.
fn operations(entity: &Entity) -> BTreeSet<Operation> {
    let mut operations = entity.access.operations.clone();
    if writes_guards(entity) {
        operations.extend([Operation::Create, Operation::Delete, Operation::Check]);
    }
    operations
}

fn writes_guards(entity: &Entity) -> bool {
    let is_write =
        |operation: &Operation| Kind::of(*operation) == Kind::Write && *operation != Operation::Check;
    !entity.uniques.is_empty() && entity.access.operations.iter().any(is_write)
}

/// The same actions under the same condition, on several resources at once.
fn merged(grants: Vec<Grant<'_>>) -> Vec<Grant<'_>> {
    let mut merged: Vec<Grant<'_>> = Vec::new();
    for grant in grants {
        let same =
            |known: &&mut Grant<'_>| known.actions == grant.actions && known.condition == grant.condition;
        match merged.iter_mut().find(same) {
            Some(known) => known.resources.extend(grant.resources),
            None => merged.push(grant),
        }
    }
    merged
}

/// The attributes that requests may name, with those that they cannot do without: the keys, and what the library keeps itself.
fn attributes(
    table: &Table,
    entity: &Entity,
    index: Option<&str>,
    kind: Kind,
) -> Option<(Kind, BTreeSet<String>)> {
    let own = &entity.access.attributes;
    if own.is_empty() {
        return None;
    }
    let mut names = own.clone();
    names.extend(table.key.attributes().map(|attribute| attribute.name.clone()));
    if let Some(index) = index.and_then(|name| table.index(name)) {
        names.extend(index.key.attributes().map(|attribute| attribute.name.clone()));
    }
    if kind == Kind::Write {
        // A write also writes the keys of the indexes in which the item appears.
        names.extend(entity.keys.keys().cloned());
        if !entity.uniques.is_empty() {
            names.insert(theory_schema::unique::GUARD_OWNER.to_owned());
        }
    }
    // `live()` adds the ttl to what is read.
    let kept = [Role::Version, Role::CreatedAt, Role::UpdatedAt, Role::Ttl];
    let kept = if kind == Kind::Read { &kept[..] } else { &kept[..3] };
    names.extend(kept.iter().filter_map(|role| entity.role(*role)).map(|attribute| attribute.name.clone()));
    Some((kind, names))
}

/// What no policy can say.
fn impossible(table: &Table, entity: &Entity, index: Option<&str>, operation: Operation) -> Option<String> {
    let name = entity.name.escape_debug();
    if let Some(index) = index {
        if table.index(index).is_none() {
            return Some(format!(
                "entity `{name}` reads an index `{}` that its table has not",
                index.escape_debug()
            ));
        }
        if !matches!(operation, Operation::Query | Operation::Scan) {
            return Some(format!(
                "entity `{name}` declares {} on index `{}`: an index is queried or scanned",
                operation.iam_action(),
                index.escape_debug()
            ));
        }
    }
    if operation == Operation::Scan && table.tenant.is_some() {
        return Some(format!(
            "entity `{name}` declares a scan of table `{}`, which holds several tenants: a scan names no partition, so that no policy can \
             limit it to one; scan under a role of its own, made from a contract without the tenant",
            table.name.escape_debug()
        ));
    }
    None
}

/// Limits of this entity that another one undoes: IAM sees attributes and keys, not entities.
fn undone(table: &Table, entity: &Entity) -> Vec<String> {
    let name = entity.name.escape_debug();
    if table.tenant.is_some() && writes_guards(entity) {
        return vec![format!(
            "entity `{name}` has unique values in table `{}`, which holds several tenants: their guards have partitions that are no tenant's, so \
             that a policy which limits to one refuses them; make the constraints the keys of entities of their own",
            table.name.escape_debug()
        )];
    }
    let own = &entity.access.attributes;
    let unknown = own.iter().filter(|attribute| {
        entity.attribute(attribute).is_none() && !entity.keys.contains_key(attribute.as_str())
    });
    let mut faults: Vec<String> = unknown
        .map(|attribute| {
            format!(
                "entity `{name}` is limited to an attribute `{}` that it has not",
                attribute.escape_debug()
            )
        })
        .collect();
    if own.is_empty() {
        return faults;
    }
    for other in &table.entities {
        let overlapping = shared(entity, other);
        if other.access.attributes.is_empty() && !overlapping.is_empty() {
            faults.push(format!(
                "entity `{name}` may use some attributes of table `{}` only, and entity `{}` all of them, both with {}: the limit would be \
                 none; limit both, or give them a role each",
                table.name.escape_debug(),
                other.name.escape_debug(),
                overlapping.into_iter().collect::<Vec<_>>().join(", ")
            ));
        }
    }
    faults
}

fn shared(a: &Entity, b: &Entity) -> BTreeSet<&'static str> {
    let on_table = a.access.operations.iter().map(|operation| operation.iam_action());
    let other: BTreeSet<_> = b.access.operations.iter().map(|operation| operation.iam_action()).collect();
    let mut both: BTreeSet<_> = on_table.filter(|action| other.contains(action)).collect();
    for (index, operations) in &a.access.indexes {
        if let Some(others) = b.access.indexes.get(index) {
            both.extend(operations.intersection(others).map(|operation| operation.iam_action()));
        }
    }
    both
}
