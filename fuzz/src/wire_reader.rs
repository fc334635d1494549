//! What must hold for any bytes that are read as a response body: the body of the fuzz target, and of its
//! bounded run in the tests.

use theory::wire::{DecodeError, Reader, Writer, size};

use crate::value::Item;

/// Reads the bytes in every way there is, and checks that the ways agree.
pub(crate) fn check(data: &[u8]) {
    let skipped = skip(data);
    let read = Item::decode(data);
    if let Ok(item) = &read {
        assert_eq!(skipped, Ok(()), "what can be read can be skipped");
        assert!(size::item_size(data).unwrap_or(0) <= data.len(), "JSON is never shorter than the item");

        let mut writer = Writer::new();
        item.write(&mut writer);
        match writer.finish() {
            Ok(written) => {
                assert_eq!(Item::decode(&written).as_ref(), Ok(item), "reading undoes writing");
                assert_eq!(size::item_size(&written).map_err(|_| ()), item.size(), "sizes agree");
            }
            // A body can hold what DynamoDB would not store: an empty set, text for a number.
            Err(error) => assert!(!item.is_storable(), "{error}"),
        }
    }
    for error in [skipped.err(), read.err()].into_iter().flatten() {
        assert!(error.position().is_some_and(|position| position <= data.len()), "{error:?}");
    }
    for start in 0..data.len().min(16) {
        every_typed_read(&data[start..]);
    }
}

fn skip(data: &[u8]) -> Result<(), DecodeError> {
    let mut reader = Reader::new(data)?;
    reader.skip()?;
    reader.end()
}

/// Asks for every type at the place, whatever stands there, and checks that a place can be come back to.
fn every_typed_read(data: &[u8]) {
    let Ok(reader) = Reader::new(data) else { return };
    macro_rules! try_each {
        ($($read:expr),+ $(,)?) => {$({
            let mut at = reader.clone();
            let start = at.save();
            let read: fn(&mut Reader<'_>) -> bool = $read;
            let first = read(&mut at);
            assert!(at.position() <= data.len());
            at.restore(start);
            assert_eq!(read(&mut at), first, "the same place reads the same");
        })+};
    }
    try_each!(
        |r| r.string().is_ok(),
        |r| r.number().is_ok(),
        |r| r.boolean().is_ok(),
        |r| r.binary().is_ok(),
        |r| r.take_null().is_ok(),
        |r| r.integer::<u8>().is_ok(),
        |r| r.integer::<i64>().is_ok(),
        |r| r.integer::<u128>().is_ok(),
        |r| r.integer::<i128>().is_ok(),
        |r| r.float32().is_ok_and(f32::is_finite),
        |r| r.float64().is_ok_and(f64::is_finite),
        |r| r.peek_type().is_ok(),
        |r| r.begin_map().is_ok(),
        |r| r.begin_list().is_ok(),
        |r| r.begin_string_set().is_ok(),
        |r| r.begin_number_set().is_ok(),
        |r| r.begin_binary_set().is_ok(),
        |r| r.json_string().is_ok(),
        |r| r.json_binary().is_ok(),
        |r| r.json_number().is_ok(),
        |r| r.json_bool().is_ok(),
        |r| r.take_json_null().is_ok(),
        |r| r.raw_value().is_ok(),
        |r| r.skip_value().is_ok(),
        |r| r.end().is_ok(),
    );
}
