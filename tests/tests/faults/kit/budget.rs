//! The budget of repetitions: what all operations of a client may send again, so that they do not multiply a table's trouble.

use theory::client::RetryBudget;
use theory::{Client, Table as _};
use theory_testing::{Fault, Faults, Operation, Recorder};

use crate::account::{Account, OWNER, account, engine};

/// How often each of ten reads was sent, then of ten batches, with a budget of this many and none earned.
async fn sent(burst: u32) -> (usize, usize) {
    let engine = engine([&account(1, 10)]).await.unwrap();
    let recorder = Recorder::new();
    let faults = Faults::seed(1).on_all().inject(Fault::Unavailable);
    let sdk = engine.through(&faults).through(&recorder).sdk_client();
    let budget = RetryBudget::new().burst(burst).per_success(0.0);
    let client = Client::builder(sdk).retry_budget(budget).build().unwrap();
    for _ in 0..10 {
        let error = Account::get(OWNER, 1).send(&client).await.unwrap_err();
        assert!(!error.is_ambiguous() && error.is_retryable(), "{error}");
    }
    for _ in 0..10 {
        let puts: Vec<_> = (0..3).map(|number| account(number, 1).put()).collect();
        let error = theory::batch_write(puts).send(&client).await.unwrap_err();
        assert_eq!(error.unwritten().len(), 3);
    }
    let requests = recorder.requests();
    let of = |operation| requests.iter().filter(|request| request.operation == operation).count();
    (of(Operation::GetItem), of(Operation::BatchWriteItem))
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_shared_and_used_up() {
    assert_eq!(sent(0).await, (10, 10));
    assert_eq!(sent(5).await, (10 + 5, 10));
    // Three repetitions of each read, and what is left for the batches.
    assert_eq!(sent(36).await, (40, 10 + 6));
}
