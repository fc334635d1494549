//! Every way writes and reads the same value, and the items are what they are said to be.

use theory::wire::Reader;
use theory_benches::cases;
use theory_benches::items::{self, Catalogue, Item, Map, Order, User};
use theory_benches::stock;

fn check<T: Item>(attributes: usize, bytes: std::ops::RangeInclusive<usize>) {
    let item = T::sample();
    assert_eq!(T::SCHEMA.attributes.len(), attributes);
    let response = items::get_response(&item);
    assert!(bytes.contains(&response.len()), "{} bytes", response.len());

    // Written by hand, by serde_dynamo and by this library: the same map.
    let map = item.to_map();
    assert_eq!(map.len(), attributes);
    assert_eq!(serde_dynamo::to_item::<_, Map>(&item).unwrap(), map);
    let ours = stock::response([b"{\"Item\":", &*items::encode(&item), b"}"].concat());
    let deserializer = stock::Deserializer::new();
    assert_eq!(deserializer.item(&ours), map);

    // The SDK's request carries it too.
    let request = stock::Serializer::new().put("table", map.clone());
    let body: serde_json::Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&items::encode(&item)).unwrap();
    assert_eq!(body["TableName"], "table");
    assert_eq!(sorted(body["Item"].clone()), sorted(written));

    // Read by hand, by serde_dynamo and by this library: the same struct.
    assert_eq!(deserializer.item(&stock::response(response.clone())), map);
    assert_eq!(T::from_map(map.clone()), Some(item.clone()));
    assert_eq!(serde_dynamo::from_item::<_, T>(map).unwrap(), item);
    assert_eq!(items::decode::<T>(&response).unwrap(), Some(item.clone()));
    let bare = items::encode(&item);
    assert_eq!(T::from_item(&mut Reader::new(&bare).unwrap()).unwrap(), item);
}

/// The SDK writes the members of a map in any order.
fn sorted(json: serde_json::Value) -> String {
    json.to_string()
}

#[test]
fn a_is_small() {
    check::<User>(8, 338..=338);
}

#[test]
fn b_is_nested() {
    check::<Order>(25, 3_850..=3_950);
}

#[test]
fn c_is_long() {
    check::<Catalogue>(3, 68_500..=69_500);
}

#[test]
fn every_case_runs_and_has_its_own_name() {
    let mut names = std::collections::BTreeSet::new();
    for mut case in cases::all() {
        (case.run)();
        assert!(names.insert(case.name));
    }
}
