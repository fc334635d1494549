//! Everything of a record's JSON but its images, of which only the places are noted.
//!
//! Lambda's form and the streams API's differ in the case of the identity's names, and in how a time is written; both are read.

use super::record::{EventKind, Parts, StreamView, Text};
use crate::timestamp::Timestamp;
use crate::wire::{DecodeError, DecodeErrorKind, Reader};
use std::borrow::Cow;
use std::ops::Range;

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// Reads one record. Places are counted from the start of the reader's text.
pub(super) fn read(input: &mut Reader<'_>) -> Result<Parts> {
    let (mut kind, mut change, mut expired) = (None, None, false);
    let (mut event_id, mut source_arn, mut region) = (None, None, None);
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(input)? {
        let read = match &*name {
            "eventName" => event_kind(input).map(|read| kind = Some(read)),
            "dynamodb" => Change::read(input).map(|read| change = Some(read)),
            "userIdentity" => is_service(input).map(|read| expired = read),
            "eventID" => text(input).map(|read| event_id = read),
            "eventSourceARN" => text(input).map(|read| source_arn = read),
            "awsRegion" => text(input).map(|read| region = read),
            _ => input.skip(),
        };
        read.map_err(|error| error.in_attribute(&name))?;
    }
    let kind = kind.ok_or_else(|| DecodeError::missing("eventName"))?;
    let change = change.ok_or_else(|| DecodeError::missing("dynamodb"))?;
    let keys = change.keys.ok_or_else(|| DecodeError::missing("Keys").in_attribute("dynamodb"))?;
    Ok(Parts {
        kind,
        keys,
        new: change.new,
        old: change.old,
        event_id,
        sequence_number: change.sequence_number,
        source_arn,
        region,
        created: change.created,
        view: change.view,
        expired: expired && kind == EventKind::Remove,
    })
}

/// The sequence number of a record that is damaged elsewhere.
pub(super) fn sequence_number(record: &str) -> Option<String> {
    let mut input = Reader::new(record.as_bytes()).ok()?;
    let mut members = input.begin_object().ok()?;
    while let Some(name) = members.next(&mut input).ok()? {
        if name != "dynamodb" {
            input.skip().ok()?;
            continue;
        }
        let mut members = input.begin_object().ok()?;
        while let Some(name) = members.next(&mut input).ok()? {
            if name == "SequenceNumber" {
                return input.json_string().ok().map(Cow::into_owned);
            }
            input.skip().ok()?;
        }
        return None;
    }
    None
}

/// The member `dynamodb`.
#[derive(Default)]
struct Change {
    keys: Option<Range<usize>>,
    new: Option<Range<usize>>,
    old: Option<Range<usize>>,
    sequence_number: Option<Text>,
    created: Option<Timestamp>,
    view: Option<StreamView>,
}

impl Change {
    fn read(input: &mut Reader<'_>) -> Result<Self> {
        let mut change = Change::default();
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(input)? {
            let read = match &*name {
                "Keys" => object(input).map(|read| change.keys = read),
                "NewImage" => object(input).map(|read| change.new = read),
                "OldImage" => object(input).map(|read| change.old = read),
                "SequenceNumber" => text(input).map(|read| change.sequence_number = read),
                "ApproximateCreationDateTime" => time(input).map(|read| change.created = read),
                "StreamViewType" => view(input).map(|read| change.view = read),
                _ => input.skip(),
            };
            read.map_err(|error| error.in_attribute(&name))?;
        }
        Ok(change)
    }
}

/// Where an item stands. An empty one is none: every item has a key.
fn object(input: &mut Reader<'_>) -> Result<Option<Range<usize>>> {
    if input.take_json_null()? {
        return Ok(None);
    }
    let json = input.raw_value()?;
    let end = input.position();
    match json.strip_prefix('{') {
        Some(members) => Ok((members.trim_start() != "}").then(|| end - json.len()..end)),
        None => Err(DecodeError::invalid("an object of attributes").at(end - json.len())),
    }
}

/// A string, or nothing where it is null.
fn text(input: &mut Reader<'_>) -> Result<Option<Text>> {
    if input.take_json_null()? {
        return Ok(None);
    }
    Ok(Some(match input.json_string()? {
        Cow::Borrowed(text) => {
            let end = input.position().saturating_sub(1);
            Text::At(end.saturating_sub(text.len())..end)
        }
        Cow::Owned(text) => Text::Owned(text.into()),
    }))
}

fn event_kind(input: &mut Reader<'_>) -> Result<EventKind> {
    let position = input.position();
    match &*input.json_string()? {
        "INSERT" => Ok(EventKind::Insert),
        "MODIFY" => Ok(EventKind::Modify),
        "REMOVE" => Ok(EventKind::Remove),
        _ => Err(DecodeError::invalid("INSERT, MODIFY or REMOVE").at(position)),
    }
}

/// The view type; one that is not known says nothing.
fn view(input: &mut Reader<'_>) -> Result<Option<StreamView>> {
    if input.take_json_null()? {
        return Ok(None);
    }
    Ok(match &*input.json_string()? {
        "KEYS_ONLY" => Some(StreamView::KeysOnly),
        "NEW_IMAGE" => Some(StreamView::NewImage),
        "OLD_IMAGE" => Some(StreamView::OldImage),
        "NEW_AND_OLD_IMAGES" => Some(StreamView::NewAndOldImages),
        _ => None,
    })
}

/// Whether it was DynamoDB's service that made the change, which it does only with expired items.
fn is_service(input: &mut Reader<'_>) -> Result<bool> {
    if input.take_json_null()? {
        return Ok(false);
    }
    let (mut service, mut dynamodb) = (false, false);
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(input)? {
        // A null, which says nothing, is passed over.
        if input.take_json_null()? {
            continue;
        }
        match &*name {
            "type" | "Type" => service = input.json_string()? == "Service",
            "principalId" | "PrincipalId" => dynamodb = input.json_string()? == "dynamodb.amazonaws.com",
            _ => input.skip()?,
        }
    }
    Ok(service && dynamodb)
}

/// A time in seconds, or as text, which some tools make of it. What is no time is none: it is only approximate.
fn time(input: &mut Reader<'_>) -> Result<Option<Timestamp>> {
    if input.take_json_null()? {
        return Ok(None);
    }
    let mark = input.save();
    match input.json_string() {
        Ok(text) => return Ok(text.parse().ok()),
        Err(error) if *error.kind() != DecodeErrorKind::Syntax => return Err(error),
        Err(_) => input.restore(mark),
    }
    let seconds: f64 = input.json_number()?.parse().unwrap_or(f64::NAN);
    // A double holds the microseconds of any time that can be meant. A NaN, and what is out of range, end as no time.
    let micros = (seconds * 1e6).round();
    let nanos = micros.is_finite().then(|| (micros as i128).checked_mul(1000)).flatten();
    Ok(nanos.and_then(|nanos| Timestamp::from_unix_nanos(nanos).ok()))
}
