//! Items of an older shape, mended when they are read: `#[table(upgrade = …)]`.

use std::error::Error as _;

use serde_json::{Value as Json, json};
use theory::wire::{DecodeError, DecodeErrorKind};
use theory::{Attribute, ErrorKind, Item, Table};

use crate::support::with_tables;

/// Today's shape. The first had one `name`, the second counted the price in whole units.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "products", scan, upgrade = upgrade)]
struct Product {
    #[table(pk)]
    id: String,
    title: Title,
    cents: u64,
    /// Old items lack it, so that the second shape, which would do otherwise, is noticed.
    shape: u8,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Title {
    short: String,
    long: String,
}

fn upgrade(item: &mut Item) -> Result<(), DecodeError> {
    if let Some(name) = item.remove("name") {
        let name: String = name.to().map_err(|error| error.in_attribute("name"))?;
        item.insert("title", Item::from([("short", name.clone()), ("long", name)]));
    }
    if !item.contains("shape") {
        if let Some(units) = item.get_mut("cents") {
            *units = (units.to::<u64>()?.saturating_mul(100)).into();
        }
        item.insert("shape", 3);
    }
    Ok(())
}

fn title(text: &str) -> Json {
    json!({"M": {"short": {"S": text}, "long": {"S": text}}})
}

fn product(id: &str, text: &str, cents: u64) -> Product {
    Product { id: id.into(), title: Title { short: text.into(), long: text.into() }, cents, shape: 3 }
}

#[tokio::test]
async fn old_shapes_are_mended_wherever_they_are_read() {
    with_tables(&[Product::SCHEMA], async |bench| {
        let client = &bench.client;
        for item in [
            json!({"id": {"S": "1"}, "name": {"S": "lamp"}, "cents": {"N": "7"}}),
            json!({"id": {"S": "2"}, "title": title("desk"), "cents": {"N": "12"}}),
        ] {
            bench.put_json("products", item).await;
        }
        product("3", "chair", 1900).create().send(client).await.unwrap();
        let expected = [product("1", "lamp", 700), product("2", "desk", 1200), product("3", "chair", 1900)];

        let mut scanned = Product::scan().all(client).await.unwrap();
        scanned.sort_by(|a, b| a.id.cmp(&b.id));
        assert_eq!(scanned, expected);
        for product in &expected {
            let id = product.id.as_str();
            assert_eq!(Product::get(id).send(client).await.unwrap().as_ref(), Some(product));
            assert_eq!(Product::query(id).all(client).await.unwrap(), std::slice::from_ref(product));
        }

        // Nothing was written back, until it is.
        assert_eq!(bench.get_json("products", json!({"id": {"S": "1"}})).await["name"], json!({"S": "lamp"}));
        expected[0].put().send(client).await.unwrap();
        assert_eq!(bench.get_json("products", json!({"id": {"S": "1"}})).await["title"], title("lamp"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_mended_is_an_error_of_its_attribute() {
    with_tables(&[Product::SCHEMA], async |bench| {
        let client = &bench.client;
        bench.put_json("products", json!({"id": {"S": "1"}, "name": {"N": "7"}, "cents": {"N": "7"}})).await;
        bench.put_json("products", json!({"id": {"S": "2"}, "name": {"S": "lamp"}})).await;

        // The function's own error.
        let error = Product::get("1").send(client).await.unwrap_err();
        let source = error.source().and_then(|source| source.downcast_ref::<DecodeError>()).unwrap();
        assert_eq!((error.kind(), source.attribute().as_deref()), (ErrorKind::Decode, Some("name")));
        // Mended, and still without an attribute.
        let error = Product::get("2").send(client).await.unwrap_err();
        assert_eq!((error.kind(), error.attribute()), (ErrorKind::MissingAttribute, Some("cents")));

        let kept = Product::scan().keep_undecodable().all(client).await.unwrap();
        assert!(kept.iter().all(|read| read.as_ref().is_err_and(|error| error.item.contains("name"))));
    })
    .await;
}

/// A function that cannot fail returns nothing.
#[derive(Debug, PartialEq, Table)]
#[table(name = "notes", upgrade = Note::mend)]
struct Note {
    #[table(pk)]
    id: String,
    text: String,
}

impl Note {
    fn mend(item: &mut Item) {
        item.insert("text", "mended");
    }
}

#[test]
fn an_item_that_can_be_read_as_it_is_stays_as_it_is() {
    let whole = Item::from([("id", "n"), ("text", "as it was")]);
    assert_eq!(whole.to::<Note>().unwrap().text, "as it was");
    let old = Item::from([("id", "n")]);
    assert_eq!(old.to::<Note>().unwrap().text, "mended");
    let other = Item::from([("text", "no key")]);
    assert_eq!(other.to::<Note>().unwrap_err().kind(), &DecodeErrorKind::Missing);
}

#[tokio::test]
async fn a_save_of_a_mended_item_writes_all_of_it() {
    with_tables(&[Product::SCHEMA], async |bench| {
        let client = &bench.client;
        let old = json!({"id": {"S": "1"}, "name": {"S": "lamp"}, "cents": {"N": "7"}});
        bench.put_json("products", old).await;
        let mut loaded = Product::get("1").loaded().send(client).await.unwrap().unwrap();
        assert!(loaded.is_changed(), "it is not what is stored");
        loaded.title.short = "L".into();
        loaded.save().send(client).await.unwrap();
        assert!(!loaded.is_changed());
        let mut expected = product("1", "lamp", 700);
        expected.title.short = "L".into();
        assert_eq!(Product::get("1").send(client).await.unwrap(), Some(expected), "it is not mended again");
        bench.wire.clear();
        loaded.save().send(client).await.unwrap();
        assert_eq!(bench.wire.count(), 0);
    })
    .await;
}
