//! One action of an update in two forms: as the library builds it, and what DynamoDB's rules say that it does.

use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;

use theory::op::Update;
use theory::{Item, Value};

use super::reference::Step::{self, Index, Name};
use super::reference::{at, hundredths};
use crate::thing::Thing;

/// DynamoDB refuses the update: a path leads nowhere.
#[derive(Debug)]
pub(super) struct Refused;

type Meaning = dyn Fn(&Item, &mut Item) -> Result<(), Refused>;

/// One action, and what it does: from the item as it was, to the item as it becomes.
#[derive(Clone)]
pub(super) struct Act {
    text: String,
    pub(super) apply: Rc<dyn Fn(Update<Thing>) -> Update<Thing>>,
    pub(super) meaning: Rc<Meaning>,
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

pub(super) fn act(
    text: impl fmt::Display,
    apply: impl Fn(Update<Thing>) -> Update<Thing> + 'static,
    meaning: impl Fn(&Item, &mut Item) -> Result<(), Refused> + 'static,
) -> Act {
    Act { text: text.to_string(), apply: Rc::new(apply), meaning: Rc::new(meaning) }
}

// What follows is DynamoDB's rules, read plainly.

/// The value at a path that must be there.
pub(super) fn read(old: &Item, place: &[Step]) -> Result<Value, Refused> {
    at(old, place).cloned().ok_or(Refused)
}

/// `SET` at a path: its parent must be there, and behind the end of a list is its end.
pub(super) fn set(new: &mut Item, place: &[Step], value: Value) -> Result<(), Refused> {
    match place {
        [Name(root)] => drop(new.insert(*root, value)),
        [parents @ .., last] => match (parent(new, parents)?, last) {
            (Value::M(members), Name(name)) => drop(members.insert(*name, value)),
            (Value::L(elements), Index(index)) => match elements.get_mut(*index) {
                Some(element) => *element = value,
                None => elements.push(value),
            },
            _ => return Err(Refused),
        },
        [] => return Err(Refused),
    }
    Ok(())
}

/// `REMOVE` at a path: its parent must be there, the value need not.
pub(super) fn remove(new: &mut Item, place: &[Step]) -> Result<(), Refused> {
    match place {
        [Name(root)] => drop(new.remove(root)),
        [parents @ .., last] => match (parent(new, parents)?, last) {
            (Value::M(members), Name(name)) => drop(members.remove(name)),
            (Value::L(elements), Index(index)) => {
                if *index < elements.len() {
                    elements.remove(*index);
                }
            }
            _ => return Err(Refused),
        },
        [] => return Err(Refused),
    }
    Ok(())
}

fn parent<'i>(item: &'i mut Item, place: &[Step]) -> Result<&'i mut Value, Refused> {
    let Some((Name(root), rest)) = place.split_first() else { return Err(Refused) };
    rest.iter().try_fold(item.get_mut(root).ok_or(Refused)?, |value, step| {
        let inner = match (step, value) {
            (Name(name), Value::M(members)) => members.get_mut(name),
            (Index(index), Value::L(elements)) => elements.get_mut(*index),
            _ => None,
        };
        inner.ok_or(Refused)
    })
}

fn whole(value: &Value) -> i128 {
    match value {
        Value::N(number) => hundredths(number.as_str()) / 100,
        _ => panic!("a number"),
    }
}

pub(super) fn sum(a: &Value, b: &Value, sign: i128) -> Value {
    Value::from(i64::try_from(whole(a) + sign * whole(b)).unwrap())
}

pub(super) fn joined(a: Value, b: Value) -> Value {
    match (a, b) {
        (Value::L(mut a), Value::L(b)) => {
            a.extend(b);
            Value::L(a)
        }
        _ => panic!("two lists"),
    }
}

/// `ADD` and `DELETE` of a set: an empty one is no attribute.
pub(super) fn regroup<T: Ord + Clone>(
    old: Option<BTreeSet<T>>,
    elements: &BTreeSet<T>,
    is_add: bool,
    value: fn(BTreeSet<T>) -> Value,
) -> Option<Value> {
    let old = old.unwrap_or_default();
    let new: BTreeSet<T> = if is_add {
        old.union(elements).cloned().collect()
    } else {
        old.difference(elements).cloned().collect()
    };
    (!new.is_empty()).then(|| value(new))
}

pub(super) fn put_or_remove(new: &mut Item, name: &'static str, value: Option<Value>) {
    match value {
        Some(value) => drop(new.insert(name, value)),
        None => drop(new.remove(name)),
    }
}

pub(super) fn of<T: theory::Attribute>(value: &T) -> Option<Value> {
    (!value.is_absent()).then(|| Value::of(value).unwrap())
}
