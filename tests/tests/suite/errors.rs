//! Each kind of error that an engine can bring about, and that none of them shows a value.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

use serde_json::{Value as Json, json};
use theory::client::{CreateTables, DeleteTables, Overrides};
use theory::op::Undecodable;
use theory::wire::{AttributeType, DecodeError, DecodeErrorKind};
use theory::{Error, ErrorKind, Item, Table};

use crate::support::{Bench, with_tables};
use crate::thing::{Part, Thing};

/// Where values would be, and where they must never come out.
const MARKER: &str = "s3cr3t-m4rk3r";

/// Checks that neither form of an error shows a value.
#[track_caller]
fn discreet(error: Error) -> Error {
    let (display, debug) = (error.to_string(), format!("{error:?} {error:#?}"));
    assert!(!display.contains(MARKER) && !debug.contains(MARKER), "{display}\n{debug}");
    error
}

/// A full thing, as the JSON in which it is stored.
async fn stored(bench: &Bench) -> Json {
    Thing::full("a", 1).put().send(&bench.client).await.unwrap();
    bench.get_json("things", json!({"owner": {"S": "a"}, "number": {"N": "1"}})).await
}

/// Writes the thing with changes, and reads it.
async fn read(bench: &Bench, change: impl FnOnce(&mut Json)) -> Result<Option<Thing>, Error> {
    let mut item = stored(bench).await;
    change(&mut item);
    bench.put_json("things", item).await;
    Thing::get("a", 1).consistent_read().send(&bench.client).await
}

#[tokio::test]
async fn what_others_wrote_is_read_as_it_is() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        assert_eq!(read(bench, |_| ()).await.unwrap(), Some(Thing::full("a", 1)));
    })
    .await;
}

#[tokio::test]
async fn decode_errors_name_entity_attribute_and_types() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let text = || json!({ "S": MARKER });
        type Change = fn(&mut Json, Json);
        let cases: [(&str, AttributeType, Change); 11] = [
            // The keys of maps are data too.
            ("map[key]", AttributeType::S, |item, wrong| item["map"]["M"][MARKER] = wrong),
            ("part.domain[key]", AttributeType::S, |item, wrong| {
                item["part"]["M"]["domain"]["M"][MARKER] = wrong
            }),
            ("count", AttributeType::S, |item, wrong| item["count"] = wrong),
            ("flag", AttributeType::S, |item, wrong| item["flag"] = wrong),
            ("tags", AttributeType::S, |item, wrong| item["tags"] = wrong),
            ("bytes", AttributeType::S, |item, wrong| item["bytes"] = wrong),
            ("values[1]", AttributeType::S, |item, wrong| item["values"]["L"][1] = wrong),
            ("part.size", AttributeType::S, |item, wrong| item["part"]["M"]["size"] = wrong),
            ("parts[1].values[2]", AttributeType::S, |item, wrong| {
                item["parts"]["L"][1]["M"]["values"]["L"][2] = wrong;
            }),
            ("maybe_part", AttributeType::S, |item, wrong| item["maybe_part"] = wrong),
            ("odd name.with[0] #:\"é 🎬", AttributeType::S, |item, wrong| {
                item["odd name.with[0] #:\"é 🎬"] = wrong;
            }),
        ];
        for (attribute, found, change) in cases {
            let error = discreet(read(bench, |item| change(item, text())).await.unwrap_err());
            assert_eq!(
                (error.kind(), error.entity(), error.operation()),
                (ErrorKind::Decode, "Thing", Some("GetItem"))
            );
            assert!(error.is_decode() && !error.is_ambiguous());
            let source = error.source().unwrap();
            let decode = source.downcast_ref::<DecodeError>().expect("it says what and where");
            assert_eq!(
                (decode.attribute().as_deref(), error.attribute()),
                (Some(attribute), Some(attribute))
            );
            assert_eq!((*decode.kind(), decode.found()), (DecodeErrorKind::Mismatch, Some(found)));
            assert_eq!(decode.entity(), Some("Thing"));
            let message = source.to_string();
            for part in ["`Thing`", attribute, "expected", "found a string (S)"] {
                assert!(message.contains(part), "{part} in {message}");
            }
            assert!(!message.contains(MARKER), "{message}");
        }
        // The right type, and a value that the Rust type cannot hold.
        for (attribute, value) in [
            ("limit", json!({"N": "-1"})),
            ("limit", json!({"N": "99999999999999999999999"})),
            ("count", json!({"N": "1.5"})),
            ("state", json!({ "S": MARKER })),
            ("when", json!({ "S": MARKER })),
            ("shape", json!({"M": {"kind": {"S": MARKER}}})),
            ("pair", json!({"L": [{"S": MARKER}]})),
        ] {
            let error = discreet(read(bench, |item| item[attribute] = value).await.unwrap_err());
            assert_eq!(error.kind(), ErrorKind::Decode, "{attribute}");
            let decode = error.source().unwrap().downcast_ref::<DecodeError>().unwrap();
            assert!(decode.attribute().unwrap().starts_with(attribute), "{decode}");
            assert!(
                !decode.to_string().contains(MARKER) && !format!("{decode:?}").contains(MARKER),
                "{decode}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn missing_attributes_are_named() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        for name in ["text", "count", "list", "part", "shape"] {
            let error =
                read(bench, |item| drop(item.as_object_mut().unwrap().remove(name))).await.unwrap_err();
            let error = discreet(error);
            assert_eq!((error.kind(), error.attribute()), (ErrorKind::MissingAttribute, Some(name)));
            assert!(error.is_decode());
            assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
        }
        let nested = read(bench, |item| drop(item["part"]["M"].as_object_mut().unwrap().remove("name")));
        let error = nested.await.unwrap_err();
        assert_eq!((error.kind(), error.attribute()), (ErrorKind::MissingAttribute, Some("part.name")));
        // What may be missing may be: options and sets. NULL is absence too.
        let lenient = read(bench, |item| {
            for name in ["maybe_text", "maybe_part", "tags", "blobs"] {
                item.as_object_mut().unwrap().remove(name);
            }
            for name in ["maybe_count", "maybe_list", "scores"] {
                item[name] = json!({"NULL": true});
            }
        });
        let expected = Thing {
            maybe_text: None,
            maybe_part: None,
            maybe_count: None,
            maybe_list: None,
            tags: BTreeSet::new(),
            blobs: BTreeSet::new(),
            scores: BTreeSet::new(),
            ..Thing::full("a", 1)
        };
        assert_eq!(lenient.await.unwrap(), Some(expected));
    })
    .await;
}

#[tokio::test]
async fn an_old_item_that_cannot_be_read_is_an_error_of_its_own() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let mut item = stored(bench).await;
        item["count"] = json!({ "S": MARKER });
        bench.put_json("things", item).await;
        let failed = Thing::full("a", 1).create().return_old_on_failure().send(client).await.unwrap_err();
        let failed = discreet(failed);
        assert_eq!(failed.kind(), ErrorKind::ConditionFailed);
        let unreadable = discreet(failed.old_item::<Thing>().unwrap_err());
        assert_eq!((unreadable.kind(), unreadable.entity()), (ErrorKind::Decode, "Thing"));
        assert_eq!(failed.old_item::<Item>().unwrap().unwrap().get("count"), Some(&MARKER.into()));
        let kept: Option<Result<Thing, Undecodable>> = failed.old_item().unwrap();
        assert_eq!(kept.unwrap().unwrap_err().error.attribute().as_deref(), Some("count"));
    })
    .await;
}

#[tokio::test]
async fn tables_that_are_not_there_and_those_that_are() {
    theory_tests::for_each_engine(async |sandbox| {
        let bench = Bench::new(sandbox);
        let client = &bench.client;
        let thing = Thing::full(MARKER, 1);
        for error in [
            thing.put().send(client).await.unwrap_err(),
            thing.create().send(client).await.unwrap_err(),
            Thing::get(MARKER, 1).send(client).await.unwrap_err(),
            Thing::update(MARKER, 1).set(Thing::TEXT, MARKER).send(client).await.unwrap_err(),
            Thing::delete(MARKER, 1).send(client).await.unwrap_err(),
            Thing::query(MARKER).all(client).await.unwrap_err(),
            Thing::query(MARKER).count(client).await.unwrap_err(),
            Thing::scan().first(client).await.unwrap_err(),
            DeleteTables::of(&[Thing::SCHEMA]).send(client).await.unwrap_err(),
        ] {
            let error = discreet(error);
            assert_eq!((error.kind(), error.entity()), (ErrorKind::TableNotFound, "Thing"));
            assert!(error.is_table_not_found() && !error.is_ambiguous() && !error.is_retryable());
            assert_eq!(error.code(), Some("ResourceNotFoundException"));
            assert!(error.request_id().is_some());
        }
        assert!(client.describe_table(Thing::SCHEMA).await.unwrap().is_none());
        DeleteTables::of(&[Thing::SCHEMA]).skip_missing().send(client).await.unwrap();

        CreateTables::of(&[Thing::SCHEMA]).send(client).await.unwrap();
        let error = CreateTables::of(&[Thing::SCHEMA]).send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TableInUse);
        CreateTables::of(&[Thing::SCHEMA]).skip_existing().send(client).await.unwrap();
        thing.create().send(client).await.unwrap();
        DeleteTables::of(&[Thing::SCHEMA]).send(client).await.unwrap();
        assert!(Thing::get(MARKER, 1).send(client).await.unwrap_err().is_table_not_found());
    })
    .await;
}

#[tokio::test]
async fn every_error_keeps_values_to_itself() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let text = || MARKER.to_owned();
        let thing = Thing {
            text: text(),
            tags: [text()].into(),
            map: [(text(), 1)].into(),
            list: vec![text()],
            maybe_text: Some(text()),
            ..Thing::full(MARKER, 1)
        };
        thing.create().send(client).await.unwrap();
        let update = || Thing::update(MARKER, 1);
        let long = MARKER.repeat(200);
        Thing::bare(MARKER, 2).create().send(client).await.unwrap();
        let errors = [
            (ErrorKind::ConditionFailed, thing.create().send(client).await.map(drop)),
            (ErrorKind::ConditionFailed, thing.create().return_old_on_failure().send(client).await.map(drop)),
            (ErrorKind::ConditionFailed, update().condition(Thing::TEXT.ne(MARKER)).send(client).await),
            // The engine's own messages quote what it was sent.
            (ErrorKind::Validation, update().set(Thing::COUNT, Thing::VALUES.index(99)).send(client).await),
            (
                ErrorKind::Validation,
                Thing::update(MARKER, 2)
                    .set(Thing::MAYBE_PART.then(Part::DOMAIN).key(MARKER), 1)
                    .send(client)
                    .await,
            ),
            (
                ErrorKind::InvalidRequest,
                update().set(Thing::TEXT, MARKER).set(Thing::TEXT, "x").send(client).await,
            ),
            (
                ErrorKind::InvalidRequest,
                update().set(Thing::MAP.key(MARKER), 1).set(Thing::MAP.key(MARKER), 2).send(client).await,
            ),
            (
                ErrorKind::InvalidRequest,
                update().condition(Thing::TEXT.between(MARKER, "a")).send(client).await,
            ),
            (
                ErrorKind::InvalidRequest,
                update()
                    .condition(Thing::TEXT.is_in((0..200).map(|n| format!("{MARKER}{n}"))))
                    .send(client)
                    .await,
            ),
            (ErrorKind::Encode, Thing::get(&long, 1).send(client).await.map(drop)),
            (ErrorKind::Encode, Thing::query(&long).all(client).await.map(drop)),
            (
                ErrorKind::Encode,
                update().set(Thing::RATIO, f64::NAN).set(Thing::TEXT, MARKER).send(client).await,
            ),
            (
                ErrorKind::ItemTooLarge,
                Thing { text: MARKER.repeat(40_000), ..thing.clone() }.put().send(client).await,
            ),
            (ErrorKind::NotFound, Thing::query(MARKER).sort_key(9).one(client).await.map(drop)),
            (ErrorKind::TableNotFound, thing.put().table("no-such-table").send(client).await),
        ];
        for (kind, result) in errors {
            let error = discreet(result.unwrap_err());
            assert_eq!(error.kind(), kind, "{error:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_there() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        if bench.sandbox.embedded().is_some() {
            return;
        }
        // A port on which nothing listens: no attempt ever left, so nothing is in doubt.
        let nowhere = Overrides::new().endpoint_url("http://127.0.0.1:9").max_attempts(1);
        let client = bench.client.with_overrides(nowhere.timeout(Duration::from_secs(30)));
        let error = discreet(Thing::update(MARKER, 1).add(Thing::COUNT, 1).send(&client).await.unwrap_err());
        assert!(error.is_transport() && error.is_retryable() && !error.is_ambiguous(), "{error:?}");
    })
    .await;
}
