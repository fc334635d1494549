//! Type parameters: what the generated implementations ask of them.

use crate::model::{Adapter, Field, Store};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{GenericParam, Generics, Type, parse_quote};

/// The generics, where each type parameter that an attribute is made of has this bound.
pub(super) fn bounded<'f>(
    generics: &Generics,
    fields: impl Iterator<Item = &'f Field>,
    bound: &TokenStream,
) -> Generics {
    let mut generics = generics.clone();
    let types: Vec<&Type> = fields
        .filter(|field| matches!(field.store, Store::Attribute | Store::Flatten | Store::Rest))
        .filter(|field| matches!(field.adapter, Adapter::None))
        .map(|field| &field.ty)
        .collect();
    let used: Vec<Ident> = generics
        .type_params()
        .map(|param| param.ident.clone())
        .filter(|param| types.iter().any(|ty| mentions(ty.to_token_stream(), param)))
        .collect();
    let clause = generics.make_where_clause();
    for param in used {
        clause.predicates.push(parse_quote!(#param: #bound));
    }
    generics
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether the type borrows: then it is only written.
pub(super) fn borrows(generics: &Generics) -> bool {
    generics.params.iter().any(|param| matches!(param, GenericParam::Lifetime(_)))
}

/// The tokens with `Self` spelt out, for use in another type.
pub(super) fn spell_self(tokens: TokenStream, this: &TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => this.clone(),
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(group.delimiter(), spell_self(group.stream(), this));
                inner.set_span(group.span());
                quote!(#inner)
            }
            other => quote!(#other),
        })
        .collect()
}
