//! The key of one item: where every operation on a known item begins.

use crate::expr::{Action, Actions, Node, Operand, Value};
use crate::op::unique::RESERVED;
use crate::op::{Check, Delete, Get, Update};
use crate::table::{Overwritable, Table};
use crate::wire::{EncodeError, EncodeErrorKind, KeySide, Writer, check_key, scratch};
use std::marker::PhantomData;
use theory_schema::unique::GUARD_PREFIX;
use theory_schema::{Entity, KeyAttribute, limits};

/// The key of one item of the entity `E`.
///
/// The derive gives the entity functions that make it from the key's fields: `Order::get(&customer, &id)` is
/// `Order::key(&customer, &id).get()`. In generic code make it from a tuple with [`Key::of`].
#[derive(Debug)]
pub struct Key<E> {
    /// The beginning of a request: `{"Key":{…},`.
    head: Result<Vec<u8>, EncodeError>,
    marker: PhantomData<fn() -> E>,
}

impl<E> Clone for Key<E> {
    fn clone(&self) -> Self {
        Key { head: self.head.clone(), marker: PhantomData }
    }
}

/// Room for what follows the key in most requests.
const SPARE: usize = 160;

impl<E: Table> Key<E> {
    /// The key with these values, one for each key field, as a tuple.
    ///
    /// What cannot be a key (an empty string, more than 2048 bytes in a partition key, 1024 in a sort key) is an error of the
    /// request made from it.
    pub fn of(values: impl KeyArgs<E::Key>) -> Self {
        let key = &E::SCHEMA.key;
        let is_guarded = !E::SCHEMA.uniques.is_empty();
        let head = scratch::encode(SPARE, |out| {
            out.raw(b"{\"Key\":");
            out.begin_object();
            let names = key.partition.iter().chain(key.sort);
            for ((attribute, Operand(value)), side) in
                names.zip(values.operands()).zip(sides(key.partition.len()))
            {
                out.name(attribute.name);
                if is_guarded && is_guard(&value) {
                    out.fail(EncodeErrorKind::Custom(RESERVED.into()));
                }
                write_key_value(value, side, out);
                out.end_member();
            }
            out.end_object();
            out.end_member();
        });
        Key { head, marker: PhantomData }
    }

    /// The key that DynamoDB itself wrote, as an object of attributes.
    #[cfg(feature = "stream")]
    pub(crate) fn from_json(json: &[u8]) -> Self {
        let (open, close) = (b"{\"Key\":", b",");
        let mut head = Vec::with_capacity(open.len() + json.len() + close.len() + SPARE);
        head.extend_from_slice(open);
        head.extend_from_slice(json);
        head.extend_from_slice(close);
        Key { head: Ok(head), marker: PhantomData }
    }

    /// Reads the item.
    pub fn get(self) -> Get<E> {
        Get::new(self.head)
    }

    /// Changes attributes of the item.
    pub fn update(self) -> Update<E>
    where
        E: Overwritable,
    {
        Update::new(self.head)
    }

    /// Checks a condition on the item, as a part of a transaction.
    pub fn check(self) -> Check<E> {
        Check::new(self.head)
    }

    /// Deletes the item.
    pub fn delete(self) -> Delete<E> {
        Delete::new(self.head)
    }
}

/// Whether the value would be the partition key of a guard: no key of an entity with unique attributes begins so.
fn is_guard(value: &Node) -> bool {
    let prefix = b"{\"S\":\"".iter().chain(GUARD_PREFIX.as_bytes());
    matches!(value, Node::Value(json) if json.len() >= prefix.clone().count() && json.iter().zip(prefix).all(|(a, b)| a == b))
}

/// The limits of a key's attributes, in their order.
fn sides(partition: usize) -> impl Iterator<Item = KeySide> {
    let side = |limit: usize| KeySide { limit: limit as u32, index: None };
    std::iter::repeat_n(side(limits::PARTITION_KEY_BYTES), partition)
        .chain(std::iter::repeat(side(limits::SORT_KEY_BYTES)))
}

fn write_key_value(value: Node, side: KeySide, out: &mut Writer) {
    match encoded(value, side) {
        Ok(json) => out.raw(&json),
        Err(error) => out.fail(error),
    }
}

/// A value that may stand in a key.
fn encoded(value: Node, side: KeySide) -> Result<Vec<u8>, EncodeErrorKind> {
    match value {
        Node::Value(json) => check_key(&json, side).map(|()| json),
        Node::Invalid(error) => Err(error.kind().clone()),
        _ => Err(EncodeErrorKind::Custom("a key attribute cannot be `None`".into())),
    }
}

/// As [`encoded`], for the attribute of a key condition.
pub(crate) fn key_condition_value(
    attribute: &KeyAttribute,
    value: Node,
    side: KeySide,
) -> Result<Vec<u8>, EncodeError> {
    encoded(value, side).map_err(|kind| EncodeError::new(kind).in_attribute(attribute.name))
}

/// Refuses what an update must not write into an attribute that is part of an index's key: DynamoDB would refuse the whole update.
pub(crate) fn check_index_keys(entity: &Entity, actions: &Actions) -> Result<(), EncodeError> {
    for (name, json) in actions.0.iter().filter_map(Action::attribute_value) {
        for index in entity.indexes {
            let attributes = index.key.partition.iter().chain(index.key.sort);
            for (attribute, side) in attributes.zip(sides(index.key.partition.len())) {
                if attribute.name == name {
                    check_key(json, KeySide { index: Some(index.name), ..side })
                        .map_err(|kind| EncodeError::new(kind).in_attribute(name))?;
                }
            }
        }
    }
    Ok(())
}

/// Arguments for a tuple of key fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fill the key `{K}`",
    note = "give one value for each field of the key, as a tuple"
)]
pub trait KeyArgs<K> {
    #[doc(hidden)]
    fn operands(self) -> impl Iterator<Item = Operand>;
}

macro_rules! key_args {
    ($($t:ident $v:ident $i:tt),*) => {
        impl<$($t, $v: Value<$t>),*> KeyArgs<($($t,)*)> for ($($v,)*) {
            fn operands(self) -> impl Iterator<Item = Operand> {
                [$(self.$i.operand()),*].into_iter()
            }
        }
    };
}

key_args!(A V 0);
key_args!(A V 0, B W 1);
key_args!(A V 0, B W 1, C X 2);
key_args!(A V 0, B W 1, C X 2, D Y 3);
key_args!(A V 0, B W 1, C X 2, D Y 3, F Z 4);
key_args!(A V 0, B W 1, C X 2, D Y 3, F Z 4, G U 5);
key_args!(A V 0, B W 1, C X 2, D Y 3, F Z 4, G U 5, H Q 6);
key_args!(A V 0, B W 1, C X 2, D Y 3, F Z 4, G U 5, H Q 6, I R 7);
