//! Where a scan in segments goes on: which segments are finished, and the place in each of those that were begun.
//!
//! As text it is base64url of compact JSON, with a [`Cursor`]'s own JSON for each segment that was begun:
//! `{"table":"…","index":"…","segments":8,"fresh":5,"begun":[{"segment":3,"at":{"lastKey":{…}}},{"segment":4}]}`. Segments are begun in
//! order, so that it grows with the concurrency of the scan and not with its segments.

mod invalid;
mod text;

#[cfg(test)]
mod tests;

pub use invalid::{InvalidCheckpoint, InvalidCheckpointReason};

use super::Cursor;
use std::collections::BTreeMap;
use std::fmt;

/// The place where a [scan in segments](crate::op::ParallelScan) stopped.
///
/// It comes from [`ScanStream::checkpoint`](crate::op::ScanStream::checkpoint) at any time, and goes into
/// [`resume`](crate::op::ParallelScan::resume), in another process if need be: [`Display`](fmt::Display) gives the text of it,
/// [`FromStr`](std::str::FromStr) reads it back, and with the feature `serde` it is a string in JSON too. The scan then yields exactly
/// what was not yielded before.
///
/// It holds the name of the table and, for each segment under way, the key of an item: as a [`Cursor`], it can be read and forged by
/// whoever holds it. With the feature `seal` it can be sealed as a cursor can.
///
/// ```
/// use theory::cursor::ScanCheckpoint;
///
/// let text = "eyJ0YWJsZSI6Im9yZGVycyIsInNlZ21lbnRzIjo0LCJmcmVzaCI6MywiYmVndW4iOlt7InNlZ21lbnQiOjF9XX0=";
/// let checkpoint: ScanCheckpoint = text.parse()?;
/// assert_eq!((checkpoint.segments(), checkpoint.finished()), (4, 2));
/// assert_eq!(checkpoint.to_string(), text);
/// # Ok::<(), theory::cursor::InvalidCheckpoint>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ScanCheckpoint {
    /// As the client resolved it.
    pub(crate) table: String,
    pub(crate) index: Option<String>,
    /// At least 1.
    pub(crate) segments: u32,
    /// The first of the segments that were not begun; never more than there are.
    pub(crate) fresh: u32,
    /// What was begun and is not finished, each below `fresh`, with the place behind the last item that was handed out.
    pub(crate) begun: BTreeMap<u32, Option<Cursor>>,
}

impl ScanCheckpoint {
    /// A scan that has not begun.
    pub(crate) fn start(table: &str, index: Option<&str>, segments: u32) -> Self {
        ScanCheckpoint {
            table: table.to_owned(),
            index: index.map(str::to_owned),
            segments,
            fresh: 0,
            begun: BTreeMap::new(),
        }
    }

    /// Into how many segments the table is divided.
    pub fn segments(&self) -> u32 {
        self.segments
    }

    /// How many segments were read to their end, and handed out.
    pub fn finished(&self) -> u32 {
        // There are never more of them than `fresh`, a number of 32 bits.
        self.fresh.saturating_sub(u32::try_from(self.begun.len()).unwrap_or(u32::MAX))
    }

    /// Whether the scan is done: resumed, it yields nothing.
    pub fn is_finished(&self) -> bool {
        self.finished() == self.segments
    }
}

/// Shows no key: the segments, and where it stands.
impl fmt::Debug for ScanCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScanCheckpoint")
            .field("table", &self.table)
            .field("index", &self.index)
            .field("segments", &self.segments)
            .field("finished", &self.finished())
            .field("begun", &self.begun.keys().collect::<Vec<_>>())
            .finish()
    }
}
