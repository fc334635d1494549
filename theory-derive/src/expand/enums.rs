//! Enums: a string, or a map with a tag.

use super::attribute::Impls;
use super::fields::{Reading, binding, encode, written};
use super::{json, member, schema};
use crate::model::{AttributeType, Content, Enum, Field, Store, Variant};
use crate::names;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

/// Variants without data: a string.
pub(super) fn text(ty: &AttributeType, variants: &[Variant]) -> TokenStream {
    let mut encode = TokenStream::new();
    let mut decode = TokenStream::new();
    let mut other = unknown(variants);
    for Variant { ident, name, aliases, content, .. } in variants {
        match content {
            Content::Newtype(field) => {
                let span = field.ty.span();
                encode.extend(
                    quote_spanned!(span=> Self::#ident(__text) => __theory::encode_text(__text, __out),),
                );
            }
            Content::Unit | Content::Fields(_) => {
                let value = Literal::byte_string(format!("{{\"S\":{}}}", json(name)).as_bytes());
                encode.extend(quote!(Self::#ident => __theory::Writer::raw(__out, #value),));
                decode.extend(quote!(#name #(| #aliases)* => ::core::result::Result::Ok(Self::#ident),));
            }
        }
    }
    if let Some(Variant { ident, content, .. }) = variants.iter().find(|variant| variant.other.is_some()) {
        other = match content {
            Content::Newtype(field) => {
                let ty = &field.ty;
                quote_spanned! {ty.span()=>
                    __theory::Reader::restore(__input, __mark);
                    <#ty as __theory::FromAttribute>::decode(__input).map(Self::#ident)
                }
            }
            Content::Unit | Content::Fields(_) => quote!(::core::result::Result::Ok(Self::#ident)),
        };
    }
    let named: Vec<&String> = variants.iter().filter(|v| v.other.is_none()).map(|v| &v.name).collect();
    let closed = named.len() == variants.len();
    let stored =
        if closed { quote!(&__theory::Type::OneOf(&[#(#named),*])) } else { quote!(&__theory::Type::String) };
    Impls {
        ty,
        fields: Vec::new(),
        kind: quote!(__theory::kind::Text),
        stored,
        encode: quote!(match self { #encode }),
        more: TokenStream::new(),
        decode: quote! {
            let __mark = __theory::Reader::save(__input);
            let __text = __theory::Reader::string(__input)?;
            match &*__text {
                #decode
                _ => { #other }
            }
        },
        more_from: TokenStream::new(),
    }
    .write()
}

/// The error where nothing catches unknown variants.
fn unknown(variants: &[Variant]) -> TokenStream {
    let names = variants.iter().map(|variant| &*variant.name);
    let expected = match variants.len() {
        1 => names::list(names),
        _ => format!("one of {}", names::list(names)),
    };
    quote!(::core::result::Result::Err(__theory::unknown_variant(#expected)))
}

/// Variants with data: a map with a tag.
pub(super) fn union(ty: &AttributeType, union: &Enum) -> TokenStream {
    let (tag, written) = (&union.tag, written(&ty.generics));
    let mut encode_arms = TokenStream::new();
    let mut decode_arms = TokenStream::new();
    let mut shapes = Vec::new();
    let mut other = unknown(&union.variants);
    for variant in &union.variants {
        encode_arms.extend(write_variant(variant, tag, &written));
        match (&variant.other, &variant.content) {
            (Some(_), Content::Newtype(field)) => {
                let (ident, ty) = (&variant.ident, &field.ty);
                other = quote!(<#ty as __theory::StoredField>::decode(__input).map(Self::#ident));
            }
            (is_other, _) => {
                let (name, aliases) = (&variant.name, &variant.aliases);
                let read = read_variant(variant, tag);
                if is_other.is_some() {
                    other = read.clone();
                } else {
                    shapes.push(shape(variant, &ty.ident, &written));
                }
                decode_arms.extend(quote!(#name #(| #aliases)* => { #read }));
            }
        }
    }
    let name = ty.ident.to_string();
    Impls {
        ty,
        fields: union.variants.iter().flat_map(fields).collect(),
        kind: quote!(__theory::kind::Map),
        stored: quote! {
            &__theory::Type::Union(&__theory::Union { name: #name, tag: #tag, variants: &[#(#shapes),*] })
        },
        encode: quote!(match self { #encode_arms }),
        more: TokenStream::new(),
        decode: quote! {
            let __tag = __theory::tag(__input, #tag)?;
            match &*__tag {
                #decode_arms
                _ => { #other }
            }
        },
        more_from: TokenStream::new(),
    }
    .write()
}

fn fields(variant: &Variant) -> Box<dyn Iterator<Item = &Field> + '_> {
    match &variant.content {
        Content::Unit => Box::new(std::iter::empty()),
        Content::Newtype(field) => Box::new(std::iter::once(&**field)),
        Content::Fields(fields) => Box::new(fields.iter()),
    }
}

fn write_variant(variant: &Variant, tag: &str, written: &TokenStream) -> TokenStream {
    let (ident, member) = (&variant.ident, member(tag));
    let value = Literal::byte_string(format!("{{\"S\":{}}}", json(&variant.name)).as_bytes());
    let (pattern, fields) = match &variant.content {
        Content::Unit => (TokenStream::new(), TokenStream::new()),
        Content::Newtype(field) => {
            let ty = &field.ty;
            if variant.other.is_some() {
                return quote!(Self::#ident(__value) => <#ty as #written>::encode(__value, __out),);
            }
            let fields =
                quote_spanned!(ty.span()=> <#ty as __theory::FlattenedField>::encode_fields(__value, __out););
            (quote!((__value)), fields)
        }
        Content::Fields(fields) => {
            let bindings = fields.iter().enumerate().filter(|(_, field)| field.store != Store::Skip);
            let patterns = bindings.clone().map(|(place, field)| {
                let (ident, binding) = (&field.ident, binding(place, field));
                quote!(#ident: #binding)
            });
            let writes = bindings.clone().map(|(place, field)| {
                let binding = binding(place, field);
                encode(field, quote!(#binding), None, written)
            });
            (quote!({ #(#patterns,)* .. }), quote!(#(#writes)*))
        }
    };
    quote! {
        Self::#ident #pattern => {
            __theory::Writer::begin_map(__out);
            __theory::Writer::literal_name(__out, #member);
            __theory::Writer::raw(__out, #value);
            __theory::Writer::end_member(__out);
            #fields
            __theory::Writer::end_map(__out);
        }
    }
}

/// Reads the map as this variant: an expression of type `Result<Self, _>`.
fn read_variant(variant: &Variant, tag: &str) -> TokenStream {
    let ident = &variant.ident;
    let members = |read: TokenStream| {
        quote! {
            __theory::members(__input, |__name, __input| {
                if __name == #tag {
                    // It has been read; a field that keeps the rest must not see it.
                    return ::core::result::Result::Ok(false);
                }
                ::core::result::Result::Ok({ #read })
            })?;
        }
    };
    match &variant.content {
        Content::Unit => quote! {
            __theory::Reader::skip_value(__input)?;
            ::core::result::Result::Ok(Self::#ident)
        },
        Content::Newtype(field) => {
            let ty = &field.ty;
            let from = quote_spanned!(ty.span()=> <#ty as __theory::FlattenedField>);
            let members =
                members(quote_spanned!(ty.span()=> #from::read_field(&mut __partial, __name, __input)?));
            quote_spanned! {ty.span()=>
                let mut __partial = #from::partial();
                #members
                #from::finish(__partial).map(Self::#ident)
            }
        }
        Content::Fields(fields) => {
            let reading = Reading::new(fields);
            let (start, read, finish) = (reading.start(), reading.read(), reading.finish());
            let members = members(read);
            quote! {
                #[allow(unused_mut)]
                let mut __partial = (#(#start,)*);
                #members
                ::core::result::Result::Ok(Self::#ident { #finish })
            }
        }
    }
}

/// The name and the `Type` of a variant.
fn shape(variant: &Variant, this: &Ident, written: &TokenStream) -> TokenStream {
    let (name, rust) = (&variant.name, names::plain(&variant.ident));
    let document = |attributes: TokenStream| {
        quote! {
            __theory::Type::Document(&__theory::DocumentSchema { name: #rust, attributes: #attributes })
        }
    };
    let ty = match &variant.content {
        Content::Unit => document(quote!(&[])),
        Content::Newtype(field) => {
            let ty = &field.ty;
            document(quote!(<#ty as __theory::FlattenedField>::ATTRIBUTES))
        }
        Content::Fields(fields) => document(schema::attributes(fields, this, written)),
    };
    quote!((#name, #ty))
}
