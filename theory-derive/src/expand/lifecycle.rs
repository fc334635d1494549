//! The fields that the library writes on its own account: how each is written, and what the entity says of them.
//!
//! The calls stand on the field's type, and so do the messages where the type is none that the role may have.

use super::bounds::bounded;
use crate::model::{Entity, Field, Role};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

/// `version`, `created_at` or `updated_at`, and the trait of the field's type.
fn managed(field: &Field) -> Option<(&'static str, Ident)> {
    let (role, ty) = match field.role {
        Role::Version => ("version", "CountedField"),
        Role::CreatedAt => ("created_at", "StampedField"),
        Role::UpdatedAt => ("updated_at", "StampedField"),
        Role::Data | Role::Key | Role::Ttl => return None,
    };
    Some((role, Ident::new(ty, field.ty.span())))
}

fn method(prefix: &str, role: &str) -> Ident {
    Ident::new(&format!("{prefix}{role}"), Span::call_site())
}

/// Writes the field, where it has such a role.
pub(super) fn encode(field: &Field, value: &TokenStream, name: &TokenStream) -> Option<TokenStream> {
    let (role, asked) = managed(field)?;
    let (ty, write) = (&field.ty, method("write_", role));
    Some(quote_spanned!(ty.span()=> <#ty as __theory::#asked>::#write(#value, __out, #name);))
}

/// Items of the implementation of `Table`.
pub(super) fn items(entity: &Entity) -> TokenStream {
    let fields: Vec<_> = entity.fields.iter().filter_map(|field| Some((field, managed(field)?))).collect();
    if fields.is_empty() {
        return quote! {
            type Stamps = ();
            fn stamp(&mut self, _: &()) {}
        };
    }
    let roles = fields.iter().map(|(field, (role, _))| {
        let (ty, name, aliases) = (&field.ty, &field.name, &field.keys.aliases);
        let method = method("", role);
        let versions = (field.role == Role::Version)
            .then(|| quote_spanned!(ty.span()=> , <#ty as __theory::CountedField>::VERSIONS));
        quote!(.#method(#name, &[#(#aliases),*] #versions))
    });
    let puts = fields.iter().map(|(field, (role, asked))| {
        let (ident, ty, put) = (&field.ident, &field.ty, method("put_", role));
        quote_spanned!(ty.span()=> <#ty as __theory::#asked>::#put(&mut self.#ident, __stamps);)
    });
    let expected = version(entity).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote_spanned! {ty.span()=>
            fn expected(&self) -> ::core::option::Option<__theory::Expected> {
                <#ty as __theory::CountedField>::expected(&self.#ident, <Self as __theory::Table>::LIFECYCLE)
            }
        }
    });
    quote! {
        type Stamps = __theory::Stamps;
        const LIFECYCLE: &'static __theory::Lifecycle = &__theory::Lifecycle::NONE #(#roles)*;
        fn stamp(&mut self, __stamps: &__theory::Stamps) {
            #(#puts)*
        }
        #expected
    }
}

fn version(entity: &Entity) -> Option<&Field> {
    entity.fields.iter().find(|field| field.role == Role::Version)
}

/// The traits that say what may be done with the entity.
pub(super) fn traits(entity: &Entity) -> TokenStream {
    let Entity { ident, generics, fields, .. } = entity;
    let bounded = bounded(generics, fields.iter(), &quote!(__theory::Attribute));
    let (impl_generics, type_generics, where_clause) = bounded.split_for_impl();
    let overwritable = (!entity.write_once).then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __theory::Overwritable for #ident #type_generics #where_clause {}
        }
    });
    let batch_writable = entity.uniques.is_empty().then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __theory::BatchWritable for #ident #type_generics #where_clause {}
        }
    });
    let versioned = version(entity).map(|field| {
        let (ty, name) = (&field.ty, &field.ident);
        let items = quote_spanned! {ty.span()=>
            type Version = <#ty as __theory::CountedField>::Version;
            fn version(&self) -> &<#ty as __theory::CountedField>::Version {
                &self.#name
            }
        };
        quote! {
            #[automatically_derived]
            impl #impl_generics __theory::Versioned for #ident #type_generics #where_clause {
                #items
            }
        }
    });
    let ttl = fields.iter().find(|field| field.role == Role::Ttl).map(|field| {
        let (name, aliases) = (&field.name, &field.keys.aliases);
        quote! {
            #[automatically_derived]
            impl #impl_generics __theory::Expiring for #ident #type_generics #where_clause {
                const TTL: &'static __theory::Ttl = &__theory::Ttl::new(#name, &[#(#aliases),*]);
            }
        }
    });
    quote!(#overwritable #batch_writable #versioned #ttl)
}
