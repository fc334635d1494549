//! What only the compiler can know of a constraint: that the key is made of strings, and that the values are comparable.

use super::verbs::key_type;
use crate::model::{Entity, Field};
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned as _;

/// Assertions on the fields' types; of a struct with parameters, the library finds it out when it writes.
pub(super) fn assertions(entity: &Entity) -> TokenStream {
    if entity.uniques.is_empty() || !entity.generics.params.is_empty() {
        return TokenStream::new();
    }
    let mut places: Vec<usize> =
        entity.uniques.iter().flat_map(|unique| unique.fields.iter().map(|(place, _)| *place)).collect();
    places.sort_unstable();
    places.dedup();
    let field = |place: usize| entity.fields.get(place);
    let keys =
        entity.key().filter_map(field).map(|field| assertion(field, &quote::quote!(assert_guarded_key)));
    let values =
        places.into_iter().filter_map(field).map(|field| assertion(field, &quote::quote!(assert_unique)));
    keys.chain(values).collect()
}

fn assertion(field: &Field, assert: &TokenStream) -> TokenStream {
    let ty = key_type(field);
    quote_spanned!(field.ty.span()=> const _: () = __theory::#assert::<#ty>();)
}
