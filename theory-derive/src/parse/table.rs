//! The keys of an entity and of its indexes.

use super::entry::{Entry, case, names};
use super::field::Field;
use super::keys::{GSI, LSI, Place, TABLE, TABLE_FIELD, UNIQUE};
use crate::errors::Errors;
use crate::names::Case;
use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser as _;
use syn::{Data, DeriveInput, Fields, Generics, LitStr, Path, Visibility};

/// An entity as it was written.
pub(crate) struct Table {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) keys: TableKeys,
    pub(crate) fields: Vec<Field>,
    /// As [`TableKeys::faulty`], for the keys of the fields.
    pub(crate) faulty_fields: bool,
}

/// What the attributes of the struct say.
#[derive(Default)]
pub(crate) struct TableKeys {
    pub(crate) name: Option<LitStr>,
    pub(crate) indexes: Vec<IndexKeys>,
    pub(crate) uniques: Vec<UniqueKeys>,
    pub(crate) scan: Option<Ident>,
    pub(crate) write_once: Option<Ident>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) no_verbs: Option<Ident>,
    pub(crate) upgrade: Option<Path>,
    pub(crate) krate: Option<Path>,
    /// Part of it was faulty and has been reported: what is missing here is perhaps not missing in the source.
    pub(crate) faulty: bool,
}

/// `gsi(…)` or `lsi(…)`.
pub(crate) struct IndexKeys {
    /// `gsi` or `lsi`, as it stands in the source.
    pub(crate) key: Ident,
    pub(crate) local: bool,
    pub(crate) name: Option<LitStr>,
    pub(crate) partition: Vec<Ident>,
    pub(crate) sort: Vec<Ident>,
    pub(crate) projection: Projection,
    pub(crate) method: Option<Ident>,
    /// Part of it was faulty and has been reported: what is missing here is not missing in the source.
    pub(crate) faulty: bool,
}

/// `unique(…)` on the struct.
pub(crate) struct UniqueKeys {
    /// `unique`, as it stands in the source.
    pub(crate) key: Ident,
    pub(crate) name: Option<LitStr>,
    pub(crate) fields: Vec<Ident>,
    /// As [`IndexKeys::faulty`].
    pub(crate) faulty: bool,
}

/// What an index holds beside the keys.
pub(crate) enum Projection {
    All,
    KeysOnly,
    /// With the identifier `include`.
    Include(Ident, Vec<Ident>),
}

impl Table {
    /// `None` where the input is no struct with named fields.
    pub(crate) fn parse(input: &DeriveInput, errors: &Errors) -> Option<Table> {
        let keys = TableKeys::parse(&input.attrs, errors);
        let remedy = "`Table` is derived for a struct with named fields";
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => &fields.named,
                Fields::Unnamed(fields) => {
                    errors.push(fields, format!("{remedy}: each field is an attribute and needs a name"));
                    return None;
                }
                Fields::Unit => {
                    errors.push(&input.ident, format!("{remedy}: an item has at least a partition key"));
                    return None;
                }
            },
            Data::Enum(data) => {
                errors.push(
                    data.enum_token,
                    format!("{remedy}; an enum can be the type of a field: derive `Attribute` for it"),
                );
                return None;
            }
            Data::Union(data) => {
                errors.push(
                    data.union_token,
                    format!("{remedy}; a union does not say which of its fields holds"),
                );
                return None;
            }
        };
        let before = errors.count();
        let fields = fields.iter().map(|field| Field::parse(field, &TABLE_FIELD, errors)).collect();
        Some(Table {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            generics: input.generics.clone(),
            keys,
            fields,
            faulty_fields: errors.count() > before,
        })
    }
}

impl TableKeys {
    fn parse(attributes: &[syn::Attribute], errors: &Errors) -> TableKeys {
        let (mut keys, before) = (TableKeys::default(), errors.count());
        for entry in Entry::of(attributes, &TABLE, errors) {
            match &*entry.key.to_string() {
                "name" => entry.fill(&mut keys.name, entry.string(errors), errors),
                "gsi" => keys.indexes.extend(IndexKeys::parse(&entry, &GSI, errors)),
                "lsi" => keys.indexes.extend(IndexKeys::parse(&entry, &LSI, errors)),
                "unique" => keys.uniques.extend(UniqueKeys::parse(&entry, errors)),
                "scan" => entry.fill(&mut keys.scan, entry.flag(errors), errors),
                "write_once" => entry.fill(&mut keys.write_once, entry.flag(errors), errors),
                "rename_all" => entry.fill(&mut keys.rename_all, case(&entry, errors), errors),
                "no_verbs" => entry.fill(&mut keys.no_verbs, entry.flag(errors), errors),
                "upgrade" => entry.fill(&mut keys.upgrade, entry.path(errors), errors),
                "crate" => entry.fill(&mut keys.krate, entry.path(errors), errors),
                // `pk` or `sk`.
                key => {
                    let message =
                        format!("key templates are not supported yet; put `#[table({key})]` on a field");
                    errors.push(&entry.key, message);
                }
            }
        }
        keys.faulty = errors.count() > before;
        keys
    }
}

impl IndexKeys {
    fn parse(outer: &Entry, place: &'static Place, errors: &Errors) -> Option<IndexKeys> {
        let local = outer.is("lsi");
        let (mut name, mut partition, mut sort, mut projection, mut method) = (None, None, None, None, None);
        let before = errors.count();
        for entry in outer.entries(place, errors)? {
            match &*entry.key.to_string() {
                "name" => entry.fill(&mut name, entry.string(errors), errors),
                "pk" if local => errors.push(
                    &entry.key,
                    "a local index has the partition key of its table: leave `pk` out, or make it a `gsi`",
                ),
                "pk" => entry.fill(&mut partition, entry.idents(errors), errors),
                "sk" => entry.fill(&mut sort, entry.idents(errors), errors),
                "projection" => entry.fill(&mut projection, Projection::parse(&entry, errors), errors),
                _ => entry.fill(&mut method, entry.ident(errors), errors),
            }
        }
        Some(IndexKeys {
            key: outer.key.clone(),
            local,
            name,
            partition: partition.unwrap_or_default(),
            sort: sort.unwrap_or_default(),
            projection: projection.unwrap_or(Projection::All),
            method,
            faulty: errors.count() > before,
        })
    }
}

impl UniqueKeys {
    fn parse(outer: &Entry, errors: &Errors) -> Option<UniqueKeys> {
        let (mut name, mut fields, before) = (None, None, errors.count());
        for entry in outer.entries(&UNIQUE, errors)? {
            match &*entry.key.to_string() {
                "name" => entry.fill(&mut name, entry.string(errors), errors),
                _ => entry.fill(&mut fields, entry.list(errors), errors),
            }
        }
        let fields = fields.unwrap_or_default();
        Some(UniqueKeys { key: outer.key.clone(), name, fields, faulty: errors.count() > before })
    }
}

impl Projection {
    fn parse(entry: &Entry, errors: &Errors) -> Option<Projection> {
        let parser = |input: syn::parse::ParseStream<'_>| {
            let kind: Ident = input.parse()?;
            let fields: Option<TokenStream> = match input.is_empty() {
                true => None,
                false => {
                    let content;
                    syn::parenthesized!(content in input);
                    Some(content.parse()?)
                }
            };
            Ok((kind, fields))
        };
        let tokens = entry.assigned().cloned().unwrap_or_default();
        match parser.parse2(tokens.clone()) {
            Ok((kind, None)) if kind == "all" => return Some(Projection::All),
            Ok((kind, None)) if kind == "keys_only" => return Some(Projection::KeysOnly),
            Ok((kind, Some(fields))) if kind == "include" => {
                if let Some(fields) = names(fields, errors) {
                    return Some(Projection::Include(kind, fields));
                }
                errors.push(
                    kind,
                    "`include` names the fields to copy; for none, write `projection = keys_only`",
                );
                return None;
            }
            _ => {}
        }
        let takes = "`projection` takes `all`, `keys_only` or `include(field, …)`";
        match tokens.is_empty() {
            true => errors.push(&entry.key, takes),
            false => errors.push(tokens, takes),
        }
        None
    }
}
