//! What takes several requests, some of them at once: batches, as a whole and as streams, scans in segments; and what filters.

use std::collections::HashSet;

use futures_util::{StreamExt as _, TryStreamExt as _};
use theory::op::{Answer, BatchWriteError, ScanStream};
use theory::{Client, Error, Result, Table, Timestamp};

use super::lifecycle::moment;
use super::model::{Change, Fate, Model, Trial};
use crate::account::{Account, OWNER, account};

/// An account that is there until its time has come.
#[derive(Debug, Table)]
#[table(name = "accounts")]
struct PassingAccount {
    #[table(pk)]
    owner: String,
    #[table(sk)]
    number: u32,
    #[table(ttl)]
    expires: Option<Timestamp>,
}

/// The accounts whose time has not come.
pub(super) async fn live(client: &Client, model: &Model) -> Trial {
    let now = moment(0);
    let query = PassingAccount::query(OWNER).live().page_size(2).consistent_read();
    let got = query.all(&client.with_clock(move || now)).await;
    let lives = |account: &&Account| account.expires.is_none_or(|expires| expires > now.unix_seconds());
    let stored = model.accounts().filter(lives).map(|account| account.number);
    let right = |got: Vec<PassingAccount>| got.iter().map(|account| account.number).eq(stored);
    Trial::Read { right: got.map(right) }
}

/// A scan in segments; after an error another one goes on from its checkpoint.
pub(super) async fn parallel_scan(client: &Client, model: &Model) -> Trial {
    let scan = Account::scan().page_size(1).consistent_read().segments(3).concurrency(2);
    let mut got = Vec::new();
    let mut first = scan.clone().stream(client);
    let mut result = drain(&mut first, &mut got).await;
    if result.is_err() {
        let mut second = scan.resume(first.checkpoint()).stream(client);
        result = drain(&mut second, &mut got).await;
    }
    // What came, came once, and is what is stored; when it has ended, it was all.
    let once: HashSet<_> = got.iter().map(|account| account.number).collect();
    let is_stored = |account: &Account| model.get(account.number) == Some(account);
    let right = once.len() == got.len() && got.iter().all(is_stored);
    let is_all = got.len() == model.accounts().count();
    Trial::Read { right: if right { result.map(|()| is_all) } else { Ok(false) } }
}

async fn drain(stream: &mut ScanStream<Account>, got: &mut Vec<Account>) -> Result<()> {
    while let Some(account) = stream.next().await {
        got.push(account?);
    }
    Ok(())
}

pub(super) async fn batch_get(client: &Client, model: &Model, numbers: &[u32]) -> Trial {
    let gets: Vec<_> = numbers.iter().map(|&number| Account::get(OWNER, number).consistent_read()).collect();
    match theory::batch_get(gets).send(client).await {
        Ok(got) => {
            let stored = numbers.iter().map(|&number| model.get(number));
            Trial::Read { right: Ok(got.iter().map(Option::as_ref).eq(stored)) }
        }
        Err(error) => {
            // As far as it came, it must be right too.
            let right = |(&number, answer): (&u32, &Answer<Account>)| match answer {
                Answer::Found(account) => model.get(number) == Some(account),
                Answer::NotFound => model.get(number).is_none(),
                Answer::Unread(_) => true,
            };
            let all_right = numbers.iter().zip(error.answers()).all(right);
            let unread = error.answers().iter().filter(|answer| matches!(answer, Answer::Unread(_)));
            let all_told = unread.count() == error.unread().len() && !error.unread().is_empty();
            Trial::Read { right: if all_right && all_told { Err(error.into()) } else { Ok(false) } }
        }
    }
}

/// The answers in the order of the keys, as far as they came.
pub(super) async fn batch_get_stream(client: &Client, model: &Model, numbers: &[u32]) -> Trial {
    let gets = numbers.iter().map(|&number| Account::get(OWNER, number).consistent_read());
    let mut answers = theory::batch_get_iter(gets).stream(client);
    let (mut got, mut ended) = (Vec::new(), None::<Error>);
    loop {
        match answers.try_next().await {
            Ok(Some(answer)) => got.push(answer),
            Ok(None) => break,
            Err(error) => ended = Some(error),
        }
    }
    let stored = numbers.iter().map(|&number| model.get(number)).take(got.len());
    let right = got.iter().map(Option::as_ref).eq(stored);
    match ended {
        Some(error) if right && got.len() < numbers.len() => Trial::Read { right: Err(error) },
        ended => Trial::Read { right: Ok(right && ended.is_none() && got.len() == numbers.len()) },
    }
}

/// A put, and every third time a delete, of thirty items.
pub(super) async fn batch_write(client: &Client, first: u32, amount: i64, is_stream: bool) -> Trial {
    let numbers = first..first + 30;
    let is_delete = |number: u32| number.is_multiple_of(3);
    let new = move |number: u32| account(number, amount + i64::from(number));
    let puts = |numbers: &[u32]| -> Vec<_> {
        numbers.iter().filter(|&&number| !is_delete(number)).map(|&number| new(number).put()).collect()
    };
    let deletes = |numbers: &[u32]| -> Vec<_> {
        let deleted = numbers.iter().filter(|&&number| is_delete(number));
        deleted.map(|&number| Account::delete(OWNER, number)).collect()
    };
    // In the order in which they are given.
    let (given, result): (Vec<u32>, _) = if is_stream {
        let writes: Vec<_> = numbers.clone().map(|number| (puts(&[number]), deletes(&[number]))).collect();
        (numbers.collect(), theory::batch_write_iter(writes).send(client).await)
    } else {
        let (deleted, put): (Vec<_>, Vec<_>) = numbers.partition(|&number| is_delete(number));
        let result = theory::batch_write((puts(&put), deletes(&deleted))).send(client).await;
        (put.into_iter().chain(deleted).collect(), result)
    };

    let unwritten = result.as_ref().err().map(BatchWriteError::unwritten).unwrap_or_default();
    let (taken, written) = match &result {
        Ok(done) => (given.len(), done.written),
        Err(error) => (error.taken(), error.written().written),
    };
    assert_eq!(written + unwritten.len(), taken, "a write is neither done nor left: {result:?}");
    let fate = |position: usize| match unwritten.iter().find(|left| left.position() == position) {
        Some(left) if left.is_ambiguous() => Fate::Unknown,
        Some(_) => Fate::NotDone,
        None if position < taken => Fate::Done,
        None => Fate::NotDone,
    };
    let change = |(position, number)| {
        Change::new(number, fate(position), move |_| Some((!is_delete(number)).then(|| new(number))))
    };
    let changes = given.into_iter().enumerate().map(change).collect();
    if let Err(error) = &result {
        assert!(!unwritten.is_empty() || taken < 30, "nothing is left, and it is an error: {error}");
    }
    Trial::Write { changes, atomic: false, error: result.err().map(Into::into) }
}
