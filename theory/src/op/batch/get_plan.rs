//! From reads to requests of up to 100 keys.
//!
//! BatchGetItem has projection and consistency once for each table of a request, and refuses a key that stands there twice. So reads of
//! one table that differ in these go into different requests, and equal ones are asked for once. The requests are made one by one while
//! others are under way.

use super::attempts::{MOST_REFUSED, Settled, settle};
use super::get::BatchRead;
use super::get_answers::Answers;
use super::get_request::{Group, Place, Reads, Wanted};
use super::left::{Reason, Stop};
use super::policy::Runtime;
use super::tables::Tables;
use super::task;
use crate::client::{Client, Operation};
use crate::error::Error;
use crate::op::identity::Identities;
use crate::op::parts::encode_error;
use crate::wire::DecodeError;
use futures_util::future::{BoxFuture, Either, pending, select};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::vec;
use theory_schema::{Entity, limits};

/// The requests of a batch.
pub(super) struct Plan {
    requests: Requests,
    groups: Arc<[Group]>,
    answers: Answers,
}

impl Plan {
    /// Sends the requests, as many at once as wanted.
    pub(super) async fn run(self, runtime: Runtime) -> Answers {
        let Plan { mut requests, groups, mut answers } = self;
        let mut under_way: FuturesUnordered<BoxFuture<'static, Settled<Reads>>> = FuturesUnordered::new();
        let mut deadline = match runtime.deadline.clone() {
            Some(deadline) => deadline.boxed(),
            None => pending().boxed(),
        };
        let mut stop = None;
        let mut refused = 0;
        loop {
            while stop.is_none() && under_way.len() < runtime.policy.concurrency.max(1) {
                let Some(request) = requests.next() else { break };
                under_way.push(task::of(settle(runtime.clone(), Reads::of(Arc::clone(&groups)), request)));
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
            let Settled { work, left, refused: more, stop: stopped, requests: sent } = settled;
            refused += more;
            let too_many = (refused > MOST_REFUSED).then_some(Stop::Failed);
            stop = stop.or(stopped).or(too_many);
            answers.requests += sent;
            if let Some(capacity) = &work.consumed_capacity {
                answers.consumed_capacity.get_or_insert_default().add(capacity);
            }
            answers.put(work.answered, work.items);
            for wanted in left {
                for place in wanted.places() {
                    answers.leave(place.position, wanted.reason.clone());
                }
            }
        }
        answers.stop = stop;
        answers
    }
}

/// Finds out which reads are equal.
pub(super) struct Planning<'c> {
    client: &'c Client,
    tables: Tables,
    groups: Vec<Group>,
    /// The entity and the group of the last read, if its table has the client's name.
    last: Option<(&'static Entity, usize)>,
    wanted: Vec<Wanted>,
    known: Known,
    answers: Answers,
    refusal: Option<Error>,
}

impl<'c> Planning<'c> {
    pub(super) fn with_room_for(reads: usize, client: &'c Client) -> Self {
        Planning {
            client,
            tables: Tables::default(),
            groups: Vec::new(),
            last: None,
            wanted: Vec::with_capacity(reads),
            known: Known::with_room_for(reads),
            answers: Answers::with_room_for(reads),
            refusal: None,
        }
    }

    pub(super) fn add(&mut self, read: BatchRead) {
        let position = self.answers.add(read.entity);
        if let Err(error) = self.plan(position, read) {
            self.refusal.get_or_insert(error);
        }
    }

    /// # Errors
    ///
    /// The first key that is not one, with answers that say of every read that it was not sent.
    pub(super) fn finish(self) -> Result<Plan, Box<(Answers, Error)>> {
        let Planning { groups, wanted, answers, refusal, .. } = self;
        match refusal {
            Some(error) => Err(Box::new((answers, error))),
            None => {
                let requests = Requests { groups: groups.into(), keys: wanted.into_iter(), open: Vec::new() };
                Ok(Plan { groups: Arc::clone(&requests.groups), requests, answers })
            }
        }
    }

    fn plan(&mut self, position: usize, read: BatchRead) -> Result<(), Error> {
        let operation = Operation::BatchGetItem.name();
        let group = self.group(&read);
        let BatchRead { entity, head, kind, .. } = read;
        let head = head.map_err(|error| encode_error(entity, operation, error))?;
        let place = Place { position, entity, kind };
        let wanted = Wanted { group, head, place, others: Vec::new(), reason: Reason::NotSent };
        let equal = self
            .known
            .find_or_insert(&wanted, &self.wanted)
            .map_err(|error| Error::decode(entity.name, operation, error))?;
        match equal.and_then(|equal| self.wanted.get_mut(equal)) {
            Some(equal) => equal.others.push(place),
            None => self.wanted.push(wanted),
        }
        Ok(())
    }

    fn group(&mut self, read: &BatchRead) -> usize {
        let is_as = |group: &Group| {
            group.projection == read.projection
                && group.live == read.live
                && group.is_consistent == read.is_consistent
        };
        let is_named = read.overrides.table_name().is_some();
        if let Some((entity, last)) = self.last
            && !is_named
            && std::ptr::eq(entity, read.entity)
            && self.groups.get(last).is_some_and(is_as)
        {
            return last;
        }
        let table = self.tables.resolve(self.client, read.entity, &read.overrides);
        // Equal names share their memory.
        let known = self.groups.iter().position(|group| Arc::ptr_eq(&group.table, &table) && is_as(group));
        let number = known.unwrap_or_else(|| {
            self.groups.push(Group {
                table,
                entity: read.entity,
                projection: read.projection.clone(),
                live: read.live,
                is_consistent: read.is_consistent,
            });
            self.groups.len() - 1
        });
        self.last = (!is_named).then_some((read.entity, number));
        number
    }
}

/// The keys that were met, by hashes of them: no copy is made of so many, and where two hashes are equal, the keys are compared.
struct Known {
    hasher: RandomState,
    /// Places in the list of what is wanted.
    by_hash: HashMap<u64, usize, BuildHasherDefault<AsItIs>>,
    identities: Identities,
    others: Identities,
}

impl Known {
    fn with_room_for(keys: usize) -> Self {
        Known {
            hasher: RandomState::new(),
            by_hash: HashMap::with_capacity_and_hasher(keys, BuildHasherDefault::default()),
            identities: Identities::default(),
            others: Identities::default(),
        }
    }

    /// The place of an equal key, if there is one. Otherwise this one will stand at the end of `all`.
    fn find_or_insert(&mut self, wanted: &Wanted, all: &[Wanted]) -> Result<Option<usize>, DecodeError> {
        let identity = self.identities.of_head(wanted.place.entity, &wanted.head)?;
        let mut hash = self.hasher.hash_one(identity);
        loop {
            match self.by_hash.entry(hash) {
                Entry::Vacant(vacant) => {
                    vacant.insert(all.len());
                    return Ok(None);
                }
                Entry::Occupied(known) => {
                    if let Some(other) = all.get(*known.get())
                        && wanted.group == other.group
                        && self.others.of_head(other.place.entity, &other.head)? == identity
                    {
                        return Ok(Some(*known.get()));
                    }
                }
            }
            hash = hash.wrapping_add(1);
        }
    }
}

/// A hash is not hashed again.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Fills requests with keys.
struct Requests {
    groups: Arc<[Group]>,
    keys: vec::IntoIter<Wanted>,
    /// Requests with room for more.
    open: Vec<Open>,
}

/// A request with room for more.
#[derive(Default)]
struct Open {
    /// Of different tables.
    groups: Vec<usize>,
    keys: Vec<Wanted>,
}

impl Requests {
    /// The next request: full ones before those that could hold more.
    fn next(&mut self) -> Option<Vec<Wanted>> {
        while let Some(wanted) = self.keys.next() {
            if let Some(full) = self.place(wanted) {
                return Some(full);
            }
        }
        (!self.open.is_empty()).then(|| self.open.remove(0).keys)
    }

    /// Puts the key into the first request that has room and does not ask the same table in another way; returns it if it is full then.
    fn place(&mut self, wanted: Wanted) -> Option<Vec<Wanted>> {
        let group = wanted.group;
        let place = self.open.iter().position(|request| request.groups.contains(&group));
        let place = place.or_else(|| {
            let table = &self.groups.get(group)?.table;
            let is_other =
                |number: &usize| self.groups.get(*number).is_none_or(|other| other.table != *table);
            self.open.iter().position(|request| request.groups.iter().all(is_other))
        });
        let place = place.unwrap_or_else(|| {
            self.open.push(Open {
                groups: Vec::new(),
                keys: Vec::with_capacity(self.keys.len().min(limits::BATCH_KEYS - 1) + 1),
            });
            self.open.len() - 1
        });
        let request = self.open.get_mut(place)?;
        if !request.groups.contains(&group) {
            request.groups.push(group);
        }
        request.keys.push(wanted);
        (request.keys.len() >= limits::BATCH_KEYS).then(|| self.open.remove(place).keys)
    }
}
