//! Writing and reading the fields of a struct or a variant: a call a field.

use super::bounds::spell_self;
use super::{lifecycle, member, ours};
use crate::model::{Absent, Adapter, Field, Role, Store};
use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Generics;
use syn::spanned::Spanned as _;

/// The type that stores the field, where it does not do so itself.
pub(super) fn adapter(field: &Field) -> Option<TokenStream> {
    let span = field.ty.span();
    let name = match &field.adapter {
        Adapter::None => return None,
        Adapter::With(ty) => return Some(ty.to_token_stream()),
        Adapter::Lenient => return Some(quote_spanned!(span=> __theory::Lenient)),
        Adapter::Ttl => return Some(quote_spanned!(span=> __theory::EpochSeconds)),
        Adapter::Serde => quote_spanned!(span=> __theory::Serde),
        Adapter::Json => quote_spanned!(span=> __theory::Json),
    };
    // `None` is absent, not serde's way to write nothing.
    let optional = crate::check::inside("Option", &field.ty).is_some();
    Some(if optional { quote_spanned!(span=> __theory::Optional<#name>) } else { name })
}

/// The trait through which fields are written: where the struct is also read, the same as for reading, so that a type which is no
/// attribute is one mistake and not two.
pub(super) fn written(generics: &Generics) -> TokenStream {
    if generics.params.is_empty() { quote!(__theory::StoredField) } else { quote!(__theory::WrittenField) }
}

/// Writes one field; `value` is a reference to it, and `side` tells that it is a key, and of what.
pub(super) fn encode(
    field: &Field,
    value: TokenStream,
    side: Option<TokenStream>,
    written: &TokenStream,
) -> TokenStream {
    let (ty, name) = (&field.ty, member(&field.name));
    match (field.store, adapter(field)) {
        (Store::Skip, _) => TokenStream::new(),
        (Store::Flatten, _) => quote!(<#ty as __theory::FlattenedField>::encode_fields(#value, __out);),
        (Store::Rest, _) => quote!(<#ty as __theory::RestField>::encode_rest(#value, __out);),
        (Store::Attribute, Some(adapter)) => {
            quote!(<#adapter as __theory::FieldAdapter<#ty>>::write(#value, __out, #name);)
        }
        (Store::Attribute, None) => {
            if let Some(write) = lifecycle::encode(field, &value, &name.to_token_stream()) {
                return write;
            }
            let write = match side {
                None => quote!(<#ty as #written>::write(#value, __out, #name);),
                Some(side) => quote!(<#ty as __theory::KeyField>::write(#value, __out, #name, #side);),
            };
            match field.keys.skip_empty {
                Some(_) => quote!(if !<#ty as __theory::MaybeEmpty>::is_empty(#value) { #write }),
                None => write,
            }
        }
    }
}

/// What is gathered while fields are read: a tuple called `__partial`, one place for each field that is read.
pub(super) struct Reading<'f> {
    /// Each field with its place; skipped fields have none.
    fields: Vec<(&'f Field, Option<Literal>)>,
}

impl<'f> Reading<'f> {
    pub(super) fn new(fields: &'f [Field]) -> Self {
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
        Reading { fields }
    }

    fn stored(&self) -> impl Iterator<Item = (&'f Field, &Literal)> {
        self.fields.iter().filter_map(|(field, place)| Some((*field, place.as_ref()?)))
    }

    /// The types of the places, `Self` spelt out as `this`.
    pub(super) fn types(&self, this: &TokenStream) -> Vec<TokenStream> {
        self.stored()
            .map(|(field, _)| {
                let (ty, span) = (spell_self(field.ty.to_token_stream(), this), field.ty.span());
                match field.store {
                    Store::Flatten => quote_spanned!(span=> <#ty as __theory::FlattenedField>::Partial),
                    Store::Rest => ty,
                    Store::Attribute | Store::Skip => quote!(::core::option::Option<#ty>),
                }
            })
            .collect()
    }

    /// Where the tuple may be found faulty: at a flattened field, the only one whose place has a type that depends on a trait.
    pub(super) fn span(&self) -> Span {
        let flattened = self.stored().find(|(field, _)| field.store == Store::Flatten);
        flattened.map_or_else(Span::call_site, |(field, _)| field.ty.span())
    }

    /// The places before anything was read.
    pub(super) fn start(&self) -> Vec<TokenStream> {
        self.stored()
            .map(|(field, _)| {
                let ty = &field.ty;
                match field.store {
                    Store::Flatten => {
                        quote_spanned!(ty.span()=> <#ty as __theory::FlattenedField>::partial())
                    }
                    Store::Rest => quote!(<#ty as ::core::default::Default>::default()),
                    Store::Attribute | Store::Skip => quote!(::core::option::Option::<#ty>::None),
                }
            })
            .collect()
    }

    /// Reads the value of the attribute `__name`; an expression of type `bool`.
    pub(super) fn read(&self) -> TokenStream {
        let mut arms = TokenStream::new();
        for (field, place) in self.stored().filter(|(field, _)| field.store == Store::Attribute) {
            let (ty, name, slot) = (&field.ty, &field.name, slot(field, place));
            let read = match adapter(field) {
                Some(adapter) => quote!(<#adapter as __theory::FieldAdapter<#ty>>::read),
                None => quote!(<#ty as __theory::StoredField>::read),
            };
            // Under its own name a field is found whatever the order of the two.
            for alias in &field.keys.aliases {
                arms.extend(quote! {
                    #alias if #slot.is_some() => __theory::Reader::skip_value(__input)?,
                });
            }
            let aliases = &field.keys.aliases;
            arms.extend(quote! {
                #name #(| #aliases)* => #read(&mut #slot, #name, __input)?,
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
        let flattened =
            self.stored().filter(|(field, _)| field.store == Store::Flatten).map(|(field, place)| {
                let ty = &field.ty;
                let slot = slot(field, place);
                quote_spanned! {ty.span()=>
                    <#ty as __theory::FlattenedField>::read_field(&mut #slot, __name, __input)?
                }
            });
        let rest = self.stored().filter(|(field, _)| field.store == Store::Rest).map(|(field, place)| {
            let (ty, slot) = (&field.ty, slot(field, place));
            quote!({
                <#ty as __theory::RestField>::read_rest(&mut #slot, __name, __input)?;
                true
            })
        });
        let offers: Vec<TokenStream> = flattened.chain(rest).collect();
        match &offers[..] {
            [] => quote!(false),
            offers => quote!(#(#offers)||*),
        }
    }

    /// The fields from what was read, as the inside of a struct expression.
    pub(super) fn finish(&self) -> TokenStream {
        let mut all = TokenStream::new();
        for (field, place) in &self.fields {
            let (ident, ty, name) = (&field.ident, &field.ty, &field.name);
            let slot = place.as_ref().map(|place| slot(field, place));
            let value = match (field.store, &field.absent) {
                (Store::Skip, Absent::Call(path)) => quote!(#path()),
                (Store::Skip, _) => quote!(<#ty as ::core::default::Default>::default()),
                (Store::Flatten, _) => {
                    quote_spanned!(ty.span()=> <#ty as __theory::FlattenedField>::finish(#slot)?)
                }
                (Store::Rest, _) => quote!(#slot),
                (Store::Attribute, Absent::Call(path)) => quote!(#slot.unwrap_or_else(#path)),
                (Store::Attribute, Absent::Default) => {
                    quote! {
                        match #slot {
                            ::core::option::Option::Some(__value) => __value,
                            ::core::option::Option::None => <#ty as ::core::default::Default>::default(),
                        }
                    }
                }
                (Store::Attribute, Absent::Type) if field.role == Role::Version => {
                    let first = quote_spanned!(ty.span()=> <#ty as __theory::CountedField>::first());
                    quote! {
                        match #slot {
                            ::core::option::Option::Some(__value) => __value,
                            ::core::option::Option::None => #first,
                        }
                    }
                }
                (Store::Attribute, Absent::Type) => match adapter(field) {
                    Some(adapter) => {
                        quote!(<#adapter as __theory::FieldAdapter<#ty>>::take(#slot, #name)?)
                    }
                    None => quote!(<#ty as __theory::StoredField>::take(#slot, #name)?),
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

/// The field's place in the tuple. The type of a flattened field's depends on a trait, so messages about it must stand on the field.
fn slot(field: &Field, place: &Literal) -> TokenStream {
    let span = match field.store {
        Store::Flatten => field.ty.span(),
        _ => Span::call_site(),
    };
    let mut place = place.clone();
    place.set_span(span);
    quote_spanned!(span=> __partial.#place)
}

/// `__f0`, for the field at that place of a variant.
pub(super) fn binding(place: usize, field: &Field) -> proc_macro2::Ident {
    let span = field.ident.as_ref().map_or_else(Span::call_site, proc_macro2::Ident::span);
    proc_macro2::Ident::new(&format!("__f{place}"), ours(span))
}
