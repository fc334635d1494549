//! `derive(Table)`.

use super::bounds::{borrows, bounded};
use super::fields::{Reading, encode, written};
use super::{lifecycle, paths, schema, scope, unique, verbs};
use crate::model::{Entity, Field, Index};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Generics, Path};

pub(crate) fn table(entity: &Entity) -> TokenStream {
    let Entity { ident, generics, fields, .. } = entity;
    let attribute = quote!(__theory::Attribute);
    let bounded = bounded(generics, fields.iter(), &attribute);
    let (impl_generics, type_generics, where_clause) = bounded.split_for_impl();
    let inherent = inherent(entity);
    let sides: Vec<_> = (0..fields.len()).map(|place| key_side(entity, place)).collect();
    let fields_impls = struct_fields(ident, generics, fields, &sides, entity.upgrade.as_ref());
    let (key, partition) = (verbs::key(entity), verbs::partition(entity));
    let schema = schema::entity(entity);
    let (lifecycle, traits) = (lifecycle::items(entity), lifecycle::traits(entity));
    let unique = unique::assertions(entity);
    let scannable = entity.scan.then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __theory::Scannable for #ident #type_generics #where_clause {}
        }
    });
    let code = quote! {
        #inherent
        #fields_impls
        #[automatically_derived]
        impl #impl_generics __theory::Table for #ident #type_generics #where_clause {
            type Key = #key;
            type Partition = #partition;
            const SCHEMA: &'static __theory::Entity = &#schema;
            #lifecycle
        }
        #scannable
        #traits
        #unique
    };
    scope(&entity.krate, code)
}

/// The paths and verbs.
pub(super) fn inherent(entity: &Entity) -> TokenStream {
    let Entity { ident, generics, fields, .. } = entity;
    let bounded = bounded(generics, fields.iter(), &quote!(__theory::Attribute));
    let (impl_generics, type_generics, where_clause) = bounded.split_for_impl();
    let (paths, verbs) = (paths::paths(fields), verbs::verbs(entity));
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #type_generics #where_clause {
            #paths
            #verbs
        }
    }
}

/// The strictest of the keys that the field is part of: a sort key before a partition key, the table's before an index's.
fn key_side(entity: &Entity, place: usize) -> Option<TokenStream> {
    let in_index = |side: fn(&Index) -> &[(usize, Ident)]| {
        let index = entity.indexes.iter().find(|index| side(index).iter().any(|(key, _)| *key == place))?;
        index.name.as_ref().map(|name| quote!(::core::option::Option::Some(#name)))
    };
    let none = quote!(::core::option::Option::None);
    let sort = entity.sort.contains(&place).then(|| none.clone()).or_else(|| in_index(|index| &index.sort));
    if let Some(index) = sort {
        return Some(quote!(const { __theory::sort_side(#index) }));
    }
    let partition =
        entity.partition.contains(&place).then_some(none).or_else(|| in_index(|index| &index.partition));
    partition.map(|index| quote!(const { __theory::partition_side(#index) }))
}

/// How a struct is written and read, field by field.
///
/// `sides` has the [`key_side`] of each field, or is shorter.
pub(super) fn struct_fields(
    ident: &Ident,
    generics: &Generics,
    fields: &[Field],
    sides: &[Option<TokenStream>],
    upgrade: Option<&Path>,
) -> TokenStream {
    let writing = bounded(generics, fields.iter(), &quote!(__theory::Attribute));
    let (impl_generics, type_generics, where_clause) = writing.split_for_impl();
    let written = written(generics);
    let attributes = schema::attributes(fields, ident, &written);
    let encode = fields.iter().enumerate().map(|(place, field)| {
        let (name, side) = (&field.ident, sides.get(place).cloned().flatten());
        encode(field, quote!(&self.#name), side, &written)
    });
    let reading = (!borrows(generics)).then(|| read_struct(ident, generics, fields, upgrade));
    quote! {
        #[automatically_derived]
        impl #impl_generics __theory::Fields for #ident #type_generics #where_clause {
            const ATTRIBUTES: &'static [__theory::AttributeSchema] = #attributes;
            fn encode_fields(&self, __out: &mut __theory::Writer) {
                let _ = &__out;
                #(#encode)*
            }
        }
        #reading
    }
}

fn read_struct(ident: &Ident, generics: &Generics, fields: &[Field], upgrade: Option<&Path>) -> TokenStream {
    let bounded = bounded(generics, fields.iter(), &quote!(__theory::FromAttribute));
    let (impl_generics, type_generics, where_clause) = bounded.split_for_impl();
    let this = quote!(#ident #type_generics);
    let reading = Reading::new(fields);
    let (types, start, read, finish) =
        (reading.types(&this), reading.start(), reading.read(), reading.finish());
    let start = quote_spanned!(reading.span()=> __Partial(#(#start,)* ::core::marker::PhantomData));
    let upgrade = upgrade.map(hook);
    quote! {
        pub struct __Partial #impl_generics (
            #(#types,)*
            ::core::marker::PhantomData<#this>,
        ) #where_clause;
        #[automatically_derived]
        impl #impl_generics __theory::FromFields for #this #where_clause {
            type Partial = __Partial #type_generics;
            #upgrade
            fn partial() -> Self::Partial {
                #start
            }
            fn read_field(
                __partial: &mut Self::Partial,
                __name: &str,
                __input: &mut __theory::Reader<'_>,
            ) -> ::core::result::Result<bool, __theory::DecodeError> {
                let _ = (&__partial, &__name, &__input);
                ::core::result::Result::Ok({ #read })
            }
            fn finish(__partial: Self::Partial) -> ::core::result::Result<Self, __theory::DecodeError> {
                let _ = &__partial;
                ::core::result::Result::Ok(Self { #finish })
            }
        }
    }
}

/// The hook that mends items of an older shape; messages about the function stand on its path.
fn hook(path: &Path) -> TokenStream {
    let call = quote_spanned!(path.span()=> __theory::UpgradeOutcome::into_result(#path(__item)));
    quote! {
        const UPGRADE: ::core::option::Option<__theory::Upgrade> =
            ::core::option::Option::Some(|__item: &mut __theory::Item| #call);
    }
}
