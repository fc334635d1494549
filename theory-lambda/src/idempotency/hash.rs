//! What tells one payload from another: SHA-256 of its canonical JSON.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The hash of a payload, in hexadecimal digits.
///
/// The canonical form is compact JSON with the members of every object in the order of their names, as UTF-8, so that neither
/// a `HashMap`'s order nor that of a struct's fields matters. A number is written as serde_json does.
///
/// # Errors
///
/// Where the payload cannot be JSON.
pub(super) fn request_hash<P: Serialize + ?Sized>(payload: &P) -> Result<String, serde_json::Error> {
    hash(&serde_json::to_value(payload)?)
}

fn hash(payload: &Value) -> Result<String, serde_json::Error> {
    let mut json = Vec::new();
    write(payload, &mut json)?;
    Ok(Sha256::digest(&json).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// Writes the members of objects in their order, whatever the features of serde_json make of its maps.
fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            out.push(b'{');
            for (place, (name, value)) in members.into_iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, name)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
        Value::Array(elements) => {
            out.push(b'[');
            for (place, element) in elements.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write(element, out)?;
            }
            out.push(b']');
        }
        scalar => serde_json::to_writer(out, scalar)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    fn canonical(value: &Value) -> String {
        let mut json = Vec::new();
        write(value, &mut json).unwrap();
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn members_are_in_the_order_of_their_names() {
        let value = json!({"b": [1, {"z": null, "y": "ä\n"}], "a": {"d": 1.5, "c": true}});
        assert_eq!(canonical(&value), r#"{"a":{"c":true,"d":1.5},"b":[1,{"y":"ä\n","z":null}]}"#);
    }

    #[test]
    fn the_order_of_a_map_does_not_matter() {
        let names: Vec<String> = (0..50).map(|n| format!("n{n}")).collect();
        let forward: HashMap<_, _> = names.iter().map(|name| (name, 1)).collect();
        let backward: HashMap<_, _> = names.iter().rev().map(|name| (name, 1)).collect();
        assert_eq!(request_hash(&forward).unwrap(), request_hash(&backward).unwrap());
    }

    /// As `printf '%s' '{"a":1,"b":"x"}' | sha256sum` says.
    #[test]
    fn the_hash_is_sha_256() {
        assert_eq!(
            request_hash(&json!({"b": "x", "a": 1})).unwrap(),
            "ecf9e98ec0641e23113ff3ce8bdc78d0ddd249886517fd4a7f68cc83d4e65667"
        );
        assert_ne!(request_hash(&(1, 2)).unwrap(), request_hash(&(2, 1)).unwrap());
        assert_ne!(request_hash(&u64::MAX).unwrap(), request_hash(&(u64::MAX - 1)).unwrap());
    }
}
