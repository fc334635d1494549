//! An entity chart as a picture: a table to the left, what it holds to the right.

use super::{collections, key_of, type_of, visible};
use crate::contract::Table;
use std::fmt::Write as _;

/// Of one character, of one line, of what stands around text, and between boxes.
const CHAR: usize = 8;
const LINE: usize = 18;
const PAD: usize = 10;
const GAP: usize = 24;

/// The longest text that a box is made for.
const LONGEST: usize = 56;

struct Box {
    title: String,
    lines: Vec<String>,
}

impl Box {
    fn width(&self) -> usize {
        let all = self.lines.iter().chain([&self.title]);
        all.map(|line| wide(line)).max().unwrap_or_default() * CHAR + 2 * PAD
    }

    fn height(&self) -> usize {
        (self.lines.len() + 1) * LINE + 3 * PAD
    }

    fn write(&self, text: &mut String, x: usize, y: usize, width: usize, class: &str) {
        let (height, ruled) = (self.height(), LINE + PAD);
        let title = escaped(&self.title);
        let _ = writeln!(text, "  <g class=\"{class}\" transform=\"translate({x} {y})\">");
        let _ = writeln!(text, "    <rect width=\"{width}\" height=\"{height}\" rx=\"4\"/>");
        let _ = writeln!(text, "    <text class=\"title\" x=\"{PAD}\" y=\"{LINE}\">{title}</text>");
        let _ = writeln!(text, "    <line x1=\"0\" y1=\"{ruled}\" x2=\"{width}\" y2=\"{ruled}\"/>");
        for (place, line) in self.lines.iter().enumerate() {
            let y = (place + 2) * LINE + PAD;
            let _ = writeln!(text, "    <text x=\"{PAD}\" y=\"{y}\">{}</text>", escaped(line));
        }
        text.push_str("  </g>\n");
    }
}

pub(super) fn chart(tables: &[&Table], title: &str) -> String {
    let boxes: Vec<_> = tables.iter().map(|table| (table_box(table), entity_boxes(table))).collect();
    let left = boxes.iter().map(|(table, _)| table.width()).max().unwrap_or_default();
    let right = boxes.iter().flat_map(|(_, entities)| entities).map(Box::width).max().unwrap_or_default();
    let entities_at = GAP + left + 3 * GAP;
    let mut body = String::new();
    let mut y = GAP;
    for (table, entities) in &boxes {
        table.write(&mut body, GAP, y, left, "table");
        let mut next = y;
        let from = y + LINE / 2 + PAD / 2;
        for entity in entities {
            let to = next + LINE / 2 + PAD / 2;
            let (start, middle, end) = (GAP + left, GAP + left + 3 * GAP / 2, entities_at);
            let _ = writeln!(body, "  <path d=\"M{start} {from}H{middle}V{to}H{end}\"/>");
            entity.write(&mut body, entities_at, next, right, "entity");
            next += entity.height() + GAP;
        }
        y = next.max(y + table.height() + GAP);
    }
    let (width, height) = (entities_at + right + GAP, y);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">
  <title>{}</title>
  <style>
    text {{ font: 13px ui-monospace, monospace; fill: #1f2328; }}
    .title {{ font-weight: bold; }}
    rect {{ fill: #fff; stroke: #57606a; }}
    .table rect {{ fill: #ddf4ff; }}
    line, path {{ fill: none; stroke: #57606a; }}
  </style>
{body}</svg>
",
        escaped(title)
    )
}

fn table_box(table: &Table) -> Box {
    let mut lines: Vec<_> = table
        .key
        .attributes()
        .map(|attribute| format!("{} {}", attribute.ty.descriptor(), attribute.name))
        .collect();
    for index in &table.indexes {
        let key: Vec<_> = index.key.attributes().map(|attribute| attribute.name.as_str()).collect();
        lines.push(format!("{}: {}", index.name, key.join(", ")));
    }
    boxed(&table.name, lines)
}

fn entity_boxes(table: &Table) -> Vec<Box> {
    let of_entity = |entity: &crate::contract::Entity| {
        let (partition, sort) = key_of(table, entity);
        let keys = [partition, sort].into_iter().flatten().map(ToString::to_string);
        let mut lines = vec![keys.collect::<Vec<_>>().join(" / ")];
        lines.extend(
            collections(table)
                .filter(|(_, many, _)| many.name == entity.name)
                .map(|(one, ..)| format!("beside its {}", one.name)),
        );
        lines.extend(entity.attributes.iter().map(|attribute| {
            let optional = if attribute.shape.optional { "?" } else { "" };
            format!("{}{optional}: {}", attribute.name, type_of(&attribute.shape))
        }));
        boxed(&entity.name, lines)
    };
    table.entities.iter().map(of_entity).collect()
}

fn boxed(title: &str, lines: Vec<String>) -> Box {
    Box { title: short(title), lines: lines.iter().map(|line| short(line)).collect() }
}

/// The text, cut where it is longer than a box is made for.
fn short(text: &str) -> String {
    let text = visible(text);
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// Columns that a text takes: most scripts beyond the Latin ones and their neighbours take two for each character.
fn wide(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) < 0x1100 { 1 } else { 2 }).sum()
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // What XML has no place for, not even as a reference.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Key, KeyAttribute};
    use proptest::prelude::*;
    use theory_schema::ScalarType;

    proptest! {
        #[test]
        fn a_picture_is_well_formed_whatever_is_in_it(name in "(?s).{0,12}", marks in "[<>&\"']{0,6}(\\]\\]>|<!--|<script>)?") {
            let name = name + &marks;
            let key = KeyAttribute { name: name.clone(), ty: ScalarType::String };
            let table = Table::new(name.clone(), Key { partition: vec![key], sort: Vec::new() });
            let text = chart(&[&table], &name);
            let document = roxmltree::Document::parse(&text);
            prop_assert!(document.is_ok(), "{text}");
            let document = document.map_err(|error| TestCaseError::fail(error.to_string()))?;
            let title = document.descendants().find(|node| node.attribute("class") == Some("title"));
            let read = title.and_then(|node| node.text()).unwrap_or_default().to_owned();
            let written = short(&name).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
            prop_assert_eq!(read.trim(), written.trim());
        }
    }
}
