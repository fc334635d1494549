//! Fields of entities and documents.

use crate::names::{self, Case};
use crate::parse::{self, FieldKeys};
use proc_macro2::Ident;
use syn::{Path, Type, Visibility};

/// A field, and how it is stored.
pub(crate) struct Field {
    /// `None` in a newtype.
    pub(crate) ident: Option<Ident>,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<syn::Attribute>,
    pub(crate) ty: Type,
    /// What was written, for messages.
    pub(crate) keys: FieldKeys,
    /// The name in DynamoDB.
    pub(crate) name: String,
    pub(crate) store: Store,
    pub(crate) role: Role,
    pub(crate) adapter: Adapter,
    pub(crate) absent: Absent,
}

/// Where a field's value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// An attribute of its own.
    Attribute,
    /// Its fields are attributes beside this one's.
    Flatten,
    /// It holds the attributes which no other field names.
    Rest,
    /// Nowhere.
    Skip,
}

/// What the library does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Data,
    Key,
    Version,
    CreatedAt,
    UpdatedAt,
    Ttl,
}

/// What stands between the type and its stored form.
#[derive(Clone)]
pub(crate) enum Adapter {
    None,
    With(Box<Type>),
    Serde,
    Json,
    Lenient,
    Ttl,
}

/// What a missing attribute reads as.
#[derive(Clone)]
pub(crate) enum Absent {
    /// What the type says.
    Type,
    /// `Default::default()`.
    Default,
    /// What this function returns.
    Call(Path),
}

impl Field {
    pub(super) fn new(field: parse::Field, rename_all: Option<Case>) -> Field {
        let parse::Field { ident, vis, docs, ty, keys } = field;
        let plain = ident.as_ref().map(names::plain).unwrap_or_default();
        let name = match &keys.rename {
            Some(name) => name.value(),
            None => rename_all.map_or_else(|| plain.clone(), |case| case.field(&plain)),
        };
        let (store, role) = (store(&keys), role(&keys));
        let absent = match &keys.default {
            Some((_, Some(path))) => Absent::Call(path.clone()),
            Some((_, None)) => Absent::Default,
            // What was left out because it was empty reads back as empty.
            None if keys.skip_empty.is_some() => Absent::Default,
            None => Absent::Type,
        };
        Field { ident, vis, docs, ty, name, store, role, adapter: adapter(&keys), absent, keys }
    }

    /// `placed_at`, without `r#`.
    pub(crate) fn plain(&self) -> String {
        self.ident.as_ref().map(names::plain).unwrap_or_default()
    }

    /// `PLACED_AT`.
    pub(crate) fn constant(&self) -> Option<Ident> {
        self.ident.as_ref().map(names::constant)
    }
}

// Of keys that exclude each other, which the checks report, the first wins.

fn store(keys: &FieldKeys) -> Store {
    match keys {
        FieldKeys { skip: Some(_), .. } => Store::Skip,
        FieldKeys { flatten: Some(_), .. } => Store::Flatten,
        FieldKeys { rest: Some(_), .. } => Store::Rest,
        _ => Store::Attribute,
    }
}

fn role(keys: &FieldKeys) -> Role {
    match keys {
        FieldKeys { pk: Some(_), .. } | FieldKeys { sk: Some(_), .. } => Role::Key,
        FieldKeys { version: Some(_), .. } => Role::Version,
        FieldKeys { created_at: Some(_), .. } => Role::CreatedAt,
        FieldKeys { updated_at: Some(_), .. } => Role::UpdatedAt,
        FieldKeys { ttl: Some(_), .. } => Role::Ttl,
        _ => Role::Data,
    }
}

fn adapter(keys: &FieldKeys) -> Adapter {
    match keys {
        FieldKeys { ttl: Some(_), .. } => Adapter::Ttl,
        FieldKeys { with: Some((_, ty)), .. } => Adapter::With(Box::new(ty.clone())),
        FieldKeys { serde: Some(_), .. } => Adapter::Serde,
        FieldKeys { json: Some(_), .. } => Adapter::Json,
        FieldKeys { lenient: Some(_), .. } => Adapter::Lenient,
        _ => Adapter::None,
    }
}
