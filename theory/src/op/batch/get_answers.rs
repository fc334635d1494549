//! The answers to a batch of reads: decoded where they came in, given out in the order of the reads.

use super::get::Answer;
use super::get_error::Unread;
use super::left::{Reason, Rest, Stop};
use crate::client::Operation;
use crate::error::Error;
use crate::lifecycle::Ttl;
use crate::op::ConsumedCapacity;
use crate::op::live::read_unless_expired;
use crate::table::FromItem;
use crate::timestamp::Timestamp;
use crate::wire::{DecodeError, Reader};
use std::any::Any;
use theory_schema::Entity;

/// An item whose type the request does not know.
pub(super) type AnyItem = Box<dyn Any + Send>;

/// Reads the item that stands next; `None` if it had expired at the moment, where one is given.
pub(super) type Decode =
    fn(&mut Reader<'_>, Option<(&Ttl, Timestamp)>) -> Result<Option<AnyItem>, DecodeError>;

/// The [`Decode`] of a type.
pub(super) fn decode<O: FromItem + Send + 'static>(
    input: &mut Reader<'_>,
    live: Option<(&Ttl, Timestamp)>,
) -> Result<Option<AnyItem>, DecodeError> {
    Ok(read_unless_expired::<O>(input, live)?.map(|item| Box::new(item) as AnyItem))
}

/// The answers, in the order of the reads.
#[doc(hidden)]
#[derive(Debug)]
pub struct Answers {
    places: Vec<(&'static Entity, Answer<AnyItem>)>,
    next: usize,
    left: Vec<Unread>,
    pub(super) stop: Option<Stop>,
    pub(super) requests: u64,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

impl Answers {
    /// To reads of these entities, none of which was sent yet.
    pub(super) fn to(reads: impl Iterator<Item = &'static Entity>) -> Self {
        Answers {
            places: reads.map(|entity| (entity, Answer::Unread(Reason::NotSent))).collect(),
            next: 0,
            left: Vec::new(),
            stop: None,
            requests: 0,
            consumed_capacity: None,
        }
    }

    pub(super) fn put(&mut self, position: usize, answer: Answer<AnyItem>) {
        if let Some((_, place)) = self.places.get_mut(position) {
            *place = answer;
        }
    }

    /// The next read's answer, of a read that decodes to `O`.
    pub(super) fn take<O: 'static>(&mut self) -> Answer<O> {
        let position = self.next;
        self.next += 1;
        let Some((entity, answer)) = self.places.get_mut(position) else { return Answer::NotFound };
        let reason = match std::mem::replace(answer, Answer::NotFound) {
            Answer::Found(item) => match item.downcast() {
                Ok(item) => return Answer::Found(*item),
                // No read has an answer that another type's `decode` made.
                Err(_) => Reason::NotSent,
            },
            Answer::NotFound => return Answer::NotFound,
            Answer::Unread(reason) => reason,
        };
        self.left.push(Unread { position, entity: entity.name, reason: reason.clone() });
        Answer::Unread(reason)
    }

    /// The error of the whole, once all answers are taken.
    pub(super) fn error(&self) -> Option<Error> {
        if self.left.is_empty() {
            return None;
        }
        let rest = Rest {
            operation: Operation::BatchGetItem.name(),
            what: "reads",
            done: self.places.len().saturating_sub(self.left.len()),
            stop: self.stop,
            is_ambiguous: false,
            left: self.left.iter().map(|unread| (unread.entity, &unread.reason)).collect(),
        };
        Some(rest.error())
    }

    /// The error of what was taken since it was last asked for, which stands at `position` of a source.
    pub(super) fn error_at(&mut self, position: usize) -> Option<Error> {
        let left = std::mem::take(&mut self.left);
        let unread = left.first()?;
        let rest = Rest {
            operation: Operation::BatchGetItem.name(),
            what: "reads",
            done: position,
            stop: self.stop,
            is_ambiguous: false,
            left: vec![(unread.entity, &unread.reason)],
        };
        Some(rest.error().with_detail(format!("read number {position} (from 0) was not answered")))
    }

    /// Whether something ended the batch before its time.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_some()
    }

    pub(super) fn into_left(self) -> Vec<Unread> {
        self.left
    }
}
