//! Writes that return the item, where the item cannot be read: they are done, and are not called a failure.

use serde_json::json;
use theory::{Error, ErrorKind, Projection, Table};

use crate::support::with_tables;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "gauges")]
struct Gauge {
    #[table(pk)]
    id: String,
    reading: u64,
    /// Older items lack it.
    unit: String,
}

#[derive(Debug, PartialEq, Projection)]
#[projection(of = Gauge)]
struct Unit {
    unit: String,
}

fn gauge() -> Gauge {
    Gauge { id: "g".into(), reading: 7, unit: "bar".into() }
}

#[tokio::test]
async fn a_write_whose_answer_cannot_be_read_is_done() {
    with_tables(theory::schema![Gauge], async |bench| {
        let client = &bench.client;
        // What is stored afterwards; the reading of what was returned.
        for (write, stored, returned) in [
            ("add, the new item", Some("2"), "2"),
            ("add, the old item", Some("2"), "1"),
            ("add, what was updated", Some("2"), "2"),
            ("put", Some("7"), "1"),
            ("delete", None, "1"),
        ] {
            bench.put_json("gauges", json!({"id": {"S": "g"}, "reading": {"N": "1"}})).await;
            bench.wire.clear();
            let add = || Gauge::update("g").add(Gauge::READING, 1);
            let result: Result<(), Error> = match write {
                "put" => gauge().put().return_old().send(client).await.map(drop),
                "delete" => Gauge::delete("g").return_old().send(client).await.map(drop),
                "add, the old item" => add().return_old().send(client).await.map(drop),
                "add, what was updated" => add().return_updated_new::<Unit>().send(client).await.map(drop),
                _ => add().return_new().send(client).await.map(drop),
            };
            let error = result.unwrap_err();
            assert_eq!(
                (error.kind(), error.attribute()),
                (ErrorKind::MissingAttribute, Some("unit")),
                "{write}"
            );
            assert!(error.is_ambiguous() && !error.is_retryable(), "{write}: {error}");
            assert!(error.to_string().contains("the write is done"), "{error}");
            assert_eq!((error.attempts(), bench.wire.count()), (1, 1), "{write}");
            assert!(error.request_id().is_some() || bench.sandbox.embedded().is_none(), "{write}");
            // What came back is not lost, and no secret is in what is printed.
            let item = error.returned_item::<theory::Item>().unwrap().expect("an item");
            assert_eq!(item.get("reading").unwrap().to::<u64>().unwrap().to_string(), returned, "{write}");
            assert!(error.old_item::<theory::Item>().unwrap().is_none(), "{write}");
            let now = bench.get_json("gauges", json!({"id": {"S": "g"}})).await;
            assert_eq!(now["reading"]["N"].as_str(), stored, "{write}");
        }
        // A read that fails so is in no doubt.
        bench.put_json("gauges", json!({"id": {"S": "g"}, "reading": {"N": "1"}})).await;
        let error = Gauge::get("g").send(client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::MissingAttribute, false));
        assert!(error.returned_item::<theory::Item>().unwrap().is_some());
    })
    .await;
}
