//! What the library writes on its own account: versions and timestamps, on every way of writing.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures_util::future::join_all;
use theory::{Client, Error, ErrorKind, Projection, Table, Timestamp, batch_write, transaction};
use theory_testing::{Fault, Faults, FixedClock, Layer as _, Operation};
use tokio::sync::Barrier;

use crate::support::{Gauge, with_tables};

/// An account that counts its writes.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "accounts")]
struct Account {
    #[table(pk)]
    id: String,
    balance: u64,
    #[table(version)]
    version: u64,
    #[table(created_at)]
    created_at: Timestamp,
    #[table(updated_at)]
    updated_at: Timestamp,
}

/// What was moved, once it was.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "transfers", write_once, scan)]
struct Transfer {
    #[table(pk)]
    id: u64,
    from: String,
    to: String,
    amount: u64,
    #[table(created_at)]
    created_at: Option<Timestamp>,
}

fn account(id: &str, balance: u64) -> Account {
    let never = Timestamp::default();
    Account { id: id.to_owned(), balance, version: 7, created_at: never, updated_at: never }
}

/// A client whose clock stands still, and the clock.
fn with_clock(client: &Client) -> (Client, FixedClock) {
    let clock = FixedClock::new("2026-01-16T09:30:00Z".parse().unwrap());
    let now = clock.clone();
    (client.with_clock(move || now.now()), clock)
}

async fn read(client: &Client, id: &str) -> Account {
    Account::get(id).consistent_read().send(client).await.unwrap().expect("the account")
}

#[tokio::test]
async fn a_created_item_begins_at_zero_and_now() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        let (client, clock) = with_clock(&client);
        let mut ada = account("ada", 10);
        let stamps = ada.create().send(&client).await.unwrap();
        assert_eq!(stamps.version, Some(0));
        ada.stamp(&stamps);
        let expected =
            Account { version: 0, created_at: clock.now(), updated_at: clock.now(), ..account("ada", 10) };
        assert_eq!(ada, expected);
        assert_eq!(read(&client, "ada").await, expected);
    })
    .await;
}

#[tokio::test]
async fn what_overwrites_keeps_the_creation_and_moves_the_rest() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        let (client, clock) = with_clock(&client);
        let mut ada = account("ada", 10);
        ada.stamp(&ada.create().send(&client).await.unwrap());
        let created_at = clock.now();
        for (version, replace) in [(1, false), (2, true)] {
            clock.advance(Duration::from_secs(60));
            let request = if replace { ada.replace() } else { ada.put() };
            ada.stamp(&request.send(&client).await.unwrap());
            assert_eq!((ada.version, ada.created_at, ada.updated_at), (version, created_at, clock.now()));
            assert_eq!(read(&client, "ada").await, ada);
        }
        // What was never created is so now.
        let mut bob = account("bob", 1);
        bob.stamp(&bob.put().send(&client).await.unwrap());
        assert_eq!((bob.version, bob.created_at), (8, clock.now()));
        assert_eq!(read(&client, "bob").await, bob);
    })
    .await;
}

#[tokio::test]
async fn an_update_moves_version_and_time_whatever_it_changes() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        let (client, clock) = with_clock(&client);
        account("ada", 10).create().send(&client).await.unwrap();
        let created_at = clock.now();
        clock.advance(Duration::from_secs(1));
        let ada = Account::update("ada").set(Account::BALANCE, 11).return_new().send(&client).await.unwrap();
        assert_eq!((ada.version, ada.created_at, ada.updated_at), (1, created_at, clock.now()));
        clock.advance(Duration::from_secs(1));
        transaction(Account::update("ada").add(Account::BALANCE, 1)).send(&client).await.unwrap();
        let ada = read(&client, "ada").await;
        assert_eq!(
            (ada.balance, ada.version, ada.created_at, ada.updated_at),
            (12, 2, created_at, clock.now())
        );
        // An item that the update makes has all of it.
        let bob = Account::update("bob")
            .set(Account::BALANCE, 1)
            .upsert()
            .return_new()
            .send(&client)
            .await
            .unwrap();
        assert_eq!((bob.created_at, bob.updated_at), (clock.now(), clock.now()));
    })
    .await;
}

#[tokio::test]
async fn an_expected_version_holds_on_every_write() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        account("ada", 10).create().send(&client).await.unwrap();
        let stale = read(&client, "ada").await;
        Account::update("ada").set(Account::BALANCE, 11).send(&client).await.unwrap();
        let conflicts: [Result<(), Error>; 4] = [
            stale.put().expected_version(0).send(&client).await.map(drop),
            stale.replace().expected_version(0).send(&client).await.map(drop),
            Account::update("ada").set(Account::BALANCE, 0).expected_version(0).send(&client).await,
            Account::delete("ada").expected_version(0).send(&client).await,
        ];
        for conflict in conflicts {
            let error = conflict.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::VersionConflict);
            assert!(error.is_version_conflict() && error.is_condition_failed() && !error.is_ambiguous());
        }
        let now = read(&client, "ada").await;
        assert_eq!((now.balance, now.version), (11, 1), "nothing of it was done");

        // Another condition that fails is no conflict.
        let poor = Account::update("ada").set(Account::BALANCE, 0).condition(Account::BALANCE.gt(99));
        let error = poor.expected_version(1).send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);

        // With the right version each succeeds.
        let mut ada = now;
        ada.stamp(&ada.put().expected_version(1).send(&client).await.unwrap());
        assert_eq!(ada.version, 2);
        Account::update("ada").set(Account::BALANCE, 5).expected_version(2).send(&client).await.unwrap();
        Account::delete("ada").expected_version(3).send(&client).await.unwrap();
        // And what is gone is a conflict too.
        let error = Account::delete("ada").expected_version(3).send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VersionConflict);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_says_which_part_met_another_version() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        for id in ["ada", "bob"] {
            account(id, 10).create().send(&client).await.unwrap();
        }
        let error = transaction((
            Account::update("ada").set(Account::BALANCE, 0).expected_version(0),
            Account::update("bob").set(Account::BALANCE, 20).expected_version(3),
        ))
        .send(&client)
        .await
        .unwrap_err();
        let reasons = error.cancellation_reasons();
        assert_eq!(reasons.len(), 2);
        assert!(!reasons[0].is_version_conflict() && reasons[1].is_version_conflict());
        assert_eq!(read(&client, "ada").await.balance, 10);
    })
    .await;
}

#[tokio::test]
async fn a_batch_stamps_its_puts_and_refuses_expectations() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        let (client, clock) = with_clock(&client);
        let puts: Vec<_> = (0..30).map(|n| account(&format!("a{n}"), n).put()).collect();
        batch_write(puts).send(&client).await.unwrap();
        let ada = read(&client, "a29").await;
        assert_eq!((ada.version, ada.created_at, ada.updated_at), (8, clock.now(), clock.now()));
        let error = batch_write(ada.put().expected_version(8)).send(&client).await.unwrap_err();
        assert_eq!(Error::from(error).kind(), ErrorKind::InvalidRequest);
    })
    .await;
}

/// What came of some increments.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    done: u64,
    /// Somebody was in between, and it was read again.
    conflicts: u64,
    /// It may be done, and is not said again.
    in_doubt: u64,
}

/// Reads, adds one and writes, until nobody was in between, as often as this. All who share the barrier have read before one of them writes.
async fn increment(client: Client, times: u64, barrier: Arc<Barrier>) -> Counted {
    let mut counted = Counted::default();
    for time in 0..times {
        let mut is_first = time == 0;
        loop {
            let ada = read(&client, "ada").await;
            if std::mem::take(&mut is_first) {
                barrier.wait().await;
            }
            let update = Account::update("ada").set(Account::BALANCE, ada.balance + 1);
            match update.expected_version(ada.version).send(&client).await {
                Ok(()) => counted.done += 1,
                Err(error) if error.is_version_conflict() => {
                    counted.conflicts += 1;
                    continue;
                }
                Err(error) if error.is_ambiguous() => counted.in_doubt += 1,
                Err(error) => panic!("{error}"),
            }
            break;
        }
    }
    counted
}

/// Two tasks that increment so often each, and what came of it together.
async fn two_writers(client: &Client, times: u64) -> Counted {
    let barrier = Arc::new(Barrier::new(2));
    let tasks = (0..2).map(|_| tokio::spawn(increment(client.clone(), times, Arc::clone(&barrier))));
    join_all(tasks).await.into_iter().map(Result::unwrap).fold(Counted::default(), |sum, one| Counted {
        done: sum.done + one.done,
        conflicts: sum.conflicts + one.conflicts,
        in_doubt: sum.in_doubt + one.in_doubt,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_lose_no_increment() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        account("ada", 0).create().send(&client).await.unwrap();
        let gauge = Gauge::new(bench.http_client());
        let counted = two_writers(&bench.client_on(gauge.clone()), 1000).await;
        assert!(counted.conflicts > 0 && gauge.most_at_once() == 2, "{counted:?}");
        let ada = read(&client, "ada").await;
        assert_eq!((ada.balance, ada.version, counted.in_doubt), (2000, 2000, 0));
    })
    .await;
}

/// An increment that may have been done already is not done again by who reads again after a conflict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_no_second_increment() {
    with_tables(theory::schema![Account], async |bench| {
        let client = bench.client.clone();
        account("ada", 0).create().send(&client).await.unwrap();
        let faults = Faults::seed(1);
        let lost = faults.on(Operation::UpdateItem).attempt(1).probability(0.1).times(25);
        lost.inject_one_of([Fault::ResetAfterEffect, Fault::ResetBeforeEffect]);
        let lossy = bench.client_on(faults.around(SharedHttpClient::new(Gauge::new(bench.http_client()))));
        let counted = two_writers(&lossy, 250).await;
        let (injected, ada) = (faults.injected().len(), read(&client, "ada").await);
        assert!(counted.conflicts > 0 && injected > 10, "{counted:?}");
        assert!(ada.balance <= 500, "{counted:?} {ada:?}");
        // What was lost before it took effect may have been done by its repetition, and what was lost behind it never is.
        assert!(
            (counted.done..=counted.done + counted.in_doubt).contains(&ada.balance),
            "{counted:?} {ada:?}"
        );
        assert!(counted.in_doubt > 0 && counted.done + counted.in_doubt == 500, "{counted:?}");
        assert_eq!(ada.version, ada.balance);
    })
    .await;
}

/// Moves some from an account to another if it is there to move, and says whether it did, and after how many attempts.
async fn transfer(client: Client, number: u64, barrier: Arc<Barrier>) -> (bool, u32) {
    let (from, to) = if number.is_multiple_of(2) { ("ada", "bob") } else { ("bob", "ada") };
    let amount = 1 + number % 7;
    let moved = Transfer { id: number, from: from.into(), to: to.into(), amount, created_at: None };
    let parts = (
        Account::update(from)
            .set(Account::BALANCE, Account::BALANCE - amount)
            .condition(Account::BALANCE.ge(amount)),
        Account::update(to).add(Account::BALANCE, amount),
        moved.create(),
    );
    barrier.wait().await;
    match transaction(parts).send_response(&client).await {
        Ok(response) => (true, response.attempts),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::TransactionCanceled, "{error}");
            assert!(error.is_condition_failed() && !error.is_ambiguous(), "{error}");
            (false, error.attempts())
        }
    }
}

/// The ledger explains the balances: whatever was done was done as if one after another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_transactions_are_serializable() {
    const TRANSFERS: usize = 32;

    with_tables(theory::schema![Account, Transfer], async |bench| {
        let client = bench.client.clone();
        for id in ["ada", "bob"] {
            account(id, 20).create().send(&client).await.unwrap();
        }
        let client = &client;
        // The embedded engine does one after another: the conflicts that DynamoDB would have are injected.
        let faults = Faults::seed(1);
        faults
            .on(Operation::TransactWriteItems)
            .attempt(1)
            .probability(0.5)
            .inject(Fault::TransactionConflict);
        let gauge = Gauge::new(faults.around(bench.http_client()));
        let (slow, barrier) = (bench.client_on(gauge.clone()), Arc::new(Barrier::new(TRANSFERS)));
        let tasks = (0..TRANSFERS as u64)
            .map(|number| tokio::spawn(transfer(slow.clone(), number, Arc::clone(&barrier))));
        let done: Vec<(bool, u32)> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
        let repeated = done.iter().map(|(_, attempts)| *attempts as usize - 1).sum::<usize>();
        let injected = faults.injected().len();
        assert!(injected > 0 && repeated >= injected, "{injected} conflicts, {repeated} repetitions");
        assert!(gauge.most_at_once() > 1, "nothing was concurrent");
        let (ada, bob) = (read(client, "ada").await, read(client, "bob").await);
        assert_eq!(ada.balance + bob.balance, 40, "nothing came from nowhere, and nothing went there");
        let ledger = Transfer::scan().all(client).await.unwrap();
        assert_eq!(ledger.len(), done.iter().filter(|(done, _)| *done).count());
        let sum = |is: fn(&Transfer) -> bool| {
            ledger.iter().filter(|moved| is(moved)).map(|moved| moved.amount).sum::<u64>()
        };
        assert_eq!(ada.balance + sum(|moved| moved.from == "ada"), 20 + sum(|moved| moved.to == "ada"));
        assert_eq!(ada.version, ledger.len() as u64, "each transfer is a write of the account");
        assert!(ledger.iter().all(|moved| moved.created_at.is_some()));
    })
    .await;
}

#[derive(Debug, PartialEq, Projection)]
#[projection(of = Account)]
struct Balance {
    balance: u64,
    version: u64,
}

#[derive(Debug, PartialEq, Projection)]
#[projection(of = Account)]
struct Stamped {
    version: Option<u64>,
    updated_at: Option<Timestamp>,
}

#[tokio::test]
async fn a_projection_reads_an_item_without_a_version_as_the_entity_does() {
    with_tables(theory::schema![Account], async |bench| {
        let client = &bench.client;
        let item = serde_json::json!({"id": {"S": "old"}, "balance": {"N": "3"}});
        bench.put_json("accounts", item).await;
        let read = Account::get("old").project::<Balance>().send(client).await.unwrap();
        assert_eq!(read, Some(Balance { balance: 3, version: 0 }));
        // An `Option` tells whether it has one.
        let read = Account::get("old").project::<Stamped>().send(client).await.unwrap();
        assert_eq!(read, Some(Stamped { version: None, updated_at: None }));
    })
    .await;
}

/// An item that is written 255 times at most.
#[derive(Debug, PartialEq, Table)]
#[table(name = "brief")]
struct Brief {
    #[table(pk)]
    id: u64,
    text: String,
    #[table(version, alias = "revision")]
    version: u8,
}

#[tokio::test]
async fn a_version_is_not_counted_past_its_type() {
    with_tables(theory::schema![Brief], async |bench| {
        let client = &bench.client;
        let item = |id: u64, name: &str, version: u8| {
            let mut item = serde_json::json!({"id": {"N": id.to_string()}, "text": {"S": "a"}});
            item[name] = serde_json::json!({"N": version.to_string()});
            item
        };
        bench.put_json("brief", item(1, "version", 254)).await;
        bench.put_json("brief", item(2, "revision", 255)).await;
        Brief::update(1).set(Brief::TEXT, "b").send(client).await.unwrap();
        let full = Brief { id: 1, text: "b".into(), version: 255 };
        assert_eq!(Brief::get(1).send(client).await.unwrap(), Some(full));

        let update = |id| Brief::update(id).set(Brief::TEXT, "c");
        for refused in [update(1), update(2), update(1).upsert(), update(1).expected_version(255)] {
            let error = refused.send(client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Encode, "{error}");
            assert!(!error.is_ambiguous());
        }
        let error = update(1).send(client).await.unwrap_err();
        assert_eq!(error.attribute(), Some("version"));
        let parts = (update(3).upsert(), update(1));
        let error = transaction(parts).send(client).await.unwrap_err();
        assert_eq!(error.cancellation_reasons()[1].kind(), Some(ErrorKind::Encode));
        // Another condition that fails is its own.
        let other = update(2).condition(Brief::TEXT.eq("x")).send(client).await.unwrap_err();
        assert_eq!(other.kind(), ErrorKind::Encode);
        bench.put_json("brief", item(2, "version", 7)).await;
        let other = update(2).condition(Brief::TEXT.eq("x")).send(client).await.unwrap_err();
        assert_eq!(other.kind(), ErrorKind::ConditionFailed);
        // What is not there yet is made.
        update(4).upsert().send(client).await.unwrap();
        assert_eq!(Brief::get(4).send(client).await.unwrap().unwrap().version, 1);
    })
    .await;
}
