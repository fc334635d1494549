//! One field at a time, and roles that one field of a struct may have.

use super::exclusive;
use crate::errors::Errors;
use crate::model::{Adapter, Field, Role, Store};
use crate::parse::FieldKeys;
use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::{Generics, Type};

/// Every field of an entity or a document.
pub(super) fn check(fields: &[Field], this: &Ident, generics: &Generics, errors: &Errors) {
    for key in fields.iter().filter_map(|field| field.keys.flatten.as_ref()) {
        if !generics.params.is_empty() {
            errors.push(
                key,
                "a type with parameters cannot flatten: its list of attributes must be a constant; nest the struct instead",
            );
        }
    }
    for field in fields {
        exclusive::check(&field.keys, errors);
        recursive(field, this, errors);
    }
    let mut rest = fields.iter().filter(|field| field.store == Store::Rest);
    let first = rest.next();
    for second in rest {
        if let (Some(first), Some(key)) = (first, &second.keys.rest) {
            let first = first.plain();
            errors.push(key, format!("one field keeps the rest, and `{first}` does already"));
        }
    }
    for field in
        fields.iter().filter(|field| field.store == Store::Flatten && inside("Option", &field.ty).is_some())
    {
        errors.push(
            &field.ty,
            "a flattened field is always there: flatten the struct itself, and make its fields optional",
        );
    }
}

/// A type that contains itself is described without end, unless the field says so.
fn recursive(field: &Field, this: &Ident, errors: &Errors) {
    let plain = field.store == Store::Attribute && matches!(field.adapter, Adapter::None);
    if plain && field.keys.recursive.is_none() && contains(&field.ty, this) {
        errors.push(
            &field.ty,
            format!(
                "`{this}` contains itself here: add `recursive` to the field, so that its description ends"
            ),
        );
    }
}

/// Whether the type, or an argument of it, is written `this` or `Self`.
fn contains(ty: &Type, this: &Ident) -> bool {
    match ty {
        Type::Path(path) => {
            let is_this = path.path.get_ident().is_some_and(|ident| ident == this || ident == "Self");
            is_this
                || path.path.segments.iter().any(|segment| {
                    match &segment.arguments {
                    syn::PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(|argument| {
                        matches!(argument, syn::GenericArgument::Type(inner) if contains(inner, this))
                    }),
                    _ => false,
                }
                })
        }
        Type::Array(array) => contains(&array.elem, this),
        Type::Slice(slice) => contains(&slice.elem, this),
        Type::Reference(reference) => contains(&reference.elem, this),
        Type::Tuple(tuple) => tuple.elems.iter().any(|inner| contains(inner, this)),
        _ => false,
    }
}

/// The roles of an entity's fields.
pub(super) fn roles(fields: &[Field], errors: &Errors) {
    type Key = fn(&FieldKeys) -> Option<&Ident>;
    let roles: [(Role, Key); 4] = [
        (Role::Version, |keys| keys.version.as_ref()),
        (Role::CreatedAt, |keys| keys.created_at.as_ref()),
        (Role::UpdatedAt, |keys| keys.updated_at.as_ref()),
        (Role::Ttl, |keys| keys.ttl.as_ref()),
    ];
    for (role, key) in roles {
        let mut with_role = fields.iter().filter(|field| field.role == role);
        let first = with_role.next();
        for second in with_role {
            if let (Some(first), Some(key)) = (first, key(&second.keys)) {
                let first = first.plain();
                errors.push(key, format!("an entity has one `{key}`, which is `{first}` already"));
            }
        }
    }
    for field in fields.iter().filter(|field| field.role == Role::Version) {
        if let Some(found) = not_unsigned(&field.ty) {
            let message = format!("a `version` field must be an unsigned integer; this is `{found}`");
            errors.push(&field.ty, message);
        }
    }
}

/// The type's name, where it is one that everybody knows not to be an unsigned integer.
fn not_unsigned(ty: &Type) -> Option<String> {
    const KNOWN: &[&str] = &[
        "String",
        "str",
        "char",
        "bool",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "f32",
        "f64",
        "Option",
        "Vec",
        "Box",
        "BTreeMap",
        "BTreeSet",
        "HashMap",
        "HashSet",
        "Timestamp",
    ];
    match ty {
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            KNOWN.iter().any(|known| last.ident == known).then(|| text(ty))
        }
        Type::Reference(_) | Type::Tuple(_) | Type::Array(_) | Type::Slice(_) => Some(text(ty)),
        _ => None,
    }
}

/// `T`, where the type is written `wrapper<T>`.
pub(crate) fn inside<'t>(wrapper: &str, ty: &'t Type) -> Option<&'t Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last().filter(|segment| segment.ident == wrapper)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

/// The type as one would write it.
pub(super) fn text(ty: &Type) -> String {
    let mut text = ty.to_token_stream().to_string();
    for (spaced, tight) in [(" < ", "<"), (" >", ">"), (" ,", ","), (" :: ", "::"), ("& ", "&"), (" ;", ";")]
    {
        text = text.replace(spaced, tight);
    }
    text
}
