//! Sealed cursors.

use super::*;
use crate::cursor::CursorKeys;

const NONCE: [u8; 24] = [9; 24];

fn cursor() -> Cursor {
    parse(r#"{"lastKey":{"pk":{"S":"secret"},"sk":{"N":"4711"}},"sort":"ASC"}"#).unwrap()
}

fn unseal(keys: &CursorKeys, context: &[u8], text: &str) -> Result<Cursor, Reason> {
    Cursor::unseal(keys, context, text).map_err(|refused| refused.reason())
}

#[test]
fn the_right_key_and_context_open_it() {
    let keys = CursorKeys::new([1; 32]);
    let text = cursor().seal(&keys, b"tenant").unwrap();
    assert_eq!(unseal(&keys, b"tenant", &text), Ok(cursor()));
    assert_ne!(text, cursor().seal(&keys, b"tenant").unwrap(), "each has a nonce of its own");
    let other = CursorKeys::new([2; 32]);
    assert_eq!(unseal(&other, b"tenant", &text), Err(Reason::Seal));
    for context in [&b""[..], b"tenant2", b"tenan"] {
        assert_eq!(unseal(&keys, context, &text), Err(Reason::Seal));
    }
}

#[test]
fn a_key_is_not_recognised_by_its_id_alone() {
    let keys = CursorKeys::new([1; 32]);
    let text = cursor().seal(&keys, b"").unwrap();
    let mut bytes = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(&text).unwrap();
    // Under the id of another key that is accepted too.
    let other = cursor().seal(&CursorKeys::new([2; 32]), b"").unwrap();
    let other = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(other).unwrap();
    assert_ne!(bytes[1..5], other[1..5]);
    bytes[1..5].copy_from_slice(&other[1..5]);
    let forged = base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes);
    assert_eq!(unseal(&keys.and_older([2; 32]), b"", &forged), Err(Reason::Seal));
}

#[test]
fn keys_can_be_changed() {
    let seal = |keys: &CursorKeys| cursor().seal(keys, b"").unwrap();
    let (old, new) = (CursorKeys::new([1; 32]), CursorKeys::new([2; 32]).and_older([1; 32]));
    assert_eq!(unseal(&new, b"", &seal(&old)), Ok(cursor()));
    assert_eq!(unseal(&old, b"", &seal(&new)), Err(Reason::Seal));
    let text = seal(&new);
    assert_eq!(unseal(&old.and_older([2; 32]), b"", &text), Ok(cursor()));
}

#[test]
fn the_format_is_stable() {
    let text = cursor().seal_with_nonce(&CursorKeys::new([1; 32]), b"tenant", NONCE).unwrap();
    // Computed by another implementation of XChaCha20-Poly1305.
    assert_eq!(
        text,
        "AaJwRr8JCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQmIz9P3LbJzByoPylg1PoJbyIe12vNarQ7V-psROWURDlQWJ8is90Haz8ALoqnM7Ua2\
         wUOgmGSdV1dPO45ypU6SJHGWfrxwuVxX4V_ET7P28Q"
    );
}

#[test]
fn every_change_of_a_byte_is_refused() {
    let keys = CursorKeys::new([1; 32]);
    let text = cursor().seal_with_nonce(&keys, b"tenant", NONCE).unwrap();
    for at in 0..text.len() {
        for byte in b"ABQgwz059-_=+/ ".iter().copied().filter(|byte| *byte != text.as_bytes()[at]) {
            let mut changed = text.clone().into_bytes();
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            assert!(unseal(&keys, b"tenant", &changed).is_err(), "byte {at}: {changed}");
        }
        assert!(unseal(&keys, b"tenant", &text[..at]).is_err(), "cut at {at}");
    }
    for changed in [format!("{text}="), format!("{text}A"), format!(" {text}"), format!("{text}\n")] {
        assert!(unseal(&keys, b"tenant", &changed).is_err(), "{changed:?}");
    }
    // The last character has bits that stand for nothing; they may not be anything.
    let bytes = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(&text).unwrap();
    assert_eq!(base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes), text);
}

#[test]
fn what_was_never_sealed_is_refused() {
    let keys = CursorKeys::new([1; 32]);
    assert_eq!(unseal(&keys, b"", ""), Err(Reason::Empty));
    assert_eq!(unseal(&keys, b"", "AQ"), Err(Reason::Seal));
    assert_eq!(unseal(&keys, b"", &cursor().to_string()), Err(Reason::Encoding), "padded");
    assert_eq!(unseal(&keys, b"", cursor().to_string().trim_end_matches('=')), Err(Reason::Seal));
    assert_eq!(unseal(&keys, b"", &"A".repeat(text::MAX_TEXT + 1)), Err(Reason::TooLong));
    assert!(
        cursor().seal(&keys, b"").unwrap().parse::<Cursor>().is_err(),
        "and one that was is no plain cursor"
    );
}

#[test]
fn the_length_tells_little_and_the_text_nothing() {
    let keys = CursorKeys::new([1; 32]);
    let length = |value: &str| {
        let json = format!(r#"{{"lastKey":{{"a":{{"S":"{value}"}}}}}}"#);
        parse(&json).unwrap().seal(&keys, b"").unwrap().len()
    };
    assert_eq!(length("a"), length("abc"));
    assert_eq!(format!("{keys:?}"), "CursorKeys { current: CursorKey(…), older: [] }");
}

proptest! {
    #[test]
    fn what_was_sealed_opens(cursor in cursors(), context: Vec<u8>, key: [u8; 32], nonce: [u8; 24]) {
        let keys = CursorKeys::new(key);
        let text = cursor.seal_with_nonce(&keys, &context, nonce).unwrap();
        prop_assert_eq!(unseal(&keys, &context, &text), Ok(cursor));
    }

    #[test]
    fn what_is_not_sealed_does_not(text in "[A-Za-z0-9_-]{0,200}") {
        prop_assert!(unseal(&CursorKeys::new([1; 32]), b"", &text).is_err());
    }
}
