//! Sets: `SS`, `NS` and `BS`. DynamoDB has no empty set: an empty one is absent.

use super::{Attribute, FromAttribute, kind};
use crate::wire::{AttributeType, DecodeError, Reader, Writer};
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};
use theory_schema::{ScalarType, Type};

/// May be an element of a set: strings, numbers and bytes.
pub trait SetElement: Attribute {}
// The message sits on `InSet`: here the blanket implementation would hide it.
impl<T: Attribute<Kind: kind::InSet>> SetElement for T {}

fn encode_set<'s, T: Attribute + 's>(elements: impl Iterator<Item = &'s T>, out: &mut Writer) {
    out.begin_set(T::TYPE.scalar().unwrap_or(ScalarType::String));
    for element in elements {
        out.set_element(|out| element.encode(out));
    }
    out.end_set();
}

fn decode_set<T: FromAttribute>(
    input: &mut Reader<'_>,
    mut insert: impl FnMut(T),
) -> Result<(), DecodeError> {
    let (set, scalar) = match T::TYPE.scalar() {
        Some(ScalarType::Number) => (AttributeType::Ns, AttributeType::N),
        Some(ScalarType::Binary) => (AttributeType::Bs, AttributeType::B),
        _ => (AttributeType::Ss, AttributeType::S),
    };
    let mut elements = input.begin_set(set)?;
    while elements.next(input)? {
        insert(input.set_element(scalar, T::decode)?);
    }
    Ok(())
}

macro_rules! sets {
    ($($set:ident $(+ $bound:ident)* $(; $hasher:ident)?, $new:expr;)*) => { $(
        impl<T: SetElement $(, $hasher)?> Attribute for $set<T $(, $hasher)?> {
            type Kind = kind::Set;
            const TYPE: &'static Type = &Type::set_of(T::TYPE);
            fn encode(&self, out: &mut Writer) {
                if self.is_empty() {
                    out.null();
                } else {
                    encode_set(self.iter(), out);
                }
            }
            fn is_absent(&self) -> bool {
                self.is_empty()
            }
        }
        impl<T: SetElement + FromAttribute $(+ $bound)* $(, $hasher: BuildHasher + Default)?> FromAttribute
            for $set<T $(, $hasher)?>
        {
            fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let mut set = $new;
                if !input.take_null()? {
                    decode_set(input, |element| {
                        set.insert(element);
                    })?;
                }
                Ok(set)
            }
            fn absent() -> Option<Self> {
                Some($new)
            }
        }
    )* };
}

sets! {
    BTreeSet + Ord, BTreeSet::new();
    HashSet + Eq + Hash; S, HashSet::with_hasher(S::default());
}
