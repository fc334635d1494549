//! What a rendering can be told beside the contract.

use crate::contract::{Contract, Table};
use crate::error::ExportError;
use std::collections::BTreeMap;

/// In which notation an output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// For people, on a terminal.
    Human,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// HashiCorp's configuration language
    Hcl,
    /// A shell script
    Shell,
    /// TypeScript
    Typescript,
    /// Python
    Python,
    /// Markdown
    Markdown,
    /// A Mermaid diagram
    Mermaid,
    /// A picture
    Svg,
    /// Annotations of GitHub Actions
    Github,
}

impl Format {
    /// As `--format` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Yaml => "yaml",
            Format::Hcl => "hcl",
            Format::Shell => "shell",
            Format::Typescript => "typescript",
            Format::Python => "python",
            Format::Markdown => "markdown",
            Format::Mermaid => "mermaid",
            Format::Svg => "svg",
            Format::Github => "github",
        }
    }
}

/// What a rendering can be told beside the contract.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The notation; each output has its own default.
    pub format: Option<Format>,
    /// Only these tables, by declared or deployed name; all where empty.
    pub tables: Vec<String>,
    /// Only this entity, where an output is about one.
    pub entity: Option<String>,
    /// What one output alone understands (`--set name=value`).
    pub settings: BTreeMap<String, String>,
}

impl Options {
    /// The format asked for, if `output` has it; otherwise its default, the first of `formats`.
    ///
    /// # Errors
    ///
    /// Where the output has no such format.
    pub fn format_of(&self, output: &'static str, formats: &[Format]) -> Result<Format, ExportError> {
        match (self.format, formats.first()) {
            (Some(format), _) if formats.contains(&format) => Ok(format),
            (None, Some(default)) => Ok(*default),
            (format, _) => Err(ExportError::NoFormat {
                output,
                format: format.map(Format::as_str).unwrap_or_default().into(),
                known: formats.iter().map(|format| format.as_str().into()).collect(),
            }),
        }
    }

    /// A setting that is `true` or `false`; `default` where it is not given.
    ///
    /// # Errors
    ///
    /// Where it is anything else.
    pub fn flag(&self, name: &'static str, default: bool) -> Result<bool, ExportError> {
        match self.settings.get(name).map(String::as_str) {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(ExportError::Unsupported(format!(
                "the setting `{name}` is `true` or `false`, not `{}`",
                other.escape_debug()
            ))),
        }
    }

    /// The tables asked for, in the order of the contract.
    ///
    /// # Errors
    ///
    /// Where one that was asked for does not exist.
    pub fn tables_of<'a>(&self, contract: &'a Contract) -> Result<Vec<&'a Table>, ExportError> {
        if let Some(name) = self.tables.iter().find(|name| contract.table(name).is_none()) {
            return Err(ExportError::NotFound {
                what: "table",
                name: name.clone(),
                known: contract.tables.iter().map(|table| table.name.clone()).collect(),
            });
        }
        let wanted = |table: &&Table| {
            let named = |name: &String| *name == table.name || name == table.declared_name();
            self.tables.is_empty() || self.tables.iter().any(named)
        };
        Ok(contract.tables.iter().filter(wanted).collect())
    }
}
