//! The functions of an entity at which operations begin.

use super::fields::adapter;
use super::ours;
use crate::model::{Entity, Field, Index, Projected};
use crate::names;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens as _, quote};

/// What stands for a key field in the types of a key: the field's type, or that of its adapter.
pub(super) fn key_type(field: &Field) -> TokenStream {
    let ty = &field.ty;
    match adapter(field) {
        Some(adapter) => quote!(__theory::Adapted<#ty, #adapter>),
        None => ty.to_token_stream(),
    }
}

/// The fields of one side of a key.
fn side<'e>(entity: &'e Entity, places: &[usize]) -> Vec<&'e Field> {
    places.iter().filter_map(|place| entity.fields.get(*place)).collect()
}

/// `(A, B,)`
fn tuple(entity: &Entity, places: &[usize]) -> TokenStream {
    let types = side(entity, places).into_iter().map(key_type);
    quote!((#(#types,)*))
}

/// The type of the key: a tuple.
pub(super) fn key(entity: &Entity) -> TokenStream {
    tuple(entity, &entity.key().collect::<Vec<_>>())
}

/// The type of the partition key: a tuple.
pub(super) fn partition(entity: &Entity) -> TokenStream {
    tuple(entity, &entity.partition)
}

/// `a: impl Value<A>, b: impl Value<B>` and `(a, b,)`.
fn arguments(fields: &[&Field]) -> (TokenStream, TokenStream) {
    let parameters = fields.iter().map(|field| {
        let (name, ty) = (&field.ident, key_type(field));
        quote!(#name: impl __theory::Value<#ty>)
    });
    let names = fields.iter().map(|field| &field.ident);
    (quote!(#(#parameters),*), quote!((#(#names,)*)))
}

/// The inherent functions.
pub(super) fn verbs(entity: &Entity) -> TokenStream {
    let mut all = TokenStream::new();
    if !entity.partition.is_empty() {
        all.extend(entity.verbs.then(|| item_verbs(entity)));
        all.extend(query(entity));
    }
    for (number, index) in entity.indexes.iter().enumerate() {
        all.extend(index_query(entity, number, index));
        all.extend(entity.scan.then(|| index_scan(entity, number, index)).flatten());
    }
    all
}

fn item_verbs(entity: &Entity) -> TokenStream {
    let vis = &entity.vis;
    let places: Vec<usize> = entity.key().collect();
    let (parameters, values) = arguments(&side(entity, &places));
    let update = (!entity.write_once).then(|| {
        quote! {
            /// Changes attributes of the item with this key.
            #vis fn update(#parameters) -> __theory::Update<Self> {
                __theory::Key::of(#values).update()
            }
        }
    });
    quote! {
        /// The key of one item.
        #vis fn key(#parameters) -> __theory::Key<Self> {
            __theory::Key::of(#values)
        }
        /// Reads the item with this key.
        #vis fn get(#parameters) -> __theory::Get<Self> {
            __theory::Key::of(#values).get()
        }
        #update
        /// Checks a condition on the item with this key, as a part of a transaction.
        #vis fn check(#parameters) -> __theory::Check<Self> {
            __theory::Key::of(#values).check()
        }
        /// Deletes the item with this key.
        #vis fn delete(#parameters) -> __theory::Delete<Self> {
            __theory::Key::of(#values).delete()
        }
    }
}

fn query(entity: &Entity) -> TokenStream {
    let vis = &entity.vis;
    let (parameters, values) = arguments(&side(entity, &entity.partition));
    let (partition, sort) = (self::partition(entity), tuple(entity, &entity.sort));
    quote! {
        /// Reads the items with this partition key.
        #vis fn query(#parameters) -> __theory::Query<Self, __theory::Primary, #sort> {
            __theory::Query::of::<#partition>(#values)
        }
    }
}

/// The marker of an index: its kind, its place, and whether it holds whole items.
pub(super) fn source(index: &Index, number: usize) -> TokenStream {
    let kind = if index.local { quote!(Local) } else { quote!(Global) };
    let holds = match index.projected {
        Projected::All => quote!(All),
        Projected::KeysOnly | Projected::Include(..) => quote!(Partial),
    };
    let number = Literal::usize_unsuffixed(number);
    quote!(__theory::#kind<#number, __theory::#holds>)
}

fn index_query(entity: &Entity, number: usize, index: &Index) -> Option<TokenStream> {
    let (vis, method) = (&entity.vis, index.method.as_ref()?);
    let mut method = method.clone();
    method.set_span(ours(method.span()));
    let places = |side: &[(usize, Ident)]| -> Vec<usize> { side.iter().map(|(place, _)| *place).collect() };
    let partition = if index.local { entity.partition.clone() } else { places(&index.partition) };
    let (parameters, values) = arguments(&side(entity, &partition));
    let (partition, sort) = (tuple(entity, &partition), tuple(entity, &places(&index.sort)));
    let source = source(index, number);
    let name = index.name.as_ref().map(syn::LitStr::value).unwrap_or_default();
    let doc = format!("Reads the items with this partition key of the index `{name}`.");
    Some(quote! {
        #[doc = #doc]
        #vis fn #method(#parameters) -> __theory::Query<Self, #source, #sort> {
            __theory::Query::of::<#partition>(#values)
        }
    })
}

fn index_scan(entity: &Entity, number: usize, index: &Index) -> Option<TokenStream> {
    let (vis, mut method) = (&entity.vis, names::scan(index.method.as_ref()?));
    method.set_span(ours(method.span()));
    let source = source(index, number);
    let name = index.name.as_ref().map(syn::LitStr::value).unwrap_or_default();
    let doc = format!("Reads the whole of the index `{name}`.");
    Some(quote! {
        #[doc = #doc]
        #vis fn #method() -> __theory::Query<Self, __theory::WholeIndex<#source>> {
            __theory::Query::whole_index()
        }
    })
}
