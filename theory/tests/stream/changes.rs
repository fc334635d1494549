//! Records as changes of an entity.

use serde_json::{Value as Json, json};
use theory::stream::{Change, Keys, Record, RemovalCause};
use theory::{Attribute, ErrorKind, Item, Projection, Table};

use crate::{Order, order, order_key, parse, record};

fn total(total: u32) -> Order {
    Order { customer: "ada".into(), order_id: 7, total }
}

fn key() -> Keys<Order> {
    Keys(("ada".to_owned(), 7))
}

/// The three kinds of records in a stream of this view type.
fn all(view: &str, old: bool, new: bool) -> [Record; 3] {
    let image = |wanted: bool, total| if wanted { order(total) } else { Json::Null };
    [("INSERT", false, true), ("MODIFY", true, true), ("REMOVE", true, false)].map(|(name, was, is)| {
        let change = json!({
            "OldImage": image(was && old, 10), "NewImage": image(is && new, 25), "StreamViewType": view,
        });
        parse(&record(name, &order_key(), change))
    })
}

#[test]
fn each_view_type_has_a_type() {
    let (old, new) = (total(10), total(25));
    assert_eq!(
        all("NEW_AND_OLD_IMAGES", true, true).map(|record| record.change::<Order>().unwrap().unwrap()),
        [
            Change::Inserted { new: new.clone() },
            Change::Modified { old: old.clone(), new: new.clone() },
            Change::Removed { old: old.clone() }
        ]
    );
    assert_eq!(
        all("NEW_IMAGE", false, true)
            .map(|record| record.read::<Change<Order, Keys<Order>>>().unwrap().unwrap()),
        [
            Change::Inserted { new: new.clone() },
            Change::Modified { old: key(), new: new.clone() },
            Change::Removed { old: key() }
        ]
    );
    assert_eq!(
        all("OLD_IMAGE", true, false)
            .map(|record| record.read::<Change<Keys<Order>, Order>>().unwrap().unwrap()),
        [
            Change::Inserted { new: key() },
            Change::Modified { old: old.clone(), new: key() },
            Change::Removed { old: old.clone() }
        ]
    );
    assert_eq!(
        all("KEYS_ONLY", false, false).map(|record| record.read::<Change<Keys<Order>>>().unwrap().unwrap()),
        [
            Change::Inserted { new: key() },
            Change::Modified { old: key(), new: key() },
            Change::Removed { old: key() }
        ]
    );
    for record in all("KEYS_ONLY", false, false) {
        assert_eq!(record.change_keys::<Order>().unwrap(), Some(("ada".to_owned(), 7)));
        assert!(record.key::<Order>().unwrap().is_some());
    }
}

#[test]
fn a_missing_image_names_the_view_type_that_is_needed() {
    let [inserted, modified, removed] = all("NEW_IMAGE", false, true);
    assert!(inserted.change::<Order>().unwrap().is_some(), "it needs no old image");
    for record in [modified, removed] {
        let error = record.change::<Order>().unwrap_err();
        assert_eq!((error.kind(), error.entity()), (ErrorKind::MissingImage, "Order"));
        assert_eq!(
            error.to_string(),
            "missing image: GetRecords of `Order`: the record has no old image; the view type of the stream must be \
             NEW_AND_OLD_IMAGES, or OLD_IMAGE where the new image is `Keys<…>`, and is NEW_IMAGE"
        );
    }
    let [inserted, ..] = all("KEYS_ONLY", false, false);
    let error = inserted.read::<Change<Order, Keys<Order>>>().unwrap_err();
    assert!(error.to_string().contains("or NEW_IMAGE where the old image is `Keys<…>`, and is KEYS_ONLY"));
}

/// Entities of one table, told apart by an attribute that can hold one value only, or by the type of the key.
mod shop {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Attribute)]
    #[attribute(rename_all = "snake_case")]
    pub(super) enum BookKind {
        Book,
    }

    #[derive(Debug, Clone, PartialEq, Attribute)]
    #[attribute(rename_all = "snake_case")]
    pub(super) enum LampKind {
        Lamp,
    }

    #[derive(Debug, Clone, PartialEq, Table)]
    #[table(name = "shop")]
    pub(super) struct Book {
        #[table(pk)]
        pub(super) id: String,
        pub(super) kind: BookKind,
        pub(super) pages: u32,
    }

    #[derive(Debug, Clone, PartialEq, Table)]
    #[table(name = "shop")]
    pub(super) struct Lamp {
        #[table(pk)]
        pub(super) id: String,
        pub(super) kind: LampKind,
        pub(super) watts: u32,
    }

    #[derive(Debug, PartialEq, Table)]
    #[table(name = "counters")]
    pub(super) struct Counter {
        #[table(pk)]
        pub(super) id: u64,
    }
}
use shop::{Book, BookKind, Counter, Lamp, LampKind};

#[test]
fn entities_are_told_apart_by_what_they_declare() {
    let keys = json!({"id": {"S": "x"}});
    let book = json!({"id": {"S": "x"}, "kind": {"S": "book"}, "pages": {"N": "90"}});
    let lamp = json!({"id": {"S": "x"}, "kind": {"S": "lamp"}, "watts": {"N": "40"}});
    let a_book = Book { id: "x".into(), kind: BookKind::Book, pages: 90 };
    let a_lamp = Lamp { id: "x".into(), kind: LampKind::Lamp, watts: 40 };

    let inserted = parse(&record("INSERT", &keys, json!({"NewImage": book})));
    assert_eq!(inserted.change::<Book>().unwrap(), Some(Change::Inserted { new: a_book.clone() }));
    assert_eq!(inserted.change::<Lamp>().unwrap(), None);
    assert_eq!(inserted.change::<Order>().unwrap(), None, "another key");
    assert_eq!(inserted.change::<Counter>().unwrap(), None, "a key of another type");
    assert_eq!(inserted.text("kind").unwrap().as_deref(), Some("book"));
    assert!(inserted.key::<Order>().unwrap().is_none());
    assert!(inserted.change_keys::<Counter>().unwrap().is_none());

    // Written over by an item of another entity: gone for the one, new for the other.
    let modified = parse(&record("MODIFY", &keys, json!({"OldImage": book, "NewImage": lamp})));
    assert_eq!(modified.change::<Book>().unwrap(), Some(Change::Removed { old: a_book.clone() }));
    assert_eq!(modified.change::<Lamp>().unwrap(), Some(Change::Inserted { new: a_lamp.clone() }));

    // The image that is there tells for the other.
    let half = parse(&record("MODIFY", &keys, json!({"NewImage": lamp})));
    assert_eq!(half.read::<Change<Book, Keys<Book>>>().unwrap(), None);
    assert_eq!(
        half.read::<Change<Lamp, Keys<Lamp>>>().unwrap(),
        Some(Change::Modified { old: Keys(("x".to_owned(),)), new: a_lamp })
    );

    // Without the attribute it is taken for the entity, and is not lost silently.
    let bare = parse(&record("INSERT", &keys, json!({"NewImage": {"id": {"S": "x"}, "pages": {"N": "1"}}})));
    let error = bare.change::<Book>().unwrap_err();
    assert_eq!((error.kind(), error.attribute()), (ErrorKind::MissingAttribute, Some("kind")));
    // What it is that cannot be read is also for those told who print no sources: most logs.
    let damaged = json!({"NewImage": {"id": {"S": "x"}, "kind": {"S": "book"}, "pages": {"S": "many"}}});
    let error = parse(&record("INSERT", &keys, damaged)).change::<Book>().unwrap_err();
    assert_eq!((error.kind(), error.attribute()), (ErrorKind::Decode, Some("pages")));
    assert!(error.to_string().contains("attribute `pages`"), "{error}");
}

#[test]
fn images_are_read_as_anything_that_an_item_is_read_as() {
    #[derive(Debug, PartialEq, Projection)]
    #[projection(of = Order)]
    struct Total {
        total: u32,
    }
    let change = json!({"OldImage": order(10), "NewImage": order(25)});
    let modified = parse(&record("MODIFY", &order_key(), change));
    assert_eq!(modified.new_image::<Total>().unwrap(), Some(Total { total: 25 }));
    assert_eq!(modified.old_image::<Item>().unwrap().unwrap().len(), 3);
    assert_eq!(
        modified.keys().unwrap(),
        Item::from([("customer", theory::Value::from("ada")), ("order_id", 7.into())])
    );
    let (change, whole) = modified.read::<(Change<Order>, Record)>().unwrap().unwrap();
    let (is, was) = change.into_images();
    assert_eq!((is.unwrap().total, was.unwrap().total), (25, 10));
    assert_eq!(whole.sequence_number(), modified.sequence_number());
}

#[test]
fn an_old_image_is_read_as_an_old_item_is() {
    #[derive(Debug, PartialEq, Table)]
    #[table(name = "notes", upgrade = mend)]
    struct Note {
        #[table(pk)]
        id: String,
        #[table(default)]
        stars: u8,
        #[table(alias = "text")]
        body: String,
        words: usize,
    }
    fn mend(item: &mut Item) {
        let words = item.get("text").and_then(theory::Value::as_s).map_or(0, |text| text.split(' ').count());
        item.insert("words", words as u64);
    }
    let record = parse(&record(
        "MODIFY",
        &json!({"id": {"S": "n"}}),
        json!({
            "OldImage": {"id": {"S": "n"}, "text": {"S": "how it was"}},
            "NewImage": {"id": {"S": "n"}, "body": {"S": "now"}, "stars": {"N": "5"}, "words": {"N": "1"}},
        }),
    ));
    let note = |stars, body: &str, words| Note { id: "n".into(), stars, body: body.into(), words };
    assert_eq!(
        record.change().unwrap(),
        Some(Change::Modified { old: note(0, "how it was", 3), new: note(5, "now", 1) })
    );
}

#[test]
fn only_dynamodbs_own_removals_are_expiries() {
    let service = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    let upper = json!({"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"});
    let other = json!({"type": "Service", "principalId": "replication.dynamodb.amazonaws.com"});
    let partial = json!({"type": null, "principalId": "dynamodb.amazonaws.com", "more": [1]});
    for (name, identity, cause) in [
        ("REMOVE", service.clone(), Some(RemovalCause::Ttl)),
        ("REMOVE", upper, Some(RemovalCause::Ttl)),
        ("REMOVE", other, Some(RemovalCause::Unknown)),
        ("REMOVE", partial, Some(RemovalCause::Unknown)),
        ("REMOVE", Json::Null, Some(RemovalCause::Unknown)),
        ("MODIFY", service, None),
    ] {
        let mut record = record(name, &order_key(), json!({"OldImage": order(1), "NewImage": order(2)}));
        record["userIdentity"] = identity.clone();
        assert_eq!(parse(&record).removal_cause(), cause, "{name} by {identity}");
    }
}

/// An entity that a guard could be read as.
#[derive(Debug, PartialEq, Table)]
#[table(name = "users")]
struct User {
    #[table(pk)]
    id: String,
    #[table(unique)]
    email: Option<String>,
}

#[test]
fn guards_of_unique_values_are_no_items() {
    for (id, is_item) in [("ada", true), ("theory.unique#User.email#S1:a", false)] {
        let keys = json!({"id": {"S": id}});
        let image = json!({"id": {"S": id}, "theory.owner": {"S": "{}"}});
        let change = json!({"NewImage": image, "StreamViewType": "NEW_AND_OLD_IMAGES"});
        let record = parse(&record("INSERT", &keys, change));
        assert_eq!(record.change::<User>().unwrap().is_some(), is_item);
        assert_eq!(record.key::<User>().unwrap().is_some(), is_item);
    }
}
