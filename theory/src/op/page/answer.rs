//! What the answer to a request for a page holds.

use super::Page;
use super::plan::Plan;
use crate::cursor::Cursor;
use crate::op::ConsumedCapacity;
use crate::table::FromItem;
use crate::wire::{DecodeError, Reader};
use bytes::Bytes;

/// The items of a count: DynamoDB sends none.
pub(super) struct Skipped;

impl FromItem for Skipped {
    fn from_item(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.skip().map(|()| Skipped)
    }
}

/// What one answer held.
pub(super) struct Answer<O> {
    pub(super) page: Page<O>,
    pub(super) count: u64,
    /// Of a segment: where each item begins in the body.
    pub(super) places: Vec<usize>,
    pub(super) body: Bytes,
}

/// A page of one segment, with what the cursor behind each of its items is made from.
pub(in crate::op) struct SegmentPage<O> {
    pub(in crate::op) page: Page<O>,
    pub(super) places: Vec<usize>,
    pub(super) body: Bytes,
}

impl<O> SegmentPage<O> {
    /// Where the item with this number begins.
    pub(in crate::op) fn json(&self, item: usize) -> Option<&[u8]> {
        self.body.get(*self.places.get(item)?..)
    }
}

impl Plan {
    pub(super) fn read<O: FromItem>(&self, body: &Bytes) -> Result<Answer<O>, DecodeError> {
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

fn read_count(input: &mut Reader<'_>) -> Result<u64, DecodeError> {
    let position = input.position();
    input.json_number()?.parse().map_err(|_| DecodeError::invalid("a count").at(position))
}
