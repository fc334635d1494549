//! Constraints: what no two items share.

use super::field::Field;
use super::index::find;
use crate::errors::Errors;
use crate::names;
use crate::parse::UniqueKeys;
use proc_macro2::Ident;
use syn::LitStr;

/// A constraint; fields are given by their places.
pub(crate) struct Unique {
    /// `unique`, as it stands in the source.
    pub(crate) key: Ident,
    /// As it was given, or the entity's and the attributes' names.
    pub(crate) name: String,
    pub(crate) given_name: Option<LitStr>,
    /// Each with the name as it stands in the source.
    pub(crate) fields: Vec<(usize, Ident)>,
    /// Whether it stands on the field and not on the struct.
    pub(crate) on_field: bool,
    /// Part of it has been reported already.
    pub(crate) faulty: bool,
}

/// Those of the fields, and those of the struct.
pub(super) fn all(
    entity: &Ident,
    on_struct: Vec<UniqueKeys>,
    fields: &[Field],
    errors: &Errors,
) -> Vec<Unique> {
    let on_fields = fields.iter().enumerate().filter_map(|(place, field)| {
        let (key, name) = field.keys.unique.clone()?;
        Some((key, name, vec![(place, field.ident.clone()?)], true, false))
    });
    let on_struct = on_struct.into_iter().map(|keys| {
        let given = keys.fields.len();
        let found: Vec<_> = keys
            .fields
            .into_iter()
            .filter_map(|name| find(&name, fields, errors).map(|place| (place, name)))
            .collect();
        let faulty = keys.faulty || found.len() < given;
        (keys.key, keys.name, found, false, faulty)
    });
    on_fields
        .chain(on_struct)
        .map(|(key, given_name, places, on_field, faulty)| {
            let name = given_name.as_ref().map(LitStr::value).unwrap_or_else(|| {
                let attributes = places.iter().filter_map(|(place, _)| Some(&*fields.get(*place)?.name));
                let entity = names::plain(entity);
                std::iter::once(&*entity).chain(attributes).collect::<Vec<_>>().join(".")
            });
            Unique { key, name, given_name, fields: places, on_field, faulty }
        })
        .collect()
}

impl Unique {
    /// The names of the attributes.
    pub(crate) fn attributes<'f>(&self, fields: &'f [Field]) -> Vec<&'f str> {
        self.fields.iter().filter_map(|(place, _)| Some(&*fields.get(*place)?.name)).collect()
    }
}
