//! Paths into documents, lists and maps, and names that an expression could misread.

use std::collections::BTreeMap;

use theory::{Attribute, ErrorKind, Table};

use crate::support::with_tables;
use crate::thing::{ODD_NAMES, Part, Shape, Thing};

#[tokio::test]
async fn every_member_of_every_odd_name() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let mut thing = Thing::full("a", 1);
        thing.put().send(client).await.unwrap();
        for (n, &name) in (1..).zip(ODD_NAMES) {
            let member = Thing::MAP.key(name);
            let nested = Thing::PART.then(Part::DOMAIN).key(name);
            let listed = Thing::PARTS.index(1).then(Part::DOMAIN).key(name.to_owned());
            let update = Thing::update("a", 1)
                .set(member, Thing::MAP.key(name) + 100)
                .set(nested, 200 + n)
                .set(listed.clone(), Thing::PARTS.index(0).then(Part::DOMAIN).key(name))
                .condition(Thing::MAP.key(name).eq(n) & Thing::PART.then(Part::DOMAIN).key(name).eq(n))
                .condition(listed.clone().exists())
                .return_new();
            *thing.map.get_mut(name).unwrap() += 100;
            *thing.part.domain.get_mut(name).unwrap() = 200 + n;
            assert_eq!(update.send(client).await.expect(name), thing, "{name}");

            let filter =
                Thing::MAP.key(name).eq(100 + n) & Thing::PART.then(Part::DOMAIN).key(name).eq(200 + n);
            assert_eq!(Thing::query("a").filter(filter).count(client).await.expect(name), 1, "{name}");
        }
        // A name that is not there is absent, and can come and go.
        let new = || Thing::MAP.key("a.b[0].c");
        assert_eq!(Thing::query("a").filter(new().exists()).count(client).await.unwrap(), 0);
        let with = Thing::update("a", 1).set(new(), 7).return_new().send(client).await.unwrap();
        assert_eq!(with.map["a.b[0].c"], 7);
        let without = Thing::update("a", 1).remove(new()).return_new().send(client).await.unwrap();
        assert_eq!(without, thing);
    })
    .await;
}

#[tokio::test]
async fn an_attribute_of_an_odd_name() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing::full("a", 1);
        thing.put().send(client).await.unwrap();
        let changed = Thing::update("a", 1)
            .set(Thing::ODD, Thing::ODD + 1)
            .condition(Thing::ODD.eq(1))
            .return_new()
            .send(client)
            .await
            .unwrap();
        assert_eq!(changed.odd, Some(2));
        let removed = Thing::update("a", 1).remove(Thing::ODD).condition(Thing::ODD.exists()).return_new();
        assert_eq!(removed.send(client).await.unwrap(), Thing { odd: None, ..thing });
    })
    .await;
}

/// Reserved words, and words of the expression language, for all names.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "words", gsi(name = "by_status", pk = status, sk = size))]
struct Words {
    #[table(pk)]
    name: String,
    #[table(sk)]
    date: i64,
    status: String,
    size: i64,
    and: bool,
    or: bool,
    not: bool,
    between: i64,
    set: Vec<i64>,
    remove: Option<i64>,
    add: i64,
    delete_: i64,
    attribute_exists: Option<i64>,
    #[table(rename = "list_append")]
    appended: Vec<String>,
    #[table(rename = "#0")]
    placeholder: i64,
    #[table(rename = ":0")]
    other_placeholder: i64,
    #[table(rename = "a.b")]
    dotted: i64,
    a: Inner,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Inner {
    b: i64,
}

#[tokio::test]
async fn reserved_words_are_names_like_any_other() {
    with_tables(&[Words::SCHEMA], async |bench| {
        let client = &bench.client;
        let words = Words {
            name: "n".into(),
            date: 1,
            status: "s".into(),
            size: 3,
            and: true,
            or: false,
            not: true,
            between: 5,
            set: vec![1],
            remove: Some(6),
            add: 7,
            delete_: 8,
            attribute_exists: None,
            appended: vec![],
            placeholder: 9,
            other_placeholder: 10,
            dotted: 11,
            a: Inner { b: 12 },
        };
        words.create().send(client).await.unwrap();
        let changed = Words::update("n", 1)
            .set(Words::STATUS, "t")
            .set(Words::SIZE, Words::SIZE - 1)
            .set(Words::AND, false)
            .set(Words::DOTTED, Words::A.then(Inner::B))
            .set(Words::A.then(Inner::B), Words::DOTTED)
            .append(Words::SET, [2])
            .append(Words::APPENDED, ["x"])
            .remove(Words::REMOVE)
            .add(Words::ADD, 1)
            .set(Words::PLACEHOLDER, Words::OTHER_PLACEHOLDER)
            .condition(Words::NAME.eq("n") & (Words::OR.eq(false) | Words::NOT.ne(true)))
            .condition(!Words::BETWEEN.between(6, 7) & Words::ATTRIBUTE_EXISTS.not_exists())
            .condition(Words::SIZE.is_in([3]) & Words::DELETE_.eq(8) & Words::PLACEHOLDER.eq(9))
            .return_new()
            .send(client)
            .await
            .unwrap();
        let expected = Words {
            status: "t".into(),
            size: 2,
            and: false,
            dotted: 12,
            a: Inner { b: 11 },
            set: vec![1, 2],
            appended: vec!["x".into()],
            remove: None,
            add: 8,
            placeholder: 10,
            ..words
        };
        assert_eq!(changed, expected);
        let by_status = Words::by_status("t").sort_key(..=2).filter(Words::AND.eq(false));
        assert_eq!(by_status.one(client).await.unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn elements_and_members_come_and_go() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let mut thing = Thing::full("a", 1);
        thing.put().send(client).await.unwrap();
        let new = Thing::update("a", 1)
            .remove(Thing::LIST.index(0))
            .remove(Thing::PARTS.index(0).then(Part::STATUS))
            .remove(Thing::MAP.key("plain"))
            .set(Thing::VALUES.index(1), 11)
            // Behind the end of a list, wherever, is its end.
            .set(Thing::VALUES.index(100), 33)
            .set(Thing::PARTS.index(1).then(Part::VALUES).index(0), Thing::VALUES.index(2))
            .set(Thing::MAYBE_PART.then(Part::NAME), Thing::PARTS.index(0).then(Part::NAME))
            .return_new()
            .send(client)
            .await
            .unwrap();
        thing.list.remove(0);
        thing.parts[0].status = None;
        thing.map.remove("plain");
        thing.values = vec![0, 11, 2, 33];
        thing.parts[1].values[0] = 2;
        thing.maybe_part.as_mut().unwrap().name = "p0".into();
        assert_eq!(new, thing);

        // Into what is not there nothing can be written, and the message of the engine comes as an error.
        Thing::bare("a", 2).put().send(client).await.unwrap();
        let error = Thing::update("a", 2).set(Thing::MAYBE_PART.then(Part::SIZE), 1).send(client).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Validation);
        let error = Thing::update("a", 2).set(Thing::MAYBE_MAP.key("x"), 1).send(client).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Validation);
        let grown = Thing::update("a", 2)
            .set(Thing::MAYBE_MAP, Thing::MAYBE_MAP.or_empty())
            .return_new()
            .send(client)
            .await
            .unwrap();
        assert_eq!(grown.maybe_map, Some(BTreeMap::new()));
        let grown = Thing::update("a", 2).set(Thing::MAYBE_MAP.key("x"), 1).return_new().send(client).await;
        assert_eq!(grown.unwrap().maybe_map, Some(BTreeMap::from([("x".to_owned(), 1)])));
        // A union is set as a whole.
        let circle = Thing::update("a", 2).set(Thing::SHAPE, Shape::Circle { radius: 8 }).return_new();
        assert_eq!(circle.send(client).await.unwrap().shape, Shape::Circle { radius: 8 });
    })
    .await;
}

#[tokio::test]
async fn two_actions_on_one_path_are_refused_before_sending() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let update = || Thing::update("a", 1);
        for refused in [
            update().set(Thing::COUNT, 1).set(Thing::COUNT, 2),
            update().set(Thing::MAYBE_COUNT, 1).remove(Thing::MAYBE_COUNT),
            update().add(Thing::COUNT, 1).set(Thing::COUNT, 2),
            update().set(Thing::MAP, BTreeMap::new()).remove(Thing::MAP.key("x")),
            update().set(Thing::MAYBE_PART.then(Part::SIZE), 1).set(Thing::MAYBE_PART, Thing::PART),
            update().add(Thing::TAGS, ["x"]).delete(Thing::TAGS, ["y"]),
            update().set(Thing::LIST.index(0), "x").append(Thing::LIST, ["y"]),
        ] {
            let error = refused.send(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        }
        assert_eq!(bench.wire.count(), 0, "nothing of this was sent");
        // Neighbours do not overlap.
        Thing::full("a", 1).put().send(client).await.unwrap();
        update().set(Thing::VALUES.index(0), 1).set(Thing::VALUES.index(1), 2).send(client).await.unwrap();
        update().set(Thing::MAP.key("a"), 1).set(Thing::MAP.key("a.b"), 2).send(client).await.unwrap();
    })
    .await;
}
