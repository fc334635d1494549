//! An entity chart in Mermaid's language.

use super::{collections, key_of, type_of, visible};
use crate::contract::{Role, Table};
use crate::templates::names::{Scope, pascal};
use std::fmt::Write as _;

pub(super) fn chart(tables: &[&Table]) -> String {
    let mut text = String::from("erDiagram\n");
    let mut scope = Scope::default();
    for table in tables {
        let table_id = scope.give(pascal(&table.name), "_");
        let _ = writeln!(text, "    {table_id}[{}] {{", quoted(&format!("table {}", table.name)));
        for attribute in table.key.attributes() {
            let name = identifier(&attribute.name);
            let _ =
                writeln!(text, "        {} {name} PK {}", attribute.ty.descriptor(), quoted(&attribute.name));
        }
        text.push_str("    }\n");
        let mut ids = Vec::new();
        for entity in &table.entities {
            let id = scope.give(pascal(&entity.name), "_");
            let _ = writeln!(text, "    {id}[{}] {{", quoted(&entity.name));
            for attribute in &entity.attributes {
                let role = match attribute.role {
                    Role::Data => "",
                    Role::Version => ", version",
                    Role::CreatedAt => ", created at",
                    Role::UpdatedAt => ", updated at",
                    Role::Ttl => ", expires",
                };
                let optional = if attribute.shape.optional { ", optional" } else { "" };
                let name = identifier(&attribute.name);
                let real = if name == attribute.name { "" } else { &format!("{}: ", attribute.name) };
                let comment = format!("{real}{}{role}{optional}", type_of(&attribute.shape));
                let ty = identifier(attribute.shape.ty.as_str());
                let _ = writeln!(text, "        {ty} {name} {}", quoted(&comment));
            }
            text.push_str("    }\n");
            let key = [key_of(table, entity).0, key_of(table, entity).1];
            let key: Vec<_> = key.iter().flatten().map(ToString::to_string).collect();
            let _ = writeln!(text, "    {table_id} ||--o{{ {id} : {}", quoted(&key.join(" / ")));
            ids.push((&entity.name, id));
        }
        let id_of = |name: &String| ids.iter().find(|(known, _)| *known == name).map(|(_, id)| id);
        for (one, many, partition) in collections(table) {
            if let (Some(one), Some(many)) = (id_of(&one.name), id_of(&many.name)) {
                let _ = writeln!(text, "    {one} ||--o{{ {many} : {}", quoted(&partition));
            }
        }
    }
    text
}

/// What Mermaid takes as a name: the real one stands beside it.
fn identifier(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let text: String = name.chars().map(plain).collect();
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) { text } else { format!("a{text}") }
}

/// Text between quotes: what could end them, or mean something to the page around it, is a number.
fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        ' ' | '_' | '-' | '.' | '/' | ',' | ':' => c.to_string(),
        c if c.is_alphanumeric() => c.to_string(),
        c => format!("#{};", u32::from(c)),
    };
    format!("\"{}\"", visible(text).chars().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_name_ends_its_quotes_or_its_line(name in "(?s).{0,16}") {
            let text = quoted(&name);
            let inner = text.trim_matches('"');
            prop_assert!(inner.chars().all(|c| c.is_alphanumeric() || " _-./,:#;".contains(c)), "{text}");
            let id = identifier(&name);
            prop_assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !id.is_empty());
        }
    }
}
