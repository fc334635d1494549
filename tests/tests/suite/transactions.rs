//! Writes all or none, and reads of one moment.

use theory::client::CreateTables;
use theory::{Client, ErrorKind, Table, transaction, transaction_get};
use theory_tests::for_each_engine;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "accounts")]
struct Account {
    #[table(pk)]
    id: String,
    balance: i64,
}

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "entries")]
struct Entry {
    #[table(pk)]
    account: String,
    #[table(sk)]
    number: u32,
    text: String,
}

fn account(id: &str, balance: i64) -> Account {
    Account { id: id.into(), balance }
}

fn entry(account: &str, number: u32) -> Entry {
    Entry { account: account.into(), number, text: format!("entry {number}") }
}

async fn set_up(client: &Client) {
    CreateTables::of(theory::schema![Account, Entry]).send(client).await.unwrap();
    account("a", 100).create().send(client).await.unwrap();
    account("b", 0).create().send(client).await.unwrap();
}

#[tokio::test]
async fn all_or_none() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        set_up(&client).await;
        let transfer = |amount: i64| {
            transaction((
                Account::update("a")
                    .set(Account::BALANCE, Account::BALANCE - amount)
                    .condition(Account::BALANCE.ge(amount))
                    .return_old_on_failure(),
                Account::update("b").add(Account::BALANCE, amount),
                vec![entry("a", 1).put(), entry("b", 1).put()],
                Some(Account::check("none").condition(Account::ID.not_exists())),
            ))
        };
        let response = transfer(60).send_response(&client).await.unwrap();
        assert!(response.consumed_capacity.unwrap().units() >= 8.0);
        let read = transaction_get((
            Account::get("a"),
            Account::get("none"),
            vec![Entry::get("a", 1), Entry::get("a", 2)],
        ));
        let (a, none, entries) = read.send(&client).await.unwrap();
        assert_eq!((a, none), (Some(account("a", 40)), None));
        assert_eq!(entries, [Some(entry("a", 1)), None]);

        // The second time the condition fails: nothing changes, and the reason stands in its place.
        let error = transfer(60).send(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionCanceled);
        assert!(error.is_condition_failed());
        assert!(!error.is_ambiguous());
        assert_eq!(error.attempts(), 1, "a failed condition is not repeated");
        let reasons = error.cancellation_reasons();
        assert_eq!(reasons.len(), 5);
        assert_eq!(reasons[0].kind(), Some(ErrorKind::ConditionFailed));
        assert_eq!(reasons[0].old_item::<Account>().unwrap(), Some(account("a", 40)));
        assert!(reasons[1..].iter().all(|reason| reason.kind().is_none()));
        assert_eq!(Account::get("b").send(&client).await.unwrap(), Some(account("b", 60)));
    })
    .await;
}

#[tokio::test]
async fn the_reason_of_a_later_part_stands_in_its_place() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        set_up(&client).await;
        let error = transaction((entry("a", 1).create(), account("a", 1).create(), entry("a", 2).create()))
            .send(&client)
            .await
            .unwrap_err();
        let kinds: Vec<_> = error.cancellation_reasons().iter().map(|reason| reason.kind()).collect();
        assert_eq!(kinds, [None, Some(ErrorKind::ConditionFailed), None]);
        assert!(error.to_string().contains(": condition failed at number 1 (from 0) ("), "{error}");
        for number in 0..4 {
            entry("b", number).put().send(&client).await.unwrap();
        }
        let creates: Vec<_> = (0..5).map(|number| entry("b", number).create()).collect();
        let error = transaction(creates).send(&client).await.unwrap_err();
        let says = "condition failed at number 0, condition failed at number 1, condition failed at number 2 (from 0) and at 1 more";
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(Entry::get("a", 1).send(&client).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_token_makes_it_once() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        set_up(&client).await;
        let add = || transaction(Account::update("a").add(Account::BALANCE, 1)).client_request_token("once");
        add().send(&client).await.unwrap();
        add().send(&client).await.unwrap();
        assert_eq!(Account::get("a").send(&client).await.unwrap(), Some(account("a", 101)));
        let other = transaction(Account::update("a").add(Account::BALANCE, 2)).client_request_token("once");
        assert_eq!(other.send(&client).await.unwrap_err().kind(), ErrorKind::Validation);
    })
    .await;
}

#[tokio::test]
async fn what_dynamodb_would_refuse_is_not_sent() {
    for_each_engine(async |sandbox| {
        let client = sandbox.client();
        set_up(&client).await;
        let hundred: Vec<_> = (0..100).map(|number| entry("a", number).create()).collect();
        let more: Vec<_> = (0..101).map(|number| entry("a", number).create()).collect();
        transaction(hundred).send(&client).await.unwrap();
        let reads: Vec<_> = (0..100).map(|number| Entry::get("a", number)).collect();
        assert_eq!(transaction_get(reads).send(&client).await.unwrap().into_iter().flatten().count(), 100);
        let large: Vec<_> =
            (0..11).map(|number| Entry { text: "x".repeat(390_000), ..entry("b", number) }.put()).collect();
        // What an update sets is in the item that it leaves.
        let set: Vec<_> =
            (0..11).map(|number| Entry::update("b", number).set(Entry::TEXT, "x".repeat(390_000))).collect();
        for refused in [
            transaction(more),
            transaction(Vec::<theory::op::Put<Entry>>::new()),
            transaction((entry("a", 1).put(), Entry::delete("a", 1))),
            transaction(Account::check("a")),
            transaction(large),
            transaction(set),
        ] {
            let error = refused.send(&client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
            assert_eq!(error.attempts(), 0, "{error}");
        }
        let many: Vec<_> = (0..101).map(|number| Entry::get("a", number)).collect();
        let twice = vec![Entry::get("a", 1), Entry::get("a", 2), Entry::get("a", 1)];
        for refused in [many, twice] {
            let error = transaction_get(refused).send(&client).await.unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
        }
        let twice = (Account::get("a"), Entry::get("a", 1), Account::get("a").consistent_read());
        let error = transaction_get(twice).send(&client).await.unwrap_err();
        assert!(error.to_string().contains("the second is number 2"), "{error}");
    })
    .await;
}
