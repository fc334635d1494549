//! The table and its indexes: what they hold, and in which order.

use std::collections::BTreeSet;

use theory::client::CreateTables;
use theory::op::Page;
use theory::{ErrorKind, Table, after, prefix};
use theory_tests::{Capability, for_each_engine};

use super::entity::{Amount, Event, HERE, Note, Titled, all, fill};
use crate::support::{Bench, with_tables};

#[tokio::test]
async fn a_partition_is_read_alone_and_in_order() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        assert_eq!(all(client, Event::query("here")).await, events);
        let mut reversed = all(client, Event::query("here").descending()).await;
        reversed.reverse();
        assert_eq!(reversed, events);
        assert_eq!(all(client, Event::query("there")).await.len(), 5);
        assert_eq!(all(client, Event::query("nowhere")).await, []);
    })
    .await;
}

#[tokio::test]
async fn global_indexes_go_across_partitions() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let found = all(client, Event::by_kind("b")).await;
        assert!(found.is_sorted_by_key(|event| event.rank));
        let ids = |events: &[Event]| -> BTreeSet<(String, u64)> {
            events.iter().map(|event| (event.place.clone(), event.id)).collect()
        };
        let there = (0..5).map(|id| Event::new("there", id));
        let expected: Vec<Event> =
            events.iter().cloned().chain(there).filter(|event| event.kind == "b").collect();
        assert_eq!(ids(&found), ids(&expected));
        assert_eq!(found.len(), expected.len());

        let ranked = all(client, Event::by_kind("a").sort_key(-1..1)).await;
        assert!(!ranked.is_empty());
        assert!(ranked.iter().all(|event| event.kind == "a" && (-1..1).contains(&event.rank)));
        // An index without a sort key; what lacks its key is not in it.
        assert_eq!(Event::by_group(7).count(client).await.unwrap(), 12 + 3);
        assert_eq!(all(client, Event::by_group(8)).await, []);
    })
    .await;
}

#[tokio::test]
async fn an_item_enters_and_leaves_an_index_with_its_key() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        let count = async |group: u32| Event::by_group(group).count(client).await.unwrap();
        assert_eq!((count(7).await, count(9).await), (15, 0));
        Event::update("here", 1).set(Event::GROUP, 9).send(client).await.unwrap();
        Event::update("here", 2).set(Event::GROUP, 9).send(client).await.unwrap();
        Event::update("here", 4).remove(Event::GROUP).send(client).await.unwrap();
        Event::delete("here", 6).send(client).await.unwrap();
        assert_eq!((count(7).await, count(9).await), (12, 2));
        let level = async || Event::by_level("here").count(client).await.unwrap();
        let before = level().await;
        Event::update("here", 3).set(Event::LEVEL, None).send(client).await.unwrap();
        assert_eq!(level().await, before - 1);
    })
    .await;
}

#[tokio::test]
async fn what_an_index_does_not_hold_is_not_asked_of_it() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        let rows = all(client, Event::by_amount("a").project::<Amount>()).await;
        assert!(rows.is_sorted_by(|a, b| a.amount <= b.amount));
        assert_eq!(rows.len(), 15 + 3);
        let sent = bench.wire.last();
        let names = sent["ExpressionAttributeNames"].as_object().unwrap().values();
        let names: BTreeSet<&str> = names.filter_map(|name| name.as_str()).collect();
        // Those of the projection, and the keys, from which a cursor is made.
        assert_eq!(names, BTreeSet::from(["amount", "id", "kind", "place"]));

        let rows = all(client, Event::by_title("here").sort_key(prefix("z")).project::<Titled>()).await;
        let mut expected: Vec<Titled> = events
            .iter()
            .filter(|event| event.title.starts_with('z'))
            .map(|event| Titled { title: event.title.clone(), note: event.note.clone(), rank: event.rank })
            .collect();
        expected.sort_by(|a, b| a.title.cmp(&b.title));
        assert_eq!(rows, expected);

        // A local index gives the rest if it is asked to, at the price of reading each item.
        let whole = Event::by_title("here").fetch_from_table();
        assert_eq!(all(client, whole).await.len() as u64, HERE);
        assert_eq!(bench.wire.last()["Select"], "ALL_ATTRIBUTES");
        let notes = all(client, Event::query("here").project::<Note>()).await;
        assert_eq!(notes.iter().filter(|row| row.note.is_some()).count(), 5);
    })
    .await;
}

#[tokio::test]
async fn consistent_reads_where_there_are_such() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = fill(bench).await;
        let client = &bench.client;
        assert_eq!(all(client, Event::query("here").consistent_read()).await, events);
        assert_eq!(bench.wire.last()["ConsistentRead"], true);
        assert_eq!(Event::by_level("here").consistent_read().count(client).await.unwrap(), 17);
        assert_eq!(bench.wire.last()["ConsistentRead"], true);
        assert_eq!(Event::scan().consistent_read().count(client).await.unwrap(), HERE + 5);
        assert_eq!(bench.wire.last()["ConsistentRead"], true);
        assert_eq!(all(client, Event::query("here")).await, events);
        assert!(bench.wire.last()["ConsistentRead"].is_null());
        // It costs twice as much.
        let page = Event::query("here").page(client).await.unwrap();
        let consistent = Event::query("here").consistent_read().page(client).await.unwrap();
        let units = |page: &Page<Event>| page.consumed_capacity.as_ref().unwrap().units();
        assert_eq!(units(&consistent), 2.0 * units(&page));
    })
    .await;
}

#[tokio::test]
async fn scans_read_everything() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        let found = all(client, Event::scan().page_size(4)).await;
        assert_eq!(found.len() as u64, HERE + 5);
        let ids: BTreeSet<_> = found.iter().map(|event| (&event.place, event.id)).collect();
        assert_eq!(ids.len() as u64, HERE + 5);
        // A scan may filter by a key.
        let filtered = Event::scan().filter(Event::PLACE.eq("there") & Event::ID.lt(3));
        assert_eq!(all(client, filtered).await.len(), 3);
        let notes = all(client, Event::scan().filter(Event::NOTE.exists()).project::<Note>()).await;
        assert_eq!(notes, vec![Note { note: Some("five".into()) }; 6]);
        assert_eq!(Event::scan().filter(Event::KIND.eq("b")).count(client).await.unwrap(), 10);
        assert!(bench.wire.sent().iter().all(|sent| sent.operation == "Scan"));
    })
    .await;
}

/// Keys of several attributes on both sides.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    name = "shops",
    gsi(name = "by_place", pk = (country, city), sk = (street, number, since)),
    gsi(name = "by_owner", pk = (owner, country, city, open), sk = (number, name)),
    gsi(name = "by_country", pk = country, sk = (city, number), projection = keys_only)
)]
struct Shop {
    #[table(pk)]
    name: String,
    country: String,
    city: String,
    street: String,
    number: u32,
    since: i64,
    owner: Option<String>,
    open: u8,
}

fn shops() -> Vec<Shop> {
    let mut shops = Vec::new();
    for (street, city) in [("Abbey", "London"), ("Abbott", "London"), ("Bond", "Leeds")] {
        for number in [1, 2, 10] {
            for since in [-5, 1900] {
                shops.push(Shop {
                    name: format!("{street} {number} {since}"),
                    country: "UK".into(),
                    city: city.into(),
                    street: street.into(),
                    number,
                    since,
                    owner: (number > 1).then(|| "Ann".into()),
                    open: 1,
                });
            }
        }
    }
    shops
}

#[tokio::test]
async fn keys_of_several_attributes_are_filled_left_to_right() {
    for_each_engine(async |sandbox| {
        if sandbox.lacks(Capability::MultiAttributeKeys) {
            return;
        }
        let bench = Bench::new(sandbox);
        let client = &bench.client;
        CreateTables::of(&[Shop::SCHEMA]).send(client).await.unwrap();
        // In the order of the index by place already.
        let shops = shops();
        for shop in &shops {
            shop.create().send(client).await.unwrap();
        }
        let names = |meets: &dyn Fn(&Shop) -> bool| -> Vec<String> {
            shops.iter().filter(|shop| meets(shop)).map(|shop| shop.name.clone()).collect()
        };
        let found = |shops: Vec<Shop>| -> Vec<String> { shops.into_iter().map(|shop| shop.name).collect() };
        let place = || Shop::by_place("UK", "London");
        let london = |shop: &Shop| shop.city == "London";
        assert_eq!(found(all(client, place().page_size(3)).await), names(&london));
        assert_eq!(
            found(all(client, place().sort_key("Abbott")).await),
            names(&|shop| shop.street == "Abbott")
        );
        assert_eq!(found(all(client, place().sort_key(prefix("Abb"))).await), names(&london));
        assert_eq!(
            found(all(client, place().sort_key("Abbey").sort_key(2..)).await),
            names(&|shop| shop.street == "Abbey" && shop.number >= 2)
        );
        assert_eq!(
            found(all(client, place().sort_key("Abbey").sort_key(2..10)).await),
            names(&|shop| shop.street == "Abbey" && shop.number == 2)
        );
        let last = place().sort_key("Abbey").sort_key(10);
        assert_eq!(found(all(client, last.clone().sort_key(after(-5))).await), ["Abbey 10 1900"]);
        assert_eq!(found(all(client, last.sort_key(-5)).await), ["Abbey 10 -5"]);
        assert_eq!(found(all(client, Shop::by_place("UK", "Paris")).await), Vec::<String>::new());
        // What lacks one attribute of the key is not in the index.
        assert_eq!(Shop::by_owner("Ann", "UK", "London", 1).count(client).await.unwrap(), 8);
        let ann = Shop::by_owner("Ann", "UK", "Leeds", 1).sort_key(10).sort_key(prefix("Bond 10 1"));
        assert_eq!(found(all(client, ann).await), ["Bond 10 1900"]);
        assert_eq!(Shop::by_country("UK").sort_key("Leeds").sort_key(..=2).count(client).await.unwrap(), 4);

        // No filter on any attribute of the key that is read.
        for refused in [Shop::CITY.eq("London"), Shop::NUMBER.gt(1), Shop::SINCE.exists()] {
            let error = place().filter(refused).all(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        }
        let filtered = place().filter(Shop::OPEN.eq(1) & Shop::NAME.ne("Abbey 1 -5"));
        assert_eq!(filtered.count(client).await.unwrap(), 11);
    })
    .await;
}
