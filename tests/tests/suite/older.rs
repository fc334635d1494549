//! Items that were written before the entity was as it is, and fields that are stored in a way of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use theory::attribute::{Adapter, kind};
use theory::schema::Type;
use theory::wire::{DecodeError, Reader, Writer};
use theory::{Attribute, ErrorKind, Item, Table, Timestamp, Value};

use crate::support::with_tables;

/// An entity that has had a past.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "profiles", rename_all = "camelCase", scan)]
struct Profile {
    #[table(pk)]
    user_id: String,
    #[table(alias = "mail", alias = "emailAddress")]
    email: String,
    #[table(default)]
    logins: u32,
    #[table(default = unknown)]
    country: String,
    nickname: Option<String>,
    friends: BTreeSet<String>,
    #[table(lenient)]
    age: u8,
    #[table(lenient)]
    score: Option<f64>,
    #[table(skip_empty)]
    bio: String,
    role: Role,
    #[table(version)]
    version: u64,
    #[table(ttl)]
    expires: Option<Timestamp>,
    #[table(rest)]
    rest: Item,
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// An open list.
#[derive(Debug, Clone, PartialEq, Attribute)]
#[attribute(rename_all = "snake_case")]
enum Role {
    #[attribute(alias = "owner")]
    Admin,
    Guest,
    #[attribute(other)]
    Other(String),
}

fn old() -> serde_json::Value {
    json!({
        "userId": {"S": "u"},
        "mail": {"S": "u@example.com"},
        "nickname": {"NULL": true},
        "age": {"S": "42"},
        "score": {"S": "1.50"},
        "role": {"S": "owner"},
        "version": {"N": "3"},
        "legacy": {"M": {"a": {"L": [{"NULL": true}, {"NS": ["1", "2.50"]}]}}},
        "flag": {"BOOL": true},
    })
}

#[tokio::test]
async fn an_old_item_is_read() {
    with_tables(&[Profile::SCHEMA], async |bench| {
        let client = &bench.client;
        bench.put_json("profiles", old()).await;
        let read = Profile::get("u").consistent_read().send(client).await.unwrap().unwrap();
        let legacy = read.rest.get("legacy").and_then(Value::as_m).unwrap();
        assert_eq!(legacy.get("a").and_then(Value::as_l).map(<[_]>::len), Some(2));
        let expected = Profile {
            user_id: "u".into(),
            email: "u@example.com".into(),
            logins: 0,
            country: "unknown".into(),
            nickname: None,
            friends: BTreeSet::new(),
            age: 42,
            score: Some(1.5),
            bio: String::new(),
            role: Role::Admin,
            version: 3,
            expires: None,
            rest: read.rest.clone(),
        };
        assert_eq!(read, expected);
        assert_eq!(read.rest.len(), 2, "and nothing that has a field: {:?}", read.rest);
        assert_eq!(Profile::scan().one(client).await.unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn written_again_it_is_new_and_has_lost_nothing() {
    with_tables(&[Profile::SCHEMA], async |bench| {
        let client = &bench.client;
        bench.put_json("profiles", old()).await;
        let read = Profile::get("u").consistent_read().send(client).await.unwrap().unwrap();
        let stamps = read.put().send(client).await.unwrap();
        let mut read = read;
        read.stamp(&stamps);
        assert_eq!(read.version, 4, "an overwrite moves the version");
        let stored = bench.get_json("profiles", json!({"userId": {"S": "u"}})).await;
        assert_eq!(stored["email"], json!({"S": "u@example.com"}));
        assert_eq!(stored["age"], json!({"N": "42"}));
        assert_eq!(stored["score"], json!({"N": "1.5"}));
        assert_eq!(stored["role"], json!({"S": "admin"}));
        assert_eq!(stored["country"], json!({"S": "unknown"}));
        assert_eq!(stored["legacy"]["M"]["a"]["L"][0], json!({"NULL": true}));
        assert_eq!(stored["flag"], json!({"BOOL": true}));
        for absent in ["mail", "nickname", "friends", "bio", "expires"] {
            assert!(stored.get(absent).is_none(), "{absent} in {stored}");
        }
        assert_eq!(Profile::get("u").consistent_read().send(client).await.unwrap(), Some(read));
    })
    .await;
}

#[tokio::test]
async fn the_new_name_wins_and_what_is_unknown_is_kept() {
    with_tables(&[Profile::SCHEMA], async |bench| {
        let client = &bench.client;
        let mut both = old();
        both["email"] = json!({"S": "new@example.com"});
        both["emailAddress"] = json!({"S": "oldest@example.com"});
        both["role"] = json!({"S": "auditor"});
        both["expires"] = json!({"N": "1700000000"});
        both["age"] = json!({"N": "43"});
        bench.put_json("profiles", both).await;
        let read = Profile::get("u").consistent_read().send(client).await.unwrap().unwrap();
        assert_eq!(read.email, "new@example.com");
        assert_eq!(read.role, Role::Other("auditor".into()));
        assert_eq!(read.age, 43);
        assert_eq!(read.expires, Some(Timestamp::from_unix_seconds(1_700_000_000).unwrap()));
        // An update leaves alone what it does not name.
        let new = Profile::update("u").set(Profile::LOGINS, 1).return_new().send(client).await.unwrap();
        assert_eq!((new.logins, &new.role, &new.rest), (1, &read.role, &read.rest));
        let stored = bench.get_json("profiles", json!({"userId": {"S": "u"}})).await;
        assert_eq!(stored["role"], json!({"S": "auditor"}));

        for (attribute, value) in [
            ("age", json!({"S": "old"})),
            ("age", json!({"N": "300"})),
            ("role", json!({"N": "1"})),
            ("expires", json!({"S": "2026-01-01T00:00:00Z"})),
        ] {
            let mut broken = old();
            broken[attribute] = value;
            bench.put_json("profiles", broken).await;
            let error = Profile::get("u").send(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{attribute}");
        }
    })
    .await;
}

/// Whole milliseconds.
#[derive(Debug)]
struct Millis;

impl Adapter<Duration> for Millis {
    type Kind = kind::Number;
    const TYPE: &'static Type = &Type::Number;

    fn encode(value: &Duration, out: &mut Writer) {
        out.integer(value.as_millis());
    }

    fn decode(input: &mut Reader<'_>) -> Result<Duration, DecodeError> {
        input.integer().map(Duration::from_millis)
    }
}

/// What only serde knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Setting {
    Off,
    Level(u8),
    Custom { name: String, values: Vec<f32> },
}

/// A part of several entities.
#[derive(Debug, Clone, PartialEq, Attribute)]
struct Audit {
    author: String,
    reason: Option<String>,
}

/// Every way to store a field.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "settings")]
struct Settings {
    #[table(pk)]
    id: String,
    #[table(serde)]
    setting: Setting,
    #[table(serde)]
    maybe: Option<Setting>,
    #[table(json)]
    text: BTreeMap<String, Setting>,
    #[table(json)]
    free: serde_json::Value,
    dynamic: Option<serde_json::Value>,
    #[table(with = Millis)]
    limit: Duration,
    #[table(flatten)]
    audit: Audit,
    #[table(skip)]
    cached: Option<String>,
}

#[tokio::test]
async fn fields_with_a_stored_form_of_their_own() {
    with_tables(&[Settings::SCHEMA], async |bench| {
        let client = &bench.client;
        let settings = Settings {
            id: "s".into(),
            setting: Setting::Custom { name: "n".into(), values: vec![0.5, 1.0] },
            maybe: None,
            text: BTreeMap::from([("a".into(), Setting::Level(3)), ("b".into(), Setting::Off)]),
            free: json!({"deep": [1, null, {"x": 2.5}]}),
            dynamic: Some(json!({"list": [true, "é", null, 12345678901234567890_u64]})),
            limit: Duration::from_millis(1500),
            audit: Audit { author: "ann".into(), reason: Some("because".into()) },
            cached: None,
        };
        let with_cache = Settings { cached: Some("not stored".into()), ..settings.clone() };
        with_cache.create().send(client).await.unwrap();
        assert_eq!(Settings::get("s").consistent_read().send(client).await.unwrap(), Some(settings.clone()));

        let stored = bench.get_json("settings", json!({"id": {"S": "s"}})).await;
        assert_eq!(stored["setting"]["M"]["Custom"]["M"]["name"], json!({"S": "n"}));
        assert!(stored.get("maybe").is_none() && stored.get("cached").is_none());
        let text: serde_json::Value = serde_json::from_str(stored["text"]["S"].as_str().unwrap()).unwrap();
        assert_eq!(text, json!({"a": {"Level": 3}, "b": "Off"}));
        assert_eq!(stored["dynamic"]["M"]["list"]["L"][3], json!({"N": "12345678901234567890"}));
        assert_eq!(stored["limit"], json!({"N": "1500"}));
        // What is flattened stands beside the rest.
        assert_eq!((&stored["author"], &stored["reason"]), (&json!({"S": "ann"}), &json!({"S": "because"})));
        assert!(stored.get("audit").is_none());

        let new = Settings::update("s")
            .set(Settings::SETTING, Setting::Level(9))
            .set(Settings::MAYBE, Setting::Off)
            .set(Settings::TEXT, BTreeMap::new())
            .set(Settings::LIMIT, Duration::from_millis(2))
            .set(Settings::AUDIT.then(Audit::AUTHOR), "bob")
            .remove(Settings::AUDIT.then(Audit::REASON))
            .condition(Settings::LIMIT.gt(Duration::from_secs(1)))
            .condition(Settings::AUDIT.then(Audit::REASON).begins_with("be"))
            .return_new()
            .send(client)
            .await
            .unwrap();
        let expected = Settings {
            setting: Setting::Level(9),
            maybe: Some(Setting::Off),
            text: BTreeMap::new(),
            limit: Duration::from_millis(2),
            audit: Audit { author: "bob".into(), reason: None },
            ..settings
        };
        assert_eq!(new, expected);
    })
    .await;
}
