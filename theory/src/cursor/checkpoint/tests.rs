//! The text of checkpoints: what comes back, and what is refused.

use super::{InvalidCheckpointReason as Reason, ScanCheckpoint};
use crate::cursor::{Cursor, InvalidCursorReason};

fn text(json: &str) -> String {
    base64_simd::URL_SAFE.encode_to_string(json)
}

fn parse(json: &str) -> Result<ScanCheckpoint, Reason> {
    text(json).parse().map_err(|refused: super::InvalidCheckpoint| refused.reason())
}

fn checkpoint() -> ScanCheckpoint {
    let cursor: Cursor =
        text(r#"{"lastKey":{"pk":{"S":"a"},"sk":{"N":"1.50"}},"sort":"ASC"}"#).parse().unwrap();
    let mut checkpoint = ScanCheckpoint::start("orders", Some("by_status"), 1_000_000);
    checkpoint.fresh = 7;
    checkpoint.begun = [(2, Some(cursor)), (6, None)].into();
    checkpoint
}

#[test]
fn a_checkpoint_is_its_text() {
    let checkpoint = checkpoint();
    assert_eq!(
        (checkpoint.segments(), checkpoint.finished(), checkpoint.is_finished()),
        (1_000_000, 5, false)
    );
    let text = checkpoint.to_string();
    assert_eq!(text.parse(), Ok(checkpoint.clone()));
    assert_eq!(text.trim_end_matches('=').parse(), Ok(checkpoint.clone()));
    let json = base64_simd::URL_SAFE.decode_to_vec(text).unwrap();
    assert_eq!(
        String::from_utf8(json).unwrap(),
        r#"{"table":"orders","index":"by_status","segments":1000000,"fresh":7,"begun":[{"segment":2,"at":{"lastKey":{"pk":{"S":"a"},"sk":{"N":"1.50"}},"sort":"ASC"}},{"segment":6}]}"#
    );
    assert!(!format!("{checkpoint:?}").contains("1.50"));
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let syntax = Err(Reason::Text(InvalidCursorReason::Syntax));
    assert!(
        parse(r#"{"table":"t","segments":1,"fresh":1,"begun":[],"later":[1]}"#)
            .is_ok_and(|it| it.is_finished())
    );
    assert!(parse(r#"{"table":"t","segments":1,"fresh":0}"#).is_ok());
    for json in [
        "{}",
        "[]",
        "null",
        r#"{"lastKey":{"pk":{"S":"a"}}}"#,
        r#"{"segments":1,"fresh":1,"begun":[]}"#,
        r#"{"table":"","segments":1,"fresh":1,"begun":[]}"#,
        r#"{"table":"t","segments":0,"fresh":0,"begun":[]}"#,
        r#"{"table":"t","segments":1000001,"fresh":0,"begun":[]}"#,
        r#"{"table":"t","segments":-1,"fresh":0,"begun":[]}"#,
        r#"{"table":"t","segments":1.5,"fresh":0,"begun":[]}"#,
        r#"{"table":"t","segments":2,"fresh":3,"begun":[]}"#,
        r#"{"table":"t","segments":2,"begun":[]}"#,
        r#"{"table":"t","segments":2,"fresh":1,"begun":[{"segment":1}]}"#,
        r#"{"table":"t","segments":2,"fresh":2,"begun":[{"segment":1},{"segment":1}]}"#,
        r#"{"table":"t","segments":2,"fresh":2,"begun":[{}]}"#,
        r#"{"table":"t","segments":2,"fresh":2,"begun":[{"segment":1,"at":{}}]}"#,
        r#"{"table":"t","segments":2,"fresh":2,"begun":[{"segment":1,"at":{"lastKey":{"a":{"BOOL":true}}}}]}"#,
        r#"{"table":"t","segments":2,"segments":2,"fresh":2,"begun":[]}"#,
        r#"{"table":"t","segments":1,"fresh":1,"begun":[]} x"#,
    ] {
        assert_eq!(parse(json), syntax, "{json}");
    }
    let reason = |text: &str| text.parse::<ScanCheckpoint>().unwrap_err().reason();
    assert_eq!(reason(" "), Reason::Text(InvalidCursorReason::Empty));
    assert_eq!(reason("%%%"), Reason::Text(InvalidCursorReason::Encoding));
    assert_eq!(reason(&"A".repeat(16 << 20 | 1)), Reason::Text(InvalidCursorReason::TooLong));
    // A cut text is none.
    let whole = checkpoint().to_string();
    for end in 0..whole.trim_end_matches('=').len() - 1 {
        assert!(whole[..end].parse::<ScanCheckpoint>().is_err(), "{end}");
    }
}

#[cfg(feature = "seal")]
#[test]
fn sealed_it_is_neither_read_nor_taken_for_a_cursor() {
    let keys = crate::cursor::CursorKeys::new([3; 32]);
    let (checkpoint, sealed) = (checkpoint(), InvalidCursorReason::Seal);
    let text = checkpoint.seal(&keys, b"nightly").unwrap();
    assert_eq!(ScanCheckpoint::unseal(&keys, b"nightly", &text), Ok(checkpoint));
    let refused = ScanCheckpoint::unseal(&keys, b"weekly", &text).unwrap_err();
    assert_eq!(refused.reason(), Reason::Text(sealed));
    assert_eq!(Cursor::unseal(&keys, b"nightly", &text).unwrap_err().reason(), sealed);
    assert!(text.parse::<ScanCheckpoint>().is_err());
}
