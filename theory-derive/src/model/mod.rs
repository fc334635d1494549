//! The second stage: what was written becomes what is meant, with every name looked up.
//!
//! The model is built as far as it can be, also from faulty input: then it serves the stubs.

mod attribute;
mod field;
mod index;
mod projection;
mod unique;

pub(crate) use attribute::{AttributeType, Content, Enum, Shape, Variant};
pub(crate) use field::{Absent, Adapter, Field, Role, Store};
pub(crate) use index::{Index, Projected};
pub(crate) use projection::Projection;
pub(crate) use unique::Unique;

use crate::errors::Errors;
use crate::parse;
use proc_macro2::{Ident, Span};
use syn::{Generics, LitStr, Path, Visibility};

/// An entity.
pub(crate) struct Entity {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    /// The path of the library.
    pub(crate) krate: Path,
    /// `None` where it is missing.
    pub(crate) name: Option<LitStr>,
    pub(crate) scan: bool,
    /// Whether items are never changed once they are written.
    pub(crate) write_once: bool,
    /// Whether the inherent verbs are generated.
    pub(crate) verbs: bool,
    /// The function that mends items of an older shape.
    pub(crate) upgrade: Option<Path>,
    pub(crate) fields: Vec<Field>,
    /// The places of the key's fields. Faulty input may have several, or none.
    pub(crate) partition: Vec<usize>,
    pub(crate) sort: Vec<usize>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) uniques: Vec<Unique>,
    /// Keys of the struct were faulty and have been reported: its name may be missing for that reason.
    pub(crate) faulty: bool,
    /// As `faulty`, or keys of fields were: the table's key may be missing for that reason.
    pub(crate) faulty_fields: bool,
}

impl Entity {
    pub(crate) fn new(table: parse::Table, errors: &Errors) -> Entity {
        let parse::Table { ident, vis, generics, keys, fields, faulty_fields, .. } = table;
        let fields: Vec<Field> = fields.into_iter().map(|field| Field::new(field, keys.rename_all)).collect();
        let with_key = |key: fn(&parse::FieldKeys) -> bool| -> Vec<usize> {
            fields.iter().enumerate().filter(|(_, field)| key(&field.keys)).map(|(i, _)| i).collect()
        };
        let uniques = unique::all(&ident, keys.uniques, &fields, errors);
        let indexes = keys.indexes.into_iter().map(|index| Index::new(index, &fields, errors)).collect();
        Entity {
            ident,
            vis,
            generics,
            krate: library(keys.krate),
            name: keys.name,
            scan: keys.scan.is_some(),
            write_once: keys.write_once.is_some(),
            verbs: keys.no_verbs.is_none(),
            upgrade: keys.upgrade,
            partition: with_key(|keys| keys.pk.is_some()),
            sort: with_key(|keys| keys.sk.is_some()),
            fields,
            indexes,
            uniques,
            faulty: keys.faulty,
            faulty_fields: faulty_fields || keys.faulty,
        }
    }

    /// The fields of the table's key, those of the partition first.
    pub(crate) fn key(&self) -> impl Iterator<Item = usize> + '_ {
        self.partition.iter().chain(&self.sort).copied()
    }
}

/// Where the library is.
pub(crate) fn library(given: Option<Path>) -> Path {
    given.unwrap_or_else(|| {
        let name = Ident::new("theory", Span::call_site());
        Path {
            leading_colon: Some(Default::default()),
            segments: [syn::PathSegment::from(name)].into_iter().collect(),
        }
    })
}
