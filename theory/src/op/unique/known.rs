//! What is known of an item before it is written: whoever changes a unique value frees the old one, and so must know it.

use super::values::Values;
use crate::client::{Carrier, Client};
use crate::error::{CancellationReason, Error, ErrorKind};
use crate::expr::{Comparator, Node, PathNode, Test};
use crate::op::identity;
use crate::op::parts::{self, Parts, decode_error};
use crate::wire::{Reader, Writer};
use std::borrow::Cow;
use std::sync::Arc;
use theory_schema::{Attribute, Entity};

/// What a request knows of the item that it is on.
#[derive(Debug, Clone, Default)]
pub(crate) enum Before {
    /// Nothing: where it matters, the request is refused.
    #[default]
    Unknown,
    /// It is to be read when the request is sent.
    ToRead,
    /// The item as it was read, as JSON; `None` where there was none.
    Read(Option<Arc<[u8]>>),
    /// The request itself demands that there is none.
    Nothing,
    /// It has been seen to.
    Settled,
}

impl Before {
    /// The item, where it is known.
    pub(super) fn item(self, parts: &Parts) -> Result<Option<Arc<[u8]>>, Error> {
        let entity = parts.entity;
        match self {
            Before::Read(item) => Ok(item),
            Before::Nothing | Before::Settled => Ok(None),
            Before::Unknown | Before::ToRead => {
                let why = "it touches unique attributes, and so must know what the item holds of them: \
                           write what was loaded, or say `.reading_old()`, which reads the item first";
                Err(Error::invalid_request(entity.name, why).with_operation(parts.operation.name()))
            }
        }
    }
}

/// Reads these attributes of the item that the request is on: one GetItem, consistent.
pub(super) async fn read(
    parts: &Parts,
    attributes: &[&'static Attribute],
    client: &Client,
) -> Result<Option<Arc<[u8]>>, Error> {
    let Parts { entity, operation, .. } = *parts;
    let Ok(head) = &parts.head else { return Ok(None) };
    let head = key_of(entity, identity::object(head))
        .map_err(|error| decode_error(entity, operation.name(), error))?;
    let mut get = Parts::new(Carrier::GET_ITEM, entity, Ok(head));
    let mut names: Vec<&'static str> = entity.key.partition.iter().map(|key| key.name).collect();
    for attribute in attributes {
        for name in std::iter::once(attribute.name).chain(attribute.aliases.iter().copied()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    get.projection = Some(Cow::Owned(names));
    get.is_consistent = true;
    get.overrides = parts.overrides.clone();
    let raw = |input: &mut Reader<'_>| input.raw_value().map(|raw| Some(Arc::from(raw.as_bytes())));
    // A recursion in types only: what it sends is a read, and no write asks for the guards of a read.
    let response = Box::pin(parts::send(get, client.clone(), "Item", raw)).await?;
    Ok(response.output)
}

/// `{"Key":{…},` of the item or key.
fn key_of(entity: &Entity, item: &[u8]) -> Result<Vec<u8>, crate::wire::DecodeError> {
    let mut out = Writer::new();
    out.raw(b"{\"Key\":");
    out.begin_object();
    let mut input = Reader::new(item)?;
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        let raw = input.raw_value()?;
        if entity.key.attributes().any(|key| key.name == name) {
            out.name(&name);
            out.raw(raw.as_bytes());
            out.end_member();
        }
    }
    out.end_object();
    out.end_member();
    out.finish().map_err(|_| crate::wire::DecodeError::invalid("a key"))
}

/// That the item is still as it was read, as far as its guards depend on it.
#[derive(Debug)]
pub(crate) struct Watch {
    attributes: Vec<&'static Attribute>,
    /// `None` where there was no item.
    values: Option<Values>,
}

impl Watch {
    pub(super) fn new(attributes: Vec<&'static Attribute>, values: Option<&Values>) -> Self {
        let values = values.map(|values| values.clone().of(&attributes));
        Watch { attributes, values }
    }

    /// What must be true of the item.
    pub(super) fn conditions(&self, entity: &Entity) -> Vec<Test> {
        let path = PathNode::attribute;
        let Some(values) = &self.values else {
            return entity
                .key
                .partition
                .first()
                .map(|key| Test::NotExists(path(key.name)))
                .into_iter()
                .collect();
        };
        self.attributes.iter().map(|attribute| stored(attribute, values)).collect()
    }

    /// Whether the item was changed since it was read. `item` is what a failed condition was checked against.
    fn is_moved(&self, item: Option<&[u8]>) -> bool {
        match (item, &self.values) {
            (None, values) => values.is_some(),
            (Some(_), None) => true,
            (Some(item), Some(values)) => Values::read(item, &self.attributes).is_ok_and(|found| {
                self.attributes
                    .iter()
                    .any(|attribute| found.get(attribute.name) != values.get(attribute.name))
            }),
        }
    }

    /// The error of the request, by its right kind.
    pub(crate) fn judge(&self, error: Error) -> Error {
        if error.kind() == ErrorKind::ConditionFailed && self.is_moved(error.item_json()) {
            return error.with_kind(ErrorKind::VersionConflict);
        }
        error
    }

    /// The same for a part of a transaction.
    pub(crate) fn judge_part(&self, reason: &mut CancellationReason) {
        if reason.kind() == Some(ErrorKind::ConditionFailed) && self.is_moved(reason.item_json()) {
            reason.set_verdict(ErrorKind::VersionConflict);
        }
    }
}

/// That the item still holds the value of the attribute, under whichever of its names; or nothing under any.
fn stored(attribute: &Attribute, values: &Values) -> Test {
    let path = PathNode::attribute;
    let equals =
        |name, json: &[u8]| Test::Compare(Node::Path(path(name)), Comparator::Eq, Node::Value(json.to_vec()));
    // What reads as nothing may be stored as `NULL`.
    let is_nothing = |name| Test::Any(vec![Test::NotExists(path(name)), equals(name, b"{\"NULL\":true}")]);
    let aliases = attribute.aliases.iter().copied();
    match values.get(attribute.name) {
        None => {
            let all = std::iter::once(attribute.name).chain(aliases).map(is_nothing).collect();
            Test::only(all, Test::All)
        }
        Some(value) => {
            let older = aliases.map(|alias| {
                Test::All(vec![Test::NotExists(path(attribute.name)), equals(alias, &value.json)])
            });
            let any = std::iter::once(equals(attribute.name, &value.json)).chain(older).collect();
            Test::only(any, Test::Any)
        }
    }
}
