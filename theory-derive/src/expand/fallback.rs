//! What is written in place of the real code where the input has mistakes.
//!
//! The rest of the user's crate uses the type as if it had derived: without these stubs each such use would be an error of its own,
//! and bury the messages that matter.

use super::{paths, scope, table, verbs};
use crate::model::{AttributeType, Entity, Projection, Shape, Store};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::HashSet;
use syn::{DeriveInput, Generics, Path};

/// Stubs for an entity: its paths and verbs, as far as they are known.
pub(crate) fn entity(mut entity: Entity) -> TokenStream {
    entity.partition.truncate(1);
    entity.sort.retain(|place| !entity.partition.contains(place));
    entity.sort.truncate(1);
    // What made two constants or functions collide has been reported.
    let mut seen = HashSet::new();
    for field in &mut entity.fields {
        let constant = field.constant().map(|constant| constant.to_string()).unwrap_or_default();
        if field.store != Store::Skip && !seen.insert(constant) {
            field.store = Store::Skip;
        }
    }
    seen.extend(crate::check::VERBS.iter().map(|verb| (*verb).to_owned()));
    for index in &mut entity.indexes {
        let mut places = HashSet::new();
        index.partition.retain(|(place, _)| places.insert(*place));
    }
    entity.indexes.retain(|index| {
        let method = index.method.as_ref().map(|method| method.to_string()).unwrap_or_default();
        let scan = index.method.as_ref().map(|method| crate::names::scan(method).to_string());
        let is_alone = seen.insert(method) & scan.is_none_or(|scan| seen.insert(scan));
        is_alone && !index.faulty
    });
    let Entity { ident, generics, .. } = &entity;
    let inherent = table::inherent(&entity);
    let (key, partition) = (verbs::key(&entity), verbs::partition(&entity));
    let traits = entity_traits(ident, generics, &key, &partition);
    let scannable = scannable(ident, generics);
    scope(&entity.krate, quote!(#inherent #traits #scannable))
}

/// Stubs for an input that is no entity at all.
pub(crate) fn no_entity(input: &DeriveInput) -> TokenStream {
    let traits = entity_traits(&input.ident, &input.generics, &quote!(()), &quote!(()));
    let scannable = scannable(&input.ident, &input.generics);
    scope(&library(), quote!(#traits #scannable))
}

fn entity_traits(
    ident: &Ident,
    generics: &Generics,
    key: &TokenStream,
    partition: &TokenStream,
) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let fields = fields(ident, generics);
    quote! {
        #fields
        impl #impl_generics __theory::Table for #ident #type_generics #where_clause {
            type Key = #key;
            type Partition = #partition;
            type Stamps = ();
            fn stamp(&mut self, _: &()) {}
            const SCHEMA: &'static __theory::Entity = &__theory::Entity::new(
                "", "", __theory::KeySchema { partition: &[], sort: &[] }, &[],
            );
        }
    }
}

/// Whether the table may be scanned, or its items written again, is not worth a second message.
fn scannable(ident: &Ident, generics: &Generics) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics __theory::Scannable for #ident #type_generics #where_clause {}
        impl #impl_generics __theory::Overwritable for #ident #type_generics #where_clause {}
        impl #impl_generics __theory::BatchWritable for #ident #type_generics #where_clause {}
        impl #impl_generics __theory::Versioned for #ident #type_generics #where_clause {
            type Version = u64;
            fn version(&self) -> &u64 {
                ::core::unreachable!()
            }
        }
        impl #impl_generics __theory::Expiring for #ident #type_generics #where_clause {
            const TTL: &'static __theory::Ttl = &__theory::Ttl::new("", &[]);
        }
    }
}

fn fields(ident: &Ident, generics: &Generics) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics __theory::Fields for #ident #type_generics #where_clause {
            fn encode_fields(&self, _: &mut __theory::Writer) {}
        }
        impl #impl_generics __theory::FromFields for #ident #type_generics #where_clause {
            type Partial = ();
            fn partial() {}
            fn read_field(
                _: &mut (),
                _: &str,
                _: &mut __theory::Reader<'_>,
            ) -> ::core::result::Result<bool, __theory::DecodeError> {
                ::core::result::Result::Ok(false)
            }
            fn finish(_: ()) -> ::core::result::Result<Self, __theory::DecodeError> {
                ::core::unreachable!()
            }
        }
    }
}

/// Stubs for a type of an attribute.
pub(crate) fn attribute(ty: AttributeType) -> TokenStream {
    let AttributeType { ident, generics, .. } = &ty;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let kind = match &ty.shape {
        Shape::Document(_) | Shape::Union(_) => quote!(Map),
        Shape::Newtype(_) | Shape::Text(_) => quote!(Text),
    };
    let traits = attribute_traits(ident, generics, &kind);
    let mut code = quote!(#traits);
    if let Shape::Document(fields) = &ty.shape {
        let mut seen = HashSet::new();
        let fields = fields
            .iter()
            .filter(|field| field.constant().is_some_and(|constant| seen.insert(constant.to_string())));
        let (paths, document) = (paths::paths(fields), self::fields(ident, generics));
        code.extend(quote! {
            impl #impl_generics #ident #type_generics #where_clause { #paths }
            #document
            impl #impl_generics __theory::Document for #ident #type_generics #where_clause {
                type Document = Self;
            }
        });
    }
    scope(&ty.krate, code)
}

/// Stubs for an input that has no stored form.
pub(crate) fn no_attribute(input: &DeriveInput) -> TokenStream {
    let traits = attribute_traits(&input.ident, &input.generics, &quote!(Text));
    scope(&library(), traits)
}

fn attribute_traits(ident: &Ident, generics: &Generics, kind: &TokenStream) -> TokenStream {
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics __theory::Attribute for #ident #type_generics #where_clause {
            type Kind = __theory::kind::#kind;
            const TYPE: &'static __theory::Type = &__theory::Type::Any;
            fn encode(&self, _: &mut __theory::Writer) {}
        }
        impl #impl_generics __theory::FromAttribute for #ident #type_generics #where_clause {
            fn decode(_: &mut __theory::Reader<'_>) -> ::core::result::Result<Self, __theory::DecodeError> {
                ::core::unreachable!()
            }
        }
    }
}

/// Stubs for a projection, where its entity is known.
pub(crate) fn projection(projection: Projection) -> TokenStream {
    let Projection { ident, generics, of, .. } = &projection;
    let Some(of) = of else {
        return TokenStream::new();
    };
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    // A projection has no parameters; where it has, that was the mistake.
    let indexes = generics.params.is_empty().then(|| {
        quote! {
            impl<const __N: usize> __theory::ReadFrom<__theory::Global<__N, __theory::Partial>> for #ident {}
            impl<const __N: usize> __theory::ReadFrom<__theory::Local<__N, __theory::Partial>> for #ident {}
        }
    });
    let code = quote! {
        impl #impl_generics __theory::FromItem for #ident #type_generics #where_clause {
            fn from_item(_: &mut __theory::Reader<'_>) -> ::core::result::Result<Self, __theory::DecodeError> {
                ::core::unreachable!()
            }
        }
        impl #impl_generics __theory::Projection for #ident #type_generics #where_clause {
            type Entity = #of;
            const ATTRIBUTES: &'static [&'static str] = &[];
        }
        #indexes
    };
    scope(&projection.krate, code)
}

fn library() -> Path {
    crate::model::library(None)
}
