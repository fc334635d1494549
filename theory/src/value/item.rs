//! An item whose attributes are known only at run time.

use super::{Value, read_back, through_wire};
use crate::attribute::document::{decode_item, encode_item};
use crate::attribute::{Attribute, Fields, FromAttribute, FromFields, MaybeEmpty, kind};
use crate::wire::{DecodeError, EncodeError, Reader, Writer};
use std::collections::{BTreeMap, btree_map};
use theory_schema::Type;

/// An item, or a map inside one: attribute names and their values, in the order of the names.
///
/// As a field's type it is a map (`M`). As a `#[table(rest)]` field it keeps the attributes that no other field names.
///
/// `Debug` shows the values: think of it before you log one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Item {
    attributes: BTreeMap<String, Value>,
}

impl Item {
    /// An item without attributes.
    #[must_use]
    pub const fn new() -> Self {
        Item { attributes: BTreeMap::new() }
    }

    /// The item that an entity is stored as, or the map that a document is.
    ///
    /// # Errors
    ///
    /// Where DynamoDB cannot hold a value.
    pub fn of<T: Fields + ?Sized>(entity: &T) -> Result<Self, EncodeError> {
        through_wire(|out| encode_item(entity, out), decode_item)
    }

    /// The item as an entity, or the map as a document.
    ///
    /// # Errors
    ///
    /// Where an attribute is missing, has another type, or does not fit.
    pub fn to<T: FromFields>(&self) -> Result<T, DecodeError> {
        read_back(|out| encode_item(self, out), decode_item)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name)
    }

    /// The value of an attribute, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.attributes.get_mut(name)
    }

    /// Whether there is such an attribute.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }

    /// Sets an attribute, and returns its value from before.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.attributes.insert(name.into(), value.into())
    }

    /// Takes an attribute out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.attributes.remove(name)
    }

    /// How many attributes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.attributes.len()
    }

    /// Whether there is no attribute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The names and values, in the order of the names.
    pub fn iter(&self) -> btree_map::Iter<'_, String, Value> {
        self.attributes.iter()
    }

    /// The names and values, which can be changed, in the order of the names.
    pub fn iter_mut(&mut self) -> btree_map::IterMut<'_, String, Value> {
        self.attributes.iter_mut()
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Item {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(attributes: I) -> Self {
        let mut item = Item::new();
        item.extend(attributes);
        item
    }
}

impl<N: Into<String>, V: Into<Value>> Extend<(N, V)> for Item {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, attributes: I) {
        self.attributes.extend(attributes.into_iter().map(|(name, value)| (name.into(), value.into())));
    }
}

impl<N: Into<String>, V: Into<Value>, const LENGTH: usize> From<[(N, V); LENGTH]> for Item {
    fn from(attributes: [(N, V); LENGTH]) -> Self {
        attributes.into_iter().collect()
    }
}

impl From<BTreeMap<String, Value>> for Item {
    fn from(attributes: BTreeMap<String, Value>) -> Self {
        Item { attributes }
    }
}

impl From<Item> for BTreeMap<String, Value> {
    fn from(item: Item) -> Self {
        item.attributes
    }
}

impl IntoIterator for Item {
    type Item = (String, Value);
    type IntoIter = btree_map::IntoIter<String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.attributes.into_iter()
    }
}

impl<'i> IntoIterator for &'i Item {
    type Item = (&'i String, &'i Value);
    type IntoIter = btree_map::Iter<'i, String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.attributes.iter()
    }
}

impl Fields for Item {
    fn encode_fields(&self, out: &mut Writer) {
        for (name, value) in &self.attributes {
            // After a failure, which may be that the value nests too deeply, nothing counts.
            if out.error().is_some() {
                return;
            }
            out.name(name);
            value.encode(out);
            out.end_member();
        }
    }
}

/// Takes every attribute: last of the fields, it takes what the others leave.
impl FromFields for Item {
    type Partial = Item;

    fn partial() -> Item {
        Item::new()
    }

    fn read_field(partial: &mut Item, name: &str, input: &mut Reader<'_>) -> Result<bool, DecodeError> {
        let value = Value::decode(input).map_err(|error| error.in_attribute(name))?;
        partial.attributes.insert(name.to_owned(), value);
        Ok(true)
    }

    fn finish(partial: Item) -> Result<Self, DecodeError> {
        Ok(partial)
    }
}

impl Attribute for Item {
    type Kind = kind::Map;
    const TYPE: &'static Type = &Type::Map(&Type::Any);
    fn encode(&self, out: &mut Writer) {
        crate::attribute::document::encode_document(self, out);
    }
}

impl FromAttribute for Item {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        crate::attribute::document::decode_document(input)
    }
}

impl MaybeEmpty for Item {
    fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }
}
