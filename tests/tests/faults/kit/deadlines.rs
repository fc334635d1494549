//! A deadline in the middle of the pages: what was read is kept, and the next invocation goes on.

use std::time::Duration;

use futures_util::StreamExt as _;
use theory::client::Deadline;
use theory::{Client, ErrorKind};
use theory_testing::{EmbeddedDynamoDb, Fault, Faults, Operation};

use crate::account::{Account, OWNER, account, engine};

const ALL: u32 = 20;

/// Twenty accounts, and a client whose third page of five never comes before the deadline.
async fn interrupted(fault: &Fault) -> (EmbeddedDynamoDb, Client) {
    let accounts: Vec<_> = (0..ALL).map(|number| account(number, 1)).collect();
    let engine = engine(&accounts).await.unwrap();
    let faults = Faults::seed(1);
    faults.on(Operation::Query).nth(3).inject(fault.clone());
    let client = engine.through(&faults).client().with_deadline(Deadline::after(Duration::from_secs(3)));
    (engine, client)
}

const HANGS: [Fault; 3] = [Fault::HangBeforeEffect, Fault::HangAfterEffect, Fault::StalledBody];

fn numbers(accounts: &[Account]) -> Vec<u32> {
    accounts.iter().map(|account| account.number).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_read_until_the_deadline_and_what_comes_after_it_are_everything() {
    for fault in &HANGS {
        let (engine, client) = interrupted(fault).await;
        let first = Account::query(OWNER).page_size(5).until_deadline(&client).await.unwrap();
        assert_eq!(numbers(&first.items), (0..10).collect::<Vec<_>>(), "{fault:?}");
        let cursor = first.next_cursor().expect("there is more").clone();
        // Nothing is sent any more on this handle, and the cursor is not lost by trying.
        let none = Account::query(OWNER).start_after(&cursor).until_deadline(&client).await.unwrap();
        assert_eq!((none.items.len(), none.next_cursor()), (0, Some(&cursor)));
        let rest = Account::query(OWNER).start_after(&cursor).until_deadline(&engine.client()).await.unwrap();
        assert_eq!(numbers(&rest.items), (10..ALL).collect::<Vec<_>>());
        assert!(rest.next_cursor().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_goes_on_where_it_stopped() {
    for fault in &HANGS {
        let (engine, client) = interrupted(fault).await;
        let first = Account::query(OWNER).page_size(5).count_until_deadline(&client).await.unwrap();
        let rest =
            Account::query(OWNER).start_after(first.next_cursor()).count_until_deadline(&engine.client());
        let rest = rest.await.unwrap();
        assert_eq!((first.count, rest.count, rest.next_cursor()), (10, 10, None), "{fault:?}");
        // Of an ordinary count nothing is known, and it does not pretend to be one.
        let (_, client) = interrupted(fault).await;
        let error = Account::query(OWNER).page_size(5).count(&client).await.unwrap_err();
        assert!(error.is_out_of_time() && error.cursor().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_gives_its_items_and_then_the_cursor() {
    for fault in &HANGS {
        for read_ahead in [false, true] {
            let (engine, client) = interrupted(fault).await;
            let query = Account::query(OWNER).page_size(5);
            let query = if read_ahead { query.read_ahead() } else { query };
            let mut stream = query.stream(&client);
            let (mut read, mut ended) = (Vec::new(), None);
            while let Some(next) = stream.next().await {
                match next {
                    Ok(account) => read.push(account.number),
                    Err(error) => ended = Some(error),
                }
            }
            let error = ended.expect("the deadline came");
            assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::Deadline, false), "{fault:?}");
            assert!(error.is_out_of_time());
            let rest = Account::query(OWNER).start_after(error.cursor()).all(&engine.client()).await.unwrap();
            read.extend(numbers(&rest));
            assert_eq!(read, (0..ALL).collect::<Vec<_>>());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_drops_what_was_read_gets_no_cursor_and_who_searches_does() {
    let (_, client) = interrupted(&Fault::HangBeforeEffect).await;
    let error = Account::query(OWNER).page_size(5).all(&client).await.unwrap_err();
    assert!(error.is_out_of_time() && error.cursor().is_none());
    let (engine, client) = interrupted(&Fault::HangBeforeEffect).await;
    let search = || Account::query(OWNER).page_size(5).filter(Account::BALANCE.gt(7));
    let error = search().first(&client).await.unwrap_err();
    let cursor = error.cursor().expect("nothing was found so far");
    assert_eq!(search().start_after(cursor).first(&engine.client()).await.unwrap(), None);
    // At the very beginning there is nothing to go on from.
    let late = engine.client().with_deadline(Deadline::after(Duration::ZERO));
    let error = search().until_deadline(&late).await.unwrap_err();
    assert!(error.is_out_of_time() && error.cursor().is_none() && error.attempts() == 0);
}
