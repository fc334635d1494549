//! The parts of a transaction: single writes and checks, in tuples and lists.

use crate::client::Operation;
use crate::expr::{Action, Node};
use crate::op::check::Check;
use crate::op::parts::Parts;
use crate::op::put::Put;
use crate::op::returned::Nothing;
use crate::op::{Delete, Update};
use crate::table::Table;
use crate::wire::{Reader, size};

const PUT: &str = "{\"Put\":";
pub(super) const UPDATE: &str = "{\"Update\":";
const DELETE: &str = "{\"Delete\":";
pub(super) const CHECK: &str = "{\"ConditionCheck\":";

/// One write of a transaction, with the name under which TransactWriteItems has it.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Part {
    pub(super) name: &'static str,
    pub(super) parts: Parts,
}

/// What a transaction does: a put, create, replace, update, delete or check; a tuple of such; a `Vec` or an `Option` of one kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a part of a transaction",
    label = "not a write",
    note = "a part is `create()`, `put()`, `replace()`, `update(…)`, `delete(…)` or `check(…)`, a tuple, a `Vec` or an `Option` of such; a part returns no item, and is not `exactly_once()`, which the transaction is"
)]
pub trait TransactWrite {
    #[doc(hidden)]
    fn push_onto(self, parts: &mut Vec<Part>);
}

macro_rules! parts {
    ($($request:ty => $name:ident, |$self:ident| $parts:expr;)*) => { $(
        impl<E: Table> TransactWrite for $request {
            fn push_onto($self, parts: &mut Vec<Part>) {
                parts.push(Part { name: $name, parts: $parts });
            }
        }
    )* };
}

parts! {
    Put<E, Nothing> => PUT, |self| self.parts;
    Update<E, Nothing> => UPDATE, |self| self.into_parts();
    Delete<E, Nothing> => DELETE, |self| self.parts;
    Check<E> => CHECK, |self| self.parts;
}

impl Part {
    /// A write that was to be sent alone.
    pub(super) fn of(parts: Parts) -> Self {
        let name = match parts.operation {
            Operation::PutItem => PUT,
            Operation::DeleteItem => DELETE,
            _ => UPDATE,
        };
        Part { name, parts }
    }

    pub(in crate::op) fn put(parts: Parts) -> Self {
        Part { name: PUT, parts }
    }

    pub(in crate::op) fn update(parts: Parts) -> Self {
        Part { name: UPDATE, parts }
    }

    pub(in crate::op) fn delete(parts: Parts) -> Self {
        Part { name: DELETE, parts }
    }

    pub(in crate::op) fn check(parts: Parts) -> Self {
        Part { name: CHECK, parts }
    }
}

impl<W: TransactWrite> TransactWrite for Vec<W> {
    fn push_onto(self, parts: &mut Vec<Part>) {
        self.into_iter().for_each(|write| write.push_onto(parts));
    }
}

impl<W: TransactWrite> TransactWrite for Option<W> {
    fn push_onto(self, parts: &mut Vec<Part>) {
        self.into_iter().for_each(|write| write.push_onto(parts));
    }
}

macro_rules! tuples {
    ($($($w:ident $i:tt),+;)*) => { $(
        impl<$($w: TransactWrite),+> TransactWrite for ($($w,)+) {
            fn push_onto(self, parts: &mut Vec<Part>) {
                $(self.$i.push_onto(parts);)+
            }
        }
    )* };
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, F 4;
    A 0, B 1, C 2, D 3, F 4, G 5;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11;
}

impl Part {
    /// How many bytes the item that is put takes in JSON, or the key and the values that an update sets.
    pub(super) fn bytes(&self) -> usize {
        let head = self.parts.head.as_ref().map_or(0, Vec::len);
        self.values().map(<[u8]>::len).fold(head, usize::saturating_add)
    }

    /// The size of the item that is put, or of the values that an update sets: no more than that of the item which it leaves.
    pub(super) fn size(&self) -> usize {
        let head = self.parts.head.as_deref().unwrap_or_default();
        let item = head.strip_prefix(b"{\"Item\":").and_then(|item| item.strip_suffix(b","));
        let item = item.and_then(|item| size::item_size(item).ok()).unwrap_or_default();
        let value = |json| Reader::new(json).and_then(|mut input| size::value_size(&mut input)).ok();
        self.values().filter_map(value).fold(item, usize::saturating_add)
    }

    /// The values that an update sets.
    fn values(&self) -> impl Iterator<Item = &[u8]> {
        let actions = self.parts.actions.iter().flat_map(|actions| &actions.0);
        actions.filter_map(|action| match action {
            Action::Set(_, Node::Value(json)) => Some(&**json),
            _ => None,
        })
    }
}
