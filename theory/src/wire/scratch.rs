//! One growing buffer a thread, so that a body costs one allocation of the right size.

use super::stamp::Places;
use super::{EncodeError, Writer};
use std::cell::Cell;

/// A larger buffer is given back after use: DynamoDB's items end at 400 KB.
const KEEP: usize = 1024 * 1024;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What `write` wrote, with `spare` bytes of capacity behind it.
///
/// # Errors
///
/// The first failure of the writer.
pub(crate) fn encode(spare: usize, write: impl FnOnce(&mut Writer)) -> Result<Vec<u8>, EncodeError> {
    placed(spare, write).map(|(body, _)| body)
}

/// As [`encode`], and where the stamps are.
///
/// # Errors
///
/// The first failure of the writer.
pub(crate) fn placed(
    spare: usize,
    write: impl FnOnce(&mut Writer),
) -> Result<(Vec<u8>, Places), EncodeError> {
    // A nested call finds an empty buffer and works all the same.
    let mut writer = Writer::with_buffer(BUFFER.take());
    write(&mut writer);
    let result = match writer.error() {
        Some(error) => Err(error.clone()),
        None => {
            let written = writer.written();
            let mut body = Vec::with_capacity(written.len() + spare);
            body.extend_from_slice(written);
            Ok((body, writer.places()))
        }
    };
    let buffer = writer.into_buffer();
    if buffer.capacity() <= KEEP {
        BUFFER.set(buffer);
    }
    result
}
