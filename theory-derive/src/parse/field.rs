//! The keys of a field, for entities and documents alike.

use super::entry::{Entry, docs};
use super::keys::Place;
use crate::errors::Errors;
use proc_macro2::Ident;
use syn::{LitStr, Path, Type, Visibility};

/// A field as it was written.
pub(crate) struct Field {
    /// `None` in a newtype.
    pub(crate) ident: Option<Ident>,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<syn::Attribute>,
    pub(crate) ty: Type,
    pub(crate) keys: FieldKeys,
}

/// What its attributes say. A flag is the identifier that set it, for messages.
#[derive(Default)]
pub(crate) struct FieldKeys {
    pub(crate) pk: Option<Ident>,
    pub(crate) sk: Option<Ident>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) skip: Option<Ident>,
    pub(crate) default: Option<(Ident, Option<Path>)>,
    pub(crate) skip_empty: Option<Ident>,
    pub(crate) flatten: Option<Ident>,
    pub(crate) rest: Option<Ident>,
    pub(crate) with: Option<(Ident, Type)>,
    pub(crate) serde: Option<Ident>,
    pub(crate) json: Option<Ident>,
    pub(crate) lenient: Option<Ident>,
    pub(crate) recursive: Option<Ident>,
    pub(crate) version: Option<Ident>,
    pub(crate) created_at: Option<Ident>,
    pub(crate) updated_at: Option<Ident>,
    pub(crate) ttl: Option<Ident>,
    pub(crate) protected: Option<Ident>,
    /// With the name of the constraint, where it is given.
    pub(crate) unique: Option<(Ident, Option<LitStr>)>,
    /// Where `rename` and the aliases stand.
    pub(crate) rename_key: Option<Ident>,
    pub(crate) alias_key: Option<Ident>,
}

impl Field {
    pub(super) fn parse(field: &syn::Field, place: &'static Place, errors: &Errors) -> Field {
        Field {
            ident: field.ident.clone(),
            vis: field.vis.clone(),
            docs: docs(&field.attrs),
            ty: field.ty.clone(),
            keys: FieldKeys::parse(&field.attrs, place, errors),
        }
    }
}

impl FieldKeys {
    fn parse(attributes: &[syn::Attribute], place: &'static Place, errors: &Errors) -> FieldKeys {
        let mut keys = FieldKeys::default();
        for entry in Entry::of(attributes, place, errors) {
            let key = entry.key.clone();
            match &*key.to_string() {
                name @ ("pk" | "sk") if entry.assigned().is_some() => errors.push(
                    &key,
                    format!(
                        "`{name}` on a field takes no value: write `#[table({name})]` (key templates are not supported yet)"
                    ),
                ),
                "rename" => {
                    entry.fill(&mut keys.rename, entry.string(errors), errors);
                    keys.rename_key = Some(key);
                }
                "alias" => {
                    keys.aliases.extend(entry.string(errors));
                    keys.alias_key = Some(key);
                }
                "default" => {
                    let value = entry.flag_or_path(errors).map(|path| (key, path));
                    entry.fill(&mut keys.default, value, errors);
                }
                "unique" => {
                    let value = entry.flag_or_string(errors).map(|name| (key, name));
                    entry.fill(&mut keys.unique, value, errors);
                }
                "with" => {
                    let value = entry.ty(errors).map(|ty| (key, ty));
                    entry.fill(&mut keys.with, value, errors);
                }
                name => {
                    if let Some(flag) = keys.flag(name) {
                        entry.fill(flag, entry.flag(errors), errors);
                    }
                }
            }
        }
        keys
    }

    fn flag(&mut self, name: &str) -> Option<&mut Option<Ident>> {
        Some(match name {
            "pk" => &mut self.pk,
            "sk" => &mut self.sk,
            "skip" => &mut self.skip,
            "skip_empty" => &mut self.skip_empty,
            "flatten" => &mut self.flatten,
            "rest" => &mut self.rest,
            "serde" => &mut self.serde,
            "json" => &mut self.json,
            "lenient" => &mut self.lenient,
            "recursive" => &mut self.recursive,
            "version" => &mut self.version,
            "created_at" => &mut self.created_at,
            "updated_at" => &mut self.updated_at,
            "ttl" => &mut self.ttl,
            "protected" => &mut self.protected,
            _ => return None,
        })
    }

    /// Every key that was given, in a fixed order.
    pub(crate) fn given(&self) -> impl Iterator<Item = &Ident> {
        [
            &self.pk,
            &self.sk,
            &self.rename_key,
            &self.alias_key,
            &self.skip,
            &self.skip_empty,
            &self.flatten,
            &self.rest,
            &self.serde,
            &self.json,
            &self.lenient,
            &self.recursive,
            &self.version,
            &self.created_at,
            &self.updated_at,
            &self.ttl,
            &self.protected,
        ]
        .into_iter()
        .flatten()
        .chain(self.default.as_ref().map(|(key, _)| key))
        .chain(self.with.as_ref().map(|(key, _)| key))
        .chain(self.unique.as_ref().map(|(key, _)| key))
    }
}
