//! What the request for a page says.

use super::plan::{Next, Plan};
use crate::client::Client;
use crate::error::Error;
use crate::expr::{Renderer, Test};
use crate::op::parts::{encode_error, member, render_error};
use crate::op::query::Parts;
use crate::op::unique;
use crate::wire::Writer;

impl Plan {
    /// The body of the next request.
    pub(super) fn body(&self, only_count: bool) -> Result<Vec<u8>, Error> {
        let head = match self.parts.live {
            None => self.head.clone(),
            Some(_) => head(&self.parts, &self.table, &self.client)?,
        };
        let mut out = Writer::append_to(head);
        if only_count {
            member(&mut out, "\"Select\":", "COUNT");
        }
        if let Some(limit) = self.limit(only_count) {
            out.raw(format!("\"Limit\":{limit},").as_bytes());
        }
        if let Some((segment, segments)) = self.segment {
            out.raw(format!("\"Segment\":{segment},\"TotalSegments\":{segments},").as_bytes());
        }
        if let Next::After(cursor) = &self.next {
            out.literal_name("\"ExclusiveStartKey\":");
            cursor.write(&mut out);
            out.end_member();
        }
        out.end_object();
        out.finish().map_err(|error| encode_error(self.parts.entity, self.parts.operation().name(), error))
    }

    /// Without a filter no more items are evaluated than are wanted.
    fn limit(&self, only_count: bool) -> Option<u32> {
        let wanted = self
            .left
            .filter(|_| self.parts.filter.is_empty() && self.parts.live.is_none() && !only_count)
            .map(|left| u32::try_from(left).unwrap_or(u32::MAX));
        // DynamoDB's `Limit` is an integer of 32 bits with a sign.
        let limits = [self.parts.page_size, wanted].into_iter().flatten();
        limits.map(|limit| limit.min(i32::MAX as u32)).min()
    }
}

/// The beginning of a request's body, as of now.
pub(super) fn head(parts: &Parts, table: &str, client: &Client) -> Result<Vec<u8>, Error> {
    let entity = parts.entity;
    let operation = parts.operation().name();
    let render = |error| render_error(entity, operation, error);
    let mut out = Writer::new();
    out.raw(b"{");
    member(&mut out, "\"TableName\":", table);
    if let Some(index) = parts.index {
        member(&mut out, "\"IndexName\":", index.name);
    }
    let mut renderer = Renderer::new();
    if !parts.is_scan {
        let condition = renderer.key_condition(&parts.key_condition()).map_err(render)?;
        member(&mut out, "\"KeyConditionExpression\":", &condition);
    }
    let live = parts.live.map(|ttl| ttl.is_live(client.now(), |name| parts.holds(name)));
    let filter: Vec<Test> =
        parts.filter.iter().cloned().chain(live).chain(unique::hide_guards(parts)).collect();
    if !filter.is_empty() {
        let filter = renderer.condition(&filter).map_err(render)?;
        member(&mut out, "\"FilterExpression\":", &filter);
    }
    if let Some(projection) = parts.projection {
        let names = with_keys(parts, projection);
        let projection = renderer.projection(names).map_err(render)?;
        member(&mut out, "\"ProjectionExpression\":", &projection);
    } else if parts.all_attributes {
        member(&mut out, "\"Select\":", "ALL_ATTRIBUTES");
    }
    renderer.finish(&mut out).map_err(render)?;
    if parts.is_descending {
        out.raw(b"\"ScanIndexForward\":false,");
    }
    if parts.is_consistent {
        out.raw(b"\"ConsistentRead\":true,");
    }
    out.raw(b"\"ReturnConsumedCapacity\":\"INDEXES\",");
    out.finish().map_err(|error| encode_error(entity, operation, error))
}

/// A cursor needs the key attributes of the last item, whether or not they are asked for.
fn with_keys<'p>(parts: &Parts, projection: &'p [&'static str]) -> Vec<&'p str> {
    let keys =
        parts.entity.key.attributes().chain(parts.index.iter().flat_map(|index| index.key.attributes()));
    let mut names: Vec<&str> = projection.to_vec();
    for key in keys {
        if !names.contains(&key.name) {
            names.push(key.name);
        }
    }
    names
}

/// DynamoDB refuses a filter on a key attribute of what is queried (of a scan it allows it), and on one that the index does not hold,
/// also where the rest of the item is fetched from the table.
pub(super) fn refuse_filter(parts: &Parts) -> Result<(), Error> {
    let key = parts.key();
    let is_refused = |name: &str| !parts.is_scan && key.contains(name) || !parts.holds(name);
    let mut found =
        parts.live.and_then(|ttl| ttl.names().next()).filter(|name| is_refused(name)).map(str::to_owned);
    for test in &parts.filter {
        test.visit_paths(&mut |path| {
            let name = path.root();
            if found.is_none() && is_refused(name) {
                found = Some(name.to_owned());
            }
        });
    }
    let Some(name) = found else { return Ok(()) };
    let what = match parts.index {
        Some(index) => format!("index `{}`", index.name),
        None => "the table".to_owned(),
    };
    let detail = if key.contains(&name) {
        format!("a filter cannot name `{name}`, a key attribute of {what}: use `sort_key`")
    } else {
        format!("a filter cannot name `{name}`, which {what} does not hold")
    };
    Err(Error::invalid_request(parts.entity.name, detail).with_operation(parts.operation().name()))
}
