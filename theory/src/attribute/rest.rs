//! A field that keeps the attributes which no other field names: `#[table(rest)]`.

use super::{FromAttribute, FromFields, MapKey};
use crate::value::Item;
use crate::wire::{DecodeError, Reader, Writer};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

/// The type of a `#[table(rest)]` field.
///
/// [`Item`] takes every value. A map from names to values of one type refuses an item that has another type among the rest.
#[diagnostic::on_unimplemented(
    message = "a `rest` field must be a `theory::Item` or a map; this is `{Self}`",
    label = "cannot keep the other attributes",
    note = "`theory::Item` takes attributes of every type"
)]
pub trait RestField: Default {
    /// Writes every attribute it keeps, each followed by its separator.
    #[doc(hidden)]
    fn encode_rest(&self, out: &mut Writer);

    /// Keeps one attribute.
    #[doc(hidden)]
    fn read_rest(&mut self, name: &str, input: &mut Reader<'_>) -> Result<(), DecodeError>;
}

impl RestField for Item {
    fn encode_rest(&self, out: &mut Writer) {
        super::Fields::encode_fields(self, out);
    }

    fn read_rest(&mut self, name: &str, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        Item::read_field(self, name, input).map(drop)
    }
}

macro_rules! maps {
    ($($map:ident $(+ $bound:ident)* [$($hasher:ident)?];)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<K: MapKey $(+ $bound)*, T: FromAttribute $(, $hasher: BuildHasher + Default)?> RestField
            for $map<K, T $(, $hasher)?>
        {
            fn encode_rest(&self, out: &mut Writer) {
                for (name, value) in self {
                    if !value.is_absent() {
                        name.write_name(out);
                        value.encode(out);
                        out.end_member();
                    }
                }
            }
            fn read_rest(&mut self, name: &str, input: &mut Reader<'_>) -> Result<(), DecodeError> {
                let key = K::read_name(name)
                    .ok_or_else(|| DecodeError::invalid("an attribute whose name is a key of the `rest` map"))?;
                self.insert(key, T::decode(input).map_err(|error| error.in_attribute(name))?);
                Ok(())
            }
        }
    )* };
}

maps! {
    BTreeMap + Ord [];
    HashMap + Eq + Hash [S];
}
