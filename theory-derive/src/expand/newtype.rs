//! Newtypes, which are what they hold.

use super::attribute::Impls;
use super::fields::{adapter, written};
use crate::model::{AttributeType, Field};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Type, WherePredicate, parse_quote};

pub(super) fn newtype(ty: &AttributeType, field: &Field) -> TokenStream {
    let inner = &field.ty;
    let (writing, reading, kind, fields) = match adapter(field) {
        Some(adapter) => {
            let adapter = quote!(<#adapter as __theory::FieldAdapter<#inner>>);
            (adapter.clone(), adapter.clone(), quote!(#adapter::Kind), Vec::new())
        }
        None => {
            let (span, written) = (inner.span(), written(&ty.generics));
            let kind = quote_spanned!(span=> <#inner as #written>::Kind);
            (quote!(<#inner as #written>), quote!(<#inner as __theory::StoredField>), kind, vec![field])
        }
    };
    let as_inner = (!fields.is_empty()).then(|| as_inner(ty, inner));
    let impls = Impls {
        ty,
        fields,
        kind,
        stored: quote!(#writing::TYPE),
        encode: quote!(#writing::encode(&self.0, __out)),
        more: quote! {
            fn is_absent(&self) -> bool {
                #writing::is_absent(&self.0)
            }
        },
        decode: quote!(#reading::decode(__input).map(Self)),
        more_from: quote! {
            fn absent() -> ::core::option::Option<Self> {
                #reading::absent().map(Self)
            }
        },
    }
    .write();
    quote!(#impls #as_inner)
}

/// What the inner type can do as the type of an attribute, the newtype can too: be empty, be gone into, be removed, have a predecessor.
fn as_inner(ty: &AttributeType, inner: &Type) -> TokenStream {
    let none = TokenStream::new;
    let predecessor = quote! {
        fn predecessor(&self) -> ::core::option::Option<Self> {
            <#inner as __theory::Predecessor>::predecessor(&self.0).map(Self)
        }
    };
    let is_empty = quote! {
        fn is_empty(&self) -> bool {
            <#inner as __theory::MaybeEmpty>::is_empty(&self.0)
        }
    };
    let (ident, (_, type_generics, _)) = (&ty.ident, ty.generics.split_for_impl());
    let ordered = parse_quote!(for<'__a> #ident #type_generics: ::core::cmp::PartialOrd);
    let impls = [
        forward(ty, inner, quote!(MaybeEmpty), None, is_empty),
        forward(ty, inner, quote!(Predecessor), Some(ordered), predecessor),
        forward(
            ty,
            inner,
            quote!(Document),
            None,
            quote!(type Document = <#inner as __theory::Document>::Document;),
        ),
        forward(
            ty,
            inner,
            quote!(Indexed),
            None,
            quote!(type Element = <#inner as __theory::Indexed>::Element;),
        ),
        forward(ty, inner, quote!(Keyed), None, quote!(type Value = <#inner as __theory::Keyed>::Value;)),
        forward(ty, inner, quote!(Removable<__theory::Root>), None, none()),
    ];
    quote!(#(#impls)*)
}

/// `impl Trait for Newtype where Inner: Trait`.
///
/// A bound without parameters would have to hold here and now, unless it stands under a `for<…>`: then it is asked where it is needed.
fn forward(
    ty: &AttributeType,
    inner: &Type,
    name: TokenStream,
    also: Option<WherePredicate>,
    items: TokenStream,
) -> TokenStream {
    let mut generics = ty.generics.clone();
    let clause = generics.make_where_clause();
    clause.predicates.push(parse_quote!(for<'__a> #inner: __theory::#name));
    clause.predicates.extend(also);
    let (ident, (impl_generics, type_generics, where_clause)) = (&ty.ident, generics.split_for_impl());
    quote! {
        #[automatically_derived]
        impl #impl_generics __theory::#name for #ident #type_generics #where_clause {
            #items
        }
    }
}
