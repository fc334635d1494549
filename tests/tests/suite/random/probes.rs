//! A random condition in two forms: as the library builds it, and as the reference reads it.

use std::fmt;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use theory::attribute::{Attribute, kind};
use theory::expr::{AnyItem, Container, Path, Prefix, Steps, Value as Operand};
use theory::wire::AttributeType;
use theory::{Condition, Item, Value};

use super::reference::{self, Compare, Place};
use crate::thing::Thing;

pub(super) type Test = Condition<Thing, AnyItem>;

/// A condition, and what it means.
#[derive(Clone)]
pub(super) struct Probe {
    text: String,
    pub(super) condition: Test,
    pub(super) holds: Rc<dyn Fn(&Item) -> bool>,
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Probe {
    fn new(text: String, condition: Test, holds: impl Fn(&Item) -> bool + 'static) -> Self {
        Self { text, condition, holds: Rc::new(holds) }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let text = format!("({self:?} AND {other:?})");
        let (left, right) = (self.holds, other.holds);
        Self::new(text, self.condition & other.condition, move |item| left(item) && right(item))
    }

    pub(super) fn or(self, other: Self) -> Self {
        let text = format!("({self:?} OR {other:?})");
        let (left, right) = (self.holds, other.holds);
        Self::new(text, self.condition | other.condition, move |item| left(item) || right(item))
    }

    pub(super) fn not(self) -> Self {
        let holds = self.holds;
        Self::new(format!("NOT {}", self.text), !self.condition, move |item| !holds(item))
    }
}

/// An attribute, or something within one, in both forms.
pub(super) struct Spot<T, S> {
    pub(super) path: Path<Thing, T, theory::expr::role::Data, S>,
    pub(super) place: Place,
}

impl<T, S: Steps + Copy> Spot<T, S> {
    fn name(&self) -> String {
        format!("{:?}", self.path)
    }
}

/// What is stored for a value: nothing for the empty set.
fn stored<V: Attribute>(value: &V) -> Option<Value> {
    (!value.is_absent()).then(|| Value::of(value).unwrap())
}

/// `=`, `<>`, `IN`, existence and type: what every attribute has.
pub(super) fn common<T, S, V>(spot: &Spot<T, S>, values: BoxedStrategy<V>) -> BoxedStrategy<Probe>
where
    T: Attribute + 'static,
    S: Steps + Copy + 'static,
    V: Operand<T, Thing> + Attribute + Clone + fmt::Debug + 'static,
{
    let (a, b, c, d) = (spot.clone_spot(), spot.clone_spot(), spot.clone_spot(), spot.clone_spot());
    let equal = (any::<bool>(), values.clone()).prop_map(move |(equal, value)| {
        let place = a.place.clone();
        let literal = stored(&value);
        let symbol = if equal { "=" } else { "<>" };
        let text = format!("{} {symbol} {value:?}", a.name());
        let condition = if equal { a.path.eq(value) } else { a.path.ne(value) };
        Probe::new(text, condition, move |item| {
            // Compared with nothing it is a question of existence.
            let found = reference::at(item, &place);
            let same = match (&literal, found) {
                (Some(literal), Some(found)) => literal == found,
                (None, None) => true,
                _ => false,
            };
            same == equal
        })
    });
    let within =
        vec(values.prop_filter("stored", |value| !value.is_absent()), 1..4).prop_map(move |values| {
            let place = b.place.clone();
            let literals: Vec<Value> = values.iter().filter_map(stored).collect();
            let text = format!("{} IN {values:?}", b.name());
            Probe::new(text, b.path.is_in(values), move |item| {
                reference::at(item, &place).is_some_and(|found| literals.contains(found))
            })
        });
    let exists = any::<bool>().prop_map(move |exists| {
        let place = c.place.clone();
        let text = format!("{} {}", if exists { "exists" } else { "not exists" }, c.name());
        let condition = if exists { c.path.exists() } else { c.path.not_exists() };
        Probe::new(text, condition, move |item| reference::at(item, &place).is_some() == exists)
    });
    let types = select(vec![
        AttributeType::S,
        AttributeType::N,
        AttributeType::B,
        AttributeType::Bool,
        AttributeType::Null,
        AttributeType::M,
        AttributeType::L,
        AttributeType::Ss,
        AttributeType::Ns,
        AttributeType::Bs,
    ]);
    let typed = types.prop_map(move |ty| {
        let place = d.place.clone();
        let text = format!("{} is {ty}", d.name());
        Probe::new(text, d.path.attribute_type(ty), move |item| {
            reference::has_type(reference::at(item, &place), ty)
        })
    });
    prop_oneof![3 => equal, 1 => within, 1 => exists, 1 => typed].boxed()
}

impl<T, S: Copy> Spot<T, S> {
    pub(super) fn clone_spot(&self) -> Self {
        Self { path: self.path, place: self.place.clone() }
    }
}

/// A comparison with a value or another attribute.
fn compared<T, S, V>(spot: &Spot<T, S>, compare: Compare, value: V) -> Test
where
    T: Attribute<Kind: kind::Ordered>,
    S: Steps + Copy,
    V: Operand<T, Thing>,
{
    match compare {
        Compare::Eq => spot.path.eq(value),
        Compare::Ne => spot.path.ne(value),
        Compare::Lt => spot.path.lt(value),
        Compare::Le => spot.path.le(value),
        Compare::Gt => spot.path.gt(value),
        Compare::Ge => spot.path.ge(value),
    }
}

/// `<` and its like, and `BETWEEN`.
pub(super) fn ordered<T, S, V>(spot: &Spot<T, S>, values: BoxedStrategy<V>) -> BoxedStrategy<Probe>
where
    T: Attribute<Kind: kind::Ordered> + 'static,
    S: Steps + Copy + 'static,
    V: Operand<T, Thing> + Attribute + Clone + fmt::Debug + 'static,
{
    let (a, b) = (spot.clone_spot(), spot.clone_spot());
    let with_value = (select(Compare::ALL.to_vec()), values.clone()).prop_map(move |(operator, value)| {
        let (place, literal) = (a.place.clone(), Value::of(&value).unwrap());
        let text = format!("{} {operator:?} {value:?}", a.name());
        Probe::new(text, compared(&a, operator, value), move |item| {
            operator.holds(reference::at(item, &place), Some(&literal))
        })
    });
    let between = (values.clone(), values).prop_map(move |(low, high)| {
        let place = b.place.clone();
        let literals = (Value::of(&low).unwrap(), Value::of(&high).unwrap());
        // Reversed bounds are refused.
        let is_reversed = reference::order(&literals.0, &literals.1).is_some_and(std::cmp::Ordering::is_gt);
        let ((low, high), literals) =
            if is_reversed { ((high, low), (literals.1, literals.0)) } else { ((low, high), literals) };
        let text = format!("{} BETWEEN {low:?} AND {high:?}", b.name());
        Probe::new(text, b.path.between(low, high), move |item| {
            reference::between(reference::at(item, &place), &literals.0, &literals.1)
        })
    });
    prop_oneof![with_value, between].boxed()
}

/// Comparisons with another attribute of the same type.
pub(super) fn against<T, S, U>(spot: &Spot<T, S>, other: &Spot<T, U>) -> BoxedStrategy<Probe>
where
    T: Attribute<Kind: kind::Ordered> + 'static,
    S: Steps + Copy + 'static,
    U: Steps + Copy + 'static,
{
    let (spot, other) = (spot.clone_spot(), other.clone_spot());
    select(Compare::ALL.to_vec())
        .prop_map(move |operator| {
            let (place, elsewhere) = (spot.place.clone(), other.place.clone());
            let text = format!("{} {operator:?} {}", spot.name(), other.name());
            Probe::new(text, compared(&spot, operator, other.path), move |item| {
                operator.holds(reference::at(item, &place), reference::at(item, &elsewhere))
            })
        })
        .boxed()
}

/// `begins_with`.
pub(super) fn prefixed<T, S, P>(spot: &Spot<T, S>, prefixes: BoxedStrategy<P>) -> BoxedStrategy<Probe>
where
    T: Attribute<Kind: kind::Prefixed> + 'static,
    S: Steps + Copy + 'static,
    P: Prefix<T::Kind> + Attribute + fmt::Debug + 'static,
{
    let spot = spot.clone_spot();
    prefixes
        .prop_map(move |prefix| {
            let (place, literal) = (spot.place.clone(), Value::of(&prefix).unwrap());
            let text = format!("{} begins with {prefix:?}", spot.name());
            Probe::new(text, spot.path.begins_with(prefix), move |item| {
                reference::begins_with(reference::at(item, &place), &literal)
            })
        })
        .boxed()
}

/// `contains`.
pub(super) fn containing<T, S, V>(spot: &Spot<T, S>, elements: BoxedStrategy<V>) -> BoxedStrategy<Probe>
where
    T: Attribute + Container + 'static,
    S: Steps + Copy + 'static,
    V: Operand<T::Element> + Attribute + fmt::Debug + 'static,
{
    let spot = spot.clone_spot();
    elements
        .prop_map(move |element| {
            let (place, literal) = (spot.place.clone(), Value::of(&element).unwrap());
            let text = format!("{} contains {element:?}", spot.name());
            Probe::new(text, spot.path.contains(element), move |item| {
                reference::contains(reference::at(item, &place), &literal)
            })
        })
        .boxed()
}

/// `size`, compared with a number.
pub(super) fn sized<T, S>(spot: &Spot<T, S>) -> BoxedStrategy<Probe>
where
    T: Attribute<Kind: kind::Sizeable> + 'static,
    S: Steps + Copy + 'static,
{
    let spot = spot.clone_spot();
    (select(Compare::ALL.to_vec()), 0..4_u64)
        .prop_map(move |(operator, number)| {
            let (place, literal) = (spot.place.clone(), Value::from(number));
            let text = format!("size of {} {operator:?} {number}", spot.name());
            let size = spot.path.size();
            let condition = match operator {
                Compare::Eq => size.eq(number),
                Compare::Ne => size.ne(number),
                Compare::Lt => size.lt(number),
                Compare::Le => size.le(number),
                Compare::Gt => size.gt(number),
                Compare::Ge => size.ge(number),
            };
            Probe::new(text, condition, move |item| {
                let size = reference::size(reference::at(item, &place));
                operator.holds(size.as_ref(), Some(&literal))
            })
        })
        .boxed()
}
