//! Writing and reading the fields of a struct or a variant: a call a field.

use super::bounds::spell_self;
use super::{member, ours};
use crate::model::{Absent, Adapter, Field, Store};
use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

/// The type that stores the field, where it does not do so itself.
pub(super) fn adapter(field: &Field) -> Option<TokenStream> {
    let name = match &field.adapter {
        Adapter::None => return None,
        Adapter::With(ty) => return Some(ty.to_token_stream()),
        Adapter::Lenient => return Some(quote!(__theory::Lenient)),
        Adapter::Ttl => return Some(quote!(__theory::EpochSeconds)),
        Adapter::Serde => quote!(__theory::Serde),
        Adapter::Json => quote!(__theory::Json),
    };
    // `None` is absent, not serde's way to write nothing.
    let optional = crate::check::inside("Option", &field.ty).is_some();
    Some(if optional { quote!(__theory::Optional<#name>) } else { name })
}

/// Writes one field; `value` is a reference to it, and `side` tells that it is a key, and of what.
pub(super) fn encode(field: &Field, value: TokenStream, side: Option<TokenStream>) -> TokenStream {
    let span = field.ty.span();
    let name = member(&field.name);
    match (field.store, adapter(field)) {
        (Store::Skip, _) => TokenStream::new(),
        (Store::Flatten, _) => {
            quote_spanned!(span=> __theory::Fields::encode_fields(#value, __out);)
        }
        (Store::Rest, _) => quote_spanned!(span=> __theory::encode_rest(#value, __out);),
        (Store::Attribute, Some(adapter)) => {
            let call = quote_spanned!(adapter.span()=> __theory::field_with);
            quote!(#call::<#adapter, _>(__out, #name, #value);)
        }
        (Store::Attribute, None) => match (side, field.keys.skip_empty.is_some()) {
            (None, false) => quote_spanned!(span=> __theory::field(__out, #name, #value);),
            (None, true) => quote_spanned!(span=> __theory::field_unless_empty(__out, #name, #value);),
            (Some(side), skip_empty) => {
                let condition =
                    skip_empty.then(|| quote_spanned!(span=> if !__theory::MaybeEmpty::is_empty(#value)));
                let call = quote_spanned!(span=> __theory::key_field);
                quote!(#condition { #call(__out, #name, #value, #side); })
            }
        },
    }
}

/// What is gathered while fields are read: a tuple, one place for each field that is read.
pub(super) struct Reading<'f> {
    /// Each field with its place; skipped fields have none.
    fields: Vec<(&'f Field, Option<Literal>)>,
    /// How the tuple is called.
    partial: TokenStream,
}

impl<'f> Reading<'f> {
    pub(super) fn new(fields: &'f [Field], partial: TokenStream) -> Self {
        let mut next = 0;
        let fields = fields
            .iter()
            .map(|field| {
                let place = (field.store != Store::Skip).then(|| {
                    next += 1;
                    Literal::usize_unsuffixed(next - 1)
                });
                (field, place)
            })
            .collect();
        Reading { fields, partial }
    }

    fn stored(&self) -> impl Iterator<Item = (&'f Field, &Literal)> {
        self.fields.iter().filter_map(|(field, place)| Some((*field, place.as_ref()?)))
    }

    /// The types of the places, `Self` spelt out as `this`.
    pub(super) fn types(&self, this: &TokenStream) -> Vec<TokenStream> {
        self.stored()
            .map(|(field, _)| {
                let ty = spell_self(field.ty.to_token_stream(), this);
                match field.store {
                    Store::Flatten => {
                        quote_spanned!(field.ty.span()=> <#ty as __theory::FromFields>::Partial)
                    }
                    Store::Rest => ty,
                    Store::Attribute | Store::Skip => quote!(::core::option::Option<#ty>),
                }
            })
            .collect()
    }

    /// The places before anything was read.
    pub(super) fn start(&self) -> Vec<TokenStream> {
        self.stored()
            .map(|(field, _)| {
                let ty = &field.ty;
                match field.store {
                    Store::Flatten => {
                        quote_spanned!(ty.span()=> <#ty as __theory::FromFields>::partial())
                    }
                    Store::Rest => quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default()),
                    Store::Attribute | Store::Skip => quote!(::core::option::Option::<#ty>::None),
                }
            })
            .collect()
    }

    /// Reads the value of the attribute `__name`; an expression of type `bool`.
    pub(super) fn read(&self) -> TokenStream {
        let partial = &self.partial;
        let mut arms = TokenStream::new();
        for (field, place) in self.stored().filter(|(field, _)| field.store == Store::Attribute) {
            let name = &field.name;
            let read = match adapter(field) {
                Some(adapter) => {
                    let call = quote_spanned!(adapter.span()=> __theory::read_with);
                    quote!(#call::<#adapter, _>)
                }
                None => quote_spanned!(field.ty.span()=> __theory::read),
            };
            // Under its own name a field is found whatever the order of the two.
            for alias in &field.keys.aliases {
                arms.extend(quote! {
                    #alias if #partial.#place.is_some() => __theory::Reader::skip_value(__input)?,
                });
            }
            let aliases = &field.keys.aliases;
            arms.extend(quote! {
                #name #(| #aliases)* => #read(&mut #partial.#place, #name, __input)?,
            });
        }
        let other = self.read_other();
        if arms.is_empty() {
            return other;
        }
        quote! {
            match __name {
                #arms
                _ => return ::core::result::Result::Ok(#other),
            }
            true
        }
    }

    /// Offers the attribute to the flattened fields, and then to the one that keeps the rest.
    fn read_other(&self) -> TokenStream {
        let partial = &self.partial;
        let flattened =
            self.stored().filter(|(field, _)| field.store == Store::Flatten).map(|(field, place)| {
                let ty = &field.ty;
                quote_spanned! {ty.span()=>
                    <#ty as __theory::FromFields>::read_field(&mut #partial.#place, __name, __input)?
                }
            });
        let rest = self.stored().filter(|(field, _)| field.store == Store::Rest).map(|(field, place)| {
            quote_spanned! {field.ty.span()=>
                __theory::read_rest(&mut #partial.#place, __name, __input)?
            }
        });
        let offers: Vec<TokenStream> = flattened.chain(rest).collect();
        match &offers[..] {
            [] => quote!(false),
            offers => quote!(#(#offers)||*),
        }
    }

    /// The fields from what was read, as the inside of a struct expression.
    pub(super) fn finish(&self) -> TokenStream {
        let partial = &self.partial;
        let mut all = TokenStream::new();
        for (field, place) in &self.fields {
            let (ident, ty, name) = (&field.ident, &field.ty, &field.name);
            let value = match (field.store, &field.absent) {
                (Store::Skip, Absent::Call(path)) => quote!(#path()),
                (Store::Skip, _) => {
                    quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default())
                }
                (Store::Flatten, _) => {
                    quote_spanned!(ty.span()=> <#ty as __theory::FromFields>::finish(#partial.#place)?)
                }
                (Store::Rest, _) => quote!(#partial.#place),
                (Store::Attribute, Absent::Call(path)) => quote!(#partial.#place.unwrap_or_else(#path)),
                (Store::Attribute, Absent::Default) => {
                    quote_spanned!(ty.span()=> #partial.#place.unwrap_or_default())
                }
                (Store::Attribute, Absent::Type) => match adapter(field) {
                    Some(adapter) => {
                        let call = quote_spanned!(adapter.span()=> __theory::take_with);
                        quote!(#call::<#adapter, _>(#partial.#place, #name)?)
                    }
                    None => quote_spanned!(ty.span()=> __theory::take(#partial.#place, #name)?),
                },
            };
            match ident {
                Some(ident) => all.extend(quote!(#ident: #value,)),
                None => all.extend(quote!(0: #value,)),
            }
        }
        all
    }
}

/// `__f0`, for the field at that place of a variant.
pub(super) fn binding(place: usize, field: &Field) -> proc_macro2::Ident {
    let span = field.ident.as_ref().map_or_else(Span::call_site, proc_macro2::Ident::span);
    proc_macro2::Ident::new(&format!("__f{place}"), ours(span))
}
