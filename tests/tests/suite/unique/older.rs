//! Items of an older shape, or stored in another form than today's: their unique values can be written all the same.

use theory::wire::DecodeError;
use theory::{Item, Loaded, Value};

use super::*;
use crate::support::with_tables;

/// The first members had a `mail` as it was typed, the second a list of addresses.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "members", upgrade = upgrade)]
struct Member {
    #[table(pk)]
    id: String,
    #[table(unique)]
    email: String,
    #[table(unique, lenient)]
    number: u32,
    note: String,
}

fn upgrade(item: &mut Item) -> Result<(), DecodeError> {
    let mail: Option<String> = match (item.remove("mail"), item.get("email")) {
        (Some(mail), _) => Some(mail.to()?),
        (None, Some(Value::L(all))) => all.first().map(Value::to).transpose()?,
        _ => None,
    };
    if let Some(mail) = mail {
        item.insert("email", mail.to_lowercase());
    }
    Ok(())
}

fn member(id: &str, email: &str, number: u32) -> Member {
    Member { id: id.into(), email: email.into(), number, note: String::new() }
}

/// What is stored, by the name of its shape.
fn stored(shape: &str) -> Json {
    let mut item = json!({"id": {"S": "ada"}, "number": {"N": "5"}, "note": {"S": ""}});
    match shape {
        "first" => item["mail"] = json!({"S": "A"}),
        "second" => item["email"] = json!({"L": [{"S": "A"}]}),
        "lenient" => {
            item["email"] = json!({"S": "a"});
            item["number"] = json!({"S": "5"});
        }
        other => panic!("{other}"),
    }
    item
}

async fn load(client: &Client) -> Loaded<Member> {
    Member::get("ada").consistent_read().loaded().send(client).await.unwrap().expect("the member")
}

#[tokio::test]
async fn what_was_loaded_in_an_older_shape_is_written() {
    for shape in ["first", "second", "lenient"] {
        for write in ["save", "replace", "put", "delete", "update"] {
            with_tables(theory::schema![Member], async |bench| {
                let client = bench.client.clone();
                let client = &client;
                bench.put_json("members", stored(shape)).await;
                let mut ada = load(client).await;
                assert_eq!((&*ada.email, ada.number), ("a", 5));
                ada.email = "b".into();
                let result = match write {
                    "save" => ada.save().send(client).await,
                    "replace" => ada.replace().send(client).await,
                    "put" => ada.put().send(client).await,
                    "delete" => ada.delete().send(client).await,
                    _ => Member::update("ada").set(Member::EMAIL, "b").reading_old().send(client).await,
                };
                result.unwrap_or_else(|error| panic!("{write} of the {shape} shape: {error}"));
                let error = member("bob", "b", 6).create().send(client).await.err();
                let violated = error.and_then(|error| error.constraint());
                let expected = (write != "delete").then_some("Member.email");
                assert_eq!(violated, expected, "{write} of the {shape} shape");
            })
            .await;
        }
    }
}

/// A save writes what has changed, and leaves the rest in the form in which it is stored.
#[tokio::test]
async fn what_a_save_leaves_alone_is_known_as_it_is_stored() {
    with_tables(theory::schema![Member], async |bench| {
        let client = &bench.client;
        bench.put_json("members", stored("lenient")).await;
        let mut ada = load(client).await;
        ada.note = "moved".into();
        ada.save().send(client).await.unwrap();
        ada.email = "b".into();
        ada.save().send(client).await.unwrap();
        let now = bench.get_json("members", json!({"id": {"S": "ada"}})).await;
        assert_eq!(now["number"], json!({"S": "5"}));
        ada.number = 6;
        ada.save().send(client).await.unwrap();
        ada.number = 7;
        ada.save().send(client).await.unwrap();
        assert_violates(member("bob", "x", 7).create().send(client).await, "Member.number");
        assert_violates(member("bob", "b", 1).create().send(client).await, "Member.email");
        member("bob", "a", 6).create().send(client).await.unwrap();
        // Somebody else's change is a conflict as ever.
        let mut stale = load(client).await;
        ada.email = "c".into();
        ada.save().send(client).await.unwrap();
        stale.email = "d".into();
        assert_eq!(stale.save().send(client).await.unwrap_err().kind(), ErrorKind::VersionConflict);
        ada.delete().send(client).await.unwrap();
        member("eve", "c", 7).create().send(client).await.unwrap();
    })
    .await;
}
