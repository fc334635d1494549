//! One BatchGetItem: what it asks, and what comes of its answer.

use super::attempts::Work;
use super::get::Answer;
use super::get_answers::{At, Items, Kind};
use super::get_page::Page;
use super::left::Reason;
use super::policy::{Capacity, Runtime};
use crate::client::{self, Call, Carrier, Operation};
use crate::error::Error;
use crate::expr::Renderer;
use crate::lifecycle::Ttl;
use crate::op::ConsumedCapacity;
use crate::op::identity;
use crate::op::parts::{decode_error, encode_error, render_error};
use crate::wire::Writer;
use std::borrow::Cow;
use std::iter::once;
use std::sync::Arc;
use theory_schema::Entity;

/// What one table of a request has in common.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) table: Arc<str>,
    pub(super) entity: &'static Entity,
    pub(super) projection: Option<Cow<'static, [&'static str]>>,
    pub(super) live: Option<&'static Ttl>,
    pub(super) is_consistent: bool,
}

/// A key that is asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Which of the batch's groups it is in.
    pub(super) group: usize,
    /// `{"Key":{…},`
    pub(super) head: Vec<u8>,
    pub(super) place: Place,
    /// Those of equal reads behind the first.
    pub(super) others: Vec<Place>,
    pub(super) reason: Reason,
}

/// Where an answer belongs, and as what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) position: usize,
    pub(super) entity: &'static Entity,
    pub(super) kind: &'static Kind,
}

impl Wanted {
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        once(&self.place).chain(&self.others)
    }
}

/// The reads of one request.
pub(super) struct Reads {
    /// Those of the batch.
    pub(super) groups: Arc<[Group]>,
    /// The answers by the positions of their reads.
    pub(super) answered: Vec<(usize, Answer<At>)>,
    pub(super) items: Items,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

impl Work for Reads {
    type One = Wanted;

    const OPERATION: Operation = Operation::BatchGetItem;

    async fn send(&mut self, runtime: &Runtime, rest: &mut Vec<Wanted>) -> Result<(), Error> {
        let Some(first) = rest.first().and_then(|first| self.groups.get(first.group)) else { return Ok(()) };
        let entity = first.entity;
        let call = Call {
            carrier: Carrier::BATCH_GET_ITEM,
            entity: entity.name,
            table: first.table.to_string(),
            index: None,
            body: body(&self.groups, rest, runtime.policy.capacity)?,
            idempotent: true,
            judge: None,
            overrides: runtime.policy.overrides.clone(),
        };
        let response = client::call(&runtime.client, call).await?;
        match Page::read(&response.body, &self.groups, rest, &mut self.items, &runtime.client) {
            Ok(page) => {
                response.record_items(page.items);
                if let Some(capacity) = &page.consumed_capacity {
                    response.record_capacity(capacity.units());
                }
                self.take(rest, page);
                Ok(())
            }
            Err(error) => {
                let error =
                    decode_error(entity, Self::OPERATION.name(), error).with_attempts(response.attempts);
                response.record_error(&error);
                Err(error)
            }
        }
    }

    fn fail(wanted: &mut Wanted, error: &Arc<Error>) {
        wanted.reason = Reason::Failed(Arc::clone(error));
    }

    fn entity(wanted: &Wanted) -> &'static str {
        wanted.place.entity.name
    }

    fn has_done_something(&self) -> bool {
        !self.answered.is_empty()
    }
}

impl Reads {
    pub(super) fn of(groups: Arc<[Group]>) -> Self {
        Reads { groups, answered: Vec::new(), items: Items::default(), consumed_capacity: None }
    }

    fn take(&mut self, rest: &mut Vec<Wanted>, page: Page) {
        if let Some(capacity) = &page.consumed_capacity {
            self.consumed_capacity.get_or_insert_default().add(capacity);
        }
        if self.answered.is_empty() {
            self.answered = page.answered;
        } else {
            self.answered.extend(page.answered);
        }
        let mut unprocessed = page.unprocessed.into_iter();
        rest.retain_mut(|wanted| {
            wanted.reason = Reason::Unprocessed;
            unprocessed.next().unwrap_or_default()
        });
    }
}

fn body(groups: &[Group], keys: &[Wanted], capacity: Capacity) -> Result<Vec<u8>, Error> {
    let operation = Operation::BatchGetItem.name();
    let mut used: Vec<usize> = Vec::new();
    for wanted in keys {
        // Neighbours mostly share their group.
        if used.last() != Some(&wanted.group) && !used.contains(&wanted.group) {
            used.push(wanted.group);
        }
    }
    let room = keys.iter().map(|wanted| wanted.head.len()).sum::<usize>() + 256;
    let mut out = Writer::with_buffer(Vec::with_capacity(room));
    out.raw(b"{\"RequestItems\":");
    out.begin_object();
    for (number, group) in used.into_iter().filter_map(|number| Some((number, groups.get(number)?))) {
        out.name(&group.table);
        out.raw(b"{\"Keys\":[");
        for wanted in keys.iter().filter(|wanted| wanted.group == number) {
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
    let entity = keys.first().map(|wanted| wanted.place.entity);
    out.finish().map_err(|error| match entity {
        Some(entity) => encode_error(entity, operation, error),
        None => Error::encode("", operation, error),
    })
}
