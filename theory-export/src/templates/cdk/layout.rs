//! Source text in the width of a page: what fits stands on one line, what does not has a line for each item.

/// A piece of source text.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    /// On one line.
    Text(String),
    /// Items between two delimiters, each with what stands before it.
    Group {
        open: String,
        items: Vec<(String, Doc)>,
        close: String,
        /// Whether a space stands between delimiters and items on one line.
        spaced: bool,
    },
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Doc::Text(text.into())
    }

    /// A call or a literal; where the only argument of a call is a literal, both pairs of delimiters stand together.
    pub(super) fn group(open: impl Into<String>, items: Vec<(String, Doc)>, close: &str) -> Self {
        let open = open.into();
        match <[_; 1]>::try_from(items) {
            Ok([(before, Doc::Group { open: inner, items, close: end, spaced })])
                if before.is_empty() && open.ends_with('(') && inner.starts_with(['{', '[']) =>
            {
                Doc::Group { open: open + &inner, items, close: end + close, spaced }
            }
            Ok(one) => Doc::Group { open, items: one.into(), close: close.into(), spaced: false },
            Err(items) => Doc::Group { open, items, close: close.into(), spaced: false },
        }
    }

    /// The text where it begins in `column` of a line that is indented by `indent`, with `trailing` characters behind it.
    pub(super) fn render(&self, page: Page, indent: usize, column: usize, trailing: usize) -> String {
        let flat = self.flat();
        if column + flat.chars().count() + trailing <= page.width {
            return flat;
        }
        match self {
            Doc::Text(text) => text.clone(),
            Doc::Group { items, .. } if items.is_empty() => flat,
            Doc::Group { open, items, close, .. } => {
                let inner = indent + page.indent;
                let mut text = format!("{open}\n");
                for (before, item) in items {
                    let begun = inner + before.chars().count();
                    let item = item.render(page, inner, begun, 1);
                    text.push_str(&format!("{:inner$}{before}{item},\n", ""));
                }
                text + &format!("{:indent$}{close}", "")
            }
        }
    }

    fn flat(&self) -> String {
        match self {
            Doc::Text(text) => text.clone(),
            Doc::Group { open, items, close, spaced } => {
                let items: Vec<_> =
                    items.iter().map(|(before, item)| before.clone() + &item.flat()).collect();
                let space = if *spaced && !items.is_empty() { " " } else { "" };
                format!("{open}{space}{}{space}{close}", items.join(", "))
            }
        }
    }
}

/// What a language's formatter holds to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    pub(super) width: usize,
    pub(super) indent: usize,
}
