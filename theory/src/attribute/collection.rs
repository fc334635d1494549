//! Lists and maps: `L` and `M`.

use super::{Attribute, FromAttribute, Kind, kind};
use crate::wire::{DecodeError, Reader, Writer};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Display;
use std::hash::{BuildHasher, Hash};
use std::str::FromStr;
use theory_schema::Type;

/// Capacity is never taken from the body's word: a list grows as its elements are read.
pub(super) fn decode_list<T: FromAttribute>(input: &mut Reader<'_>) -> Result<Vec<T>, DecodeError> {
    let mut elements = input.begin_list()?;
    let mut list = Vec::new();
    while elements.next(input)? {
        list.push(T::decode(input).map_err(|error| error.in_index(list.len()))?);
    }
    Ok(list)
}

impl<T: Attribute> Attribute for [T] {
    type Kind = <T::Kind as Kind>::OfVec;
    const TYPE: &'static Type = T::SLICE_TYPE;
    fn encode(&self, out: &mut Writer) {
        T::encode_slice(self, out);
    }
}

impl<T: Attribute> Attribute for Vec<T> {
    type Kind = <T::Kind as Kind>::OfVec;
    const TYPE: &'static Type = T::SLICE_TYPE;
    fn encode(&self, out: &mut Writer) {
        T::encode_slice(self, out);
    }
}

impl<T: FromAttribute> FromAttribute for Vec<T> {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::decode_vec(input)
    }
}

impl<T: Attribute, const N: usize> Attribute for [T; N] {
    type Kind = <T::Kind as Kind>::OfVec;
    const TYPE: &'static Type = T::SLICE_TYPE;
    fn encode(&self, out: &mut Writer) {
        T::encode_slice(self, out);
    }
}

impl<T: FromAttribute, const N: usize> FromAttribute for [T; N] {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::decode_vec(input)?.try_into().map_err(|_| DecodeError::invalid(format!("{N} elements")))
    }
}

macro_rules! tuples {
    ($($($t:ident $i:tt),+;)*) => { $(
        impl<$($t: Attribute),+> Attribute for ($($t,)+) {
            type Kind = kind::List;
            const TYPE: &'static Type = &Type::Tuple(&[$($t::TYPE),+]);
            fn encode(&self, out: &mut Writer) {
                out.begin_list();
                $(
                    self.$i.encode(out);
                    out.end_member();
                )+
                out.end_list();
            }
        }
        impl<$($t: FromAttribute),+> FromAttribute for ($($t,)+) {
            fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let wrong = || DecodeError::invalid(concat!("a list of ", stringify!($($i)+), " elements"));
                let mut elements = input.begin_list()?;
                let tuple = ($(
                    {
                        if !elements.next(input)? {
                            return Err(wrong());
                        }
                        $t::decode(input).map_err(|error| error.in_index($i))?
                    },
                )+);
                if elements.next(input)? { Err(wrong()) } else { Ok(tuple) }
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
}

/// The name of a map's member.
///
/// Everything that displays as text and parses back from it may be one.
pub trait MapKey: Sized {
    /// Writes the name.
    fn write_name(&self, out: &mut Writer);
    /// Reads the name.
    fn read_name(name: &str) -> Option<Self>;
}

impl<K: Display + FromStr> MapKey for K {
    fn write_name(&self, out: &mut Writer) {
        out.display_name(self);
    }
    fn read_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

macro_rules! maps {
    ($($map:ident $(+ $bound:ident)* $(; $hasher:ident)?, $new:expr;)*) => { $(
        impl<K: MapKey, T: Attribute $(, $hasher)?> Attribute for $map<K, T $(, $hasher)?> {
            type Kind = kind::Map;
            const TYPE: &'static Type = &Type::Map(T::TYPE);
            fn encode(&self, out: &mut Writer) {
                out.begin_map();
                for (name, value) in self {
                    name.write_name(out);
                    value.encode(out);
                    out.end_member();
                }
                out.end_map();
            }
        }
        impl<K: MapKey $(+ $bound)*, T: FromAttribute $(, $hasher: BuildHasher + Default)?> FromAttribute
            for $map<K, T $(, $hasher)?>
        {
            fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let mut members = input.begin_map()?;
                let mut map = $new;
                while let Some(name) = members.next(input)? {
                    let key = K::read_name(&name)
                        .ok_or_else(|| DecodeError::invalid("a member name of the map's key type"))?;
                    map.insert(key, T::decode(input).map_err(DecodeError::in_key)?);
                }
                Ok(map)
            }
        }
    )* };
}

maps! {
    BTreeMap + Ord, BTreeMap::new();
    HashMap + Eq + Hash; S, HashMap::with_hasher(S::default());
}

/// Has an empty value, which `#[table(skip_empty)]` leaves out.
#[diagnostic::on_unimplemented(
    message = "`skip_empty` needs a string, bytes, list or map; `{Self}` is never empty",
    label = "remove `skip_empty`"
)]
pub trait MaybeEmpty {
    /// Whether it is the empty value.
    fn is_empty(&self) -> bool;
}

macro_rules! maybe_empty {
    ($([$($p:ident),*] $t:ty;)*) => { $(
        impl<$($p),*> MaybeEmpty for $t {
            fn is_empty(&self) -> bool {
                <$t>::is_empty(self)
            }
        }
    )* };
}

maybe_empty! {
    [] String;
    [] bytes::Bytes;
    [T] Vec<T>;
    [T] BTreeSet<T>;
    [T, S] HashSet<T, S>;
    [K, T] BTreeMap<K, T>;
    [K, T, S] HashMap<K, T, S>;
}

impl MaybeEmpty for &str {
    fn is_empty(&self) -> bool {
        str::is_empty(self)
    }
}

impl MaybeEmpty for std::borrow::Cow<'_, str> {
    fn is_empty(&self) -> bool {
        str::is_empty(self)
    }
}

impl<T: MaybeEmpty> MaybeEmpty for Option<T> {
    fn is_empty(&self) -> bool {
        self.as_ref().is_none_or(MaybeEmpty::is_empty)
    }
}
