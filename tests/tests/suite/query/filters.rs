//! Filters: what they leave over, what they cost, and which DynamoDB would refuse.

use theory::{ErrorKind, Table};

use super::entity::{Amount, Event, Titled, all, fill};
use crate::support::with_tables;

#[tokio::test]
async fn several_filters_are_all_of_them() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let query = Event::query("here")
            .filter(Event::KIND.eq("a") | Event::NOTE.exists())
            .filter(Event::RANK.lt(1) | Event::TITLE.eq(Event::KIND))
            .filter(!Event::LEVEL.not_exists());
        let expected: Vec<Event> = events
            .iter()
            .filter(|event| event.kind == "a" || event.note.is_some())
            .filter(|event| event.rank < 1)
            .filter(|event| event.level.is_some())
            .cloned()
            .collect();
        assert!(!expected.is_empty());
        assert_eq!(all(client, query.clone()).await, expected);
        assert_eq!(query.clone().count(client).await.unwrap(), expected.len() as u64);
        let within = expected.iter().filter(|event| (5..15).contains(&event.id)).count();
        assert_eq!(query.clone().sort_key(5..15).count(client).await.unwrap(), within as u64);
        // The bill is for what was read.
        let page = query.page(client).await.unwrap();
        assert_eq!(page.scanned_count, events.len() as u64);
    })
    .await;
}

#[tokio::test]
async fn key_attributes_are_no_filters() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        let kind = |result: theory::Result<Vec<Event>>| result.unwrap_err().kind();
        // On the table itself the compiler refuses; on an index the types cannot know.
        for refused in [Event::KIND.eq("a"), Event::RANK.gt(0), Event::NOTE.exists() & !Event::RANK.exists()]
        {
            assert_eq!(
                kind(Event::by_kind("a").filter(refused).all(client).await),
                ErrorKind::InvalidRequest
            );
        }
        let refused = Event::by_level("here").filter(Event::PLACE.eq("here")).all(client).await;
        assert_eq!(kind(refused), ErrorKind::InvalidRequest);
        let refused = Event::by_level("here").filter(Event::LEVEL.is_in([1, 2])).all(client).await;
        assert_eq!(kind(refused), ErrorKind::InvalidRequest);
        let refused = Event::by_level("here").filter(Event::TITLE.ne(Event::PLACE)).all(client).await;
        assert_eq!(kind(refused), ErrorKind::InvalidRequest);
        let refused =
            Event::by_amount("a").filter(Event::AMOUNT.exists()).project::<Amount>().all(client).await;
        let error = refused.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidRequest, Some("Query")));
        assert!(
            error.to_string().contains("`amount`") && error.to_string().contains("`by_amount`"),
            "{error}"
        );
        assert_eq!(bench.wire.count(), 0, "nothing was sent");

        // The table's key is no key of a global index.
        let found = Event::by_kind("a").filter(Event::PLACE.eq("there") & Event::ID.gt(1));
        assert_eq!(found.count(client).await.unwrap(), 2);
        let found = Event::by_level("here").filter(Event::ID.lt(10) & Event::NOTE.exists());
        assert_eq!(found.count(client).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_an_index_does_not_hold_is_no_filter() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let kinds = [
            Event::by_amount("a")
                .filter(Event::NOTE.exists())
                .project::<Amount>()
                .all(client)
                .await
                .map(drop),
            Event::by_title("here")
                .filter(Event::KIND.ne("a"))
                .project::<Titled>()
                .all(client)
                .await
                .map(drop),
            // The rest is fetched for what the filter leaves over, not for the filter.
            Event::by_title("here").filter(Event::LEVEL.gt(0)).fetch_from_table().all(client).await.map(drop),
            Event::by_time("here").filter(Event::NOTE.not_exists()).count(client).await.map(drop),
        ]
        .map(|result| result.unwrap_err().kind());
        assert_eq!(kinds, [ErrorKind::InvalidRequest; 4]);
        assert_eq!(bench.wire.count(), 0, "nothing was sent");

        let held = Event::RANK.gt(0) | Event::NOTE.exists() & Event::ID.gt(3);
        let found = Event::by_title("here").filter(held).count(client).await.unwrap();
        let expected =
            events.iter().filter(|event| event.rank > 0 || event.note.is_some() && event.id > 3).count();
        assert_eq!(found, expected as u64);
    })
    .await;
}
