//! `derive(Projection)`.

use super::{ours, scope};
use crate::model::Projection;
use crate::names;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

pub(crate) fn projection(projection: &Projection) -> TokenStream {
    let Projection { ident, of, fields, .. } = projection;
    let count = fields.len();
    let attributes: Vec<Ident> = (0..count).map(|place| format_ident!("__A{place}")).collect();
    let slots: Vec<Ident> = (0..count).map(|place| format_ident!("__f{place}")).collect();
    let (mut names, mut reads, mut takes, mut starts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (field, (attribute, slot)) in fields.iter().zip(attributes.iter().zip(&slots)) {
        let (ident, ty) = (&field.ident, &field.ty);
        let constant = names::constant(&field.from);
        let path = quote_spanned!(field.from.span()=> <#of>::#constant);
        names.push(quote!(const #attribute: &str = #path.name();));
        reads.push(quote!(#attribute => #slot.read(__input)?,));
        takes.push(quote!(#ident: #slot.take()?,));
        let new = quote_spanned!(ty.span()=> __theory::ProjectedField::<#ty>::new);
        starts.push(quote!(let mut #slot = #new(#path).of::<#of>();));
    }
    let index = index(projection, &attributes);
    let code = quote! {
        #(#names)*
        #[automatically_derived]
        impl __theory::FromItem for #ident {
            fn from_item(
                __input: &mut __theory::Reader<'_>,
            ) -> ::core::result::Result<Self, __theory::DecodeError> {
                #(#starts)*
                __theory::item_members(__input, |__name, __input| {
                    match __name {
                        #(#reads)*
                        _ => return ::core::result::Result::Ok(false),
                    }
                    ::core::result::Result::Ok(true)
                })?;
                ::core::result::Result::Ok(Self { #(#takes)* })
            }
        }
        #[automatically_derived]
        impl __theory::Projection for #ident {
            type Entity = #of;
            const ATTRIBUTES: &'static [&'static str] = &[#(#attributes),*];
        }
        #index
    };
    scope(&projection.krate, code)
}

/// Checks that the index holds every attribute, and says that it may be read through it.
fn index(projection: &Projection, attributes: &[Ident]) -> Option<TokenStream> {
    let Projection { ident, of, fields, .. } = projection;
    let index = projection.index.as_ref()?;
    let (span, name) = (ours(index.span()), index.value());
    let checks = fields.iter().zip(attributes).map(|(field, attribute)| {
        let message = format!(
            "the index `{name}` does not hold `{}`: read the field from the table, or include it in the index",
            names::plain(&field.from)
        );
        quote_spanned! {field.ident.span()=>
            const _: () = ::core::assert!(
                __SCHEMA.indexes[__NUMBER].projects(&__SCHEMA.key, #attribute),
                #message,
            );
        }
    });
    let number = quote_spanned!(span=> const __NUMBER: usize = __SCHEMA.index_number(#name););
    Some(quote! {
        const __SCHEMA: &__theory::Entity = <#of as __theory::Table>::SCHEMA;
        #number
        #(#checks)*
        #[automatically_derived]
        impl __theory::ReadFrom<__theory::Global<__NUMBER, __theory::Partial>> for #ident {}
        #[automatically_derived]
        impl __theory::ReadFrom<__theory::Local<__NUMBER, __theory::Partial>> for #ident {}
    })
}
