//! A constant a field: the start of every path.

use super::fields::adapter;
use super::ours;
use crate::model::{Field, Role, Store};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};

/// `pub const STATUS: Path<Self, Status> = …;`
pub(super) fn paths<'f>(fields: impl IntoIterator<Item = &'f Field>) -> TokenStream {
    fields.into_iter().filter_map(path).collect()
}

fn path(field: &Field) -> Option<TokenStream> {
    let Field { vis, ty, name, .. } = field;
    let constant = field.constant()?;
    let constant = Ident::new(&constant.to_string(), ours(constant.span()));
    let role = match field.role {
        Role::Key => quote!(__theory::KeyRole),
        Role::Version | Role::CreatedAt | Role::UpdatedAt => quote!(__theory::Managed),
        Role::Data | Role::Ttl if field.keys.protected.is_some() => quote!(__theory::Protected),
        Role::Data | Role::Ttl => quote!(__theory::Data),
    };
    let (ty, steps, path) = match field.store {
        Store::Attribute => {
            let ty = match adapter(field) {
                Some(adapter) => quote!(__theory::Adapted<#ty, #adapter>),
                None => ty.to_token_stream(),
            };
            (ty, quote!(__theory::Root), quote!(attribute(#name)))
        }
        Store::Flatten => (ty.to_token_stream(), quote!(__theory::Flattened), quote!(flattened())),
        Store::Rest | Store::Skip => return None,
    };
    let docs = docs(field);
    Some(quote! {
        #docs
        #vis const #constant: __theory::Path<Self, #ty, #role, #steps> = __theory::Path::#path;
    })
}

/// The field's documentation, or a line of our own.
fn docs(field: &Field) -> TokenStream {
    match &field.docs[..] {
        [] => {
            let line = match field.store {
                Store::Flatten => format!("The attributes of the field `{}`.", field.plain()),
                _ => format!("The attribute `{}`.", field.name),
            };
            quote!(#[doc = #line])
        }
        docs => quote!(#(#docs)*),
    }
}
