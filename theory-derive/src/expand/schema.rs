//! The metadata, as constants.

use super::fields::adapter;
use crate::model::{Absent, Entity, Field, Index, Projected, Role, Store};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, Type};

/// A `&'static [Attribute]` of all fields, those of flattened fields included. `written` is the trait of the fields' types.
pub(super) fn attributes(fields: &[Field], this: &Ident, written: &TokenStream) -> TokenStream {
    if !fields.iter().any(|field| field.store == Store::Flatten) {
        let own = fields
            .iter()
            .filter(|field| field.store == Store::Attribute)
            .map(|field| attribute(field, this, written));
        return quote!(&[#(#own),*]);
    }
    let parts = fields.iter().filter_map(|field| match field.store {
        Store::Attribute => {
            let attribute = attribute(field, this, written);
            Some(quote!(&[#attribute]))
        }
        Store::Flatten => {
            let ty = &field.ty;
            Some(quote!(<#ty as __theory::FlattenedField>::ATTRIBUTES))
        }
        Store::Rest | Store::Skip => None,
    });
    let flattened = fields.iter().find(|field| field.store == Store::Flatten);
    let span = flattened.map_or_else(Span::call_site, |field| field.ty.span());
    let all = quote_spanned!(span=> __theory::concat(__PARTS));
    quote! {{
        const __PARTS: &[&[__theory::AttributeSchema]] = &[#(#parts),*];
        const __ALL: [__theory::AttributeSchema; __theory::count(__PARTS)] = #all;
        &__ALL
    }}
}

fn attribute(field: &Field, this: &Ident, written: &TokenStream) -> TokenStream {
    let (name, plain, ty) = (&field.name, field.plain(), stored_type(field, this, written));
    let role = match field.role {
        Role::Data | Role::Key => None,
        Role::Version => Some(quote!(Version)),
        Role::CreatedAt => Some(quote!(CreatedAt)),
        Role::UpdatedAt => Some(quote!(UpdatedAt)),
        Role::Ttl => Some(quote!(Ttl)),
    };
    let role = role.map(|role| quote!(.role(__theory::Role::#role)));
    let aliases = &field.keys.aliases;
    let aliases = (!aliases.is_empty()).then(|| quote!(.aliases(&[#(#aliases),*])));
    // An item without a version has the first one.
    let has_default = field.role == Role::Version || !matches!(field.absent, Absent::Type);
    let default = has_default.then(|| quote!(.with_default()));
    let skip_empty = field.keys.skip_empty.is_some().then(|| quote!(.skip_empty()));
    let protected = field.keys.protected.is_some().then(|| quote!(.protected()));
    quote!(__theory::AttributeSchema::new(#name, #plain, #ty) #role #aliases #default #skip_empty #protected)
}

/// The `&'static Type` of a field.
fn stored_type(field: &Field, this: &Ident, written: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    match adapter(field) {
        Some(adapter) => quote!(<#adapter as __theory::FieldAdapter<#ty>>::TYPE),
        None if field.keys.recursive.is_some() => {
            let ty = recursive(ty, this);
            quote!(&#ty)
        }
        None => quote!(<#ty as #written>::TYPE),
    }
}

/// The stored form of a type that contains what is being described, as far as its spelling shows.
fn recursive(ty: &Type, this: &Ident) -> TokenStream {
    let name = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let Some(segment) = name else {
        return quote!(__theory::Type::Any);
    };
    let inner = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().rev().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(recursive(ty, this)),
                _ => None,
            })
        }
        _ => None,
    };
    let name = segment.ident.to_string();
    match (&*name, inner) {
        ("Box" | "Rc" | "Arc", Some(inner)) => inner,
        ("Vec", Some(inner)) => quote!(__theory::Type::List(&#inner)),
        ("Option", Some(inner)) => quote!(__theory::Type::Optional(&#inner)),
        ("BTreeMap" | "HashMap", Some(inner)) => quote!(__theory::Type::Map(&#inner)),
        ("Self", None) => {
            let name = this.to_string();
            quote!(__theory::Type::Recursive(#name))
        }
        _ => quote!(__theory::Type::Recursive(#name)),
    }
}

/// The `Entity`.
pub(super) fn entity(entity: &Entity) -> TokenStream {
    let rust = entity.ident.to_string();
    let name = entity.name.as_ref().map(syn::LitStr::value).unwrap_or_default();
    let key = key(entity, &entity.partition, &entity.sort);
    let indexes = entity.indexes.iter().map(|index| self::index(entity, index));
    let indexes = (!entity.indexes.is_empty()).then(|| quote!(.indexes(&[#(#indexes),*])));
    let scan = entity.scan.then(|| quote!(.scannable()));
    let write_once = entity.write_once.then(|| quote!(.write_once()));
    let uniques = entity.uniques.iter().map(|unique| {
        let (name, attributes) = (&unique.name, unique.attributes(&entity.fields));
        quote!(__theory::Unique::new(#name, &[#(#attributes),*]))
    });
    let uniques = (!entity.uniques.is_empty()).then(|| quote!(.uniques(&[#(#uniques),*])));
    quote! {
        __theory::Entity::new(#rust, #name, #key, <Self as __theory::Fields>::ATTRIBUTES)
            #indexes #scan #write_once #uniques
    }
}

fn key(entity: &Entity, partition: &[usize], sort: &[usize]) -> TokenStream {
    let side = |places: &[usize]| -> Vec<TokenStream> {
        places.iter().filter_map(|place| entity.fields.get(*place)).map(key_attribute).collect()
    };
    let (partition, sort) = (side(partition), side(sort));
    quote!(__theory::KeySchema { partition: &[#(#partition),*], sort: &[#(#sort),*] })
}

fn key_attribute(field: &Field) -> TokenStream {
    let (name, plain, ty) = (&field.name, field.plain(), super::verbs::key_type(field));
    quote! {
        __theory::KeyAttribute::field(
            #name,
            <#ty as __theory::KeyField>::TYPE,
            &[__theory::Segment::Field(#plain)],
        )
    }
}

fn index(entity: &Entity, index: &Index) -> TokenStream {
    let name = index.name.as_ref().map(syn::LitStr::value).unwrap_or_default();
    let kind = if index.local { quote!(Local) } else { quote!(Global) };
    let places = |side: &[(usize, Ident)]| -> Vec<usize> { side.iter().map(|(place, _)| *place).collect() };
    // A local index has the partition key of its table.
    let partition = if index.local { entity.partition.clone() } else { places(&index.partition) };
    let key = key(entity, &partition, &places(&index.sort));
    let projection = match &index.projected {
        Projected::All => quote!(All),
        Projected::KeysOnly => quote!(KeysOnly),
        Projected::Include(_, fields) => {
            let names =
                fields.iter().filter_map(|(place, _)| entity.fields.get(*place)).map(|field| &field.name);
            quote!(Include(&[#(#names),*]))
        }
    };
    quote! {
        __theory::Index::new(
            #name,
            __theory::IndexKind::#kind,
            #key,
            __theory::IndexProjection::#projection,
        )
    }
}
