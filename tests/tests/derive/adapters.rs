//! Ways to store and to miss a field.

use super::{check, from_item, item};
use std::time::Duration;
use theory::attribute::{Adapter, Optional, kind};
use theory::schema::Type;
use theory::wire::{DecodeError, Reader, Writer};
use theory::{Attribute, Item, Table, Timestamp, Value};

/// Whole milliseconds.
#[derive(Debug)]
pub struct Millis;

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

/// A newtype of a type without a stored form.
#[derive(Debug, PartialEq, Eq, Attribute)]
pub struct Wait(#[attribute(with = Millis)] Duration);

/// Every adapter.
#[derive(Debug, PartialEq, Eq, Table)]
#[table(name = "jobs")]
pub struct Job {
    #[table(pk)]
    id: String,
    #[table(with = Millis)]
    limit: Duration,
    #[table(with = Optional<Millis>)]
    pause: Option<Duration>,
    #[table(lenient)]
    tries: u32,
    #[table(default)]
    level: u8,
    #[table(default = seven)]
    week: u8,
    #[table(default = seven, skip)]
    seen: u8,
    #[table(skip_empty)]
    note: String,
    wait: Wait,
    #[table(ttl)]
    expires: Option<Timestamp>,
}

/// Stored by serde, and whatever else there is.
#[derive(Debug, PartialEq, Eq, Table)]
#[table(name = "jobs")]
pub struct Foreign {
    #[table(pk)]
    id: String,
    #[table(serde)]
    natural: Option<(u8, String)>,
    #[table(json)]
    text: Vec<u8>,
    #[table(rest)]
    rest: Item,
}

#[test]
fn serde_and_the_rest() {
    let rest = Item::from([("x", Value::Bool(true)), ("y", Value::Null)]);
    let foreign = Foreign { id: "a".into(), natural: Some((1, "b".into())), text: vec![1, 2], rest };
    let json = concat!(
        r#"{"id":{"S":"a"},"natural":{"L":[{"N":"1"},{"S":"b"}]},"text":{"S":"[1,2]"},"#,
        r#""x":{"BOOL":true},"y":{"NULL":true}}"#
    );
    assert_eq!(item(&foreign), json);
    assert_eq!(from_item(json), Ok(foreign));
    let foreign: Foreign = from_item(r#"{"id":{"S":"a"},"text":{"S":"[]"}}"#).unwrap();
    assert_eq!(foreign.natural, None);
    assert!(foreign.rest.is_empty());
}

const fn seven() -> u8 {
    7
}

#[test]
fn adapters_and_defaults() {
    let job = Job {
        id: "a".into(),
        limit: Duration::from_millis(5),
        pause: None,
        tries: 1,
        level: 2,
        week: 3,
        seen: 7,
        note: String::new(),
        wait: Wait(Duration::from_secs(1)),
        expires: Some(Timestamp::from_unix_seconds(60).unwrap()),
    };
    let json = concat!(
        r#"{"id":{"S":"a"},"limit":{"N":"5"},"tries":{"N":"1"},"level":{"N":"2"},"week":{"N":"3"},"#,
        r#""wait":{"N":"1000"},"expires":{"N":"60"}}"#
    );
    assert_eq!(item(&job), json);
    assert_eq!(from_item(json).as_ref(), Ok(&job));
    check(&job.wait, r#"{"N":"1000"}"#);

    let old = r#"{"id":{"S":"a"},"limit":{"N":"5"},"tries":{"S":"1"},"wait":{"N":"1"},"pause":{"N":"9"}}"#;
    let job: Job = from_item(old).unwrap();
    assert_eq!((job.tries, job.level, job.week, job.seen), (1, 0, 7, 7));
    assert_eq!((job.pause, job.expires), (Some(Duration::from_millis(9)), None));

    let error = from_item::<Job>(r#"{"id":{"S":"a"},"limit":{"S":"5"}}"#).unwrap_err();
    assert_eq!(error.attribute().as_deref(), Some("limit"));
    let types: Vec<&Type> = Job::SCHEMA.attributes[1..4].iter().map(|attribute| attribute.ty).collect();
    assert_eq!(types, [&Type::Number, &Type::Optional(&Type::Number), &Type::Number]);
}
