//! What the library says of each fault: the examples behind the matrix, to be read one by one.

use theory::{Error, ErrorKind, Table as _};
use theory_testing::{Cancellation, Fault, Faults, Operation, Recorder, Throttle};

use crate::account::{Account, OWNER, account, engine, stored};

/// Faults that lose the answer to a write that took effect.
const LOST: [Fault; 8] = [
    Fault::TimeoutAfterEffect,
    Fault::HangAfterEffect,
    Fault::ResetAfterEffect,
    Fault::ServerErrorAfterEffect,
    Fault::BrokenBody,
    Fault::TruncatedBody,
    Fault::CorruptBody,
    Fault::StalledBody,
];

#[tokio::test(start_paused = true)]
async fn a_create_that_meets_its_own_work_is_ambiguous_and_not_a_conflict() {
    for fault in LOST {
        let engine = engine([]).await.unwrap();
        let faults = Faults::seed(1).on(Operation::PutItem).attempt(1).inject(fault.clone());
        let client = engine.through(&faults).client();
        let error = account(1, 5).create().return_old_on_failure().send(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::ConditionFailed, 2), "{fault:?}");
        assert!(error.is_ambiguous(), "{fault:?}");
        // What the condition met tells the caller that it was the request's own work.
        assert_eq!(error.old_item::<Account>().unwrap(), Some(account(1, 5)));
    }
}

#[tokio::test(start_paused = true)]
async fn an_addition_is_not_repeated_when_its_answer_was_lost() {
    for fault in LOST {
        let engine = engine([&account(1, 10)]).await.unwrap();
        let faults = Faults::seed(1).on_all().attempt(1).inject(fault.clone());
        let recorder = Recorder::new();
        let client = engine.through(&faults).through(&recorder).client();
        let add = Account::update(OWNER, 1).add(Account::BALANCE, 7).send(&client);
        let error = add.await.unwrap_err();
        assert!(error.is_ambiguous() && !error.is_retryable(), "{fault:?}");
        assert_eq!(recorder.requests().len(), 1, "{fault:?}");
        assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 17);
    }
}

#[tokio::test(start_paused = true)]
async fn an_addition_is_repeated_when_it_was_not_executed() {
    for fault in [
        Fault::Throttle(Throttle::Provisioned),
        Fault::Throttle(Throttle::OnDemandMaximum),
        Fault::Throttle(Throttle::KeyRange),
        Fault::Throttle(Throttle::Account),
        Fault::ConnectionRefused,
        Fault::TransactionConflict,
    ] {
        let engine = engine([&account(1, 10)]).await.unwrap();
        let faults = Faults::seed(1).on_all().times(3).inject(fault.clone());
        let client = engine.through(&faults).client();
        let add = Account::update(OWNER, 1).add(Account::BALANCE, 7).send_response(&client);
        assert_eq!(add.await.unwrap().attempts, 4, "{fault:?}");
        assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 17);
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_until_it_is_whole() {
    for fault in LOST {
        let engine = engine([&account(1, 10)]).await.unwrap();
        let faults = Faults::seed(1).on_all().times(2).inject(fault.clone());
        let client = engine.through(&faults).client();
        let read = Account::get(OWNER, 1).send_response(&client).await.unwrap();
        assert_eq!((read.output, read.attempts), (Some(account(1, 10)), 3), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttle_that_stays_says_what_is_hot() {
    let engine = engine([]).await.unwrap();
    let faults = Faults::seed(1).on_all().inject(Fault::Throttle(Throttle::KeyRange));
    let client = engine.through(&faults).client();
    let error = account(1, 0).put().send(&client).await.unwrap_err();
    assert!(error.is_throttled() && error.is_retryable() && !error.is_ambiguous());
    let reasons = error.throttling_reasons();
    assert_eq!(reasons[0].reason, "TableWriteKeyRangeThroughputExceeded");
    assert!(reasons[0].resource.ends_with(":table/accounts"));
}

/// The old item that a returned value shows may be the request's own, and the response says so.
#[tokio::test(start_paused = true)]
async fn an_old_item_that_may_be_ones_own_is_marked() {
    let engine = engine([&account(1, 10)]).await.unwrap();
    let faults = Faults::seed(1).on_all().attempt(1).inject(Fault::ResetAfterEffect);
    let client = engine.through(&faults).client();
    let response = account(1, 20).put().return_old().send_response(&client).await.unwrap();
    assert_eq!(response.output, Some(account(1, 20)));
    assert!(response.earlier_attempt_unknown);
}

fn transfer() -> theory::op::Transaction {
    theory::transaction((
        Account::update(OWNER, 1).add(Account::BALANCE, -3),
        Account::update(OWNER, 2).add(Account::BALANCE, 3),
    ))
}

#[tokio::test(start_paused = true)]
async fn a_transaction_is_repeated_with_its_token_and_done_once() {
    for fault in LOST {
        let engine = engine([&account(1, 10), &account(2, 10)]).await.unwrap();
        let faults = Faults::seed(1).on_all().times(2).inject(fault.clone());
        let recorder = Recorder::new();
        let client = engine.through(&faults).through(&recorder).client();
        assert_eq!(transfer().send_response(&client).await.unwrap().attempts, 3, "{fault:?}");
        let balances: Vec<_> =
            stored(&engine.client()).await.unwrap().iter().map(|account| account.balance).collect();
        assert_eq!(balances, [7, 13], "{fault:?}");
        let tokens: Vec<_> =
            recorder.requests().iter().map(|request| request.body["ClientRequestToken"].clone()).collect();
        assert!(tokens[0].is_string());
        assert!(tokens.iter().all(|token| *token == tokens[0]));
    }
}

async fn canceled_by(cancellation: Cancellation) -> Error {
    let engine = engine([&account(1, 10), &account(2, 10)]).await.unwrap();
    let faults = Faults::seed(1).on_all().inject(Fault::CanceledAt(1, cancellation));
    let client = engine.through(&faults).client();
    let error = transfer().send(&client).await.unwrap_err();
    assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 10);
    error
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_that_passes_is_repeated_and_any_other_is_not() {
    for (cancellation, kind, passes) in [
        (Cancellation::TransactionConflict, ErrorKind::TransactionConflict, true),
        (Cancellation::ThrottlingError, ErrorKind::Throttled, true),
        (Cancellation::ProvisionedThroughputExceeded, ErrorKind::Throttled, true),
        (Cancellation::ConditionalCheckFailed, ErrorKind::ConditionFailed, false),
        (Cancellation::ValidationError, ErrorKind::Validation, false),
        (Cancellation::ItemCollectionSizeLimitExceeded, ErrorKind::ItemCollectionTooLarge, false),
    ] {
        let error = canceled_by(cancellation).await;
        assert_eq!(error.kind(), ErrorKind::TransactionCanceled);
        let reasons: Vec<_> = error.cancellation_reasons().iter().map(|reason| reason.kind()).collect();
        assert_eq!(reasons, [None, Some(kind)]);
        assert_eq!(error.attempts(), if passes { 4 } else { 1 }, "{cancellation:?}");
        assert_eq!(error.is_retryable(), passes, "{cancellation:?}");
        assert!(!error.is_ambiguous());
    }
}

/// A cancellation for a reason that passes says nothing of an earlier attempt, which may have been executed.
#[tokio::test(start_paused = true)]
async fn a_conflict_does_not_settle_what_was_in_doubt() {
    let engine = engine([&account(1, 10), &account(2, 10)]).await.unwrap();
    let faults = Faults::seed(1);
    faults.on_all().attempt(1).inject(Fault::ResetAfterEffect);
    faults.on_all().inject(Fault::CanceledAt(0, Cancellation::TransactionConflict));
    let client = engine.through(&faults).client();
    let error = transfer().send(&client).await.unwrap_err();
    assert_eq!(stored(&engine.client()).await.unwrap()[0].balance, 7);
    assert!(error.is_transaction_conflict() && error.is_ambiguous(), "{error}");
}

/// What a batch's answer calls unprocessed, an attempt before it whose answer was lost may have done.
#[tokio::test(start_paused = true)]
async fn what_a_batch_gives_back_behind_a_lost_answer_is_in_doubt() {
    for (is_lost, stays) in [(true, 5), (false, 2)] {
        let engine = engine([]).await.unwrap();
        let faults = Faults::seed(1);
        if is_lost {
            faults.on(Operation::BatchWriteItem).times(1).inject(Fault::ResetAfterEffect);
        }
        faults.on(Operation::BatchWriteItem).inject(Fault::PartialBatchLeaving(3));
        let client = engine.through(&faults).client();
        let puts: Vec<_> = (0..5).map(|number| account(number, 1).put()).collect();
        let error = theory::batch_write(puts).send(&client).await.unwrap_err();
        let told: Vec<_> =
            error.unwritten().iter().map(|left| (left.position(), left.is_ambiguous())).collect();
        assert_eq!(told, [(2, is_lost), (3, is_lost), (4, is_lost)]);
        assert_eq!((error.written().written, error.error().is_ambiguous()), (2, is_lost));
        assert_eq!(stored(&engine.client()).await.unwrap().len(), stays);
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_is_not_repeated() {
    let engine = engine([]).await.unwrap();
    let faults = Faults::seed(1).on_all().inject(Fault::AccessDenied);
    let client = engine.through(&faults).client();
    let error = account(1, 0).put().send(&client).await.unwrap_err();
    assert!(error.is_access_denied() && !error.is_ambiguous() && !error.is_retryable());
    assert_eq!(error.attempts(), 1);
}
