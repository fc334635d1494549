//! Every condition on a sort key of every type, against the same condition on the items in memory.

use theory::value::Number;
use theory::{ErrorKind, Table, Timestamp, after, prefix};

use super::entity::{Amount, Event, Timed, fill};
use crate::support::with_tables;

/// The ids of these events that meet a condition, in the order of a key.
fn keys_meeting<K: Ord>(
    events: &[Event],
    key: impl Fn(&Event) -> Option<K>,
    meets: impl Fn(&K) -> bool,
) -> Vec<K> {
    let mut found: Vec<K> = events.iter().filter_map(key).filter(meets).collect();
    found.sort();
    found
}

/// Checks conditions, each beside what it means in memory; forwards, backwards, and counted.
macro_rules! check {
    ($client:expr, $events:expr, $query:expr, $key:expr; $($condition:expr => $meets:expr;)*) => { $(
        let what = stringify!($condition);
        let expected = keys_meeting($events, $key, $meets);
        let keys = |events: Vec<Event>| events.iter().filter_map($key).collect::<Vec<_>>();
        let found = $query.sort_key($condition).all($client).await.expect(what);
        assert_eq!(keys(found), expected, "{what}");
        let mut found = $query.sort_key($condition).descending().all($client).await.expect(what);
        found.reverse();
        assert_eq!(keys(found), expected, "{what}, descending");
        let count = $query.sort_key($condition).count($client).await.expect(what);
        assert_eq!(count, expected.len() as u64, "{what}");
    )* };
}

#[tokio::test]
async fn integers() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = &fill(bench).await;
        let client = &bench.client;
        check!(client, events, Event::query("here"), |event: &Event| Some(event.id);
            5 => |&id| id == 5;
            &5 => |&id| id == 5;
            99 => |_| false;
            5.. => |&id| id >= 5;
            ..5 => |&id| id < 5;
            ..=5 => |&id| id <= 5;
            3..=9 => |&id| (3..=9).contains(&id);
            3..9 => |&id| (3..9).contains(&id);
            &3..&9 => |&id| (3..9).contains(&id);
            9..10 => |&id| id == 9;
            after(5) => |&id| id > 5;
            0..u64::MAX => |_| true;
            u64::MAX.. => |_| false;
        );
        check!(client, events, Event::by_level("here"), |event: &Event| event.level;
            0 => |&level| level == 0;
            -3.. => |&level| level >= -3;
            ..0 => |&level| level < 0;
            -4..=-1 => |&level| (-4..=-1).contains(&level);
            -4..-1 => |&level| (-4..-1).contains(&level);
            i32::MIN..i32::MAX => |_| true;
            after(-2) => |&level| level > -2;
        );
    })
    .await;
}

#[tokio::test]
async fn strings_and_bytes() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = &fill(bench).await;
        let client = &bench.client;
        let query = || Event::by_title("here").fetch_from_table();
        check!(client, events, query(), |event: &Event| Some(event.title.clone());
            "alpha-0" => |title| title == "alpha-0";
            String::from("alpha-5") => |title| title == "alpha-5";
            "b".. => |title| title.as_str() >= "b";
            .."b" => |title| title.as_str() < "b";
            ..="béta-2" => |title| title.as_str() <= "béta-2";
            "alphabet"..="béta 🎬-8" => |title| ("alphabet"..="béta 🎬-8").contains(&title.as_str());
            after("béta-2") => |title| title.as_str() > "béta-2";
            prefix("alpha") => |title| title.starts_with("alpha");
            prefix("béta 🎬") => |title| title.starts_with("béta 🎬");
            prefix(String::from("alpha-1")) => |title| title.starts_with("alpha-1");
            prefix("") => |_| true;
            prefix("no such") => |_| false;
        );
        let bytes: fn(&[u8]) -> Vec<u8> = <[u8]>::to_vec;
        check!(client, events, Event::by_hash("here"), |event: &Event| Some(event.hash.clone());
            vec![37, 255, 1] => |hash| *hash == [37, 255, 1];
            [37, 255, 1].as_slice() => |hash| *hash == [37, 255, 1];
            bytes(&[128]).. => |hash| *hash >= vec![128];
            ..bytes(&[128]) => |hash| *hash < vec![128];
            ..=bytes(&[37, 255, 1]) => |hash| *hash <= vec![37, 255, 1];
            bytes(&[37])..=bytes(&[222, 255, 255]) => |hash| (vec![37]..=vec![222, 255, 255]).contains(hash);
            after(bytes(&[37, 255, 1])) => |hash| *hash > vec![37, 255, 1];
            prefix([37]) => |hash| hash[0] == 37;
            prefix(vec![37, 255]) => |hash| hash[0] == 37;
            prefix(Vec::<u8>::new()) => |_| true;
        );
    })
    .await;
}

#[tokio::test]
async fn times_and_long_numbers() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let events = &fill(bench).await;
        let client = &bench.client;
        let time = |id: u64| Event::new("here", id).time;
        let query = || Event::by_time("here").fetch_from_table();
        check!(client, events, query(), |event: &Event| Some(event.time);
            time(4) => |&at| at == time(4);
            time(4).. => |&at| at >= time(4);
            ..time(4) => |&at| at < time(4);
            ..=time(4) => |&at| at <= time(4);
            time(4)..=time(12) => |&at| (time(4)..=time(12)).contains(&at);
            // Exact to the nanosecond: the end is not in it.
            time(4)..time(12) => |&at| (time(4)..time(12)).contains(&at);
            Timestamp::MIN..Timestamp::MAX => |_| true;
            Timestamp::UNIX_EPOCH.. => |&at| at >= Timestamp::UNIX_EPOCH;
            after(time(4)) => |&at| at > time(4);
        );
        let some = Event::by_time("here").sort_key(time(4)..time(6)).project::<Timed>();
        let some = some.all(client).await.unwrap();
        assert_eq!(some, [4, 5].map(|number| Timed { number, time: time(number) }));

        // Numbers that a double cannot tell apart.
        let amount = |id: u64| Event::new("here", id).amount;
        for (first, last) in [(3, 9), (0, 22), (5, 5)] {
            let query = Event::by_amount("a").sort_key(amount(first)..=amount(last));
            let found = query.project::<Amount>().all(client).await.unwrap();
            let mut found: Vec<u64> = found.iter().map(|row| row.id).collect();
            found.dedup();
            let expected: Vec<u64> = (first..=last).filter(|id| !id.is_multiple_of(3)).collect();
            assert_eq!(found, expected);
        }
        let between: Number = format!("{}.0045", "9".repeat(30)).parse().unwrap();
        for condition in
            [Event::by_amount("a").sort_key(after(amount(4))), Event::by_amount("a").sort_key(between..)]
        {
            let first = condition.project::<Amount>().first(client).await.unwrap();
            assert_eq!(first.unwrap().amount, amount(5));
        }
    })
    .await;
}

#[tokio::test]
async fn empty_ranges_send_nothing() {
    with_tables(&[Event::SCHEMA], async |bench| {
        fill(bench).await;
        let client = &bench.client;
        #[expect(clippy::reversed_empty_ranges, reason = "what an empty range does is the question")]
        let queries = [
            Event::query("here").sort_key(5..5),
            Event::query("here").sort_key(6..5),
            Event::query("here").sort_key(6..=5),
            Event::query("here").sort_key(0..0),
            Event::query("here").sort_key(1..0),
        ];
        for query in queries {
            assert_eq!(query.clone().all(client).await.unwrap(), []);
            assert_eq!(query.clone().count(client).await.unwrap(), 0);
            assert_eq!(query.clone().first(client).await.unwrap(), None);
            let page = query.clone().page(client).await.unwrap();
            assert!(page.items.is_empty() && page.next_cursor().is_none());
            assert_eq!(query.one(client).await.unwrap_err().kind(), ErrorKind::NotFound);
        }
        let time = Timestamp::UNIX_EPOCH;
        let query = Event::by_time("here").fetch_from_table();
        assert_eq!(query.sort_key(time..time).all(client).await.unwrap(), []);
        assert_eq!(Event::by_hash("here").sort_key(vec![2]..=vec![1]).all(client).await.unwrap(), []);
        assert_eq!(Event::by_level("here").sort_key(i32::MIN..i32::MIN).all(client).await.unwrap(), []);
        assert_eq!(Event::query("here").take(0).all(client).await.unwrap(), []);
        assert_eq!(bench.wire.count(), 0, "nothing was sent");

        // Below the least there is nothing either, but only DynamoDB can say so.
        assert_eq!(Event::query("here").sort_key(..0).all(client).await.unwrap(), []);
        assert_eq!(bench.wire.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn key_conditions_that_cannot_be_are_not_sent() {
    with_tables(&[Event::SCHEMA], async |bench| {
        let client = &bench.client;
        let long = "x".repeat(2049);
        for refused in [Event::query("").sort_key(1..), Event::query(&long).sort_key(1..)] {
            let error = refused.all(client).await.unwrap_err();
            assert_eq!((error.kind(), error.operation()), (ErrorKind::Encode, Some("Query")));
        }
        for refused in ["x".repeat(1025), String::new()] {
            let refused = Event::by_title("here").fetch_from_table().sort_key(refused);
            assert_eq!(refused.page(client).await.unwrap_err().kind(), ErrorKind::Encode);
        }
        assert_eq!(bench.wire.count(), 0, "nothing was sent");
    })
    .await;
}
