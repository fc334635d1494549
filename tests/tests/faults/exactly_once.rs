//! `.exactly_once()`: what would be done twice, or be in doubt, is done once.

use serde_json::{Value, json};
use theory::{Client, ErrorKind, Table as _};
use theory_testing::{EmbeddedDynamoDb, Exchange, Fault, Faults, Operation, Recorder};

use crate::account::{Account, OWNER, account, engine, stored};

/// Ways to lose the answer to a write that took effect.
fn lost_answers() -> [Fault; 8] {
    [
        Fault::TimeoutAfterEffect,
        Fault::HangAfterEffect,
        Fault::ResetAfterEffect,
        Fault::ServerErrorAfterEffect,
        Fault::BrokenBody,
        Fault::TruncatedBody,
        Fault::CorruptBody,
        Fault::StalledBody,
    ]
}

/// An engine with one account of ten, and a client to whose first attempt this happens.
async fn bench(fault: Fault) -> (EmbeddedDynamoDb, Recorder, Client) {
    let engine = engine([&account(1, 10)]).await.unwrap();
    let recorder = Recorder::new();
    let faults = Faults::seed(7).on_all().attempt(1).inject(fault);
    let client = engine.through(&recorder).through(&faults).client();
    (engine, recorder, client)
}

fn tokens(exchanges: &[Exchange]) -> Vec<&Value> {
    exchanges.iter().map(|exchange| &exchange.request.body["ClientRequestToken"]).collect()
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_lost_and_the_write_is_done_once() {
    for fault in lost_answers() {
        let (engine, recorder, client) = bench(fault.clone()).await;
        let sent = Account::update(OWNER, 1)
            .add(Account::BALANCE, 5)
            .append(Account::ENTRIES, ["paid"])
            .exactly_once()
            .send_response(&client)
            .await
            .unwrap();
        assert_eq!((sent.attempts, sent.earlier_attempt_unknown), (2, true), "{fault:?}");
        let [after] = &stored(&engine.client()).await.unwrap()[..] else { panic!("one account") };
        assert_eq!((after.balance, &after.entries[..]), (15, &["opened".to_owned(), "paid".to_owned()][..]));

        // Both reached the engine, and were one to it.
        let exchanges = recorder.take();
        assert_eq!(exchanges.len(), 2, "{fault:?}");
        assert!(exchanges.iter().all(|exchange| exchange.request.operation == Operation::TransactWriteItems));
        assert_eq!(exchanges[0].request.body, exchanges[1].request.body);
        assert!(tokens(&exchanges).iter().all(|token| token.as_str().is_some_and(|token| token.len() == 32)));
    }
}

/// Without it the same is in doubt, and is not sent again.
#[tokio::test(start_paused = true)]
async fn the_plain_verb_says_that_it_does_not_know() {
    for fault in lost_answers() {
        let (engine, recorder, client) = bench(fault.clone()).await;
        let error = Account::update(OWNER, 1).add(Account::BALANCE, 5).send(&client).await.unwrap_err();
        assert!(error.is_ambiguous(), "{fault:?}");
        assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 15);
        assert_eq!(recorder.requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn no_write_meets_itself() {
    for fault in lost_answers() {
        let (engine, _, client) = bench(fault.clone()).await;
        account(2, 1).create().exactly_once().send(&client).await.unwrap();
        let closed = Account::update(OWNER, 1)
            .condition(Account::STATUS.eq("open"))
            .set(Account::STATUS, "closed")
            .exactly_once();
        closed.send(&client).await.unwrap();
        let gone = Account::delete(OWNER, 2).condition(Account::BALANCE.eq(1)).exactly_once();
        gone.send(&client).await.unwrap();
        let after = stored(&engine.client()).await.unwrap();
        assert_eq!(after.iter().map(|account| &*account.status).collect::<Vec<_>>(), ["closed"], "{fault:?}");
    }
}

/// A condition that fails, whatever went wrong before, was not met by the write itself: there is no doubt.
#[tokio::test(start_paused = true)]
async fn a_failed_condition_is_certain() {
    for fault in lost_answers() {
        let (_, _, client) = bench(fault.clone()).await;
        let refused = Account::update(OWNER, 1)
            .condition(Account::BALANCE.ge(100))
            .set(Account::BALANCE, Account::BALANCE - 100)
            .return_old_on_failure()
            .exactly_once();
        let error = refused.send(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::ConditionFailed, false), "{fault:?}");
        assert_eq!(error.old_item::<Account>().unwrap(), Some(account(1, 10)));
    }
}

#[tokio::test(start_paused = true)]
async fn without_any_answer_the_doubt_stays() {
    let engine = engine([&account(1, 10)]).await.unwrap();
    let faults = Faults::seed(7).on_all().inject(Fault::ResetAfterEffect);
    let client = engine.through(&faults).client();
    let error =
        Account::update(OWNER, 1).add(Account::BALANCE, 5).exactly_once().send(&client).await.unwrap_err();
    assert!(error.is_ambiguous() && error.attempts() == 4, "{error}");
    assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 15);
}

/// What becomes of the transaction is said in the words of the plain verb.
#[tokio::test(start_paused = true)]
async fn cancellations_are_the_plain_verbs_errors() {
    use theory_testing::Cancellation as C;
    for (cancellation, kind, attempts) in [
        (C::ConditionalCheckFailed, ErrorKind::ConditionFailed, 1),
        (C::TransactionConflict, ErrorKind::TransactionConflict, 4),
        (C::ThrottlingError, ErrorKind::Throttled, 4),
        (C::ProvisionedThroughputExceeded, ErrorKind::Throttled, 4),
        (C::ItemCollectionSizeLimitExceeded, ErrorKind::ItemCollectionTooLarge, 1),
        (C::ValidationError, ErrorKind::Validation, 1),
    ] {
        let engine = engine([]).await.unwrap();
        let faults = Faults::seed(7).on_all().inject(Fault::Canceled(cancellation));
        let client = engine.through(&faults).client();
        let error = account(1, 1).put().exactly_once().send(&client).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts(), error.is_ambiguous()),
            (kind, attempts, false),
            "{error}"
        );
        assert_eq!(error.is_throttled(), kind == ErrorKind::Throttled);
        assert_eq!(error.is_retryable(), attempts == 4);
        assert_eq!(error.code(), Some("TransactionCanceledException"));
        assert!(error.to_string().contains("TransactWriteItems of `Account`"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_of_the_callers_is_sent() {
    let (engine, recorder, client) = bench(Fault::ResetAfterEffect).await;
    let request = || Account::update(OWNER, 1).add(Account::BALANCE, 5).exactly_once();
    for _ in 0..2 {
        request().client_request_token("payment-17").send(&client).await.unwrap();
    }
    assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 15);
    assert!(tokens(&recorder.take()).into_iter().all(|token| *token == json!("payment-17")));
    request().client_request_token("payment-18").send(&client).await.unwrap();
    assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 20);
}
