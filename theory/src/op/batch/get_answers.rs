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
use std::any::{Any, TypeId};
use std::fmt;
use std::marker::PhantomData;
use theory_schema::{Entity, limits};

/// A type that items are decoded to, of which a request knows no more than this.
#[derive(Debug)]
pub(super) struct Kind {
    type_id: TypeId,
    column: fn() -> Box<dyn Column>,
}

struct Of<O>(PhantomData<O>);

impl<O: FromItem + Send + 'static> Of<O> {
    const KIND: Kind = Kind { type_id: TypeId::of::<O>(), column: || Box::new(Vec::<Option<O>>::new()) };
}

impl Kind {
    pub(super) const fn of<O: FromItem + Send + 'static>() -> &'static Self {
        &Of::<O>::KIND
    }
}

/// The items of one type that the requests of one task brought. There is one of them for many items: a box for each would be made here
/// and freed by another thread.
trait Column: Any + Send {
    /// Reads the item that stands next, and returns its row; `None` if it had expired at the moment, where one is given.
    fn read(
        &mut self,
        input: &mut Reader<'_>,
        live: Option<(&Ttl, Timestamp)>,
    ) -> Result<Option<usize>, DecodeError>;
}

impl<O: FromItem + Send + 'static> Column for Vec<Option<O>> {
    fn read(
        &mut self,
        input: &mut Reader<'_>,
        live: Option<(&Ttl, Timestamp)>,
    ) -> Result<Option<usize>, DecodeError> {
        let Some(item) = read_unless_expired(input, live)? else { return Ok(None) };
        if self.is_empty() {
            self.reserve(limits::BATCH_KEYS);
        }
        self.push(Some(item));
        Ok(Some(self.len() - 1))
    }
}

/// Items of any types.
#[derive(Default)]
pub(super) struct Items(Vec<(TypeId, Box<dyn Column>)>);

/// Where an item is among the [`Items`].
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    column: usize,
    row: usize,
}

impl Items {
    /// Reads the item that stands next as one of this type; `None` if it had expired.
    pub(super) fn read(
        &mut self,
        kind: &Kind,
        input: &mut Reader<'_>,
        live: Option<(&Ttl, Timestamp)>,
    ) -> Result<Option<At>, DecodeError> {
        let column = self.0.iter().position(|(type_id, _)| *type_id == kind.type_id);
        let column = column.unwrap_or_else(|| {
            self.0.push((kind.type_id, (kind.column)()));
            self.0.len() - 1
        });
        let Some((_, items)) = self.0.get_mut(column) else { return Ok(None) };
        Ok(items.read(input, live)?.map(|row| At { column, row }))
    }

    fn take<O: 'static>(&mut self, at: At) -> Option<O> {
        let (_, column) = self.0.get_mut(at.column)?;
        let column: &mut dyn Any = &mut **column;
        column.downcast_mut::<Vec<Option<O>>>()?.get_mut(at.row)?.take()
    }
}

impl fmt::Debug for Items {
    /// Never the items.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("columns", &self.0.len()).finish()
    }
}

/// The answers, in the order of the reads.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Answers {
    places: Vec<(&'static Entity, Answer<At>)>,
    items: Items,
    next: usize,
    left: Vec<Unread>,
    pub(super) stop: Option<Stop>,
    pub(super) requests: u64,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

impl Answers {
    pub(super) fn with_room_for(reads: usize) -> Self {
        Answers { places: Vec::with_capacity(reads), ..Answers::default() }
    }

    /// Makes a place for the answer to a read that was not sent yet; returns its position.
    pub(super) fn add(&mut self, entity: &'static Entity) -> usize {
        self.places.push((entity, Answer::Unread(Reason::NotSent)));
        self.places.len() - 1
    }

    /// Puts these where they belong: answers by the positions of their reads, and the items in them.
    pub(super) fn put(&mut self, answers: Vec<(usize, Answer<At>)>, items: Items) {
        let before = self.items.0.len();
        self.items.0.extend(items.0);
        for (position, mut answer) in answers {
            if let Answer::Found(at) = &mut answer {
                at.column += before;
            }
            if let Some((_, place)) = self.places.get_mut(position) {
                *place = answer;
            }
        }
    }

    /// Says why there is no answer.
    pub(super) fn leave(&mut self, position: usize, reason: Reason) {
        if let Some((_, place)) = self.places.get_mut(position) {
            *place = Answer::Unread(reason);
        }
    }

    /// The next read's answer, of a read that decodes to `O`.
    pub(super) fn take<O: 'static>(&mut self) -> Answer<O> {
        let position = self.next;
        self.next += 1;
        let Some((entity, answer)) = self.places.get_mut(position) else { return Answer::NotFound };
        let reason = match std::mem::replace(answer, Answer::NotFound) {
            Answer::Found(at) => match self.items.take(at) {
                Some(item) => return Answer::Found(item),
                // Each item was decoded for one read, as its type.
                None => Reason::NotSent,
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
            has_more: false,
            entity: "",
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
            has_more: false,
            entity: "",
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
