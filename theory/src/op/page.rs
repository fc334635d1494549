//! Pages: one request each, and what leads from one to the next.

use super::ConsumedCapacity;
use super::parts::{decode_error, encode_error, member, render_error};
use super::query::Parts;
use super::unique;
use crate::client::{self, Call, Carrier, Client, Operation};
use crate::cursor::{Cursor, InvalidCursor};
use crate::error::{Error, ErrorKind};
use crate::expr::{Renderer, Test};
use crate::table::FromItem;
use crate::value::Item;
use crate::wire::{DecodeError, Reader, Writer};
use bytes::Bytes;
use futures_core::Stream;
use std::pin::Pin;

/// Items that were read with one request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<O> {
    /// The items, in the order of the query.
    pub items: Vec<O>,
    /// How many items DynamoDB evaluated for the page, before the filter.
    pub scanned_count: u64,
    /// The capacity units consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
    pub(super) next: Option<Cursor>,
}

impl<O> Default for Page<O> {
    fn default() -> Self {
        Page { items: Vec::new(), scanned_count: 0, consumed_capacity: None, next: None }
    }
}

impl<O> Page<O> {
    /// Adds the page behind this one.
    pub(super) fn extend(&mut self, page: Page<O>) {
        let Page { items, scanned_count, consumed_capacity, next } = page;
        if self.items.is_empty() {
            self.items = items;
        } else {
            self.items.extend(items);
        }
        self.scanned_count += scanned_count;
        if let Some(capacity) = &consumed_capacity {
            self.consumed_capacity.get_or_insert_default().add(capacity);
        }
        self.next = next;
    }

    /// Where the next page starts; `None` if this was the last.
    ///
    /// Hand it to [`start_after`](super::Query::start_after), in another process if need be: it displays as text and parses from it.
    pub fn next_cursor(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    /// As [`next_cursor`](Self::next_cursor), owned.
    pub fn into_next_cursor(self) -> Option<Cursor> {
        self.next
    }

    /// Takes the cursor out of a page of one segment: it is of no use without its segment.
    pub(super) fn take_next(&mut self) -> Option<Cursor> {
        self.next.take()
    }
}

/// A stream of items; it fetches pages as it is polled.
pub type ItemStream<O> = Pin<Box<dyn Stream<Item = Result<O, Error>> + Send>>;

/// A stream of pages; each is fetched when it is asked for.
pub type PageStream<O> = Pin<Box<dyn Stream<Item = Result<Page<O>, Error>> + Send>>;

/// An item that cannot be read as the type asked for, with the reason: what [`keep_undecodable`](super::Query::keep_undecodable) returns.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Undecodable {
    /// Why.
    pub error: DecodeError,
    /// The item as it is.
    pub item: Item,
}

impl<T: FromItem> FromItem for Result<T, Undecodable> {
    fn from_item(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let start = input.save();
        match T::from_item(input) {
            Ok(item) => Ok(Ok(item)),
            Err(error) => {
                input.restore(start);
                // What is not even an item fails as a whole.
                let item = Item::from_item(input)?;
                Ok(Err(Undecodable { error, item }))
            }
        }
    }
}

impl Parts {
    pub(crate) fn operation(&self) -> Operation {
        if self.is_scan { Operation::Scan } else { Operation::Query }
    }

    fn carrier(&self) -> &'static Carrier {
        if self.is_scan { Carrier::SCAN } else { Carrier::QUERY }
    }

    /// Whether what is read has the attribute.
    fn holds(&self, name: &str) -> bool {
        self.index.is_none_or(|index| index.projects(&self.entity.key, name))
    }

    pub(super) fn check_cursor(&self, cursor: &Cursor) -> Result<(), InvalidCursor> {
        cursor.check(self.entity, self.index, self.is_descending, &self.partition)
    }
}

/// A query on its way from page to page.
#[derive(Clone)]
pub(crate) struct Plan {
    parts: Parts,
    client: Client,
    pub(super) table: String,
    /// The beginning of every request's body; what differs from page to page follows. Where items expire it is made anew for each.
    head: Vec<u8>,
    next: Next,
    /// How many items may still be returned.
    left: Option<usize>,
    /// The segment of a scan, and of how many.
    segment: Option<(u32, u32)>,
}

#[derive(Clone)]
enum Next {
    Start,
    After(Cursor),
    End,
}

/// The items of a count: DynamoDB sends none.
struct Skipped;

impl FromItem for Skipped {
    fn from_item(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.skip().map(|()| Skipped)
    }
}

/// What one answer held.
struct Answer<O> {
    page: Page<O>,
    count: u64,
    /// Of a segment: where each item begins in the body.
    places: Vec<usize>,
    body: Bytes,
}

/// A page of one segment, with what the cursor behind each of its items is made from.
pub(super) struct SegmentPage<O> {
    pub(super) page: Page<O>,
    places: Vec<usize>,
    body: Bytes,
}

impl<O> SegmentPage<O> {
    /// Where the item with this number begins.
    pub(super) fn json(&self, item: usize) -> Option<&[u8]> {
        self.body.get(*self.places.get(item)?..)
    }
}

impl Plan {
    pub(crate) fn new(mut parts: Parts, client: Client) -> Result<Self, Error> {
        let entity = parts.entity;
        let operation = parts.operation().name();
        let render = |error| render_error(entity, operation, error);
        if let Some(problem) = parts.problem.take() {
            return Err(render(problem));
        }
        refuse_filter(&parts)?;
        let next = match parts.start.take() {
            Some(cursor) => {
                parts.check_cursor(&cursor).map_err(|error| {
                    Error::new(ErrorKind::InvalidCursor, entity.name)
                        .with_operation(operation)
                        .with_source(error)
                })?;
                Next::After(cursor)
            }
            None => Next::Start,
        };
        let is_empty = parts.is_empty || parts.take == Some(0);
        let table = client.table_name(entity.table, parts.overrides.table_name()).into_owned();
        let head = head(&parts, &table, &client)?;
        let left = parts.take;
        let next = if is_empty { Next::End } else { next };
        Ok(Plan { parts, client, table, head, next, left, segment: None })
    }

    /// The same scan, of one segment, behind a place that was checked.
    pub(super) fn of_segment(&self, segment: u32, segments: u32, after: Option<Cursor>) -> Plan {
        let next = after.map_or(Next::Start, Next::After);
        Plan { next, left: None, segment: Some((segment, segments)), ..self.clone() }
    }

    /// The next page of a segment; `None` behind the last one.
    pub(super) async fn next_of_segment<O: FromItem>(&mut self) -> Result<Option<SegmentPage<O>>, Error> {
        if matches!(self.next, Next::End) {
            return Ok(None);
        }
        let Answer { page, places, body, .. } = self.fetch::<O>(false).await?;
        self.advance(page.next.as_ref());
        Ok(Some(SegmentPage { page, places, body }))
    }

    /// The cursor behind an item, given as JSON.
    pub(super) fn behind(&self, item: &[u8]) -> Result<Cursor, DecodeError> {
        let Parts { entity, index, is_descending, .. } = self.parts;
        let item = Reader::new(item)?.raw_value()?;
        Cursor::from_item(entity, index, is_descending, item)
    }

    /// The next page; `None` behind the last one.
    pub(crate) async fn next<O: FromItem>(&mut self) -> Result<Option<Page<O>>, Error> {
        if matches!(self.next, Next::End) {
            return Ok(None);
        }
        let answer = match self.fetch::<O>(false).await {
            Ok(answer) => answer,
            // Everything before this page was handed out.
            Err(error) => return Err(self.resumable(error)),
        };
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(answer.page.items.len());
        }
        self.advance(answer.page.next.as_ref());
        if self.left == Some(0) {
            self.next = Next::End;
        }
        Ok(Some(answer.page))
    }

    /// How many items the next page has; `None` behind the last one.
    pub(crate) async fn count(&mut self) -> Result<Option<u64>, Error> {
        if matches!(self.next, Next::End) {
            return Ok(None);
        }
        let answer = self.fetch::<Skipped>(true).await?;
        self.advance(answer.page.next.as_ref());
        // `take` ends what is returned; of a count it is the upper limit.
        let Some(left) = &mut self.left else { return Ok(Some(answer.count)) };
        let count = answer.count.min(*left as u64);
        *left = left.saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
        if *left == 0 {
            self.next = Next::End;
        }
        Ok(Some(count))
    }

    /// Adds, to the error of a page, where that page begins.
    fn resumable(&self, error: Error) -> Error {
        match self.cursor() {
            Some(cursor) => error.with_cursor(cursor.clone()),
            None => error,
        }
    }

    /// Where the next page begins, if not at the very beginning.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match &self.next {
            Next::After(cursor) => Some(cursor),
            Next::Start | Next::End => None,
        }
    }

    fn advance(&mut self, next: Option<&Cursor>) {
        self.next = next.map_or(Next::End, |cursor| Next::After(cursor.clone()));
    }

    async fn fetch<O: FromItem>(&mut self, only_count: bool) -> Result<Answer<O>, Error> {
        let entity = self.parts.entity;
        let operation = self.parts.operation();
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
        let body = out.finish().map_err(|error| encode_error(entity, operation.name(), error))?;
        let call = Call {
            carrier: self.parts.carrier(),
            entity: entity.name,
            table: self.table.clone(),
            index: self.parts.index.map(|index| index.name),
            body,
            idempotent: true,
            judge: None,
            overrides: self.parts.overrides.clone(),
        };
        let response = client::call(&self.client, call).await?;
        match self.read(&response.body) {
            Ok(answer) => {
                response.record_items(answer.page.items.len());
                if let Some(capacity) = &answer.page.consumed_capacity {
                    response.record_capacity(capacity.units());
                }
                Ok(answer)
            }
            Err(error) => {
                let error = decode_error(entity, operation.name(), error).with_attempts(response.attempts);
                response.record_error(&error);
                Err(error)
            }
        }
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

    fn read<O: FromItem>(&self, body: &Bytes) -> Result<Answer<O>, DecodeError> {
        let mut input = Reader::new(body)?;
        let mut page = Page::default();
        let mut cut = None;
        let mut count = 0;
        let mut places = Vec::new();
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(&mut input)? {
            if input.take_json_null()? {
                continue;
            }
            match &*name {
                "Items" => cut = self.read_items(&mut input, &mut page.items, &mut places)?,
                "Count" => count = read_count(&mut input)?,
                "ScannedCount" => page.scanned_count = read_count(&mut input)?,
                "ConsumedCapacity" => page.consumed_capacity = Some(ConsumedCapacity::read(&mut input)?),
                "LastEvaluatedKey" => {
                    let index = self.parts.index.map(|index| index.name);
                    page.next = Some(Cursor::from_last_key(index, self.parts.is_descending, &mut input)?);
                }
                _ => input.skip()?,
            }
        }
        input.end()?;
        if cut.is_some() {
            page.next = cut;
        }
        Ok(Answer { page, count, places, body: body.clone() })
    }

    /// Reads items until there are none, or as many as wanted; then the cursor behind the last one of them.
    fn read_items<O: FromItem>(
        &self,
        input: &mut Reader<'_>,
        items: &mut Vec<O>,
        places: &mut Vec<usize>,
    ) -> Result<Option<Cursor>, DecodeError> {
        let mut cut = None;
        let mut last = input.save();
        let mut elements = input.begin_array()?;
        while elements.next(input)? {
            if self.left.is_some_and(|left| items.len() >= left) {
                // The page goes on behind what is wanted: the cursor is made from the last item that was.
                if cut.is_none() {
                    let here = input.save();
                    input.restore(last);
                    let raw = input.raw_value()?;
                    cut = Some(Cursor::from_item(
                        self.parts.entity,
                        self.parts.index,
                        self.parts.is_descending,
                        raw,
                    )?);
                    input.restore(here);
                }
                input.skip()?;
                continue;
            }
            last = input.save();
            if self.segment.is_some() {
                places.push(input.position());
            }
            items.push(O::from_item(input).map_err(|error| error.in_index(items.len()))?);
        }
        Ok(cut)
    }
}

/// The beginning of a request's body, as of now.
fn head(parts: &Parts, table: &str, client: &Client) -> Result<Vec<u8>, Error> {
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

fn read_count(input: &mut Reader<'_>) -> Result<u64, DecodeError> {
    let position = input.position();
    input.json_number()?.parse().map_err(|_| DecodeError::invalid("a count").at(position))
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
fn refuse_filter(parts: &Parts) -> Result<(), Error> {
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

/// The pages of a query; with `read_ahead` the next one is fetched while this one is consumed.
pub(crate) fn stream<O: FromItem + Send + 'static>(parts: Parts, client: Client) -> PageStream<O> {
    if parts.read_ahead {
        return Box::pin(futures_util::stream::try_unfold(
            Ahead::Start(Box::new((parts, client))),
            Ahead::next,
        ));
    }
    Box::pin(futures_util::stream::try_unfold((Some((parts, client)), None), async |(start, plan)| {
        let mut plan = match (start, plan) {
            (Some((parts, client)), _) => Plan::new(parts, client)?,
            (None, Some(plan)) => plan,
            (None, None) => return Ok(None),
        };
        Ok(plan.next().await?.map(|page| (page, (None, Some(plan)))))
    }))
}

type Fetched<O> = Result<(Option<Page<O>>, Plan), Error>;

/// Aborts the fetch when the stream is dropped.
struct Fetching<O>(tokio::task::JoinHandle<Fetched<O>>);

impl<O> Drop for Fetching<O> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

enum Ahead<O> {
    Start(Box<(Parts, Client)>),
    Fetching(Fetching<O>),
}

impl<O: FromItem + Send + 'static> Ahead<O> {
    fn fetch(mut plan: Plan) -> Self {
        Ahead::Fetching(Fetching(tokio::spawn(async move {
            let page = plan.next().await?;
            Ok((page, plan))
        })))
    }

    async fn next(self) -> Result<Option<(Page<O>, Self)>, Error> {
        let (page, plan) = match self {
            Ahead::Start(start) => {
                let (parts, client) = *start;
                let mut plan = Plan::new(parts, client)?;
                (plan.next().await?, plan)
            }
            Ahead::Fetching(mut fetching) => match (&mut fetching.0).await {
                Ok(fetched) => fetched?,
                Err(stopped) => match stopped.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // The runtime is shutting down: nobody waits for another page.
                    Err(_) => return Ok(None),
                },
            },
        };
        Ok(page.map(|page| (page, Self::fetch(plan))))
    }
}
