//! Pages: one request each, and what leads from one to the next.

mod answer;
mod plan;
mod request;
mod stream;

use super::ConsumedCapacity;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::table::FromItem;
use crate::value::Item;
use crate::wire::{DecodeError, Reader};
use futures_core::Stream;
use std::pin::Pin;

pub(super) use answer::SegmentPage;
pub(crate) use plan::Plan;
pub(super) use stream::stream;

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
