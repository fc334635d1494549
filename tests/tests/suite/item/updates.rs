//! Each action of an update.

use theory::{ErrorKind, Table, Timestamp, Value};

use crate::support::with_tables;
use crate::thing::{Label, Part, Shape, State, Thing};

#[tokio::test]
async fn set_to_values_of_every_type() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        Thing::bare("a", 1).put().send(client).await.unwrap();
        let full = Thing::full("a", 1);
        let new = Thing::update("a", 1)
            .set(Thing::TEXT, &full.text)
            .set(Thing::COUNT, full.count)
            .set(Thing::LIMIT, full.limit)
            .set(Thing::RATIO, full.ratio)
            .set(Thing::FLAG, full.flag)
            .set(Thing::BYTES, full.bytes.as_slice())
            .set(Thing::WHEN, full.when)
            .set(Thing::STATE, full.state)
            .set(Thing::LABEL, &full.label)
            .set(Thing::SHAPE, &full.shape)
            .set(Thing::TAGS, &full.tags)
            .set(Thing::SCORES, [-1, 0, 170])
            .set(Thing::BLOBS, vec![vec![1], vec![2, 3]])
            .set(Thing::LIST, ["zero", "one", "two"])
            .set(Thing::VALUES, [0, 1, 2])
            .set(Thing::MAP, &full.map)
            .set(Thing::PART, &full.part)
            .set(Thing::PARTS, &full.parts)
            .set(Thing::PAIR, &full.pair)
            .set(Thing::MAYBE_TEXT, "maybe")
            .set(Thing::MAYBE_COUNT, Some(0))
            .set(Thing::MAYBE_FLAG, false)
            .set(Thing::MAYBE_BYTES, [7; 3])
            .set(Thing::MAYBE_LIST, full.maybe_list.clone())
            .set(Thing::MAYBE_MAP, full.maybe_map.clone())
            .set(Thing::MAYBE_PART, full.maybe_part.clone())
            .set(Thing::ODD, 1)
            .set(Thing::ANY, Value::from("dynamic"))
            .return_new()
            .send(client)
            .await
            .unwrap();
        assert_eq!(new, full);

        // And back: `None` and the empty set are absence.
        let bare = Thing::bare("a", 1);
        let back = Thing::update("a", 1)
            .set(Thing::TEXT, "")
            .set(Thing::COUNT, 0)
            .set(Thing::LIMIT, 0)
            .set(Thing::RATIO, 0.0)
            .set(Thing::FLAG, false)
            .set(Thing::BYTES, Vec::new())
            .set(Thing::WHEN, Timestamp::UNIX_EPOCH)
            .set(Thing::STATE, State::Open)
            .set(Thing::LABEL, Label(String::new()))
            .set(Thing::SHAPE, Shape::Dot)
            .set(Thing::TAGS, &bare.tags)
            .set(Thing::SCORES, Vec::<i64>::new())
            .remove(Thing::BLOBS)
            .set(Thing::LIST, Vec::new())
            .set(Thing::VALUES, Vec::new())
            .set(Thing::MAP, &bare.map)
            .set(Thing::PART, &bare.part)
            .set(Thing::PARTS, Vec::new())
            .set(Thing::PAIR, &bare.pair)
            .set(Thing::MAYBE_TEXT, None)
            .set(Thing::MAYBE_COUNT, None)
            .remove(Thing::MAYBE_FLAG)
            .remove(Thing::MAYBE_BYTES)
            .remove(Thing::MAYBE_LIST)
            .remove(Thing::MAYBE_MAP)
            .set(Thing::MAYBE_PART, None)
            .remove(Thing::ODD)
            .set(Thing::ANY, None)
            .return_new()
            .send(client)
            .await
            .unwrap();
        assert_eq!(back, bare);
        let stored =
            bench.get_json("things", serde_json::json!({"owner": {"S": "a"}, "number": {"N": "1"}})).await;
        for absent in ["tags", "scores", "blobs", "maybe_text", "maybe_part", "any"] {
            assert!(stored.get(absent).is_none(), "{absent} is stored");
        }
    })
    .await;
}

#[tokio::test]
async fn set_to_other_paths_reads_what_was_there_before() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing::full("a", 1);
        thing.put().send(client).await.unwrap();
        let new = Thing::update("a", 1)
            .set(Thing::TEXT, Thing::PART.then(Part::NAME))
            .set(Thing::PART.then(Part::NAME), Thing::TEXT)
            .set(Thing::COUNT, Thing::VALUES.index(2))
            .set(Thing::VALUES.index(2), Thing::COUNT)
            .set(Thing::LIST.index(0), Thing::LIST.index(2))
            .set(Thing::PARTS.index(0), Thing::PARTS.index(1))
            .return_new()
            .send(client)
            .await
            .unwrap();
        let mut expected = thing.clone();
        expected.text = "p".into();
        expected.part.name = thing.text;
        expected.count = 2;
        expected.values[2] = -7;
        expected.list[0] = "two".into();
        expected.parts[0] = thing.parts[1].clone();
        assert_eq!(new, expected);
        // From what is not there nothing can be taken.
        Thing::bare("a", 2).put().send(client).await.unwrap();
        let error = Thing::update("a", 2).set(Thing::VALUES, Thing::PARTS.index(0).then(Part::VALUES));
        assert_eq!(error.send(client).await.unwrap_err().kind(), ErrorKind::Validation);
    })
    .await;
}

#[tokio::test]
async fn arithmetic() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing { maybe_count: None, count: -7, ratio: 0.1, ..Thing::full("a", 1) };
        thing.put().send(client).await.unwrap();
        let new = Thing::update("a", 1)
            .set(Thing::COUNT, Thing::COUNT - 3)
            // Decimal, not binary: exactly 0.3.
            .set(Thing::RATIO, Thing::RATIO + 0.2)
            .set(Thing::VALUES.index(0), Thing::COUNT + Thing::VALUES.index(2))
            .set(Thing::MAYBE_COUNT, Thing::MAYBE_COUNT.if_not_exists(40) + 2)
            .set(Thing::PART.then(Part::SIZE), Thing::PART.then(Part::SIZE) - Thing::COUNT)
            .set(Thing::ODD, Thing::ODD.if_not_exists(100) - Thing::ODD.if_not_exists(100))
            .add(Thing::MAP.key("plain"), -5)
            .add(Thing::MAP.key("new"), 5)
            .add(Thing::LIMIT, 40)
            .return_new()
            .send(client)
            .await
            .unwrap();
        assert_eq!((new.count, new.ratio, new.values[0], new.maybe_count), (-10, 0.3, -5, Some(42)));
        assert_eq!((new.part.size, new.odd, new.limit), (12, Some(0), 42));
        assert_eq!((new.map["plain"], new.map["new"]), (-4, 5));
        // Of what is not there there is no sum, but it can be added to.
        Thing::update("a", 1).remove(Thing::MAYBE_COUNT).send(client).await.unwrap();
        let error = Thing::update("a", 1).set(Thing::MAYBE_COUNT, Thing::MAYBE_COUNT + 1).send(client).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Validation);
        let new = Thing::update("a", 1).add(Thing::MAYBE_COUNT, 1).return_new().send(client).await.unwrap();
        assert_eq!(new.maybe_count, Some(1));
    })
    .await;
}

#[tokio::test]
async fn if_not_exists_keeps_what_is_there() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing { maybe_text: None, maybe_list: None, any: None, ..Thing::full("a", 1) };
        thing.put().send(client).await.unwrap();
        let new = Thing::update("a", 1)
            .set(Thing::TEXT, Thing::TEXT.if_not_exists("not this"))
            .set(Thing::MAYBE_TEXT, Thing::MAYBE_TEXT.if_not_exists("this"))
            .set(Thing::MAYBE_LIST, Thing::MAYBE_LIST.if_not_exists(Some(vec!["new".to_owned()])))
            .set(Thing::ODD, Thing::MAYBE_COUNT.if_not_exists(Thing::ODD))
            .set(Thing::ANY, Thing::ANY.if_not_exists(Value::from(5)))
            .set(
                Thing::PART.then(Part::STATUS),
                Thing::MAYBE_TEXT.if_not_exists(Thing::PART.then(Part::STATUS)),
            )
            .return_new()
            .send(client)
            .await
            .unwrap();
        let expected = Thing {
            maybe_text: Some("this".into()),
            maybe_list: Some(vec!["new".into()]),
            odd: Some(0),
            any: Some(Value::from(5)),
            ..thing
        };
        assert_eq!(new, expected);
    })
    .await;
}

#[tokio::test]
async fn lists_grow_at_both_ends() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing { maybe_list: None, ..Thing::full("a", 1) };
        thing.put().send(client).await.unwrap();
        let new = Thing::update("a", 1)
            .append(Thing::LIST, ["three", "four"])
            .prepend(Thing::VALUES, [-2, -1])
            .set(Thing::MAYBE_LIST, Thing::MAYBE_LIST.or_empty().list_append(["first"]))
            .append(Thing::PART.then(Part::VALUES), Thing::VALUES)
            .set(
                Thing::PARTS.index(0).then(Part::VALUES),
                Thing::PARTS.index(1).then(Part::VALUES).list_append([1]),
            )
            .return_new()
            .send(client)
            .await
            .unwrap();
        let mut expected = thing.clone();
        expected.list.extend(["three".to_owned(), "four".to_owned()]);
        expected.values = vec![-2, -1, 0, 1, 2];
        expected.maybe_list = Some(vec!["first".into()]);
        expected.part.values.extend([0, 1, 2]);
        expected.parts[0].values.push(1);
        assert_eq!(new, expected);
        let new = Thing::update("a", 1)
            .set(Thing::MAYBE_LIST, Thing::MAYBE_LIST.or_empty().list_prepend(["zeroth"]))
            .append(Thing::PARTS, vec![thing.part.clone()])
            .return_new()
            .send(client)
            .await
            .unwrap();
        assert_eq!(new.maybe_list, Some(vec!["zeroth".into(), "first".into()]));
        assert_eq!(new.parts.last(), Some(&thing.part));
        // A list that is not there cannot be appended to without `or_empty`.
        Thing::bare("a", 2).put().send(client).await.unwrap();
        let error = Thing::update("a", 2).append(Thing::MAYBE_LIST, ["x".to_owned()]).send(client).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Validation);
    })
    .await;
}

#[tokio::test]
async fn sets_gain_and_lose_elements() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        let thing = Thing::full("a", 1);
        thing.put().send(client).await.unwrap();
        let new = Thing::update("a", 1)
            .add(Thing::TAGS, ["b", "d"])
            .delete(Thing::SCORES, [0, 5])
            .add(Thing::BLOBS, [vec![9]])
            .return_new()
            .send(client)
            .await
            .unwrap();
        assert_eq!(new.tags, ["a", "b", "d", "ç"].map(str::to_owned).into());
        assert_eq!(new.scores, [-1, 170].into());
        assert_eq!(new.blobs, [vec![1], vec![2, 3], vec![9]].into());
        // The last element takes the attribute with it, and the first brings it back.
        let gone =
            Thing::update("a", 1).delete(Thing::SCORES, [-1, 170]).return_new().send(client).await.unwrap();
        assert!(gone.scores.is_empty());
        Thing::update("a", 1).condition(Thing::SCORES.not_exists()).send(client).await.unwrap();
        let back = Thing::update("a", 1).add(Thing::SCORES, [3]).return_new().send(client).await.unwrap();
        assert_eq!(back.scores, [3].into());
        // Nothing to add, and nothing to take, is nothing to do.
        let same = Thing::update("a", 1)
            .add(Thing::TAGS, Vec::<String>::new())
            .delete(Thing::BLOBS, Vec::<Vec<u8>>::new());
        assert_eq!(same.return_new().send(client).await.unwrap(), back);
    })
    .await;
}

#[tokio::test]
async fn what_no_update_may_write() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        let client = &bench.client;
        Thing::full("a", 1).put().send(client).await.unwrap();
        // What was stored with another type is DynamoDB's to refuse.
        let mut item =
            bench.get_json("things", serde_json::json!({"owner": {"S": "a"}, "number": {"N": "1"}})).await;
        item["count"] = serde_json::json!({"S": "text"});
        bench.put_json("things", item).await;
        let error = Thing::update("a", 1).add(Thing::COUNT, 1).send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        let error = Thing::update("a", 1).set(Thing::COUNT, Thing::COUNT + 1).send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        let error = Thing::update("a", 1).set(Thing::COUNT, 1).return_old().send(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        // It was written all the same: only the old item cannot be read.
        assert_eq!(Thing::get("a", 1).consistent_read().send(client).await.unwrap().unwrap().count, 1);
    })
    .await;
}
