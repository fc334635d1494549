//! What can go wrong, each with what to do about it.

use crate::text::line;
use std::fmt::Write as _;

/// A failure of the export.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A contract of a format that this version cannot read.
    #[error("the contract has format {}, and this program reads format {supported}: {remedy}", line(found))]
    Format {
        /// What the file says.
        found: String,
        /// What this version reads.
        supported: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A file that is not a contract.
    #[error("not a contract: {}", line(.0))]
    Malformed(String),
    /// A contract whose digest is not that of its content.
    #[error(
        "the digest of the contract is {}, and its content has {computed}: the file was edited; write it again with \
         `contract`, or remove the member `digest`",
        line(found)
    )]
    Digest {
        /// What the file says.
        found: String,
        /// What it should say.
        computed: String,
    },
    /// A file in which something is wrong.
    #[error("{}", line(path))]
    InFile {
        /// Which, as it is told.
        path: String,
        /// What.
        source: Box<ExportError>,
    },
    /// A schema that DynamoDB would refuse, or that contradicts itself.
    #[error("{}", list(.0))]
    Invalid(Vec<String>),
    /// A profile that does not exist.
    #[error("no profile `{}`; {}", line(name), one_of(.known, "profiles", "the contract has no profiles"))]
    NoProfile {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A table or an entity that does not exist.
    #[error("no {what} `{}`; {}", line(name), one_of(.known, "known", "there is none"))]
    NotFound {
        /// `table`, `entity`, …
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A format that an output does not have.
    #[error("{output} cannot be written as `{format}`; {}", one_of(.known, "formats", "it has one format only"))]
    NoFormat {
        /// What was to be written.
        output: &'static str,
        /// The format asked for.
        format: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A template that cannot be read.
    #[error("not a template: {}", line(.0))]
    Template(String),
    /// A request that DynamoDB refused, or that did not reach it.
    #[error("{operation} of `{table}` failed: {why}")]
    DynamoDb {
        /// The request.
        operation: &'static str,
        /// The table, or its ARN.
        table: String,
        /// What DynamoDB answered.
        why: String,
        /// Whether it answered at all.
        is_answered: bool,
    },
    /// A request of the library that failed.
    #[cfg(feature = "live")]
    #[error("a request failed")]
    Request(#[source] Box<theory::Error>),
    /// What a target cannot express, with the remedy.
    #[error("{0}")]
    Unsupported(String),
    /// A file that is there already, and that writing would destroy.
    #[error("`{}` is not overwritten: {}; {remedy}", line(path), line(why))]
    NotOverwritten {
        /// Which.
        path: String,
        /// Why.
        why: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A file that could not be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// `read` or `write`.
        action: &'static str,
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl ExportError {
    /// Whether DynamoDB has refused what was asked, or it cannot be asked: others may go on.
    #[cfg(feature = "live")]
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, ExportError::DynamoDb { is_answered: true, .. } | ExportError::Invalid(_))
    }

    /// The same failure, with the file in which it was found.
    pub(crate) fn in_file(self, path: &str) -> Self {
        let path = if path == "-" { "standard input".into() } else { format!("`{path}`") };
        ExportError::InFile { path, source: Box::new(self) }
    }
}

fn list(faults: &[String]) -> String {
    match faults {
        [one] => line(one),
        many => many.iter().fold(format!("{} faults:", many.len()), |mut text, fault| {
            let _ = write!(text, "\n  {}", line(fault));
            text
        }),
    }
}

fn one_of(names: &[String], what: &str, none: &str) -> String {
    if names.is_empty() { none.into() } else { format!("{what}: {}", line(&names.join(", "))) }
}
