//! However an item is laid out, it reads the same.

use proptest::prelude::*;
use theory::wire::{Reader, size};

use crate::strategies::{Dice, Layout, item, lay_out};
use crate::value::Item;

proptest! {
    #[test]
    fn any_layout_reads_the_same(item in item(), seed in any::<u64>(), wild in 0usize..6) {
        let json = lay_out(&item, seed, wild);
        prop_assert_eq!(Item::decode(json.as_bytes()), Ok(item), "{}", json);
    }

    #[test]
    fn any_layout_can_be_skipped(item in item(), seed in any::<u64>(), wild in 0usize..6) {
        let json = lay_out(&item, seed, wild);
        let mut reader = Reader::new(json.as_bytes()).unwrap();
        prop_assert_eq!(reader.raw_value().unwrap().trim(), json.trim());
        prop_assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn json_is_never_shorter_than_dynamodb_counts(item in item(), seed in any::<u64>(), wild in 0usize..6) {
        let json = lay_out(&item, seed, wild);
        prop_assert!(item.size().unwrap() <= size::item_size(json.as_bytes()).unwrap());
        prop_assert!(size::item_size(json.as_bytes()).unwrap() <= json.len());
    }

    #[test]
    fn unknown_members_are_passed_over(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut layout = Layout { out: String::new(), dice: &mut dice, wild: 3 };
        layout.junk(0);
        let junk = layout.out;
        let json = format!("{{\"before\":{junk},\"v\":{{\"S\":\"x\"}},\"after\":{junk}}}");
        let mut reader = Reader::new(json.as_bytes()).unwrap();
        let mut members = reader.begin_object().unwrap();
        let mut seen = Vec::new();
        while let Some(name) = members.next(&mut reader).unwrap() {
            if name == "v" {
                prop_assert_eq!(reader.string().unwrap(), "x");
            } else {
                prop_assert_eq!(reader.raw_value().unwrap().trim(), junk.trim());
            }
            seen.push(name);
        }
        prop_assert_eq!(seen, ["before", "v", "after"]);
        prop_assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn layouts_satisfy_the_fuzz_target(item in item(), seed in any::<u64>(), wild in 0usize..6) {
        crate::wire_reader::check(lay_out(&item, seed, wild).as_bytes());
    }
}

/// An item's JSON above which the library measures the item really is above DynamoDB's count, type by type:
/// the shortest value of each type, where the margin is smallest.
#[test]
fn the_shortest_values_are_longer_as_json() {
    for (value, counted) in [
        (r#"{"S":""}"#, 0),
        (r#"{"N":"0"}"#, 1),
        (r#"{"N":"-1"}"#, 3),
        (r#"{"B":""}"#, 0),
        (r#"{"BOOL":true}"#, 1),
        (r#"{"NULL":true}"#, 1),
        (r#"{"M":{}}"#, 3),
        (r#"{"L":[]}"#, 3),
        (r#"{"L":[{"N":"1"},{"N":"1"}]}"#, 3 + 2 * 3),
        (r#"{"M":{"":{"N":"1"}}}"#, 3 + 3),
        (r#"{"SS":["é"]}"#, 2),
        (r#"{"NS":["1","22","333"]}"#, 2 + 2 + 3),
        (r#"{"BS":["AAAA"]}"#, 3),
        (r#"{"N":"12345678901234567890123456789012345678"}"#, 20),
    ] {
        let json = format!("{{\"a\":{value}}}");
        assert_eq!(size::item_size(json.as_bytes()), Ok(1 + counted), "{json}");
        assert!(counted < value.len());
    }
}
