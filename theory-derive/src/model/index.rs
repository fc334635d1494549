//! Secondary indexes.

use super::field::Field;
use crate::errors::Errors;
use crate::names;
use crate::parse::{IndexKeys, IndexProjection};
use proc_macro2::Ident;
use syn::LitStr;

/// A secondary index; fields are given by their places.
pub(crate) struct Index {
    /// `gsi` or `lsi`, as it stands in the source.
    pub(crate) key: Ident,
    pub(crate) local: bool,
    pub(crate) name: Option<LitStr>,
    /// The function that queries it.
    pub(crate) method: Option<Ident>,
    /// Whether the function's name was given.
    pub(crate) named_method: bool,
    /// Each with the name as it stands in the source. A local index has none of its own.
    pub(crate) partition: Vec<(usize, Ident)>,
    pub(crate) sort: Vec<(usize, Ident)>,
    pub(crate) projected: Projected,
    /// Part of it has been reported already.
    pub(crate) faulty: bool,
}

/// What the index holds beside the keys.
pub(crate) enum Projected {
    All,
    KeysOnly,
    /// With the identifier `include`.
    Include(Ident, Vec<(usize, Ident)>),
}

impl Index {
    pub(super) fn new(index: IndexKeys, fields: &[Field], errors: &Errors) -> Index {
        let IndexKeys { key, local, name, partition, sort, projection, method, mut faulty } = index;
        let mut find = |names: Vec<Ident>| -> Vec<(usize, Ident)> {
            let given = names.len();
            let found: Vec<_> = names
                .into_iter()
                .filter_map(|name| find(&name, fields, errors).map(|place| (place, name)))
                .collect();
            faulty |= found.len() < given;
            found
        };
        let (partition, sort) = (find(partition), find(sort));
        let projected = match projection {
            IndexProjection::All => Projected::All,
            IndexProjection::KeysOnly => Projected::KeysOnly,
            IndexProjection::Include(include, names) => Projected::Include(include, find(names)),
        };
        let named_method = method.is_some();
        let method = method.or_else(|| {
            let name = name.as_ref()?;
            names::function(&name.value(), name.span())
        });
        Index { key, local, name, method, named_method, partition, sort, projected, faulty }
    }
}

/// The place of a field of this name; a name that is none is reported.
pub(super) fn find(name: &Ident, fields: &[Field], errors: &Errors) -> Option<usize> {
    let plain = names::plain(name);
    if let Some(place) = fields.iter().position(|field| field.plain() == plain) {
        return Some(place);
    }
    if let Some(field) = fields.iter().find(|field| field.name == plain) {
        let field = field.plain();
        errors.push(name, format!("`{plain}` is the stored name of the field `{field}`: write `{field}`"));
        return None;
    }
    let known: Vec<String> = fields.iter().map(Field::plain).collect();
    let hint = names::nearest(&plain, known.iter().map(String::as_str));
    let remedy = match hint {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the fields are {}", names::list(known.iter().map(String::as_str))),
    };
    errors.push(name, format!("no field is called `{plain}`: {remedy}"));
    None
}
