//! Batches on a runtime of several threads, where each request is a task of its own: the same faults, and nothing left running behind.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use theory::client::{Deadline, RetryBudget, RetryPolicy};
use theory::op::Answer;
use theory::{Client, ErrorKind, Table as _, batch_get, batch_get_iter, batch_write, batch_write_iter};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation, Recorder, Throttle};

use crate::account::{Account, OWNER, account, engine, stored};

/// More than fit into the requests that are under way at once.
const COUNT: u32 = 250;

/// What befalls the requests of a batch. Time does not stand still here, so nothing that waits for it.
fn troubles() -> Vec<Fault> {
    vec![
        Fault::Throttle(Throttle::KeyRange),
        Fault::PartialBatch,
        Fault::ResetAfterEffect,
        Fault::ResetBeforeEffect,
        Fault::ServerErrorAfterEffect,
        Fault::CorruptBody,
        Fault::ConnectionRefused,
        Fault::SlowBody(Duration::from_millis(2)),
    ]
}

/// A client that does not run out of patience, and hardly pauses.
fn eager(engine: &EmbeddedDynamoDb) -> Client {
    let (first, longest) = (Duration::from_micros(100), Duration::from_millis(2));
    Client::builder(engine.sdk_client())
        // Which request meets which fault is a matter of the threads: with 10 attempts one in some hundred runs had one that met nothing else.
        .retry(RetryPolicy::new().attempts(60).batch_attempts(1_000_000).pauses(first, longest))
        .retry_budget(RetryBudget::unlimited())
        .build()
        .unwrap()
}

async fn bench(faults: &Faults, accounts: u32) -> (EmbeddedDynamoDb, Recorder, Client) {
    let engine = engine([]).await.unwrap();
    let puts = (0..accounts).map(|number| account(number, number.into()).put());
    batch_write_iter(puts).send(&engine.client()).await.unwrap();
    let recorder = Recorder::new();
    let client = eager(&engine.through(faults).through(&recorder));
    (engine, recorder, client)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_write_is_done_whatever_befalls_its_requests() {
    for fault in [
        Some(Fault::Throttle(Throttle::KeyRange)),
        Some(Fault::PartialBatch),
        Some(Fault::ResetAfterEffect),
        None,
    ] {
        let faults = Faults::seed(3);
        let all = fault.clone().map_or_else(troubles, |fault| vec![fault]);
        faults.on(Operation::BatchWriteItem).probability(0.4).inject_one_of(all);
        let (engine, recorder, client) = bench(&faults, 0).await;
        let puts: Vec<_> = (0..COUNT).map(|number| account(number, number.into()).put()).collect();
        let written = batch_write(puts).send(&client).await.unwrap();
        assert_eq!(written.written, COUNT as usize, "{fault:?}");
        assert!(!faults.injected().is_empty(), "{fault:?}");
        // Then each balance moves by one, in the order in which the stream has them, and every tenth account is closed.
        let moved = (0..COUNT).map(|number| (Some(account(number, i64::from(number) + 1).put()), None));
        let closed = (0..COUNT).step_by(10).map(|number| (None, Some(Account::delete(OWNER, number))));
        let written = batch_write_iter(moved.chain(closed)).send(&client).await.unwrap();
        assert_eq!(written.written, COUNT as usize + COUNT as usize / 10, "{fault:?}");
        let expected: Vec<Account> = (0..COUNT)
            .filter(|number| number % 10 != 0)
            .map(|number| account(number, i64::from(number) + 1))
            .collect();
        assert_eq!(stored(&engine.client()).await.unwrap(), expected, "{fault:?}");
        assert!(recorder.requests().iter().all(|request| request.len() <= 25));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_in_the_order_of_their_keys() {
    let faults = Faults::seed(5);
    let (_, _, client) = bench(&faults, COUNT).await;
    faults.on(Operation::BatchGetItem).probability(0.7).inject_one_of(troubles());
    // Every third is not there, and some are asked for again.
    let number = |place: u32| (place * 7) % (COUNT + COUNT / 2);
    let right = |place: u32, found: Option<&Account>| {
        let number = number(place);
        found == (number < COUNT).then(|| account(number, number.into())).as_ref()
    };
    let gets = || (0..2 * COUNT).map(|place| Account::get(OWNER, number(place)));
    let all = batch_get(gets().collect::<Vec<_>>()).send(&client).await.unwrap();
    assert!((0..).zip(&all).all(|(place, found)| right(place, found.as_ref())));
    let mut answers = batch_get_iter(gets()).stream(&client).enumerate();
    let mut count = 0;
    while let Some((place, found)) = answers.next().await {
        assert!(right(place as u32, found.unwrap().as_ref()), "{place}");
        count += 1;
    }
    assert_eq!((all.len(), count), (2 * COUNT as usize, 2 * COUNT as usize));
    assert!(faults.injected().len() > 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_ends_the_tasks_and_says_what_is_in_doubt() {
    let faults = Faults::seed(7);
    let (engine, recorder, hanging) = bench(&faults, 100).await;
    faults.on_all().inject_one_of([Fault::HangBeforeEffect, Fault::HangAfterEffect]);
    let mut time = Duration::from_millis(300);
    let sent = loop {
        recorder.clear();
        let client = hanging.with_deadline(Deadline::after(time));
        let puts: Vec<_> = (0..COUNT).map(|number| account(number, -1).put()).collect();
        let error = batch_write(puts).concurrency(4).send(&client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Deadline);
        assert_eq!((error.written().written, error.unwritten().len()), (0, COUNT as usize));
        let sent: usize = recorder.requests().iter().map(theory_testing::Request::len).sum();
        assert_eq!(error.unwritten().iter().filter(|write| write.is_ambiguous()).count(), sent);
        // A machine that is busy with other things may not have come to send anything in that time.
        if sent > 0 || time > Duration::from_secs(60) {
            break sent;
        }
        time *= 4;
    };
    assert!((25..=100).contains(&sent), "four requests at most: {sent}");
    let gets: Vec<_> = (0..COUNT).map(|number| Account::get(OWNER, number)).collect();
    let client = hanging.with_deadline(Deadline::after(Duration::from_millis(300)));
    let error = batch_get(gets).send(&client).await.unwrap_err();
    assert_eq!((error.error().kind(), error.unread().len()), (ErrorKind::Deadline, COUNT as usize));
    assert_eq!(error.into_answers().into_iter().filter_map(Answer::found).count(), 0);
    // What is left can be given again, to a client that reaches the engine.
    let left: Vec<_> = (0..COUNT).map(|number| account(number, -1).put()).collect();
    batch_write(left).send(&engine.client()).await.unwrap();
    assert!(stored(&engine.client()).await.unwrap().iter().all(|account| account.balance == -1));
}

/// Whoever drops a batch ends its requests: nothing is sent behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_is_dropped_sends_nothing_more() {
    let faults = Faults::seed(9);
    let (engine, recorder, client) = bench(&faults, 0).await;
    // So it would go on for long.
    faults.on_all().inject(Fault::Throttle(Throttle::KeyRange));
    let puts = || (0..COUNT).map(|number| account(number, 1).put());
    let gets = || (0..COUNT).map(|number| Account::get(OWNER, number));
    for batch in ["writes", "a stream of writes", "reads", "a stream of reads"] {
        let client = &client;
        let work = async {
            match batch {
                "writes" => drop(batch_write(puts().collect::<Vec<_>>()).send(client).await),
                "a stream of writes" => drop(batch_write_iter(puts()).send(client).await),
                "reads" => drop(batch_get(gets().collect::<Vec<_>>()).send(client).await),
                _ => drop(batch_get_iter(gets()).stream(client).try_collect::<Vec<_>>().await),
            }
        };
        recorder.clear();
        let many_are_sent = async {
            while recorder.requests().len() < 30 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            () = work => panic!("{batch}: it is not done before it is dropped"),
            () = many_are_sent => {}
        }
        // A task that is being polled on another thread comes to its next wait first; one that goes on never stops.
        let mut looks = 0;
        loop {
            let sent = recorder.requests().len();
            tokio::time::sleep(Duration::from_millis(100)).await;
            if recorder.requests().len() == sent {
                break;
            }
            looks += 1;
            assert!(looks < 100, "{batch}: its tasks went on");
        }
    }
    assert!(stored(&engine.client()).await.unwrap().is_empty());
}
