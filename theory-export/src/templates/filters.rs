//! Which records of a stream a consumer wants, as Lambda's event filters say it.
//!
//! A record always holds the key of its item, whatever else the stream is made to hold, so that filters look at the key alone. Where the
//! keys of two entities begin alike, records of both pass: the function tells them apart.

use super::node::{Map, Node};
use crate::contract::deployment::Consumer;
use crate::contract::{Entity, Segment, Table};
use crate::error::ExportError;
use theory_schema::ScalarType;

/// Filters of one mapping, with a raised quota.
///
/// Source: "Control which events Lambda sends to your function" of the Lambda Developer Guide; five without asking for more.
const MOST_FILTERS: usize = 10;

/// The filter patterns of a consumer; none where it wants everything.
///
/// # Errors
///
/// Where there is no stream to filter, an entity is named that the table has not, or there are more patterns than Lambda takes.
pub(super) fn patterns(table: &Table, consumer: &Consumer) -> Result<Vec<Map>, ExportError> {
    if table.stream.is_none() && table.replicas.is_empty() {
        return Err(ExportError::Unsupported(format!(
            "`{}` reads the stream of table `{}`, which has none: say what it shall hold",
            consumer.function.escape_debug(),
            table.name.escape_debug()
        )));
    }
    let mut patterns: Vec<Map> = Vec::new();
    let changes: Node = consumer.changes.iter().map(|change| change.as_str()).collect();
    let with_changes = Map::new().with_any("eventName", changes);
    for name in &consumer.entities {
        let Some(entity) = table.entity(name) else {
            return Err(ExportError::NotFound {
                what: "entity",
                name: name.clone(),
                known: table.entities.iter().map(|entity| entity.name.clone()).collect(),
            });
        };
        let keys = Map::new().with_any("Keys", keys(table, entity));
        let pattern = with_changes.clone().with_any("dynamodb", keys);
        if pattern.is_empty() {
            // One that takes everything makes the others mean nothing.
            return Ok(Vec::new());
        }
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    if patterns.contains(&with_changes) || (consumer.entities.is_empty() && !with_changes.is_empty()) {
        return Ok(vec![with_changes]);
    }
    if patterns.len() > MOST_FILTERS {
        return Err(ExportError::Unsupported(format!(
            "`{}` wants {} kinds of records of table `{}`, and Lambda takes {MOST_FILTERS} filters: let it take all and choose itself",
            consumer.function.escape_debug(),
            patterns.len(),
            table.name.escape_debug()
        )));
    }
    Ok(patterns)
}

/// What is fixed of the key of every item of the entity.
fn keys(table: &Table, entity: &Entity) -> Map {
    let text = table.key.attributes().filter(|attribute| attribute.ty == ScalarType::String);
    let pattern = |name: &str| match entity.keys.get(name)?.segments() {
        [Segment::Literal(whole)] => Some(Node::from(whole)),
        [Segment::Literal(prefix), ..] => Some(Map::new().with("prefix", prefix).into()),
        _ => None,
    };
    text.filter_map(|attribute| {
        let pattern = pattern(&attribute.name)?;
        Some((attribute.name.clone(), Map::new().with("S", vec![pattern]).into()))
    })
    .collect()
}

/// Why failures cannot be sent there.
pub(super) fn no_destination(consumer: &Consumer, arn: &str) -> ExportError {
    ExportError::Unsupported(format!(
        "`{}` sends what fails to `{}`, which is no ARN of a queue, a topic or a bucket",
        consumer.function.escape_debug(),
        arn.escape_debug()
    ))
}
