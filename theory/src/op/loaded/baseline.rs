//! What an item was when it was read, and what an entity differs from it in.

use crate::attribute::FromAttribute as _;
use crate::expr::{Action, Actions, Node, PathNode, Step};
use crate::op::parts::Refused;
use crate::op::unique::Before;
use crate::table::Table;
use crate::value::Value;
use crate::wire::stamp::Stamping;
use crate::wire::{DecodeError, EncodeError, EncodeErrorKind, Reader, Writer, scratch, size};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use theory_schema::{Attribute, Entity, limits};

/// The attributes of an entity, as it writes them, without those that the library writes on its own account.
///
/// They are written from the entity, and not kept from what was read: so attributes that the entity does not know, and older forms that it
/// reads, are no difference.
#[derive(Debug, Clone)]
pub(crate) struct Baseline {
    fields: Result<Vec<u8>, EncodeError>,
    /// The item is stored in an older shape, and was mended when it was read.
    is_mended: bool,
    /// The item in the very form in which it is stored, where its unique values matter: they may be stored in another form than the one in
    /// which the entity writes them.
    stored: Option<Arc<[u8]>>,
}

/// What a save does with the attributes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) actions: Actions,
    /// A change that must not be saved.
    pub(crate) refused: Option<Refused>,
}

impl Baseline {
    pub(crate) fn of<E: Table>(entity: &E, is_mended: bool) -> Self {
        let fields = scratch::encode(0, |out| {
            out.begin_object();
            out.with_stamping(Stamping::Omit, |out| entity.encode_fields(out));
            out.end_object();
        });
        Baseline { fields, is_mended, stored: None }
    }

    /// The same, of an item that is stored in this form.
    pub(crate) fn stored_as(self, stored: Option<Arc<[u8]>>) -> Self {
        Baseline { stored, ..self }
    }

    /// What a write of the item knows of it, where that matters.
    pub(crate) fn before(&self, entity: &Entity) -> Before {
        match (&self.stored, &self.fields) {
            _ if entity.uniques.is_empty() => Before::Unknown,
            (Some(stored), _) => Before::Read(Some(Arc::clone(stored))),
            (None, Ok(fields)) => Before::Read(Some(Arc::from(&**fields))),
            (None, Err(_)) => Before::Unknown,
        }
    }

    /// The form in which the item is stored once these actions are done: what they leave alone stays in its form.
    pub(crate) fn stored_after(&self, actions: &Actions) -> Option<Arc<[u8]>> {
        let stored = self.stored.as_deref()?;
        let mut out = Writer::new();
        out.begin_object();
        let Attributes(attributes) = Attributes::read(stored).ok()?;
        for (name, json) in &attributes {
            if !actions.0.iter().any(|action| action.path().root() == name) {
                out.name(name);
                out.raw(json.as_bytes());
                out.end_member();
            }
        }
        for action in &actions.0 {
            if let Action::Set(path, Node::Value(json)) = action {
                out.name(path.root());
                out.raw(json);
                out.end_member();
            }
        }
        out.end_object();
        out.finish().ok().map(Arc::from)
    }

    /// The attributes by their names.
    pub(crate) fn attributes(&self) -> Result<Attributes<'_>, EncodeError> {
        let json = self.fields.as_ref().map_err(Clone::clone)?;
        // Only a codec of the user's that writes something else than one attribute value gets here with an error.
        Attributes::read(json)
            .map_err(|_| EncodeErrorKind::Custom("a field does not write one attribute value".into()).into())
    }

    /// The beginning of a request on the item: `{"Key":{…},`.
    pub(crate) fn key_head(&self, entity: &Entity) -> Result<Vec<u8>, EncodeError> {
        /// Room for what follows the key in most requests.
        const SPARE: usize = 160;
        let attributes = self.attributes()?;
        scratch::encode(SPARE, |out| {
            out.raw(b"{\"Key\":");
            out.begin_object();
            for key in entity.key.attributes() {
                // Without one of them DynamoDB says so.
                if let Some(json) = attributes.get(key.name) {
                    out.name(key.name);
                    out.raw(json.as_bytes());
                    out.end_member();
                }
            }
            out.end_object();
            out.end_member();
        })
    }

    /// The change of a key attribute, if there is one.
    pub(crate) fn changed_key(
        &self,
        now: &Baseline,
        entity: &Entity,
    ) -> Result<Option<Refused>, EncodeError> {
        let (before, now) = (self.attributes()?, now.attributes()?);
        let changed = entity.key.attributes().find(|key| !same(before.get(key.name), now.get(key.name)));
        Ok(changed.map(|key| Refused {
            attribute: key.name.to_owned(),
            why: "a key attribute was changed: that is another item, which `create` writes",
        }))
    }

    /// What leads from here to there.
    pub(crate) fn changes(&self, now: &Baseline, entity: &Entity) -> Result<Changes, EncodeError> {
        now.check_size()?;
        if !self.is_mended && self.fields.as_ref().ok() == now.fields.as_ref().ok() {
            return Ok(Changes::default());
        }
        let mut changes = Changes { refused: self.changed_key(now, entity)?, ..Changes::default() };
        let (before, now) = (self.attributes()?, now.attributes()?);
        let known: HashMap<&str, &'static Attribute> =
            entity.attributes.iter().map(|attribute| (attribute.name, attribute)).collect();
        let mut change = |name: &str, value: Option<&str>, is_changed: bool| {
            let known = known.get(name).copied();
            if is_changed && known.is_some_and(|attribute| attribute.protected) {
                changes.refused.get_or_insert_with(|| Refused {
                    attribute: name.to_owned(),
                    why: "a protected attribute was changed, which no update may write",
                });
            }
            let path = match known {
                Some(attribute) => PathNode::attribute(attribute.name),
                None => PathNode(vec![Step::Name(Cow::Owned(name.to_owned()))]),
            };
            changes.actions.set(path, value.map_or(Node::Absent, |json| Node::Value(json.into())));
            // Under an older name the former value would come back, once the attribute is removed.
            for alias in known.iter().flat_map(|attribute| attribute.aliases) {
                if now.get(alias).is_none() {
                    changes.actions.remove(PathNode::attribute(alias));
                }
            }
        };
        for (name, value) in &now.0 {
            let is_changed = !same(before.get(name), Some(value));
            if (is_changed || self.is_mended) && !entity.key.contains(name) {
                change(name, Some(value), is_changed);
            }
        }
        for (name, _) in before.0.iter().filter(|(name, _)| now.get(name).is_none()) {
            if !entity.key.contains(name) {
                change(name, None, true);
            }
        }
        Ok(changes)
    }

    /// Refuses what would be too large whatever else the item holds.
    fn check_size(&self) -> Result<(), EncodeError> {
        let json = self.fields.as_ref().map_err(Clone::clone)?;
        // DynamoDB counts less than JSON takes: below the limit in JSON, nothing needs counting.
        if json.len() > limits::ITEM_BYTES
            && let Ok(size) = size::item_size(json)
            && size > limits::ITEM_BYTES
        {
            return Err(EncodeErrorKind::ItemTooLarge { size }.into());
        }
        Ok(())
    }
}

/// The attributes of an item, each with its value in JSON, in the order of the struct.
#[derive(Debug)]
pub(crate) struct Attributes<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Attributes<'a> {
    fn read(json: &'a [u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(json)?;
        let mut attributes = Vec::new();
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(&mut input)? {
            attributes.push((name, input.raw_value()?));
        }
        Ok(Attributes(attributes))
    }

    /// The value of the attribute, in JSON.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, json)| *json)
    }
}

/// Whether two values are equal to DynamoDB: a set of another order is the same set.
fn same(a: Option<&str>, b: Option<&str>) -> bool {
    let value = |json: &str| Value::decode(&mut Reader::new(json.as_bytes())?);
    match (a, b) {
        (Some(a), Some(b)) => a == b || matches!((value(a), value(b)), (Ok(a), Ok(b)) if a == b),
        (a, b) => a == b,
    }
}
