//! Pages, streams, and the shortcuts over them: what is fetched, and when.

use futures_util::{StreamExt as _, TryStreamExt as _};
use theory::{ErrorKind, Table};

use super::entity::{Event, HERE, all, fill};
use crate::support::{Bench, with_tables};

/// The `Limit` of each request since the last look.
fn limits(bench: &Bench) -> Vec<Option<u64>> {
    let limits = bench.wire.sent().iter().map(|sent| sent.body["Limit"].as_u64()).collect();
    bench.wire.clear();
    limits
}

#[tokio::test]
async fn a_page_size_is_what_is_evaluated() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let page = Event::query("here").page_size(5).page(client).await.unwrap();
        assert_eq!(page.items, events[..5]);
        assert_eq!(page.scanned_count, 5);
        assert!(page.next_cursor().is_some());
        assert!(page.consumed_capacity.is_some());
        let filtered =
            Event::query("here").page_size(6).filter(Event::KIND.eq("b")).page(client).await.unwrap();
        assert_eq!((filtered.items.len(), filtered.scanned_count), (2, 6));
        assert_eq!(limits(bench), [Some(5), Some(6)]);

        let pages: Vec<_> = Event::query("here").page_size(5).pages(client).try_collect().await.unwrap();
        let sizes: Vec<usize> = pages.iter().map(|page| page.items.len()).collect();
        assert_eq!(sizes, [5, 5, 5, 5, 3]);
        let items: Vec<Event> = pages.into_iter().flat_map(|page| page.items).collect();
        assert_eq!(items, events);
        assert_eq!(limits(bench), [Some(5); 5]);
        assert_eq!(all(client, Event::query("here").page_size(5)).await, events);
        assert_eq!(Event::query("here").page_size(5).count(client).await.unwrap(), HERE);
        assert_eq!(limits(bench), [Some(5); 10]);
        // A page whose items were all left out by the filter is a page all the same.
        let none = Event::query("here").page_size(7).filter(Event::TITLE.eq("no such"));
        let pages: Vec<_> = none.pages(client).try_collect().await.unwrap();
        assert!(pages.iter().all(|page| page.items.is_empty()));
        assert_eq!(pages.iter().map(|page| page.scanned_count).sum::<u64>(), HERE);
    })
    .await;
}

#[tokio::test]
async fn a_page_of_no_items_is_no_page() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let error = Event::query("here").page_size(0).page(&bench.client).await.unwrap_err();
        assert!(error.is_invalid(), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_stream_fetches_a_page_when_it_is_asked_for() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let mut stream = Event::query("here").page_size(10).stream(client);
        assert_eq!(bench.wire.count(), 0, "not before it is polled");
        for (n, event) in events.iter().enumerate() {
            assert_eq!(stream.next().await.unwrap().unwrap(), *event);
            assert_eq!(bench.wire.count(), n / 10 + 1);
        }
        assert!(stream.next().await.is_none());
        assert_eq!(bench.wire.count(), 3);
        drop(stream);
        bench.wire.clear();
        let firsts: Vec<Event> =
            Event::query("here").page_size(10).stream(client).take(4).try_collect().await.unwrap();
        assert_eq!(firsts, events[..4]);
        assert_eq!(bench.wire.count(), 1, "what is not asked for is not fetched");
    })
    .await;
}

#[tokio::test]
async fn reading_ahead_fetches_one_page_more() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let mut pages = Event::query("here").page_size(5).read_ahead().pages(client);
        assert_eq!(bench.wire.count(), 0, "not before it is polled");
        assert_eq!(pages.next().await.unwrap().unwrap().items, events[..5]);
        let second = bench.sandbox.eventually(async || bench.wire.count() == 2).await;
        assert!(second, "the next page is fetched without being asked for");
        // And not the one after it, however long it takes.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(bench.wire.count(), 2);
        let rest: Vec<_> = pages.try_collect().await.unwrap();
        let rest: Vec<Event> = rest.into_iter().flat_map(|page| page.items).collect();
        assert_eq!(rest, events[5..]);
        assert_eq!(bench.wire.count(), 5);

        let items: Vec<Event> = Event::query("here")
            .page_size(3)
            .read_ahead()
            .descending()
            .stream(client)
            .try_collect()
            .await
            .unwrap();
        assert!(items.iter().rev().eq(&events));
        // With a filter, a limit and a start, it is the same query.
        let cursor = Event::query("here").page_size(2).page(client).await.unwrap().into_next_cursor();
        let query = || {
            Event::query("here").filter(Event::KIND.eq("a")).page_size(4).start_after(cursor.clone()).take(7)
        };
        let ahead: Vec<Event> = query().read_ahead().stream(client).try_collect().await.unwrap();
        assert_eq!(ahead, all(client, query()).await);
        assert_eq!(ahead.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn first_one_and_take() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        assert_eq!(Event::query("here").first(client).await.unwrap().as_ref(), events.first());
        assert_eq!(Event::query("here").descending().first(client).await.unwrap().as_ref(), events.last());
        assert_eq!(limits(bench), [Some(1), Some(1)], "no more is read than is wanted");
        assert_eq!(Event::query("nowhere").first(client).await.unwrap(), None);
        assert_eq!(Event::query("here").take(7).all(client).await.unwrap(), events[..7]);
        assert_eq!(limits(bench), [Some(1), Some(7)]);
        // Page by page, the last page no longer than what is left.
        assert_eq!(Event::query("here").page_size(3).take(7).all(client).await.unwrap(), events[..7]);
        assert_eq!(limits(bench), [Some(3), Some(3), Some(1)]);
        assert_eq!(Event::query("here").take(1000).all(client).await.unwrap(), events);
        assert_eq!(Event::query("here").take(5).count(client).await.unwrap(), 5);
        assert_eq!(Event::query("here").take(5).filter(Event::KIND.eq("b")).count(client).await.unwrap(), 5);
        assert_eq!(Event::query("here").take(500).count(client).await.unwrap(), HERE);
        bench.wire.clear();
        // More than DynamoDB's integers hold is as good as all.
        assert_eq!(Event::query("here").take(usize::MAX).all(client).await.unwrap(), events);
        assert_eq!(Event::query("here").page_size(u32::MAX).all(client).await.unwrap(), events);
        assert_eq!(limits(bench), [Some(2_147_483_647); 2]);

        // With a filter, what is wanted is known only afterwards.
        let last = Event::query("here").filter(Event::TITLE.eq("béta-22")).page_size(4);
        assert_eq!(last.clone().first(client).await.unwrap().as_ref(), events.last());
        assert_eq!(limits(bench), [Some(4); 6]);
        assert_eq!(last.one(client).await.unwrap(), events[22]);

        assert_eq!(Event::query("here").sort_key(4).one(client).await.unwrap(), events[4]);
        let error = Event::query("here").sort_key(400).one(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let error = Event::query("here").one(client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MoreThanOne);
        let error =
            Event::query("here").filter(Event::NOTE.exists()).page_size(1).one(client).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.entity(), error.operation()),
            (ErrorKind::MoreThanOne, "Event", Some("Query"))
        );
    })
    .await;
}

#[tokio::test]
async fn counting_reads_no_items() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        assert_eq!(Event::query("here").filter(Event::KIND.eq("b")).count(client).await.unwrap(), 8);
        assert_eq!(bench.wire.last()["Select"], "COUNT");
        assert_eq!(Event::by_kind("b").sort_key(0..).count(client).await.unwrap(), 5);
        // What cannot be read is counted too.
        let mut broken =
            bench.get_json("events", serde_json::json!({"place": {"S": "here"}, "id": {"N": "3"}})).await;
        broken["note"] = serde_json::json!({"N": "5"});
        bench.put_json("events", broken).await;
        assert_eq!(Event::query("here").count(client).await.unwrap(), HERE);
        assert_eq!(Event::query("here").all(client).await.unwrap_err().kind(), ErrorKind::Decode);
        let kept = Event::query("here").keep_undecodable().all(client).await.unwrap();
        assert_eq!(kept.iter().filter(|event| event.is_ok()).count() as u64, HERE - 1);
        let undecodable = kept[3].as_ref().unwrap_err();
        assert_eq!(undecodable.error.attribute().as_deref(), Some("note"));
        assert_eq!(undecodable.item.get("note"), Some(&theory::Value::from(5)));
    })
    .await;
}
