//! Unique attributes: what a write does to the guards of its item's values.
//!
//! A value that must be unique is the key of an item of its own in the same table, its guard, which says whose the value is. A write that
//! touches a constraint becomes a transaction: the write itself, the guards of the values that the item gets, and the guards of those
//! that it no longer has. What it no longer has must be known ([`known`]), and the write is conditional on it.

mod guards;
mod hide;
mod known;
mod send;
mod values;

pub(crate) use guards::Guards;
pub(crate) use hide::hide_guards;
pub(crate) use known::{Before, Watch};
pub(crate) use send::send;

use super::identity;
use super::parts::{Parts, decode_error, encode_error};
use crate::client::{Client, Operation};
use crate::error::Error;
use crate::expr::{Action, Actions, Node, PathNode, Step};
use crate::wire::DecodeError;
use guards::Claimant;
use std::sync::Arc;
use theory_schema::unique::GUARD_PREFIX;
use theory_schema::{Attribute, Entity, Role, Unique};
use values::{Value, Values};

/// Whether the write touches a constraint, and so is one of a transaction.
pub(crate) fn is_touched(parts: &Parts) -> bool {
    !matches!(parts.before, Before::Settled) && !touched(parts).is_empty()
}

/// The constraints that the write touches.
fn touched(parts: &Parts) -> Vec<&'static Unique> {
    let uniques = parts.entity.uniques;
    if uniques.is_empty() {
        return Vec::new();
    }
    match parts.operation {
        Operation::PutItem | Operation::DeleteItem => uniques.iter().collect(),
        Operation::UpdateItem => {
            let names = |name: &str| names(parts, name);
            // The guards have the same ttl as the item.
            let all = parts.entity.role(Role::Ttl).is_some_and(|ttl| names(ttl.name));
            let of_key = |unique: &Unique| unique.attributes.iter().all(|name| is_key(parts.entity, name));
            let is_touched = |unique: &&Unique| {
                all || unique.attributes.iter().any(|name| names(name)) || parts.may_create && of_key(unique)
            };
            uniques.iter().filter(is_touched).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an action of the update writes the attribute.
fn names(parts: &Parts, attribute: &str) -> bool {
    parts.actions.iter().flat_map(|actions| &actions.0).any(|action| action.path().root() == attribute)
}

fn is_key(entity: &Entity, attribute: &str) -> bool {
    entity.key.attributes().any(|key| key.name == attribute)
}

/// Reads what the write must know, where it is to be read.
pub(crate) async fn know(parts: &mut Parts, client: &Client) -> Result<(), Error> {
    if !matches!(parts.before, Before::ToRead) || parts.head.is_err() || parts.refused.is_some() {
        return Ok(());
    }
    let touched = touched(parts);
    if !touched.is_empty() {
        let item = known::read(parts, &attributes(parts.entity, &touched), client).await?;
        parts.before = Before::Read(item);
    }
    Ok(())
}

/// Adds the guards of one write, number `part` of the transaction, and makes the write conditional on what the guards were found by.
pub(crate) fn settle(
    parts: &mut Parts,
    part: usize,
    client: &Client,
    guards: &mut Guards,
) -> Result<(), Error> {
    let touched = touched(parts);
    let before = std::mem::replace(&mut parts.before, Before::Settled);
    if touched.is_empty()
        || matches!(before, Before::Settled)
        || parts.head.is_err()
        || parts.refused.is_some()
    {
        // What is wrong with the request is said when the request is made of it.
        return Ok(());
    }
    let entity = parts.entity;
    let name = parts.operation.name();
    let is_new = matches!(before, Before::Nothing);
    let attributes = attributes(entity, &touched);
    let old = before.item(parts)?;
    let decode = |error| decode_error(entity, name, error);
    let encode = |error| encode_error(entity, name, error);

    let head: &[u8] = parts.head.as_deref().map_or(b"{}", identity::object);
    let key = Values::read(head, &values::key(entity)).map_err(decode)?;
    refuse_guard(parts, &key)?;
    let owner = values::owner(entity, &key).map_err(decode)?;
    let old = old.as_deref().map(|old| Values::read(old, &attributes)).transpose().map_err(decode)?;
    let new = match parts.operation {
        Operation::DeleteItem => Values::default(),
        Operation::UpdateItem => updated(parts, old.as_ref(), head, &attributes)?,
        _ => Values::to_write(head, &attributes).map_err(decode)?,
    };

    let ttl = entity.role(Role::Ttl).and_then(|ttl| new.get(ttl.name)).cloned();
    let claimant = Claimant { part, parts, owner: &owner, ttl: ttl.as_ref() };
    for unique in touched {
        let freed = match &old {
            Some(old) => old.guard(unique).map_err(encode)?,
            None => None,
        };
        let taken = new.guard(unique).map_err(encode)?;
        if let Some(freed) = freed.filter(|freed| Some(freed) != taken.as_ref()) {
            guards.free(unique, freed, &claimant, client);
        }
        if let Some(taken) = taken {
            guards.take(unique, taken, &claimant, client)?;
        }
    }
    if !is_new {
        let watched = attributes.into_iter().filter(|attribute| is_watched(parts, attribute)).collect();
        let watch = Watch::new(watched, old.as_ref());
        parts.conditions.extend(watch.conditions(entity));
        parts.watch = Some(Arc::new(watch));
    }
    Ok(())
}

/// Whether the guards depend on what the item holds of the attribute: a key never changes, and a ttl that is written does not matter.
fn is_watched(parts: &Parts, attribute: &Attribute) -> bool {
    let is_ttl = attribute.role == Role::Ttl;
    let is_kept = parts.operation == Operation::UpdateItem && !names(parts, attribute.name);
    !is_key(parts.entity, attribute.name) && (!is_ttl || is_kept)
}

/// The attributes of these constraints, and the ttl.
fn attributes(entity: &'static Entity, touched: &[&'static Unique]) -> Vec<&'static Attribute> {
    let names = touched.iter().flat_map(|unique| unique.attributes);
    let mut all: Vec<&'static Attribute> = Vec::new();
    for attribute in names.filter_map(|name| entity.attribute(name)).chain(entity.role(Role::Ttl)) {
        if !all.iter().any(|known| known.name == attribute.name) {
            all.push(attribute);
        }
    }
    all
}

/// An item whose key is that of a guard would be taken for one.
fn refuse_guard(parts: &Parts, key: &Values) -> Result<(), Error> {
    let partition = parts.entity.key.partition.first().and_then(|partition| key.get(partition.name));
    if partition.is_some_and(|partition| partition.text.starts_with(GUARD_PREFIX)) {
        return Err(
            Error::invalid_request(parts.entity.name, RESERVED).with_operation(parts.operation.name())
        );
    }
    Ok(())
}

/// Why a key is refused that is a guard's.
pub(crate) const RESERVED: &str =
    "a partition key that begins with `theory.unique#` is that of a guard of unique attributes";

/// What the item holds after the update.
fn updated(
    parts: &Parts,
    old: Option<&Values>,
    key: &[u8],
    attributes: &[&'static Attribute],
) -> Result<Values, Error> {
    let entity = parts.entity;
    let decode = |error: DecodeError| decode_error(entity, parts.operation.name(), error);
    let mut new = Values::read(key, attributes).map_err(decode)?;
    let Some(Actions(actions)) = &parts.actions else { return Ok(new) };
    for attribute in attributes.iter().filter(|attribute| !is_key(entity, attribute.name)) {
        let action = actions.iter().find(|action| action.path().root() == attribute.name);
        let value = match action {
            None => old.and_then(|old| old.get(attribute.name)).cloned(),
            Some(Action::Remove(path)) if path.0.len() == 1 => None,
            Some(Action::Set(path, node)) if path.0.len() == 1 => result(node, attribute, old, attributes)
                .map_err(decode)?
                .ok_or_else(|| computed(parts, attribute))?,
            Some(_) => return Err(computed(parts, attribute)),
        };
        new.put(attribute.name, value);
    }
    Ok(new)
}

/// What an attribute becomes; the outer `None` where only DynamoDB knows.
fn result(
    node: &Node,
    attribute: &Attribute,
    old: Option<&Values>,
    known: &[&'static Attribute],
) -> Result<Option<Option<Value>>, DecodeError> {
    Ok(match node {
        Node::Value(json) => Some(Value::new(attribute, json)?),
        Node::IfNotExists(PathNode(path), otherwise) => match &path[..] {
            [Step::Name(name)] if known.iter().any(|known| known.name == *name) => {
                // `if_not_exists` looks under this very name.
                let found = old.and_then(|old| old.get(name)).filter(|value| value.stored_as == *name);
                match found {
                    Some(found) => Some(Value::new(attribute, &found.json)?),
                    None => result(otherwise, attribute, old, known)?,
                }
            }
            _ => None,
        },
        // What is wrong with the value is said when the request is made of it.
        Node::Absent | Node::Invalid(_) | Node::Refused(_) => Some(None),
        _ => None,
    })
}

fn computed(parts: &Parts, attribute: &Attribute) -> Error {
    let what = if attribute.role == Role::Ttl { "the ttl of an item with" } else { "an attribute of" };
    let why = format!(
        "{what} unique values is set to a value or removed, not computed: its guard has the same value"
    );
    Error::invalid_request(parts.entity.name, why)
        .with_operation(parts.operation.name())
        .with_attribute(attribute.name)
}
