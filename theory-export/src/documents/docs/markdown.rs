//! A page: each table with its indexes, its entities and what is done with them.

use super::{mermaid, type_of, visible};
use crate::contract::deployment::{Billing, Capacity, Encryption};
use crate::contract::{Attribute, Entity, IndexKind, Key, Operation, Role, Table};
use std::fmt::Write as _;

pub(super) fn page(tables: &[&Table], title: &str, digest: Option<&str>) -> String {
    let mut text = format!("# {}\n", plain(title));
    if let Some(digest) = digest {
        let _ = write!(text, "\nWritten from the contract `{digest}`.\n");
    }
    if tables.iter().any(|table| !table.entities.is_empty()) {
        let _ = write!(text, "\n```mermaid\n{}```\n", mermaid::chart(tables));
    }
    for table in tables {
        write_table(&mut text, table);
    }
    text
}

fn write_table(text: &mut String, table: &Table) {
    let _ = write!(text, "\n## {}\n\n", code(&table.name));
    let mut properties = vec![("Key", key(&table.key)), ("Billing", billing(&table.billing))];
    let mut add = |name, value: Option<String>| properties.extend(value.map(|value| (name, value)));
    add("Expires by", table.ttl.as_deref().map(code));
    add("Stream", table.stream.map(|view| view.as_str().to_owned()));
    add(
        "Encryption",
        match &table.encryption {
            Encryption::AwsOwned => None,
            Encryption::AwsManaged => Some("the account's key for DynamoDB".into()),
            Encryption::CustomerManaged { kms_key } => Some(code(kms_key)),
        },
    );
    let days = table.point_in_time_recovery.as_ref().map(|recovery| recovery.days);
    add("Recovery", days.map(|days| format!("to any second of the last {days} days")));
    add("Deletion", table.deletion_protection.then(|| "refused".into()));
    add("Replicas", joined(table.replicas.iter().map(|copy| code(&copy.region))));
    add("Tenant", table.tenant.as_ref().map(|tenant| code(&tenant.attribute)));
    add("Tags", joined(table.tags.iter().map(|(name, value)| code(&format!("{name}={value}")))));
    text.push_str("| | |\n|---|---|\n");
    for (name, value) in properties {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    if !table.indexes.is_empty() {
        text.push_str("\n### Indexes\n\n| index | key | holds |\n|---|---|---|\n");
        for index in &table.indexes {
            let local = if index.kind == IndexKind::Local { " (local)" } else { "" };
            let held = joined(index.projection.attributes().iter().map(|name| code(name)));
            let held = held.unwrap_or_else(|| index.projection.as_str().to_owned());
            let _ = writeln!(text, "| {}{local} | {} | {held} |", code(&index.name), key(&index.key));
        }
    }
    for entity in &table.entities {
        write_entity(text, table, entity);
    }
    if !table.consumers.is_empty() {
        text.push_str("\n### Readers of the stream\n\n| function | records | what fails |\n|---|---|---|\n");
        for consumer in &table.consumers {
            let entities = joined(consumer.entities.iter().map(|entity| code(entity)));
            let changes = joined(consumer.changes.iter().map(|change| change.as_str().to_owned()));
            let records = [entities, changes].into_iter().flatten().collect::<Vec<_>>().join(": ");
            let records = if records.is_empty() { "all".into() } else { records };
            let retries = format!("{} retries", consumer.retries);
            let fails = match &consumer.on_failure {
                Some(arn) => format!("{retries}, then {}", code(arn)),
                None => retries,
            };
            let _ = writeln!(text, "| {} | {records} | {fails} |", code(&consumer.function));
        }
    }
}

fn write_entity(text: &mut String, table: &Table, entity: &Entity) {
    let _ = write!(text, "\n### {}\n\n| key attribute | is |\n|---|---|\n", code(&entity.name));
    let indexed = |name: &str| !table.key.contains(name);
    let (own, others): (Vec<_>, Vec<_>) = entity.keys.iter().partition(|(name, _)| !indexed(name));
    for (name, template) in own.into_iter().chain(others) {
        let _ = writeln!(text, "| {} | {} |", code(name), code(&template.to_string()));
    }
    text.push_str("\n| attribute | type | |\n|---|---|---|\n");
    for attribute in &entity.attributes {
        let ty = code(&type_of(&attribute.shape));
        let _ = writeln!(text, "| {} | {ty} | {} |", code(&attribute.name), notes(attribute));
    }
    let uniques = entity.uniques.values().map(|attributes| {
        let names: Vec<_> = attributes.iter().map(|name| code(name)).collect();
        names.join(" with ")
    });
    if let Some(uniques) = joined(uniques) {
        let _ = write!(text, "\nUnique: {uniques}.\n");
    }
    let operations = |operations: &mut dyn Iterator<Item = &Operation>| {
        operations.map(|operation| operation.as_str()).collect::<Vec<_>>().join(", ")
    };
    let access = &entity.access;
    if !access.operations.is_empty() || !access.indexes.is_empty() {
        let on_table = (!access.operations.is_empty())
            .then(|| format!("the table: {}", operations(&mut access.operations.iter())));
        let on_indexes = access
            .indexes
            .iter()
            .map(|(index, allowed)| format!("{}: {}", code(index), operations(&mut allowed.iter())));
        let all: Vec<_> = on_table.into_iter().chain(on_indexes).collect();
        let _ = write!(text, "\nOperations on {}.\n", all.join("; on "));
    }
}

fn notes(attribute: &Attribute) -> String {
    let role = match attribute.role {
        Role::Data => None,
        Role::Version => Some("version"),
        Role::CreatedAt => Some("when it was created"),
        Role::UpdatedAt => Some("when it was last written"),
        Role::Ttl => Some("when it expires"),
    };
    let mut notes: Vec<String> = role.map(str::to_owned).into_iter().collect();
    if attribute.shape.optional {
        notes.push("may be absent".into());
    } else if attribute.has_default {
        notes.push("has a default".into());
    }
    if let Some(aliases) = joined(attribute.aliases.iter().map(|alias| code(alias))) {
        notes.push(format!("also read as {aliases}"));
    }
    notes.join("; ")
}

fn key(key: &Key) -> String {
    let attributes = key
        .attributes()
        .map(|attribute| format!("{} ({})", code(&attribute.name), attribute.ty.descriptor()));
    attributes.collect::<Vec<_>>().join(", ")
}

fn billing(billing: &Billing) -> String {
    let capacity = |capacity: &Capacity| match &capacity.autoscaling {
        Some(scaling) => format!("{} to {}", scaling.min, scaling.max),
        None => capacity.units.to_string(),
    };
    match billing {
        Billing::OnDemand { max_read_units: None, max_write_units: None } => "on demand".into(),
        Billing::OnDemand { max_read_units, max_write_units } => {
            let limit = |units: Option<u64>| units.map_or_else(|| "any".into(), |units| units.to_string());
            let (reads, writes) = (limit(*max_read_units), limit(*max_write_units));
            format!("on demand, up to {reads} read and {writes} write units a second")
        }
        Billing::Provisioned { read, write } => {
            format!("{} read and {} write units a second", capacity(read), capacity(write))
        }
    }
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<_> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A name as code: between backticks where nothing in it could end them or the cell, otherwise with everything escaped.
fn code(name: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "_-.,:/#{}=+@ ".contains(c);
    if !name.is_empty() && name.chars().all(harmless) && name.trim() == name {
        format!("`{name}`")
    } else {
        format!("<code>{}</code>", plain(name))
    }
}

/// Text that means nothing to Markdown: a character reference is never part of its structure.
fn plain(text: &str) -> String {
    let escaped = |c: char| {
        if c.is_ascii_punctuation() { format!("&#{};", u32::from(c)) } else { c.to_string() }
    };
    visible(text).chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    /// The text of the cells of the only table.
    fn cells(markdown: &str) -> Vec<String> {
        let mut cells = Vec::new();
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::TableCell) => cells.push(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    cells.iter_mut().next_back().into_iter().for_each(|cell| cell.push_str(&text));
                }
                Event::InlineHtml(html) => assert!(matches!(&*html, "<code>" | "</code>"), "{html}"),
                Event::Html(html) => panic!("{html}"),
                _ => {}
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn a_name_stays_in_its_cell(name in "(?s).{0,10}", marks in "[|`<>*_\\[\\]()\\\\&#!~\n\r\t ]{0,8}") {
            let name = name + &marks + "x";
            let row = format!("| a | b |\n|---|---|\n| {} | end |\n", code(&name));
            let read = cells(&row);
            prop_assert_eq!(read.len(), 4, "{:?}", read);
            prop_assert_eq!(read[2].trim().to_owned(), visible(&name).trim().to_owned());
            prop_assert_eq!(&read[3], "end");
        }
    }
}
