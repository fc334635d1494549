//! The last stage: the code, as constants and calls into the library's reviewed functions.
//!
//! Everything stands in one unnamed constant, in which the library is called `__theory`; locals begin with two underscores. So nothing
//! meets a name of the user's.

mod attribute;
mod bounds;
mod enums;
pub(crate) mod fallback;
mod fields;
mod lifecycle;
mod newtype;
mod paths;
mod projection;
mod schema;
mod table;
mod unique;
mod verbs;

pub(crate) use attribute::attribute;
pub(crate) use projection::projection;
pub(crate) use table::table;

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::Path;

/// The unnamed constant around everything.
fn scope(krate: &Path, code: TokenStream) -> TokenStream {
    quote! {
        #[allow(
            dead_code, deprecated, non_local_definitions, single_use_lifetimes, unreachable_pub, unused_lifetimes,
            unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,
        )]
        const _: () = {
            use #krate::__private as __theory;
            #code
        };
    }
}

/// The span of something in the source, for a name of our own: messages point there, lints do not look.
fn ours(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// A string as JSON.
fn json(text: &str) -> String {
    let mut json = String::from('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

/// The name of an object's member, as the writer takes it: JSON, and the colon.
fn member(name: &str) -> Literal {
    Literal::string(&format!("{}:", json(name)))
}

#[cfg(test)]
mod tests {
    use super::{json, member};

    #[test]
    fn names_become_json() {
        assert_eq!(json("placed_at"), r#""placed_at""#);
        assert_eq!(json("a\"b\\c\n\u{1}é"), r#""a\"b\\c\u000a\u0001é""#);
        assert_eq!(member("a").to_string(), r#""\"a\":""#);
    }
}
