//! The event that a function is called with.

use super::envelope;
use super::record::{Record, not_a_record};
use crate::error::{Error, Result};
use crate::wire::{DecodeError, Reader};
use bytes::Bytes;
use std::fmt;

/// The records that Lambda calls a function with, or that the streams API answers to GetRecords.
///
/// Reading it cuts the JSON into records and notes where the images stand; no image is read, and nothing of it is copied. With the
/// feature `serde` it can be the payload of a `LambdaEvent`: it then takes the JSON as it is.
///
/// A record that is damaged is one [`UndecodableRecord`] among the others.
#[derive(Debug, Clone, Default)]
pub struct StreamEvent {
    records: Vec<Result<Record, UndecodableRecord>>,
    is_windowed: bool,
}

/// A record of an event that is none, with the reason.
#[derive(Clone)]
#[non_exhaustive]
pub struct UndecodableRecord {
    /// Its sequence number, if that can be read.
    pub sequence_number: Option<String>,
    /// Why it is no record.
    pub error: DecodeError,
    /// What stands in its place: the JSON of the event, or what is written of a record of the crate `aws_lambda_events`.
    pub json: String,
}

impl StreamEvent {
    /// Reads an event.
    ///
    /// # Errors
    ///
    /// Where the bytes are not JSON, or have no array `Records`.
    pub fn from_json(json: impl Into<Bytes>) -> Result<Self> {
        let json = json.into();
        read(&json).map_err(not_a_record)
    }

    /// The records, in the order of the stream.
    pub fn records(&self) -> impl ExactSizeIterator<Item = Result<&Record, &UndecodableRecord>> {
        self.records.iter().map(Result::as_ref)
    }

    /// The records, owned.
    pub fn into_records(self) -> Vec<Result<Record, UndecodableRecord>> {
        self.records
    }

    /// Whether it belongs to a tumbling window: then Lambda wants the window's state for an answer.
    pub fn is_windowed(&self) -> bool {
        self.is_windowed
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

impl FromIterator<Record> for StreamEvent {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        StreamEvent { records: records.into_iter().map(Ok).collect(), is_windowed: false }
    }
}

impl FromIterator<Result<Record, UndecodableRecord>> for StreamEvent {
    fn from_iter<I: IntoIterator<Item = Result<Record, UndecodableRecord>>>(records: I) -> Self {
        StreamEvent { records: records.into_iter().collect(), is_windowed: false }
    }
}

fn read(json: &Bytes) -> Result<StreamEvent, DecodeError> {
    let mut input = Reader::new(json)?;
    let (mut records, mut is_windowed) = (None, false);
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        match &*name {
            "Records" => records = Some(read_records(json, &mut input)?),
            "window" => {
                is_windowed = input.raw_value()? != "null";
            }
            _ => input.skip()?,
        }
    }
    input.end()?;
    let records = records.ok_or_else(|| DecodeError::missing("Records"))?;
    Ok(StreamEvent { records, is_windowed })
}

fn read_records(
    json: &Bytes,
    input: &mut Reader<'_>,
) -> Result<Vec<Result<Record, UndecodableRecord>>, DecodeError> {
    let mut records = Vec::new();
    let mut elements = input.begin_array()?;
    while elements.next(input)? {
        let start = input.save();
        records.push(match envelope::read(input) {
            Ok(parts) => Ok(Record { json: json.clone(), parts }),
            Err(error) => {
                // What is no JSON at all spoils the event, because nobody knows where the next record begins.
                input.restore(start);
                let json = input.raw_value()?.to_owned();
                Err(UndecodableRecord { sequence_number: envelope::sequence_number(&json), error, json })
            }
        });
    }
    Ok(records)
}

/// Without what stands in the record's place.
impl fmt::Debug for UndecodableRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UndecodableRecord")
            .field("sequence_number", &self.sequence_number)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for UndecodableRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a record of a stream")
    }
}

impl std::error::Error for UndecodableRecord {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<UndecodableRecord> for Error {
    fn from(record: UndecodableRecord) -> Self {
        not_a_record(record.error)
    }
}

impl From<&UndecodableRecord> for Error {
    fn from(record: &UndecodableRecord) -> Self {
        not_a_record(record.error.clone())
    }
}

/// Takes the JSON as it is, without a tree of values; only a deserializer of `serde_json` can give it.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for StreamEvent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json: Box<str> = Box::<serde_json::value::RawValue>::deserialize(deserializer)?.into();
        StreamEvent::from_json(json.into_string()).map_err(|error| {
            let reason = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            serde::de::Error::custom(format_args!("not an event of a stream: {reason}"))
        })
    }
}
