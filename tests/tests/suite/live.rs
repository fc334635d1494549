//! Items past their time to live, which DynamoDB still returns.

use futures_util::TryStreamExt as _;
use serde_json::json;
use theory::{Client, ErrorKind, Projection, Table, Timestamp, batch_get, transaction_get};
use theory_testing::FixedClock;

use crate::support::with_tables;

/// A session of a user. Its end was once called `until`.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    name = "sessions",
    scan,
    gsi(name = "by_place", pk = place),
    gsi(name = "by_end", pk = user, sk = expires),
    gsi(name = "keys", pk = place, sk = user, projection = keys_only),
    gsi(name = "ends", pk = place, sk = id, projection = include(expires))
)]
struct Session {
    #[table(pk)]
    user: String,
    #[table(sk)]
    id: u64,
    place: String,
    #[table(ttl, alias = "until")]
    expires: Option<Timestamp>,
}

#[derive(Debug, PartialEq, Projection)]
#[projection(of = Session)]
struct Place {
    place: String,
}

#[derive(Debug, PartialEq, Projection)]
#[projection(of = Session, index = "keys")]
struct Keys {
    id: u64,
}

#[derive(Debug, PartialEq, Projection)]
#[projection(of = Session, index = "ends")]
struct Ends {
    id: u64,
}

/// Ends in integers, without another name.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "codes")]
struct Code {
    #[table(pk)]
    id: u64,
    #[table(ttl)]
    expires: u64,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A client whose clock stands still at noon, and the clock. The day is far away: what is past its end by the true time, DynamoDB Local
/// deletes.
fn at_noon(client: &Client) -> (Client, FixedClock) {
    let clock = FixedClock::new(at("2096-01-16T12:00:00.5Z"));
    let now = clock.clone();
    (client.clone().with_clock(move || now.now()), clock)
}

/// 1 never ends, 2 and 3 have ended, 4 ends in a second; 5 and 6 have the older name, and 6 has ended; 7 has both, and has not ended;
/// the end of 8 is no number.
async fn sessions(client: &Client, bench: &crate::support::Bench) {
    let ends = [
        None,
        Some(at("2096-01-16T12:00:00Z")),
        Some(at("2095-01-16T12:00:00Z")),
        Some(at("2096-01-16T12:00:01Z")),
    ];
    for (expires, id) in ends.into_iter().zip(1..) {
        let session = Session { user: "ada".into(), id, place: "home".into(), expires };
        session.create().send(client).await.unwrap();
    }
    let session = |id: u64, more: &[(&str, serde_json::Value)]| {
        let mut item = json!({"user": {"S": "ada"}, "id": {"N": id.to_string()}, "place": {"S": "home"}});
        item.as_object_mut()
            .unwrap()
            .extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        item
    };
    let number = |seconds: i64| json!({"N": seconds.to_string()});
    let (past, future) = (number(at("2096-01-16T11:00:00Z").unix_seconds()), number(4_000_000_000));
    bench.put_json("sessions", session(5, &[("until", future.clone())])).await;
    bench.put_json("sessions", session(6, &[("until", past.clone())])).await;
    bench.put_json("sessions", session(7, &[("until", past), ("expires", future)])).await;
}

fn ids(sessions: &[Session]) -> Vec<u64> {
    let mut ids: Vec<u64> = sessions.iter().map(|session| session.id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn queries_and_scans_leave_out_what_has_ended() {
    with_tables(theory::schema![Session], async |bench| {
        let (client, clock) = at_noon(&bench.client);
        sessions(&client, bench).await;
        let (all, live) = (vec![1, 2, 3, 4, 5, 6, 7], vec![1, 4, 5, 7]);
        assert_eq!(ids(&Session::query("ada").all(&client).await.unwrap()), all);
        assert_eq!(ids(&Session::query("ada").live().all(&client).await.unwrap()), live);
        assert_eq!(ids(&Session::by_place("home").live().all(&client).await.unwrap()), live);
        assert_eq!(ids(&Session::scan().live().all(&client).await.unwrap()), live);
        let stream = Session::scan().live().segments(3).stream(&client);
        assert_eq!(ids(&stream.try_collect::<Vec<_>>().await.unwrap()), live);
        assert_eq!(Session::query("ada").live().count(&client).await.unwrap(), 4);
        assert_eq!(Session::scan().live().segments(3).count(&client).await.unwrap(), 4);
        // Together with another filter, a projection, and an end in the middle of a page.
        let some = Session::query("ada")
            .filter(Session::PLACE.eq("home"))
            .live()
            .take(2)
            .page(&client)
            .await
            .unwrap();
        assert_eq!(ids(&some.items), [1, 4]);
        let rest = Session::query("ada").live().start_after(some.next_cursor()).all(&client).await.unwrap();
        assert_eq!(ids(&rest), [5, 7]);
        assert_eq!(Session::query("ada").project::<Place>().live().all(&client).await.unwrap().len(), 4);

        // Each page is judged by the moment at which it is asked for.
        let mut pages = Session::query("ada").live().page_size(3).pages(&client);
        assert_eq!(ids(&pages.try_next().await.unwrap().unwrap().items), [1]);
        clock.advance(std::time::Duration::from_secs(1));
        let next = pages.try_next().await.unwrap().unwrap();
        assert_eq!(ids(&next.items), [5], "4 has ended meanwhile");
    })
    .await;
}

#[tokio::test]
async fn an_index_must_hold_the_end() {
    with_tables(theory::schema![Session], async |bench| {
        let (client, _) = at_noon(&bench.client);
        sessions(&client, bench).await;
        bench.wire.clear();
        let error = Session::keys("home").project::<Keys>().live().all(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        let error = Session::by_end("ada").live().all(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert_eq!(bench.wire.count(), 0);
        // Its older name it need not hold: what has only that is not known to have ended.
        let ends = Session::ends("home").project::<Ends>().live().all(&client).await.unwrap();
        assert_eq!(ends.iter().map(|end| end.id).collect::<Vec<_>>(), [1, 4, 5, 6, 7]);
    })
    .await;
}

#[tokio::test]
async fn what_is_read_by_its_key_is_judged_when_it_is_here() {
    with_tables(theory::schema![Session, Code], async |bench| {
        let (client, clock) = at_noon(&bench.client);
        sessions(&client, bench).await;
        bench.wire.clear();
        for id in 1..=8 {
            let is_live = [1, 4, 5, 7].contains(&id);
            let get = || Session::get("ada", id).live();
            assert_eq!(get().send(&client).await.unwrap().is_some(), is_live, "{id}");
            assert_eq!(get().loaded().send(&client).await.unwrap().is_some(), is_live, "{id}");
            let place = get().project::<Place>().send(&client).await.unwrap();
            assert_eq!(place, is_live.then(|| Place { place: "home".into() }), "{id}");
            let (live,) = transaction_get((get(),)).send(&client).await.unwrap();
            assert_eq!(live.is_some(), is_live, "{id}");
            let (live, any, part) = batch_get((get(), Session::get("ada", id), get().project::<Place>()))
                .send(&client)
                .await
                .unwrap();
            assert_eq!((live.is_some(), any.is_some(), part.is_some()), (is_live, id < 8, is_live), "{id}");
        }
        let item =
            json!({"user": {"S": "ada"}, "id": {"N": "8"}, "place": {"S": "home"}, "until": {"S": "1"}});
        bench.put_json("sessions", item).await;
        // It cannot be read, and does not end.
        assert!(Session::get("ada", 8).live().send(&client).await.unwrap_err().is_decode());

        let expires = u64::try_from(clock.now().unix_seconds()).unwrap() + 1;
        Code { id: 1, expires }.create().send(&client).await.unwrap();
        assert!(Code::get(1).live().send(&client).await.unwrap().is_some());
        clock.advance(std::time::Duration::from_millis(500));
        assert!(Code::get(1).live().send(&client).await.unwrap().is_none());
        assert!(Code::get(1).send(&client).await.unwrap().is_some());
    })
    .await;
}
