//! The answer to one BatchGetItem. Items are decoded as they are found, so that nothing is kept of what they were read from.

use super::get::Answer;
use super::get_answers::{At, Items};
use super::get_request::{Group, Wanted};
use super::left::Reason;
use super::write_request::same_table;
use crate::client::{Client, Operation};
use crate::lifecycle::Ttl;
use crate::op::identity::Identities;
use crate::op::parts::decode_error;
use crate::op::{ConsumedCapacity, transaction};
use crate::timestamp::Timestamp;
use crate::wire::{DecodeError, Reader};
use bytes::Bytes;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One answer.
pub(super) struct Page {
    /// Answers by the positions of their reads.
    pub(super) answered: Vec<(usize, Answer<At>)>,
    /// How many items there were.
    pub(super) items: usize,
    /// For each key in the order of the request, whether it was given back.
    pub(super) unprocessed: Vec<bool>,
    pub(super) consumed_capacity: Option<ConsumedCapacity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Neither an item nor unprocessed.
    NotFound,
    Found,
    Unprocessed,
}

impl Page {
    /// Reads the answer to a request for these, and puts what it found among the items.
    ///
    /// # Errors
    ///
    /// What is no such answer. An item that does not fit its type is none: that is the answer to a read.
    pub(super) fn read(
        body: &Bytes,
        groups: &[Group],
        keys: &[Wanted],
        found: &mut Items,
        client: &Client,
    ) -> Result<Self, DecodeError> {
        let identities = KeyIdentities::of(groups, keys)?;
        let mut now = None;
        let mut answered = Vec::with_capacity(keys.len());
        let mut fates = vec![Fate::NotFound; keys.len()];
        let mut items = 0;
        let mut consumed_capacity = None;
        let mut has_responses = false;
        let mut input = Reader::new(body)?;
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(&mut input)? {
            if input.take_json_null()? {
                continue;
            }
            match &*name {
                "Responses" => {
                    has_responses = true;
                    let mut tables = input.begin_object()?;
                    while let Some(table) = tables.next(&mut input)? {
                        let mut asked = Asked::of(&table, groups, keys, &identities);
                        let mut array = input.begin_array()?;
                        while array.next(&mut input)? {
                            let wanted = asked.find(&mut input, &mut fates, Fate::Found)?;
                            let group = groups.get(wanted.group);
                            let live = group
                                .and_then(|group| group.live)
                                .map(|ttl| (ttl, *now.get_or_insert_with(|| client.now())));
                            decode(wanted, &mut input, live, found, &mut answered)?;
                            items += 1;
                        }
                    }
                }
                "UnprocessedKeys" => {
                    let mut tables = input.begin_object()?;
                    while let Some(table) = tables.next(&mut input)? {
                        let mut asked = Asked::of(&table, groups, keys, &identities);
                        let mut members = input.begin_object()?;
                        while let Some(name) = members.next(&mut input)? {
                            if name != "Keys" {
                                input.skip()?;
                                continue;
                            }
                            let mut unprocessed = input.begin_array()?;
                            while unprocessed.next(&mut input)? {
                                asked.find(&mut input, &mut fates, Fate::Unprocessed)?;
                                input.skip()?;
                            }
                        }
                    }
                }
                "ConsumedCapacity" => transaction::add_capacity(&mut input, &mut consumed_capacity)?,
                _ => input.skip()?,
            }
        }
        input.end()?;
        for (wanted, fate) in keys.iter().zip(&fates) {
            if *fate == Fate::NotFound {
                // Without it, that an item does not exist would be said by silence.
                if !has_responses {
                    return Err(DecodeError::missing("Responses"));
                }
                answered.extend(wanted.places().map(|place| (place.position, Answer::NotFound)));
            }
        }
        Ok(Page {
            answered,
            items,
            unprocessed: fates.into_iter().map(|fate| fate == Fate::Unprocessed).collect(),
            consumed_capacity,
        })
    }
}

/// Decodes the item that stands next, once for each place that wants it: its types need not be `Clone`, nor the same.
fn decode(
    wanted: &Wanted,
    input: &mut Reader<'_>,
    live: Option<(&Ttl, Timestamp)>,
    items: &mut Items,
    answered: &mut Vec<(usize, Answer<At>)>,
) -> Result<(), DecodeError> {
    let start = input.save();
    let mut is_behind = false;
    for place in wanted.places() {
        input.restore(start);
        let decoded = items.read(place.kind, input, live);
        is_behind = decoded.is_ok();
        let answer = match decoded {
            Ok(Some(at)) => Answer::Found(at),
            Ok(None) => Answer::NotFound,
            Err(error) => {
                let error = decode_error(place.entity, Operation::BatchGetItem.name(), error);
                Answer::Unread(Reason::Failed(Arc::new(error)))
            }
        };
        answered.push((place.position, answer));
    }
    if !is_behind {
        input.restore(start);
        input.skip()?;
    }
    Ok(())
}

/// The identities of a request's keys.
struct KeyIdentities {
    bytes: Vec<u8>,
    /// In the order of the request.
    ranges: Vec<Range<usize>>,
}

impl KeyIdentities {
    fn of(groups: &[Group], keys: &[Wanted]) -> Result<Self, DecodeError> {
        let mut identities = Identities::default();
        let room = keys.iter().map(|wanted| wanted.head.len()).sum();
        let mut all =
            KeyIdentities { bytes: Vec::with_capacity(room), ranges: Vec::with_capacity(keys.len()) };
        for wanted in keys {
            let start = all.bytes.len();
            // As an item of the answer is identified: as the group's entity, of several with one key.
            if let Some(group) = groups.get(wanted.group) {
                all.bytes.extend_from_slice(identities.of_head(group.entity, &wanted.head)?);
            }
            all.ranges.push(start..all.bytes.len());
        }
        Ok(all)
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.ranges.iter().map(|range| self.bytes.get(range.clone()).unwrap_or_default())
    }
}

/// The keys of one table.
struct Asked<'k> {
    keys: &'k [Wanted],
    group: Option<&'k Group>,
    /// By their identities, their places in the request.
    places: HashMap<&'k [u8], usize>,
    identities: Identities,
}

impl<'k> Asked<'k> {
    fn of(table: &str, groups: &'k [Group], keys: &'k [Wanted], identities: &'k KeyIdentities) -> Self {
        let is_of_table: Vec<bool> = groups.iter().map(|group| same_table(&group.table, table)).collect();
        let mut group = None;
        let mut places = HashMap::with_capacity(keys.len());
        for ((place, wanted), identity) in keys.iter().enumerate().zip(identities.iter()) {
            if is_of_table.get(wanted.group) == Some(&true) {
                group = group.or(groups.get(wanted.group));
                places.insert(identity, place);
            }
        }
        Asked { keys, group, places, identities: Identities::default() }
    }

    /// The key of the item or key that stands next, which has this fate. What stands there is still to be read.
    fn find(
        &mut self,
        input: &mut Reader<'_>,
        fates: &mut [Fate],
        fate: Fate,
    ) -> Result<&'k Wanted, DecodeError> {
        let unknown = || DecodeError::invalid("an item of the request");
        let group = self.group.ok_or_else(unknown)?;
        let start = input.save();
        let identity = self.identities.of_item(group.entity, input)?;
        let place = *self.places.get(identity).ok_or_else(unknown)?;
        input.restore(start);
        *fates.get_mut(place).ok_or_else(unknown)? = fate;
        self.keys.get(place).ok_or_else(unknown)
    }
}
