//! Resuming: from every cursor that a query gives comes exactly the rest of it.

use std::fmt::Debug;

use theory::cursor::{Cursor, CursorKeys, InvalidCursor, InvalidCursorReason as Reason};
use theory::op::{Page, Query, ReadFrom};
use theory::{Client, ErrorKind, Table, prefix};

use super::entity::{Amount, Event, Note, Timed, Titled, all, fill};
use crate::support::with_tables;

/// Reads a query in pages of every size, and resumes from each page's cursor, which went through text as it would to
/// another process: first all of the rest at once, then page by page.
async fn resumes<E, I, S, O>(client: &Client, what: &str, query: Query<E, I, S, O>)
where
    E: Table,
    O: ReadFrom<I> + PartialEq + Debug + Clone + Send + 'static,
{
    let whole = all(client, query.clone()).await;
    assert!(!whole.is_empty(), "{what}");
    let base = query.clone();
    let pages_of =
        [1, 2, 3, 7, 1000].map(|size| (format!("{what}, pages of {size}"), query.clone().page_size(size)));
    // Cut in the middle of DynamoDB's page where there is a filter, by its limit where there is none.
    let takes = [1, 2, 5].map(|n| (format!("{what}, {n} at a time"), query.clone().take(n)));
    let cut = [(4, 3), (3, 4), (1000, 2)]
        .map(|(size, n)| (format!("{what}, {n} of pages of {size}"), query.clone().page_size(size).take(n)));
    for (what, query) in pages_of.into_iter().chain(takes).chain(cut) {
        walk(client, &what, &whole, &base, query).await;
    }
}

async fn walk<E, I, S, O>(
    client: &Client,
    what: &str,
    whole: &[O],
    base: &Query<E, I, S, O>,
    query: Query<E, I, S, O>,
) where
    E: Table,
    O: ReadFrom<I> + PartialEq + Debug + Clone + Send + 'static,
{
    let mut seen = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let page: Page<O> = query.clone().start_after(cursor.take()).page(client).await.expect(what);
        seen.extend(page.items.iter().cloned());
        assert_eq!(seen, whole[..seen.len()], "{what}");
        let Some(next) = page.into_next_cursor() else { break };
        let next: Cursor = next.to_string().parse().expect(what);
        let rest = all(client, base.clone().start_after(next.clone())).await;
        assert_eq!(rest, whole[seen.len()..], "{what}, after {}", seen.len());
        cursor = Some(next);
    }
    assert_eq!(seen, whole, "{what}");
}

#[tokio::test]
async fn on_the_table() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        resumes(client, "all", Event::query("here")).await;
        resumes(client, "descending", Event::query("here").descending()).await;
        resumes(client, "filter", Event::query("here").filter(Event::KIND.eq("b"))).await;
        resumes(client, "rare", Event::query("here").filter(Event::TITLE.eq("z-14")).descending()).await;
        resumes(client, "range", Event::query("here").sort_key(3..17).filter(Event::KIND.eq("a"))).await;
        resumes(client, "projection", Event::query("here").project::<Note>()).await;
        resumes(client, "filtered part", Event::query("here").filter(Event::NOTE.exists()).project::<Note>())
            .await;
    })
    .await;
}

#[tokio::test]
async fn on_local_indexes() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        resumes(client, "duplicates", Event::by_level("here")).await;
        resumes(client, "duplicates", Event::by_level("here").descending().sort_key(-3..)).await;
        resumes(client, "part", Event::by_title("here").project::<Titled>()).await;
        let filtered = Event::by_title("here").filter(Event::NOTE.exists()).descending();
        resumes(client, "filtered part", filtered.project::<Titled>()).await;
        resumes(client, "prefix", Event::by_title("here").fetch_from_table().sort_key(prefix("b"))).await;
        resumes(client, "bytes", Event::by_hash("here")).await;
        resumes(client, "time", Event::by_time("here").project::<Timed>().descending()).await;
        resumes(client, "whole", Event::by_title("here").fetch_from_table().filter(Event::RANK.gt(-1))).await;
    })
    .await;
}

#[tokio::test]
async fn on_global_indexes() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        // Four ranks for eighteen items, out of two partitions: most sort keys come several times.
        resumes(client, "duplicates", Event::by_kind("a")).await;
        resumes(client, "descending", Event::by_kind("a").descending()).await;
        resumes(client, "one rank", Event::by_kind("a").sort_key(0)).await;
        resumes(client, "filter", Event::by_kind("a").filter(Event::PLACE.eq("there"))).await;
        resumes(client, "no sort key", Event::by_group(7)).await;
        resumes(client, "long numbers", Event::by_amount("a").project::<Amount>()).await;
        resumes(client, "long numbers", Event::by_amount("a").project::<Amount>().descending()).await;
    })
    .await;
}

#[tokio::test]
async fn on_a_scan() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        resumes(client, "all", Event::scan()).await;
        resumes(client, "filter", Event::scan().filter(Event::KIND.eq("b"))).await;
        resumes(client, "part", Event::scan().filter(Event::NOTE.exists()).project::<Note>()).await;
    })
    .await;
}

#[tokio::test]
async fn what_changed_meanwhile_disturbs_nothing() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let page = Event::query("here").page_size(5).page(client).await.unwrap();
        // The item at which the page ended goes away, and others come and go around it.
        Event::delete("here", 4).send(client).await.unwrap();
        Event::delete("here", 0).send(client).await.unwrap();
        Event::delete("here", 10).send(client).await.unwrap();
        let rest = all(client, Event::query("here").start_after(page.into_next_cursor())).await;
        let expected: Vec<Event> = events[5..].iter().filter(|event| event.id != 10).cloned().collect();
        assert_eq!(rest, expected);
    })
    .await;
}

/// The text of a cursor with this JSON in it.
fn text(json: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in json.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte))
            << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            text.push(match digit <= chunk.len() {
                true => char::from(DIGITS[bits >> (18 - 6 * digit) & 63]),
                false => '=',
            });
        }
    }
    text
}

#[tokio::test]
async fn foreign_and_forged_cursors_are_refused_before_sending() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        let reason = |error: theory::Error| -> Reason {
            assert_eq!(error.kind(), ErrorKind::InvalidCursor);
            let source = std::error::Error::source(&error).expect("it says why");
            source.downcast_ref::<InvalidCursor>().expect("as an invalid cursor").reason()
        };
        let of_table =
            Event::query("here").page_size(2).page(client).await.unwrap().into_next_cursor().unwrap();
        let descending = Event::query("here").descending().page_size(2).page(client).await.unwrap();
        let descending = descending.into_next_cursor().unwrap();
        let there =
            Event::query("there").page_size(2).page(client).await.unwrap().into_next_cursor().unwrap();
        let of_index =
            Event::by_kind("a").page_size(2).page(client).await.unwrap().into_next_cursor().unwrap();
        let of_scan = Event::scan().page_size(2).page(client).await.unwrap().into_next_cursor().unwrap();
        bench.wire.clear();

        let query = |cursor: &Cursor| {
            let query = Event::query("here").start_after(cursor.clone());
            async move { query.all(client).await }
        };
        assert_eq!(reason(query(&descending).await.unwrap_err()), Reason::Direction);
        assert_eq!(reason(query(&there).await.unwrap_err()), Reason::Partition("place"));
        assert_eq!(reason(query(&of_index).await.unwrap_err()), Reason::Index);
        let error = Event::by_kind("a").start_after(of_table.clone()).page(client).await.unwrap_err();
        assert_eq!(reason(error), Reason::Index);
        let error = Event::by_kind("b").start_after(of_index.clone()).count(client).await.unwrap_err();
        assert_eq!(reason(error), Reason::Partition("kind"));
        let error = Event::by_amount("a").project::<Amount>().start_after(of_index).first(client).await;
        assert_eq!(reason(error.unwrap_err()), Reason::Index);

        for (json, expected) in [
            (r#"{"lastKey":{"place":{"S":"here"}}}"#, Reason::Missing("id")),
            (r#"{"lastKey":{"place":{"S":"here"},"id":{"S":"1"}}}"#, Reason::Type("id")),
            (r#"{"lastKey":{"place":{"S":""},"id":{"N":"1"}}}"#, Reason::Length("place")),
            (r#"{"lastKey":{"place":{"S":"there"},"id":{"N":"1"}}}"#, Reason::Partition("place")),
            (r#"{"lastKey":{"place":{"S":"here"},"id":{"N":"1"},"kind":{"S":"a"}}}"#, Reason::Foreign),
            (r#"{"lastKey":{"place":{"S":"here"},"id":{"N":"1"}},"index":"by_kind"}"#, Reason::Index),
            (r#"{"lastKey":{"place":{"S":"here"},"id":{"N":"1"}},"sort":"DESC"}"#, Reason::Direction),
        ] {
            let cursor: Cursor = text(json).parse().expect(json);
            assert_eq!(reason(query(&cursor).await.unwrap_err()), expected, "{json}");
        }
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
        for nonsense in
            ["", "x", "%%%", "bm9uc2Vuc2U=", &text("{}"), &text(r#"{"lastKey":{"id":{"BOOL":true}}}"#)]
        {
            assert!(nonsense.parse::<Cursor>().is_err(), "{nonsense}");
        }
        // A true one that someone else made, of an item that is not there, is a place like any other.
        let made: Cursor = text(r#"{"lastKey":{"place":{"S":"here"},"id":{"N":"9.5"}}}"#).parse().unwrap();
        assert_eq!(query(&made).await.unwrap()[0].id, 10);
        assert_eq!(Event::scan().start_after(of_scan).count(client).await.unwrap(), 26);
    })
    .await;
}

#[tokio::test]
async fn sealed_cursors_go_out_and_come_back() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let keys = CursorKeys::new([7; 32]);
        let (mut seen, mut sealed) = (Vec::new(), None::<String>);
        loop {
            let start = sealed.map(|text| Cursor::unseal(&keys, b"events of here", &text).unwrap());
            let page = Event::query("here").page_size(10).start_after(start).page(client).await.unwrap();
            seen.extend(page.items.iter().cloned());
            let Some(next) = page.next_cursor() else { break };
            let text = next.seal(&keys, b"events of here").unwrap();
            assert!(Cursor::unseal(&keys, b"events of there", &text).is_err());
            assert!(text.parse::<Cursor>().is_err(), "a sealed cursor cannot be read without the key");
            sealed = Some(text);
        }
        assert_eq!(seen, events);
    })
    .await;
}
