//! Collects every mistake of an input, so that one compile reports them all.

use quote::ToTokens;
use std::cell::RefCell;
use std::fmt::Display;

/// The mistakes found so far. Must be read with [`finish`](Self::finish): dropping it unread panics, because a forgotten collector
/// would let a faulty struct through.
///
/// It is shared by reference; each stage adds what it finds and goes on.
pub(crate) struct Errors {
    // `None` once read.
    found: RefCell<Option<Vec<syn::Error>>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Errors { found: RefCell::new(Some(Vec::new())) }
    }

    /// Adds a mistake on the span of these tokens.
    ///
    /// The message names the problem and the remedy: lower case, no full stop.
    pub(crate) fn push(&self, on: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(on, message));
    }

    /// Adds a mistake that a parser of syn's found.
    pub(crate) fn add(&self, error: syn::Error) {
        if let Some(found) = self.found.borrow_mut().as_mut() {
            found.push(error);
        }
    }

    /// How many were found so far.
    pub(crate) fn count(&self) -> usize {
        self.found.borrow().as_ref().map_or(0, Vec::len)
    }

    /// All mistakes as one error, or nothing to complain about.
    pub(crate) fn finish(self) -> syn::Result<()> {
        let found = self.found.borrow_mut().take().unwrap_or_default();
        let mut found = found.into_iter();
        let Some(mut all) = found.next() else {
            return Ok(());
        };
        all.extend(found);
        Err(all)
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if self.found.borrow().is_some() && !std::thread::panicking() {
            panic!("the mistakes found in a derive's input were never read");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Errors;
    use quote::quote;

    #[test]
    fn every_mistake_is_kept_in_order() {
        let errors = Errors::new();
        errors.push(quote!(a), "first");
        errors.push(quote!(b), "second");
        let all: Vec<String> = errors.finish().unwrap_err().into_iter().map(|e| e.to_string()).collect();
        assert_eq!(all, ["first", "second"]);
    }

    #[test]
    #[should_panic(expected = "never read")]
    fn an_unread_collector_panics() {
        drop(Errors::new());
    }
}
