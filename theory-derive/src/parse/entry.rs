//! One `key`, `key = value` or `key(…)` of an attribute.
//!
//! An attribute is cut at its commas before anything is parsed, so that a mistake in one entry does not hide the next one's.

use super::keys::Place;
use crate::errors::Errors;
use crate::names;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, LitStr, Meta, Path, Token};

/// An entry whose value was not looked at yet.
pub(super) struct Entry {
    pub(super) key: Ident,
    value: Value,
    place: &'static Place,
}

enum Value {
    None,
    Assigned(TokenStream),
    List(Group),
}

impl Entry {
    /// The entries of the attributes that belong to `place`. Entries with an unknown key were reported and are left out.
    pub(super) fn of(attributes: &[Attribute], place: &'static Place, errors: &Errors) -> Vec<Entry> {
        let mut entries = Vec::new();
        for attribute in attributes {
            if let Some(right) = place.misplaced(attribute.path()) {
                errors.push(attribute.path(), right);
            }
            if !attribute.path().is_ident(place.attribute) {
                continue;
            }
            match &attribute.meta {
                Meta::List(list) => Entry::cut(list.tokens.clone(), place, &mut entries, errors),
                Meta::Path(path) => errors.push(path, place.explain("needs its keys in parentheses")),
                Meta::NameValue(pair) => errors.push(pair, place.explain("takes its keys in parentheses")),
            }
        }
        entries
    }

    fn cut(tokens: TokenStream, place: &'static Place, entries: &mut Vec<Entry>, errors: &Errors) {
        for tokens in at_commas(tokens) {
            match (|input: ParseStream<'_>| Entry::parse(input, place)).parse2(tokens) {
                Ok(entry) => match place.unknown(&entry.key) {
                    Some(message) => errors.push(&entry.key, message),
                    None => entries.push(entry),
                },
                Err(error) => errors.add(error),
            }
        }
    }

    fn parse(input: ParseStream<'_>, place: &'static Place) -> syn::Result<Entry> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(place.explain("takes keys here: `key`, `key = value` or `key(…)`")));
        }
        let key = input.call(Ident::parse_any)?;
        let value = if input.is_empty() {
            Value::None
        } else if input.peek(Token![=]) {
            let equals = input.parse::<Token![=]>()?;
            if input.is_empty() {
                return Err(syn::Error::new_spanned(
                    equals,
                    format!("`{key}` has no value after `=`; {}", place.form(&key)),
                ));
            }
            Value::Assigned(input.parse()?)
        } else {
            match input.parse()? {
                TokenTree::Group(group)
                    if group.delimiter() == Delimiter::Parenthesis && input.is_empty() =>
                {
                    Value::List(group)
                }
                other => {
                    return Err(syn::Error::new_spanned(
                        other,
                        format!("expected `,` after `{key}`; {}", place.form(&key)),
                    ));
                }
            }
        };
        Ok(Entry { key, value, place })
    }

    pub(super) fn is(&self, key: &str) -> bool {
        self.key == key
    }

    /// Puts the value read from this entry into its slot, which must be free.
    pub(super) fn fill<T>(&self, slot: &mut Option<T>, value: Option<T>, errors: &Errors) {
        if slot.is_some() {
            errors.push(&self.key, format!("`{}` is given twice; keep one", self.key));
        } else {
            *slot = value;
        }
    }

    /// A key that stands alone.
    pub(super) fn flag(&self, errors: &Errors) -> Option<Ident> {
        match &self.value {
            Value::None => Some(self.key.clone()),
            Value::Assigned(_) | Value::List(_) => self.wrong("takes no value", errors),
        }
    }

    /// `key = "text"`.
    pub(super) fn string(&self, errors: &Errors) -> Option<LitStr> {
        match &self.value {
            Value::Assigned(tokens) => match syn::parse2(tokens.clone()) {
                Ok(string) => Some(string),
                Err(_) => self.wrong_value(tokens, "takes a string", errors),
            },
            Value::None | Value::List(_) => self.wrong("takes a string", errors),
        }
    }

    /// `key = some::path`.
    pub(super) fn path(&self, errors: &Errors) -> Option<Path> {
        match &self.value {
            // As in an expression: generic arguments need their `::`.
            Value::Assigned(tokens) => match syn::parse2::<syn::ExprPath>(tokens.clone()) {
                Ok(path) if path.qself.is_none() => Some(path.path),
                _ => self.wrong_value(tokens, "takes a path", errors),
            },
            Value::None | Value::List(_) => self.wrong("takes a path", errors),
        }
    }

    /// `key = SomeType`.
    pub(super) fn ty(&self, errors: &Errors) -> Option<syn::Type> {
        match &self.value {
            Value::Assigned(tokens) => match syn::parse2::<syn::Type>(tokens.clone()) {
                Ok(ty) => Some(ty),
                Err(_) => self.wrong_value(tokens, "takes a type", errors),
            },
            Value::None | Value::List(_) => self.wrong("takes a type", errors),
        }
    }

    /// `key` or `key = some::path`: the key alone is `Some(None)`.
    pub(super) fn flag_or_path(&self, errors: &Errors) -> Option<Option<Path>> {
        match &self.value {
            Value::None => Some(None),
            Value::Assigned(_) => self.path(errors).map(Some),
            Value::List(_) => self.wrong("takes a path or nothing", errors),
        }
    }

    /// `key` or `key = "text"`: the key alone is `Some(None)`.
    pub(super) fn flag_or_string(&self, errors: &Errors) -> Option<Option<LitStr>> {
        match &self.value {
            Value::None => Some(None),
            Value::Assigned(_) => self.string(errors).map(Some),
            Value::List(_) => self.wrong("takes a string or nothing", errors),
        }
    }

    /// `key(name, …)`.
    pub(super) fn list(&self, errors: &Errors) -> Option<Vec<Ident>> {
        let takes = "takes names in parentheses";
        match &self.value {
            Value::List(group) => names(group.stream(), errors).or_else(|| self.wrong(takes, errors)),
            Value::None | Value::Assigned(_) => self.wrong(takes, errors),
        }
    }

    /// `key = name` or `key = "name"`.
    pub(super) fn text(&self, errors: &Errors) -> Option<LitStr> {
        let name = |tokens: &TokenStream| syn::parse2::<Ident>(tokens.clone()).ok();
        match self.assigned().and_then(name) {
            Some(name) => Some(LitStr::new(&names::plain(&name), name.span())),
            None => self.string(errors),
        }
    }

    /// `key = name`.
    pub(super) fn ident(&self, errors: &Errors) -> Option<Ident> {
        match &self.value {
            Value::Assigned(tokens) => match one_name(tokens.clone(), errors) {
                Some(name) => name,
                None => self.wrong_value(tokens, "takes one name", errors),
            },
            Value::None | Value::List(_) => self.wrong("takes one name", errors),
        }
    }

    /// `key = name` or `key = (name, …)`.
    pub(super) fn idents(&self, errors: &Errors) -> Option<Vec<Ident>> {
        let takes = "takes one field, or several in parentheses";
        let Value::Assigned(tokens) = &self.value else {
            return self.wrong(takes, errors);
        };
        let inner = match syn::parse2::<Group>(tokens.clone()) {
            Ok(group) if group.delimiter() == Delimiter::Parenthesis => group.stream(),
            _ => tokens.clone(),
        };
        match names(inner, errors) {
            Some(names) => Some(names),
            None => self.wrong_value(tokens, takes, errors),
        }
    }

    /// `key(…)`, each entry again a key of `place`.
    pub(super) fn entries(&self, place: &'static Place, errors: &Errors) -> Option<Vec<Entry>> {
        match &self.value {
            Value::List(group) => {
                let mut entries = Vec::new();
                Entry::cut(group.stream(), place, &mut entries, errors);
                Some(entries)
            }
            Value::None | Value::Assigned(_) => self.wrong("takes keys in parentheses", errors),
        }
    }

    /// The tokens after `=`.
    pub(super) fn assigned(&self) -> Option<&TokenStream> {
        match &self.value {
            Value::Assigned(tokens) => Some(tokens),
            Value::None | Value::List(_) => None,
        }
    }

    /// Complains about the kind of the value, on the key.
    pub(super) fn wrong<T>(&self, takes: &str, errors: &Errors) -> Option<T> {
        errors.push(&self.key, format!("`{}` {takes}; {}", self.key, self.place.form(&self.key)));
        None
    }

    fn wrong_value<T>(&self, value: &TokenStream, takes: &str, errors: &Errors) -> Option<T> {
        errors.push(value, format!("`{}` {takes}; {}", self.key, self.place.form(&self.key)));
        None
    }
}

/// The names in a list; `None` where it is empty or something else stands there.
///
/// A quoted name is reported, and then read as if it had no quotes.
pub(super) fn names(tokens: TokenStream, errors: &Errors) -> Option<Vec<Ident>> {
    let pieces = at_commas(tokens);
    if pieces.is_empty() {
        return None;
    }
    let names: Option<Vec<_>> = pieces.into_iter().map(|tokens| one_name(tokens, errors)).collect();
    Some(names?.into_iter().flatten().collect())
}

/// A name, or `Some(None)` where what stands there was reported already.
fn one_name(tokens: TokenStream, errors: &Errors) -> Option<Option<Ident>> {
    if let Ok(quoted) = syn::parse2::<LitStr>(tokens.clone()) {
        let name = quoted.value();
        errors.push(&quoted, format!("write the field's name without quotes: `{name}`"));
        return Some(quoted.parse_with(Ident::parse_any).ok());
    }
    Ident::parse_any.parse2(tokens).ok().map(Some)
}

/// The tokens between commas, without empty pieces. Commas inside `<…>` do not count.
fn at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let (mut pieces, mut piece, mut angles) = (Vec::new(), Vec::new(), 0_usize);
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => angles += 1,
                '>' => angles = angles.saturating_sub(1),
                ',' if angles == 0 => {
                    pieces.push(std::mem::take(&mut piece));
                    continue;
                }
                _ => {}
            }
        }
        piece.push(token);
    }
    pieces.push(piece);
    pieces.into_iter().filter(|piece| !piece.is_empty()).map(|piece| piece.into_iter().collect()).collect()
}

/// The documentation of an item, for what is generated from it.
pub(super) fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
}

/// A rule of `rename_all`.
pub(super) fn case(entry: &Entry, errors: &Errors) -> Option<names::Case> {
    let rule = entry.string(errors)?;
    let known = names::CASES.iter().map(|(name, _)| *name);
    let written = rule.value();
    names::Case::find(&written).or_else(|| {
        let hint = names::nearest(&written, known.clone())
            .map(|name| format!(", did you mean `{name}`?"))
            .unwrap_or_default();
        errors.push(
            &rule,
            format!("no rule is called `{written}`{hint} (the rules are {})", names::list(known)),
        );
        None
    })
}
