//! What an argument may be: `T`, `&T`, `&str` for `String`, `T` for `Option<T>`, arrays for sets, other attributes.

use super::node::Node;
use super::path::{Path, Steps};
use super::update::{Expr, Sum};
use crate::attribute::{Adapted, Adapter, Attribute, SetElement};
use crate::wire::Writer;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};
use std::{rc::Rc, sync::Arc};

/// An encoded argument.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Operand(pub(crate) Node);

/// An argument for an attribute of type `T`; for one of the entity `E`, also another of its attributes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for an attribute of type `{T}`",
    label = "expected a `{T}` or a reference to one",
    note = "also taken: `&str` for a `String`, arrays for lists, arrays and `Vec` for sets; for an `Option<T>` a `T` itself, or `None`"
)]
pub trait Value<T: ?Sized, E = ()> {
    #[doc(hidden)]
    fn operand(self) -> Operand;
}

fn encode(write: impl FnOnce(&mut Writer)) -> Operand {
    let mut out = Writer::new();
    write(&mut out);
    Operand(match out.finish() {
        Ok(json) => Node::Value(json),
        Err(error) => Node::Invalid(error),
    })
}

pub(crate) fn literal<T: Attribute + ?Sized>(value: &T) -> Operand {
    if value.is_absent() { Operand(Node::Absent) } else { encode(|out| value.encode(out)) }
}

#[diagnostic::do_not_recommend]
impl<T: Attribute, E> Value<T, E> for T {
    fn operand(self) -> Operand {
        literal(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Attribute, E> Value<T, E> for &T {
    fn operand(self) -> Operand {
        literal(self)
    }
}

macro_rules! behind {
    ($($pointer:ident)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: Attribute, E> Value<$pointer<T>, E> for T {
            fn operand(self) -> Operand {
                literal(&self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<T: Attribute, E> Value<$pointer<T>, E> for &T {
            fn operand(self) -> Operand {
                literal(self)
            }
        }
    )* };
}
behind! { Option Box Rc Arc }

macro_rules! text {
    ($($owned:ty),*) => { $(
        #[diagnostic::do_not_recommend]
        impl<E> Value<$owned, E> for &str {
            fn operand(self) -> Operand {
                literal(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<E> Value<Option<$owned>, E> for &str {
            fn operand(self) -> Operand {
                literal(self)
            }
        }
    )* };
}
text! { String, Cow<'_, str>, Box<str>, Rc<str>, Arc<str> }

macro_rules! binary {
    ($($owned:ty),*) => { $(
        #[diagnostic::do_not_recommend]
        impl<E> Value<$owned, E> for &[u8] {
            fn operand(self) -> Operand {
                literal(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<E, const N: usize> Value<$owned, E> for &[u8; N] {
            fn operand(self) -> Operand {
                literal(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<E> Value<Option<$owned>, E> for &[u8] {
            fn operand(self) -> Operand {
                literal(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<E, const N: usize> Value<Option<$owned>, E> for &[u8; N] {
            fn operand(self) -> Operand {
                literal(self)
            }
        }
    )* };
}
binary! { Vec<u8>, bytes::Bytes }

// Lists, from arrays and slices.
#[diagnostic::do_not_recommend]
impl<T: Attribute, E, const N: usize> Value<Vec<T>, E> for [T; N] {
    fn operand(self) -> Operand {
        literal(&self)
    }
}
#[diagnostic::do_not_recommend]
impl<E, const N: usize> Value<Vec<String>, E> for [&str; N] {
    fn operand(self) -> Operand {
        literal(&self)
    }
}
#[diagnostic::do_not_recommend]
impl<T: Attribute, E, const N: usize> Value<Option<Vec<T>>, E> for [T; N] {
    fn operand(self) -> Operand {
        literal(&self)
    }
}
#[diagnostic::do_not_recommend]
impl<E, const N: usize> Value<Option<Vec<String>>, E> for [&str; N] {
    fn operand(self) -> Operand {
        literal(&self)
    }
}

// Sets, from arrays and vectors. Elements given twice are one.
fn set_of<T: SetElement, V: Value<T>>(values: impl IntoIterator<Item = V>) -> Operand {
    let mut elements: Vec<Vec<u8>> = Vec::new();
    for value in values {
        match value.operand().0 {
            Node::Value(json) if elements.contains(&json) => {}
            Node::Value(json) => elements.push(json),
            other => return Operand(other),
        }
    }
    if elements.is_empty() {
        return Operand(Node::Absent);
    }
    encode(|out| {
        out.begin_set(T::TYPE.scalar().unwrap_or(theory_schema::ScalarType::String));
        for element in &elements {
            out.set_element(|out| out.raw(element));
        }
        out.end_set();
    })
}

#[diagnostic::do_not_recommend]
impl<T: SetElement + Ord, V: Value<T>, E, const N: usize> Value<BTreeSet<T>, E> for [V; N] {
    fn operand(self) -> Operand {
        set_of::<T, V>(self)
    }
}
#[diagnostic::do_not_recommend]
impl<T: SetElement + Ord, V: Value<T>, E> Value<BTreeSet<T>, E> for Vec<V> {
    fn operand(self) -> Operand {
        set_of::<T, V>(self)
    }
}
#[diagnostic::do_not_recommend]
impl<T: SetElement + Eq + Hash, V: Value<T>, H: BuildHasher, E, const N: usize> Value<HashSet<T, H>, E>
    for [V; N]
{
    fn operand(self) -> Operand {
        set_of::<T, V>(self)
    }
}
#[diagnostic::do_not_recommend]
impl<T: SetElement + Eq + Hash, V: Value<T>, H: BuildHasher, E> Value<HashSet<T, H>, E> for Vec<V> {
    fn operand(self) -> Operand {
        set_of::<T, V>(self)
    }
}

// What is stored through an adapter takes the field's own type.
fn adapted<T, A: Adapter<T>>(value: &T) -> Operand {
    if A::is_absent(value) { Operand(Node::Absent) } else { encode(|out| A::encode(value, out)) }
}
#[diagnostic::do_not_recommend]
impl<T, A: Adapter<T>, E> Value<Adapted<T, A>, E> for T {
    fn operand(self) -> Operand {
        adapted::<T, A>(&self)
    }
}
#[diagnostic::do_not_recommend]
impl<T, A: Adapter<T>, E> Value<Adapted<T, A>, E> for &T {
    fn operand(self) -> Operand {
        adapted::<T, A>(self)
    }
}
#[diagnostic::do_not_recommend]
impl<T, A: Adapter<Option<T>>, E> Value<Adapted<Option<T>, A>, E> for T {
    fn operand(self) -> Operand {
        adapted::<Option<T>, A>(&Some(self))
    }
}

// Other attributes, and what is computed from them: also where the attribute may be missing that they are for.
macro_rules! from_item {
    ($([$($p:ident $(: $bound:ident)?),*] $source:ty, $self:ident => $node:expr;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<E, T: Attribute $(, $p $(: $bound)?)*> Value<T, E> for $source {
            fn operand($self) -> Operand {
                Operand($node)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<E, T: Attribute $(, $p $(: $bound)?)*> Value<Option<T>, E> for $source {
            fn operand($self) -> Operand {
                Operand($node)
            }
        }
    )* };
}
from_item! {
    [R, S: Steps] Path<E, T, R, S>, self => Node::Path(self.node());
    [] Expr<E, T>, self => self.node;
    [] Sum<E, T>, self => self.node;
}
