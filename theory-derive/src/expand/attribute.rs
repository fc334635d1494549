//! `derive(Attribute)`.

use super::bounds::{borrows, bounded};
use super::{enums, newtype, paths, scope, table};
use crate::model::{AttributeType, Field, Shape};
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn attribute(ty: &AttributeType) -> TokenStream {
    let code = match &ty.shape {
        Shape::Newtype(field) => newtype::newtype(ty, field),
        Shape::Document(fields) => document(ty, fields),
        Shape::Text(variants) => enums::text(ty, variants),
        Shape::Union(union) => enums::union(ty, union),
    };
    scope(&ty.krate, code)
}

/// The three traits of a stored type. `fields` are what the bounds of type parameters follow from.
pub(super) struct Impls<'a> {
    pub(super) ty: &'a AttributeType,
    pub(super) fields: Vec<&'a Field>,
    pub(super) kind: TokenStream,
    /// An expression of type `&'static Type`.
    pub(super) stored: TokenStream,
    /// The body of `encode`.
    pub(super) encode: TokenStream,
    /// Other items of `Attribute`.
    pub(super) more: TokenStream,
    /// The body of `decode`.
    pub(super) decode: TokenStream,
    /// Other items of `FromAttribute`.
    pub(super) more_from: TokenStream,
}

impl Impls<'_> {
    pub(super) fn write(self) -> TokenStream {
        let Impls { ty, fields, kind, stored, encode, more, decode, more_from } = self;
        let (ident, generics) = (&ty.ident, &ty.generics);
        let writing = bounded(generics, fields.iter().copied(), &quote!(__theory::Attribute));
        let (impl_generics, type_generics, where_clause) = writing.split_for_impl();
        let from = (!borrows(generics)).then(|| {
            let reading = bounded(generics, fields.iter().copied(), &quote!(__theory::FromAttribute));
            let (impl_generics, type_generics, where_clause) = reading.split_for_impl();
            quote! {
                #[automatically_derived]
                impl #impl_generics __theory::FromAttribute for #ident #type_generics #where_clause {
                    fn decode(
                        __input: &mut __theory::Reader<'_>,
                    ) -> ::core::result::Result<Self, __theory::DecodeError> {
                        #decode
                    }
                    #more_from
                }
            }
        });
        quote! {
            #[automatically_derived]
            impl #impl_generics __theory::Attribute for #ident #type_generics #where_clause {
                type Kind = #kind;
                const TYPE: &'static __theory::Type = #stored;
                fn encode(&self, __out: &mut __theory::Writer) {
                    #encode
                }
                #more
            }
            #from
        }
    }
}

/// A nested struct is a map.
fn document(ty: &AttributeType, fields: &[Field]) -> TokenStream {
    let AttributeType { ident, generics, .. } = ty;
    let writing = bounded(generics, fields.iter(), &quote!(__theory::Attribute));
    let (impl_generics, type_generics, where_clause) = writing.split_for_impl();
    let struct_fields = table::struct_fields(ident, generics, fields, &[], None);
    let (paths, name) = (paths::paths(fields), ident.to_string());
    let impls = Impls {
        ty,
        fields: fields.iter().collect(),
        kind: quote!(__theory::kind::Map),
        stored: quote! {
            &__theory::Type::Document(&__theory::DocumentSchema {
                name: #name,
                attributes: <Self as __theory::Fields>::ATTRIBUTES,
            })
        },
        encode: quote!(__theory::encode_document(self, __out)),
        more: TokenStream::new(),
        decode: quote!(__theory::decode_document(__input)),
        more_from: TokenStream::new(),
    }
    .write();
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #type_generics #where_clause {
            #paths
        }
        #struct_fields
        #impls
        #[automatically_derived]
        impl #impl_generics __theory::Document for #ident #type_generics #where_clause {
            type Document = Self;
        }
    }
}
