//! What a contract holds, for people: Markdown, a Mermaid diagram, and a picture.

mod markdown;
mod mermaid;
mod svg;

use crate::contract::{Contract, Entity, KeyTemplate, Shape, StoredType, Table};
use crate::error::ExportError;
use crate::target::Target;
use crate::templates::{Format, Options};

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "docs",
    about: "What is stored and how: Markdown, and an entity chart as Mermaid or SVG",
    formats: &[Format::Markdown, Format::Mermaid, Format::Svg],
    settings: &[("title", "the heading; `Tables` without it")],
    render,
};

/// Renders the documentation.
///
/// # Errors
///
/// Where a table is asked for that does not exist.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let tables = options.tables_of(contract)?;
    let title = options.settings.get("title").map_or("Tables", String::as_str);
    Ok(match format {
        Format::Mermaid => mermaid::chart(&tables),
        Format::Svg => svg::chart(&tables, title),
        _ => markdown::page(&tables, title, contract.digest.as_deref()),
    })
}

/// What is stored, in a few words: `L of Line`, `S: open, paid`.
fn type_of(shape: &Shape) -> String {
    let ty = match (shape.ty, &shape.document, &shape.element) {
        (StoredType::Any, ..) => "any".to_owned(),
        (ty, Some(document), _) => format!("{} {document}", ty.as_str()),
        (ty, None, Some(element)) => format!("{} of {}", ty.as_str(), type_of(element)),
        (ty, None, None) => ty.as_str().to_owned(),
    };
    match (shape.values.is_empty(), shape.variants.is_empty()) {
        (false, _) => format!("{ty}: {}", shape.values.join(", ")),
        (true, false) => {
            let variants: Vec<_> = shape.variants.keys().map(String::as_str).collect();
            format!("{ty}: {}", variants.join(", "))
        }
        (true, true) => ty,
    }
}

/// What fills the partition key of the table, and what its sort key, as the entity writes them.
fn key_of<'a>(table: &Table, entity: &'a Entity) -> (Option<&'a KeyTemplate>, Option<&'a KeyTemplate>) {
    let template = |side: &[crate::contract::KeyAttribute]| {
        side.first().and_then(|attribute| entity.keys.get(&attribute.name))
    };
    (template(&table.key.partition), template(&table.key.sort))
}

/// Pairs of entities that lie in one partition: one item of the first, any number of the second.
fn collections(table: &Table) -> impl Iterator<Item = (&Entity, &Entity, String)> {
    let is_one = |entity: &Entity| match key_of(table, entity).1 {
        Some(sort) => sort.attributes().next().is_none(),
        None => table.key.sort.is_empty(),
    };
    table.entities.iter().filter(move |one| is_one(one)).flat_map(move |one| {
        table.entities.iter().filter_map(move |many| {
            let partition = key_of(table, one).0?;
            let same = key_of(table, many).0.map(ToString::to_string) == Some(partition.to_string());
            (same && !is_one(many)).then(|| (one, many, partition.to_string()))
        })
    })
}

/// Text in which every character is seen: what is hidden is written as its number.
fn visible(text: &str) -> String {
    let shown = |c: char| {
        if crate::templates::names::is_hidden(c) {
            format!("\\u{{{:x}}}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    text.chars().map(shown).collect()
}
