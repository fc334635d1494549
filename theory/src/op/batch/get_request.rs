//! One BatchGetItem after another, until the keys it began with are answered.

use super::get::Answer;
use super::get_plan::{Group, Wanted};
use super::left::{Reason, Stop};
use super::policy::{Came, Capacity, Late, Runtime, late};
use super::write_request::same_table;
use crate::client::{self, Call, Carrier, Operation};
use crate::error::{Error, ErrorKind};
use crate::expr::Renderer;
use crate::lifecycle::Ttl;
use crate::op::ConsumedCapacity;
use crate::op::identity::{self, Identities};
use crate::op::parts::{decode_error, encode_error, render_error};
use crate::op::transaction;
use crate::wire::{DecodeError, Reader, Writer};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::Arc;

/// What became of the keys of one request, and of its repetitions.
pub(super) struct Settled {
    /// Slots with their answers.
    pub(super) answered: Vec<(usize, Answer<Bytes>)>,
    pub(super) left: Vec<Wanted>,
    pub(super) stop: Option<Stop>,
    pub(super) requests: u64,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

/// Reads these, which fit into one request.
pub(super) async fn settle(runtime: Runtime, keys: Vec<Wanted>) -> Settled {
    let mut settled = Settled {
        answered: Vec::with_capacity(keys.len()),
        left: keys,
        stop: None,
        requests: 0,
        consumed_capacity: None,
    };
    for attempt in 1..=runtime.attempts {
        let asked = settled.left.len();
        let outcome = match runtime.within(send(&runtime, &settled.left)).await {
            Ok(outcome) => outcome,
            Err(Late) => {
                let entity = settled.left.first().map_or("", |wanted| wanted.group.entity.name);
                Err(late(entity, Operation::BatchGetItem.name()).with_attempts(1))
            }
        };
        match outcome {
            Ok(answer) => {
                settled.requests += 1;
                settled.take(answer);
            }
            // Nothing became of it, and so what was said before still holds.
            Err(error) if error.attempts() == 0 && error.is_out_of_time() => {
                settled.stop = Some(Stop::Late);
                return settled;
            }
            Err(error) => {
                settled.requests += 1;
                let (kind, is_late) = (error.kind(), error.is_out_of_time());
                settled.fail(error);
                if is_late {
                    settled.stop = Some(Stop::Late);
                    return settled;
                }
                if kind != ErrorKind::Throttled {
                    break;
                }
            }
        }
        if settled.left.is_empty() {
            return settled;
        }
        if attempt == runtime.attempts {
            break;
        }
        let came = if settled.left.len() < asked { Came::Forward } else { Came::ToNothing };
        if let Err(stop) = runtime.pause(attempt, came).await {
            settled.stop = Some(stop);
            return settled;
        }
    }
    settled.stop = Some(Stop::Failed);
    settled
}

impl Settled {
    fn take(&mut self, page: Page) {
        if let Some(capacity) = &page.consumed_capacity {
            self.consumed_capacity.get_or_insert_default().add(capacity);
        }
        for (mut wanted, fate) in std::mem::take(&mut self.left).into_iter().zip(page.fates) {
            match fate {
                Fate::Found(item) => self.answered.push((wanted.slot, Answer::Found(item))),
                Fate::NotFound => self.answered.push((wanted.slot, Answer::NotFound)),
                Fate::Unprocessed => {
                    wanted.reason = Reason::Unprocessed;
                    self.left.push(wanted);
                }
            }
        }
    }

    fn fail(&mut self, error: Error) {
        let error = Arc::new(error);
        for wanted in &mut self.left {
            wanted.reason = Reason::Failed(Arc::clone(&error));
        }
    }
}

/// One answer.
struct Page {
    /// For each key, in the order of the request.
    fates: Vec<Fate>,
    consumed_capacity: Option<ConsumedCapacity>,
}

#[derive(Clone)]
enum Fate {
    Found(Bytes),
    /// Neither an item nor unprocessed.
    NotFound,
    Unprocessed,
}

async fn send(runtime: &Runtime, keys: &[Wanted]) -> Result<Page, Error> {
    let operation = Operation::BatchGetItem;
    let Some(first) = keys.first() else {
        return Ok(Page { fates: Vec::new(), consumed_capacity: None });
    };
    let entity = first.group.entity;
    let call = Call {
        carrier: Carrier::BATCH_GET_ITEM,
        entity: entity.name,
        table: first.group.table.to_string(),
        index: None,
        body: body(keys, runtime.policy.capacity)?,
        idempotent: true,
        judge: None,
        overrides: runtime.policy.overrides.clone(),
    };
    let response = client::call(&runtime.client, call).await?;
    let page = fates(&response.body, keys)
        .and_then(|fates| Ok(Page { fates, consumed_capacity: transaction::read_capacity(&response.body)? }));
    match page {
        Ok(page) => {
            response.record_items(page.fates.iter().filter(|fate| matches!(fate, Fate::Found(_))).count());
            if let Some(capacity) = &page.consumed_capacity {
                response.record_capacity(capacity.units());
            }
            Ok(page)
        }
        Err(error) => {
            let error = decode_error(entity, operation.name(), error).with_attempts(response.attempts);
            response.record_error(&error);
            Err(error)
        }
    }
}

fn body(keys: &[Wanted], capacity: Capacity) -> Result<Vec<u8>, Error> {
    let operation = Operation::BatchGetItem.name();
    let mut groups: Vec<&Arc<Group>> = Vec::new();
    for wanted in keys {
        if !groups.iter().any(|group| Arc::ptr_eq(group, &wanted.group)) {
            groups.push(&wanted.group);
        }
    }
    let mut out = Writer::new();
    out.raw(b"{\"RequestItems\":");
    out.begin_object();
    for group in groups {
        out.name(&group.table);
        out.raw(b"{\"Keys\":[");
        for wanted in keys.iter().filter(|wanted| Arc::ptr_eq(&wanted.group, group)) {
            out.raw(identity::object(&wanted.head));
            out.end_member();
        }
        out.close_array();
        if let Some(projection) = &group.projection {
            // The keys too: by them an item finds its place.
            let keys = group.entity.key.attributes().map(|attribute| attribute.name);
            let mut names = projection.to_vec();
            for name in keys.chain(group.live.into_iter().flat_map(Ttl::names)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let render = |error| render_error(group.entity, operation, error);
            let mut renderer = Renderer::new();
            let expression = renderer.projection(names).map_err(render)?;
            crate::op::parts::member(&mut out, "\"ProjectionExpression\":", &expression);
            renderer.finish(&mut out).map_err(render)?;
        }
        if group.is_consistent {
            out.raw(b"\"ConsistentRead\":true,");
        }
        out.end_object();
        out.end_member();
    }
    out.end_object();
    out.end_member();
    capacity.end(&mut out);
    let entity = keys.first().map(|wanted| wanted.group.entity);
    out.finish().map_err(|error| match entity {
        Some(entity) => encode_error(entity, operation, error),
        None => Error::encode("", operation, error),
    })
}

/// The keys of one table, with their places in the request.
struct Asked<'k> {
    group: Option<&'k Group>,
    places: HashMap<&'k [u8], usize>,
    identities: Identities,
}

impl<'k> Asked<'k> {
    fn of(table: &str, keys: &'k [Wanted]) -> Self {
        let of_table = || keys.iter().enumerate().filter(|(_, key)| same_table(&key.group.table, table));
        Asked {
            group: of_table().next().map(|(_, key)| &*key.group),
            places: of_table().map(|(place, key)| (&*key.identity, place)).collect(),
            identities: Identities::default(),
        }
    }

    /// The place of the item or key that stands next, and its text.
    fn find<'a>(&mut self, input: &mut Reader<'a>) -> Result<(usize, &'a str), DecodeError> {
        let unknown = || DecodeError::invalid("an item of the request");
        let group = self.group.ok_or_else(unknown)?;
        let start = input.save();
        let identity = self.identities.of_item(group.entity, input)?;
        let place = *self.places.get(identity).ok_or_else(unknown)?;
        input.restore(start);
        Ok((place, input.raw_value()?))
    }
}

fn fates(body: &Bytes, keys: &[Wanted]) -> Result<Vec<Fate>, DecodeError> {
    let mut fates = vec![Fate::NotFound; keys.len()];
    let mut settle = |place: usize, fate| {
        if let Some(slot) = fates.get_mut(place) {
            *slot = fate;
        }
    };
    let mut input = Reader::new(body)?;
    let mut has_responses = false;
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        if input.take_json_null()? {
            continue;
        }
        match &*name {
            "Responses" => {
                has_responses = true;
                let mut tables = input.begin_object()?;
                while let Some(table) = tables.next(&mut input)? {
                    let mut asked = Asked::of(&table, keys);
                    let mut items = input.begin_array()?;
                    while items.next(&mut input)? {
                        let (place, item) = asked.find(&mut input)?;
                        settle(place, Fate::Found(body.slice_ref(item.as_bytes())));
                    }
                }
            }
            "UnprocessedKeys" => {
                let mut tables = input.begin_object()?;
                while let Some(table) = tables.next(&mut input)? {
                    let mut asked = Asked::of(&table, keys);
                    let mut members = input.begin_object()?;
                    while let Some(name) = members.next(&mut input)? {
                        if name != "Keys" {
                            input.skip()?;
                            continue;
                        }
                        let mut unprocessed = input.begin_array()?;
                        while unprocessed.next(&mut input)? {
                            let (place, _) = asked.find(&mut input)?;
                            settle(place, Fate::Unprocessed);
                        }
                    }
                }
            }
            _ => input.skip()?,
        }
    }
    input.end()?;
    // Without it, that an item does not exist would be said by silence.
    if !has_responses && fates.iter().any(|fate| matches!(fate, Fate::NotFound)) {
        return Err(DecodeError::missing("Responses"));
    }
    Ok(fates)
}
