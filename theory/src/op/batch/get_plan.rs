//! From reads to requests of up to 100 keys, and from their answers back to the order of the reads.
//!
//! BatchGetItem has projection and consistency once for each table of a request, and refuses a key that stands there twice. So reads of
//! one table that differ in these go into different requests, and equal ones are asked for once.

use super::get::{Answer, BatchRead};
use super::get_error::Unread;
use super::get_request::{Settled, settle};
use super::left::{Reason, Rest, Stop};
use super::policy::Runtime;
use super::tables::Tables;
use super::task;
use crate::client::{Client, Operation};
use crate::error::Error;
use crate::lifecycle::Ttl;
use crate::op::ConsumedCapacity;
use crate::op::identity::{Identities, Identity};
use crate::op::parts::encode_error;
use crate::timestamp::Timestamp;
use bytes::Bytes;
use futures_util::future::{BoxFuture, Either, pending, select};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use theory_schema::{Entity, limits};

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
    pub(super) group: Arc<Group>,
    /// `{"Key":{…},`
    pub(super) head: Vec<u8>,
    pub(super) identity: Identity,
    /// Where its answer belongs.
    pub(super) slot: usize,
    pub(super) reason: Reason,
}

/// The answer for one key.
#[derive(Debug)]
struct Slot {
    answer: Answer<Bytes>,
    /// How many reads have yet to take it.
    uses: usize,
}

/// The answers, in the order of the reads.
#[doc(hidden)]
#[derive(Debug)]
pub struct Answers {
    slots: Vec<Slot>,
    /// For each read its slot and its entity.
    places: Vec<(usize, &'static Entity)>,
    next: usize,
    /// The moment by which items expire.
    pub(super) now: Timestamp,
    left: Vec<Unread>,
    stop: Option<Stop>,
    pub(super) requests: u64,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

impl Answers {
    /// The next read's answer.
    pub(super) fn take(&mut self) -> Answer<Bytes> {
        let place = self.next;
        self.next += 1;
        let Some(&(slot, entity)) = self.places.get(place) else { return Answer::NotFound };
        let Some(slot) = self.slots.get_mut(slot) else { return Answer::NotFound };
        slot.uses = slot.uses.saturating_sub(1);
        // The last one to take it frees what it was read from.
        let answer = if slot.uses == 0 {
            std::mem::replace(&mut slot.answer, Answer::NotFound)
        } else {
            slot.answer.clone()
        };
        if let Answer::Unread(reason) = &answer {
            self.left.push(Unread { position: place, entity: entity.name, reason: reason.clone() });
        }
        answer
    }

    /// Notes that the answer taken last is of no use.
    pub(super) fn leave(&mut self, entity: &'static Entity, reason: Reason) -> Reason {
        let position = self.next.saturating_sub(1);
        self.left.push(Unread { position, entity: entity.name, reason: reason.clone() });
        reason
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

/// The requests of a batch.
pub(super) struct Plan {
    requests: VecDeque<Vec<Wanted>>,
    answers: Answers,
}

impl Plan {
    /// # Errors
    ///
    /// A key that is not one, with answers that say of every read that it was not sent.
    pub(super) fn new(reads: Vec<BatchRead>, client: &Client) -> Result<Self, Box<(Answers, Error)>> {
        let mut planning = Planning {
            client,
            tables: Tables::default(),
            identities: Identities::default(),
            groups: Vec::new(),
            slots: HashMap::with_capacity(reads.len()),
            open: Vec::new(),
            full: VecDeque::new(),
        };
        let mut answers = Answers {
            slots: Vec::with_capacity(reads.len()),
            places: Vec::with_capacity(reads.len()),
            next: 0,
            now: client.now(),
            left: Vec::new(),
            stop: None,
            requests: 0,
            consumed_capacity: None,
        };
        let mut refusal = None;
        for read in reads {
            let entity = read.entity;
            let slot = match planning.add(read, answers.slots.len()) {
                Ok(slot) => slot,
                Err(error) => {
                    refusal.get_or_insert(error);
                    answers.slots.len()
                }
            };
            if slot == answers.slots.len() {
                answers.slots.push(Slot { answer: Answer::Unread(Reason::NotSent), uses: 0 });
            }
            if let Some(slot) = answers.slots.get_mut(slot) {
                slot.uses += 1;
            }
            answers.places.push((slot, entity));
        }
        if let Some(error) = refusal {
            return Err(Box::new((answers, error)));
        }
        let Planning { mut full, open, .. } = planning;
        full.extend(open.into_iter().map(|request| request.keys));
        Ok(Plan { requests: full, answers })
    }

    /// Sends the requests, as many at once as wanted.
    pub(super) async fn run(self, runtime: Runtime) -> Answers {
        let Plan { mut requests, mut answers } = self;
        let mut under_way: FuturesUnordered<BoxFuture<'static, Settled>> = FuturesUnordered::new();
        let mut deadline = match runtime.deadline.clone() {
            Some(deadline) => deadline.boxed(),
            None => pending().boxed(),
        };
        let mut stop = None;
        loop {
            while stop.is_none() && under_way.len() < runtime.policy.concurrency.max(1) {
                let Some(request) = requests.pop_front() else { break };
                under_way.push(task::of(settle(runtime.clone(), request)));
            }
            if under_way.is_empty() {
                break;
            }
            if stop == Some(Stop::Late) {
                deadline = pending().boxed();
            }
            let settled = match select(under_way.next(), &mut deadline).await {
                Either::Left((Some(settled), _)) => settled,
                Either::Left((None, _)) => break,
                // What is under way knows it too, and comes to its end at once.
                Either::Right(((), _)) => {
                    stop = Some(Stop::Late);
                    continue;
                }
            };
            let Settled { answered, left, stop: stopped, requests: sent, consumed_capacity } = settled;
            stop = stop.or(stopped);
            answers.requests += sent;
            if let Some(capacity) = &consumed_capacity {
                answers.consumed_capacity.get_or_insert_default().add(capacity);
            }
            let left = left.into_iter().map(|wanted| (wanted.slot, Answer::Unread(wanted.reason)));
            for (slot, answer) in answered.into_iter().chain(left) {
                if let Some(slot) = answers.slots.get_mut(slot) {
                    slot.answer = answer;
                }
            }
        }
        answers.stop = stop;
        answers
    }
}

struct Planning<'c> {
    client: &'c Client,
    tables: Tables,
    identities: Identities,
    groups: Vec<Arc<Group>>,
    /// The slot of each key, by the place of its group and its identity.
    slots: HashMap<(usize, Identity), usize>,
    /// Requests with room for more.
    open: Vec<Open>,
    full: VecDeque<Vec<Wanted>>,
}

/// A request with room for more.
#[derive(Default)]
struct Open {
    /// Of different tables.
    groups: Vec<Arc<Group>>,
    keys: Vec<Wanted>,
}

impl Open {
    /// Whether it does not ask the same table in another way.
    fn has_room_for(&self, group: &Arc<Group>) -> bool {
        self.groups.iter().all(|other| Arc::ptr_eq(other, group) || other.table != group.table)
    }

    fn push(&mut self, wanted: Wanted) {
        if !self.groups.iter().any(|group| Arc::ptr_eq(group, &wanted.group)) {
            self.groups.push(Arc::clone(&wanted.group));
        }
        self.keys.push(wanted);
    }
}

impl Planning<'_> {
    /// The slot in which the answer to this read will be: a new one, or that of an equal read before.
    fn add(&mut self, read: BatchRead, new_slot: usize) -> Result<usize, Error> {
        let operation = Operation::BatchGetItem.name();
        let entity = read.entity;
        let (place, group) = self.group(&read);
        let head = read.head.map_err(|error| encode_error(entity, operation, error))?;
        let identity = self
            .identities
            .of_head(entity, &head)
            .map_err(|error| Error::decode(entity.name, operation, error))?;
        let identity = Identity::from(identity);
        match self.slots.entry((place, Identity::clone(&identity))) {
            Entry::Occupied(known) => return Ok(*known.get()),
            Entry::Vacant(slot) => slot.insert(new_slot),
        };
        self.place(Wanted { group, head, identity, slot: new_slot, reason: Reason::NotSent });
        Ok(new_slot)
    }

    fn group(&mut self, read: &BatchRead) -> (usize, Arc<Group>) {
        let table = self.tables.resolve(self.client, read.entity, &read.overrides);
        let known = self.groups.iter().enumerate().find(|(_, group)| {
            // Equal names share their memory.
            Arc::ptr_eq(&group.table, &table)
                && group.projection == read.projection
                && group.live == read.live
                && group.is_consistent == read.is_consistent
        });
        if let Some((place, group)) = known {
            return (place, Arc::clone(group));
        }
        let group = Arc::new(Group {
            table,
            entity: read.entity,
            projection: read.projection.clone(),
            live: read.live,
            is_consistent: read.is_consistent,
        });
        self.groups.push(Arc::clone(&group));
        (self.groups.len() - 1, group)
    }

    /// Puts the key into the first request that has room and does not ask the same table in another way.
    fn place(&mut self, wanted: Wanted) {
        let place = self.open.iter().position(|request| request.has_room_for(&wanted.group));
        let place = place.unwrap_or_else(|| {
            self.open.push(Open::default());
            self.open.len() - 1
        });
        let Some(request) = self.open.get_mut(place) else { return };
        request.push(wanted);
        if request.keys.len() >= limits::BATCH_KEYS {
            self.full.push_back(self.open.remove(place).keys);
        }
    }
}
