//! Conditions on sort keys.

use crate::attribute::kind::Prefixed;
use crate::attribute::{Attribute, KeyAttribute, Predecessor};
use crate::expr::{Comparator, Node, Prefix, Value};
use std::cmp::Ordering;
use std::ops;

/// What is asked of one sort-key attribute.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct SortTest(pub(crate) Sort);

#[derive(Debug, Clone)]
pub(crate) enum Sort {
    Compare(Comparator, Node),
    Between(Node, Node),
    BeginsWith(Node),
    /// Every value meets it.
    Anything,
    /// No value can meet it: the query yields nothing and is not sent.
    Nothing,
}

/// The sort-key attributes that are still open, first one first.
#[diagnostic::on_unimplemented(
    message = "no sort-key attribute is left to constrain",
    label = "the sort key is constrained already, or there is none",
    note = "sort keys are filled left to right, one call for each attribute; a range or a prefix closes them",
    note = "to narrow further, give both ends in one range, `a..=b`, or `.filter(…)` by another attribute"
)]
pub trait SortKey {
    /// The next attribute.
    type First;
    /// Those after it.
    type Rest;
}

macro_rules! sort_keys {
    ($($a:ident $($b:ident)*;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<$a $(, $b)*> SortKey for ($a, $($b,)*) {
            type First = $a;
            type Rest = ($($b,)*);
        }
    )* };
}

sort_keys! { A; A B; A B C; A B C D; }

/// A condition on a sort-key attribute of type `T`: a value, after which the next attribute may follow, or a range or prefix.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on a sort key of type `{T}`",
    label = "not a sort-key condition",
    note = "give a value, `a..`, `..b`, `..=b`, `a..=b`, `after(a)` or `prefix(p)`; `a..b` only where the type has an exact predecessor: integers and timestamps"
)]
pub trait SortCondition<T> {
    /// The attributes still open afterwards.
    type Left<Rest>;
    #[doc(hidden)]
    fn test(self) -> SortTest;
}

macro_rules! values {
    ($([$($p:ident)?] $value:ty => $key:ty;)*) => { $(
        impl$(<$p: KeyAttribute>)? SortCondition<$key> for $value {
            type Left<Rest> = Rest;
            fn test(self) -> SortTest {
                SortTest(Sort::Compare(Comparator::Eq, Value::<$key>::operand(self).0))
            }
        }
    )* };
}

values! {
    [T] T => T;
    [T] &T => T;
    [T] T => Option<T>;
    [T] &T => Option<T>;
    [] &str => String;
    [] &str => Option<String>;
    [] &[u8] => Vec<u8>;
    [] &[u8] => Option<Vec<u8>>;
}

macro_rules! ranges {
    ($($range:ty, $self:ident => $condition:expr;)*) => { $(
        impl<T, V: Value<T>> SortCondition<T> for $range {
            type Left<Rest> = ();
            fn test($self) -> SortTest {
                SortTest($condition)
            }
        }
    )* };
}

ranges! {
    ops::RangeFrom<V>, self => Sort::Compare(Comparator::Ge, self.start.operand().0);
    ops::RangeTo<V>, self => Sort::Compare(Comparator::Lt, self.end.operand().0);
    ops::RangeToInclusive<V>, self => Sort::Compare(Comparator::Le, self.end.operand().0);
    ops::RangeInclusive<V>, self => {
        let (start, end) = self.into_inner();
        between(start.operand().0, end.operand().0)
    };
    After<V>, self => Sort::Compare(Comparator::Gt, self.0.operand().0);
}

fn between(low: Node, high: Node) -> Sort {
    match (&low, &high) {
        (Node::Value(a), Node::Value(b)) if crate::wire::compare(a, b) == Some(Ordering::Greater) => {
            Sort::Nothing
        }
        _ => Sort::Between(low, high),
    }
}

fn half_open<T: Attribute + Predecessor>(start: &T, end: &T) -> Sort {
    match end.predecessor() {
        Some(last) if start < end => {
            Sort::Between(Value::<T>::operand(start).0, Value::<T>::operand(&last).0)
        }
        _ => Sort::Nothing,
    }
}

// The bound is written out for `Range<T>` and `Range<&T>`: only of a whole `T` is the predecessor known.
impl<T: KeyAttribute + Predecessor> SortCondition<T> for ops::Range<T> {
    type Left<Rest> = ();
    fn test(self) -> SortTest {
        SortTest(half_open(&self.start, &self.end))
    }
}
impl<T: KeyAttribute + Predecessor> SortCondition<T> for ops::Range<&T> {
    type Left<Rest> = ();
    fn test(self) -> SortTest {
        SortTest(half_open(self.start, self.end))
    }
}
impl<T: KeyAttribute + Predecessor> SortCondition<Option<T>> for ops::Range<T> {
    type Left<Rest> = ();
    fn test(self) -> SortTest {
        SortTest(half_open(&self.start, &self.end))
    }
}

/// Everything above a value, which Rust has no range for: from [`after`].
#[derive(Debug, Clone, Copy)]
pub struct After<V>(V);

/// The sort-key condition `> value`.
pub fn after<V>(value: V) -> After<V> {
    After(value)
}

/// A beginning of the sort key: from [`prefix`].
#[derive(Debug, Clone, Copy)]
pub struct BeginsWith<V>(V);

/// The sort-key condition `begins_with`, for strings and bytes. The empty prefix is no condition.
pub fn prefix<V>(value: V) -> BeginsWith<V> {
    BeginsWith(value)
}

impl<T: KeyAttribute<Kind: Prefixed>, V: Prefix<T::Kind>> SortCondition<T> for BeginsWith<V> {
    type Left<Rest> = ();
    fn test(self) -> SortTest {
        SortTest(match self.0.operand().0 {
            Node::Value(json) if json == b"{\"S\":\"\"}" || json == b"{\"B\":\"\"}" => Sort::Anything,
            prefix => Sort::BeginsWith(prefix),
        })
    }
}
