//! DynamoDB's rules for conditions, read plainly, on dynamic items.

use std::cmp::Ordering;

use theory::wire::AttributeType;
use theory::{Item, Value};

/// A step of a path.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Name(&'static str),
    Index(usize),
}

/// Where a value is in an item.
pub(super) type Place = Vec<Step>;

/// The value at a place, if there is one.
pub(super) fn at<'i>(item: &'i Item, place: &[Step]) -> Option<&'i Value> {
    let Some((Step::Name(root), rest)) = place.split_first() else { return None };
    rest.iter().try_fold(item.get(root)?, |value, step| match (step, value) {
        (Step::Name(name), Value::M(members)) => members.get(name),
        (Step::Index(index), Value::L(elements)) => elements.get(*index),
        _ => None,
    })
}

/// The operators of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Compare {
    pub(super) const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    fn of(self, ordering: Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }

    /// The comparison of two values, either of which may be missing: then they are different, and in no order.
    pub(super) fn holds(self, left: Option<&Value>, right: Option<&Value>) -> bool {
        let (Some(left), Some(right)) = (left, right) else { return self == Self::Ne };
        match self {
            Self::Eq => left == right,
            Self::Ne => left != right,
            _ => order(left, right).is_some_and(|ordering| self.of(ordering)),
        }
    }
}

/// The order of two values of one type that has an order.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::S(left), Value::S(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (Value::B(left), Value::B(right)) => Some(left.cmp(right)),
        (Value::N(left), Value::N(right)) => Some(hundredths(left.as_str()).cmp(&hundredths(right.as_str()))),
        _ => None,
    }
}

/// A number of at most two digits behind the point, which is all that the tests make.
pub(super) fn hundredths(text: &str) -> i128 {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let magnitude: i128 = format!("{whole}{fraction:0<2}").parse().expect("a short number");
    if negative { -magnitude } else { magnitude }
}

pub(super) fn between(value: Option<&Value>, low: &Value, high: &Value) -> bool {
    Compare::Ge.holds(value, Some(low)) && Compare::Le.holds(value, Some(high))
}

pub(super) fn begins_with(value: Option<&Value>, prefix: &Value) -> bool {
    match (value, prefix) {
        (Some(Value::S(text)), Value::S(prefix)) => text.starts_with(prefix.as_str()),
        (Some(Value::B(bytes)), Value::B(prefix)) => bytes.starts_with(prefix),
        _ => false,
    }
}

pub(super) fn contains(value: Option<&Value>, element: &Value) -> bool {
    match (value, element) {
        (Some(Value::S(text)), Value::S(part)) => text.contains(part.as_str()),
        (Some(Value::Ss(set)), Value::S(element)) => set.contains(element),
        (Some(Value::Ns(set)), Value::N(element)) => set.contains(element),
        (Some(Value::Bs(set)), Value::B(element)) => set.contains(element),
        (Some(Value::L(elements)), element) => elements.contains(element),
        _ => false,
    }
}

pub(super) fn has_type(value: Option<&Value>, ty: AttributeType) -> bool {
    value.is_some_and(|value| value.attribute_type() == ty)
}

/// The size of a value of a type that has one, as a value.
pub(super) fn size(value: Option<&Value>) -> Option<Value> {
    let size = match value? {
        // DynamoDB counts as Java does.
        Value::S(text) => text.encode_utf16().count(),
        Value::B(bytes) => bytes.len(),
        Value::Ss(set) => set.len(),
        Value::Ns(set) => set.len(),
        Value::Bs(set) => set.len(),
        Value::L(elements) => elements.len(),
        Value::M(members) => members.len(),
        _ => return None,
    };
    Some(Value::from(size))
}

#[test]
fn numbers_are_in_order() {
    let mut numbers = ["-2", "-1.75", "-1.5", "-0.25", "0", "0.25", "1", "1.5", "10"].map(hundredths);
    assert!(numbers.is_sorted());
    numbers.reverse();
    assert_eq!(numbers[0], 1000);
}
