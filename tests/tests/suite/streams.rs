//! Records that an engine wrote, as typed changes.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use theory::stream::{Change, EventKind, FromRecord, Keys, Record, RemovalCause, StreamEvent, StreamView};
use theory::{Attribute, Client, ErrorKind, Item, Table, Timestamp};
use theory_tests::{Capability, Sandbox, for_each_engine};

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "wares")]
struct Ware {
    #[table(pk)]
    shelf: String,
    #[table(sk)]
    number: i64,
    price: Option<f64>,
    labels: BTreeSet<String>,
    picture: Vec<u8>,
    parts: Vec<Part>,
    #[table(ttl)]
    expires: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Part {
    name: String,
    weight: u128,
}

fn ware(number: i64) -> Ware {
    Ware {
        shelf: "é \"1\"".to_owned(),
        number,
        price: Some(0.1),
        labels: ["blue", "small"].map(str::to_owned).into(),
        picture: vec![0, 255, 7],
        parts: vec![Part { name: String::new(), weight: 10_u128.pow(37) + 1 }],
        expires: None,
    }
}

const VIEWS: [StreamView; 4] =
    [StreamView::KeysOnly, StreamView::NewImage, StreamView::OldImage, StreamView::NewAndOldImages];

/// A table with a stream of this view, and a client that finds it.
async fn table(sandbox: &Sandbox, view: StreamView) -> (Client, String) {
    let prefix = format!("{}{}-", sandbox.prefix(), view.as_str());
    let client = Client::builder(sandbox.sdk_client()).table_prefix(&prefix).build().unwrap();
    let table = format!("{prefix}wares");
    let request = json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "shelf", "AttributeType": "S"},
            {"AttributeName": "number", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "shelf", "KeyType": "HASH"},
            {"AttributeName": "number", "KeyType": "RANGE"},
        ],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": view.as_str()},
    });
    sandbox.call("CreateTable", &request).await.unwrap();
    (client, table)
}

/// Everything that the table's stream holds.
async fn records(sandbox: &Sandbox, table: &str) -> Vec<Record> {
    let call = async |operation: &str, body: Json| sandbox.call(operation, &body).await.unwrap();
    let streams = call("ListStreams", json!({"TableName": table})).await;
    let arn = &streams["Streams"][0]["StreamArn"];
    let stream = call("DescribeStream", json!({"StreamArn": arn})).await;
    let mut records = Vec::new();
    for shard in stream["StreamDescription"]["Shards"].as_array().unwrap() {
        let shard = &shard["ShardId"];
        let start = json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
        let mut iterator = call("GetShardIterator", start).await["ShardIterator"].take();
        loop {
            let mut answer = call("GetRecords", json!({"ShardIterator": iterator})).await;
            // The answer is an event as it is.
            let read = StreamEvent::from_json(answer.to_string()).unwrap();
            let before = records.len();
            records.extend(read.into_records().into_iter().map(Result::unwrap));
            iterator = answer["NextShardIterator"].take();
            if iterator.is_null() || records.len() == before {
                break;
            }
        }
    }
    records
}

/// Three items are made; one is changed, one written over, and one deleted.
async fn write(client: &Client) {
    for number in [1, 2, -3] {
        ware(number).create().send(client).await.unwrap();
    }
    Ware::update(ware(1).shelf, 1).set(Ware::PRICE, None).send(client).await.unwrap();
    Ware { labels: BTreeSet::new(), ..ware(2) }.put().send(client).await.unwrap();
    // Where nothing changes there is nothing to tell.
    Ware { labels: BTreeSet::new(), ..ware(2) }.put().send(client).await.unwrap();
    Ware::delete(ware(-3).shelf, -3).send(client).await.unwrap();
}

fn cheaper() -> Ware {
    Ware { price: None, ..ware(1) }
}

fn bare() -> Ware {
    Ware { labels: BTreeSet::new(), ..ware(2) }
}

#[track_caller]
fn read<C: FromRecord>(records: &[Record]) -> Vec<C> {
    records.iter().map(|record| record.read().unwrap().unwrap()).collect()
}

#[tokio::test]
async fn what_each_view_tells() {
    for_each_engine(async |sandbox| {
        for view in VIEWS {
            let (client, table) = table(&sandbox, view).await;
            write(&client).await;
            let mut records = records(&sandbox, &table).await;
            if !sandbox.supports(Capability::StreamsSkipUnchanged) {
                records.remove(5);
            }
            let key = |number| Keys::<Ware>((ware(number).shelf, number));
            // Every type that a view holds the images of, and no other.
            match view {
                StreamView::NewAndOldImages => assert_eq!(
                    read::<Change<Ware>>(&records),
                    [
                        Change::Inserted { new: ware(1) },
                        Change::Inserted { new: ware(2) },
                        Change::Inserted { new: ware(-3) },
                        Change::Modified { old: ware(1), new: cheaper() },
                        Change::Modified { old: ware(2), new: bare() },
                        Change::Removed { old: ware(-3) },
                    ]
                ),
                StreamView::NewImage => assert_eq!(
                    read::<Change<Ware, Keys<Ware>>>(&records)[2..],
                    [
                        Change::Inserted { new: ware(-3) },
                        Change::Modified { old: key(1), new: cheaper() },
                        Change::Modified { old: key(2), new: bare() },
                        Change::Removed { old: key(-3) },
                    ]
                ),
                StreamView::OldImage => assert_eq!(
                    read::<Change<Keys<Ware>, Ware>>(&records)[2..],
                    [
                        Change::Inserted { new: key(-3) },
                        Change::Modified { old: ware(1), new: key(1) },
                        Change::Modified { old: ware(2), new: key(2) },
                        Change::Removed { old: ware(-3) },
                    ]
                ),
                StreamView::KeysOnly => assert_eq!(
                    read::<Change<Keys<Ware>>>(&records)[2..],
                    [
                        Change::Inserted { new: key(-3) },
                        Change::Modified { old: key(1), new: key(1) },
                        Change::Modified { old: key(2), new: key(2) },
                        Change::Removed { old: key(-3) },
                    ]
                ),
            }
            assert_eq!(read::<Change<Keys<Ware>>>(&records).len(), 6, "every stream has the keys");
            if view != StreamView::NewAndOldImages {
                let error = records[3].change::<Ware>().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::MissingImage);
                assert!(format!("{error:?}").contains(view.as_str()), "{error:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_stands_around_the_images() {
    for_each_engine(async |sandbox| {
        let begun = Timestamp::now();
        let (client, table) = table(&sandbox, StreamView::NewAndOldImages).await;
        write(&client).await;
        let records = records(&sandbox, &table).await;
        let numbers: Vec<u128> =
            records.iter().map(|record| record.sequence_number().unwrap().parse().unwrap()).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
        let ids: BTreeSet<_> = records.iter().map(|record| record.event_id().unwrap()).collect();
        assert_eq!(ids.len(), records.len());
        for record in &records {
            let made = record.approximate_creation_time().unwrap();
            // Of the second below, or of the minute.
            assert!(made.unix_seconds() >= begun.unix_seconds() - 60 && made <= Timestamp::now());
            assert_eq!(record.view(), Some(StreamView::NewAndOldImages));
            assert!(record.keys().unwrap().get("number").is_some());
        }
        let removed = records.last().unwrap();
        assert_eq!(
            (removed.kind(), removed.removal_cause()),
            (EventKind::Remove, Some(RemovalCause::Unknown))
        );
        assert_eq!(removed.old_image::<Item>().unwrap().unwrap().get("number"), Some(&(-3).into()));
        // The key of a record is one that requests begin with.
        let key = records[0].key::<Ware>().unwrap().unwrap();
        assert_eq!(key.get().send(&client).await.unwrap(), Some(cheaper()));
    })
    .await;
}

#[tokio::test]
async fn an_item_that_expires() {
    for_each_engine(async |sandbox| {
        let (client, table) = table(&sandbox, StreamView::OldImage).await;
        let setting = json!({"Enabled": true, "AttributeName": "expires"});
        let request = json!({"TableName": table, "TimeToLiveSpecification": setting});
        sandbox.call("UpdateTimeToLive", &request).await.unwrap();
        let expired = Timestamp::from_unix_seconds(Timestamp::now().unix_seconds() - 100).unwrap();
        let ware = Ware { expires: Some(expired), ..ware(1) };
        ware.create().send(&client).await.unwrap();

        let is_gone = sandbox.eventually(async || records(&sandbox, &table).await.len() > 1).await;
        assert!(is_gone);
        let records = records(&sandbox, &table).await;
        let change = records[1].read::<Change<Keys<Ware>, Ware>>().unwrap();
        assert_eq!(change, Some(Change::Removed { old: ware }));
        // Whichever case the engine writes the names of the identity in.
        assert_eq!(records[1].removal_cause(), Some(RemovalCause::Ttl));
    })
    .await;
}
