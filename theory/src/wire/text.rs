//! Finding the bytes that JSON does not allow to stand plainly in a string, many at a time.
//!
//! They are the quote, the backslash and the control characters. Flipping the second bit of a byte brings the quote
//! next to the control characters, so that two comparisons find all of them: `byte ^ 2 < 0x21`, and the backslash.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Text of at least this many bytes is looked at in whole blocks first.
const LONG: usize = 32;

/// Whether a byte needs an escape, or ends a string.
#[inline(always)]
fn is_special(byte: u8) -> bool {
    (byte ^ 2) < 0x21 || byte == b'\\'
}

/// Marks the special bytes of a word, by their high bits.
///
/// Marks above the first one may be wrong, because the subtraction borrows; the lowest one is exact.
#[inline(always)]
fn special(word: u64) -> u64 {
    let low = word ^ (ONES * 2);
    let backslash = word ^ (ONES * b'\\' as u64);
    ((low.wrapping_sub(ONES * 0x21) & !low) | (backslash.wrapping_sub(ONES) & !backslash)) & HIGHS
}

/// Whether a block has a special byte. The compiler makes vector instructions of it.
#[inline(always)]
fn any_special<const N: usize>(block: &[u8; N]) -> bool {
    block.iter().fold(false, |found, byte| found | ((byte ^ 2) < 0x21) | (*byte == b'\\'))
}

/// The number of leading bytes that are plain.
#[inline]
pub(super) fn plain_prefix(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    // Most strings end within these words, and would only be held up by blocks.
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let marks = special(u64::from_le_bytes(*word));
        if marks != 0 {
            return bytes.len() - rest.len() + (marks.trailing_zeros() / 8) as usize;
        }
        rest = tail;
        if bytes.len() - rest.len() == LONG {
            return LONG + plain_prefix_of_long(rest);
        }
    }
    bytes.len() - rest.len() + plain_prefix_by_bytes(rest)
}

#[inline(never)]
fn plain_prefix_of_long(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((block, tail)) = rest.split_first_chunk::<32>()
        && !any_special(block)
    {
        rest = tail;
    }
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let marks = special(u64::from_le_bytes(*word));
        if marks != 0 {
            return bytes.len() - rest.len() + (marks.trailing_zeros() / 8) as usize;
        }
        rest = tail;
    }
    bytes.len() - rest.len() + plain_prefix_by_bytes(rest)
}

/// For the last few bytes of a body: a string that ends there has something after it.
#[cold]
fn plain_prefix_by_bytes(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| !is_special(**byte)).count()
}

/// Copies text, and says whether all of it is plain. Both sides are equally long.
#[inline]
pub(super) fn copy_plain(from: &[u8], to: &mut [u8]) -> bool {
    if let Some(last) = from.last_chunk::<8>() {
        if from.len() > LONG {
            to.copy_from_slice(from);
            let (blocks, rest) = from.as_chunks::<32>();
            return !blocks.iter().any(any_special) && !rest.iter().any(|byte| is_special(*byte));
        }
        // The last word overlaps the one before it, which does no harm.
        let last = u64::from_le_bytes(*last);
        let mut marks = special(last);
        for (from, to) in from.as_chunks::<8>().0.iter().zip(to.as_chunks_mut::<8>().0) {
            marks |= special(u64::from_le_bytes(*from));
            *to = *from;
        }
        if let Some(to) = to.last_chunk_mut::<8>() {
            *to = last.to_le_bytes();
        }
        return marks == 0;
    }
    let mut special = false;
    for (from, to) in from.iter().zip(to) {
        special |= is_special(*from);
        *to = *from;
    }
    !special
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte, at every place, in text of every length that takes another path.
    #[test]
    fn every_special_byte_is_found_everywhere() {
        for length in 0..100 {
            for filler in [b' ', b'#', b'!', b'a', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                let mut text = vec![filler; length];
                let mut copy = vec![0; length];
                assert_eq!(plain_prefix(&text), length);
                assert!(copy_plain(&text, &mut copy));
                assert_eq!(copy, text);
                for at in 0..length {
                    for byte in
                        [0, 1, 0x0a, 0x1f, b' ', b'!', b'"', b'#', b'[', b'\\', b']', 0x80, 0xa2, 0xff]
                    {
                        text[at] = byte;
                        let plain = !(byte < 0x20 || byte == b'"' || byte == b'\\');
                        assert_eq!(
                            plain_prefix(&text),
                            if plain { length } else { at },
                            "{byte} at {at} of {length}"
                        );
                        assert_eq!(copy_plain(&text, &mut copy), plain, "{byte} at {at} of {length}");
                        assert_eq!(copy, text);
                    }
                    text[at] = filler;
                }
            }
        }
    }

    /// The first of several is found, whatever the borrow of the subtraction does above it.
    #[test]
    fn the_first_special_byte_counts() {
        for first in 0..20 {
            for second in first + 1..20 {
                for pair in
                    [*b"\"\\", *b"\\\"", [0, b'"'], [b'"', 0x21], [b'"', 0x22], [b'\\', b']'], [0x1f, 0x20]]
                {
                    let mut text = [b'x'; 20];
                    text[first] = pair[0];
                    text[second] = pair[1];
                    assert_eq!(plain_prefix(&text), first);
                }
            }
        }
    }
}
