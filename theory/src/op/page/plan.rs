//! A query on its way from page to page.

use super::Page;
use super::answer::{Answer, SegmentPage, Skipped};
use super::request::{head, refuse_filter};
use crate::client::{self, Call, Client};
use crate::cursor::Cursor;
use crate::error::{Error, ErrorKind};
use crate::op::parts::{decode_error, render_error};
use crate::op::query::Parts;
use crate::table::FromItem;
use crate::wire::{DecodeError, Reader};

/// A query on its way from page to page.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(super) parts: Parts,
    pub(super) client: Client,
    pub(in crate::op) table: String,
    /// The beginning of every request's body; what differs from page to page follows. Where items expire it is made anew for each.
    pub(super) head: Vec<u8>,
    pub(super) next: Next,
    /// How many items may still be returned.
    pub(super) left: Option<usize>,
    /// The segment of a scan, and of how many.
    pub(super) segment: Option<(u32, u32)>,
}

#[derive(Clone)]
pub(super) enum Next {
    Start,
    After(Cursor),
    End,
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
    pub(in crate::op) fn of_segment(&self, segment: u32, segments: u32, after: Option<Cursor>) -> Plan {
        let next = after.map_or(Next::Start, Next::After);
        Plan { next, left: None, segment: Some((segment, segments)), ..self.clone() }
    }

    /// The next page of a segment; `None` behind the last one.
    pub(in crate::op) async fn next_of_segment<O: FromItem>(
        &mut self,
    ) -> Result<Option<SegmentPage<O>>, Error> {
        if matches!(self.next, Next::End) {
            return Ok(None);
        }
        let Answer { page, places, body, .. } = self.fetch::<O>(false).await?;
        self.advance(page.next.as_ref());
        Ok(Some(SegmentPage { page, places, body }))
    }

    /// The cursor behind an item, given as JSON.
    pub(in crate::op) fn behind(&self, item: &[u8]) -> Result<Cursor, DecodeError> {
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

    /// All pages from here on, as one; and the error that ended them, if one did.
    pub(crate) async fn rest<O: FromItem>(&mut self) -> (Page<O>, Option<Error>) {
        let mut all = Page::default();
        loop {
            match self.next::<O>().await {
                Ok(Some(page)) => all.extend(page),
                Ok(None) => return (all, None),
                Err(error) => return (all, Some(error)),
            }
        }
    }

    /// How many items the next page has; `None` behind the last one.
    async fn count(&mut self) -> Result<Option<u64>, Error> {
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

    /// How many items there are from here on, as far as they were counted; and the error that ended it, if one did.
    pub(crate) async fn count_rest(&mut self) -> (u64, Option<Error>) {
        let mut count = 0;
        loop {
            match self.count().await {
                Ok(Some(more)) => count += more,
                Ok(None) => return (count, None),
                Err(error) => return (count, Some(error)),
            }
        }
    }

    /// The cursor to go on from, where nothing but the deadline ended the page that `error` is of.
    ///
    /// None at the very beginning: from there the caller starts as before.
    pub(crate) fn interrupted(&self, error: &Error) -> Option<Cursor> {
        self.cursor().filter(|_| error.is_out_of_time()).cloned()
    }

    /// Adds, to the error of a page, where that page begins.
    fn resumable(&self, error: Error) -> Error {
        match self.cursor() {
            Some(cursor) => error.with_cursor(cursor.clone()),
            None => error,
        }
    }

    /// Where the next page begins, if not at the very beginning.
    pub(in crate::op) fn cursor(&self) -> Option<&Cursor> {
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
        let body = self.body(only_count)?;
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
}
