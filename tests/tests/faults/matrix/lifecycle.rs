//! Writes that must not be done twice by their version or their token, and what the library itself writes beside them.

use theory::{Client, Result, Table, Timestamp};

use super::dice::Dice;
use super::model::{Change, Fate, Model, Trial};
use super::subject::{Subject, update, write};
use crate::account::{Account, OWNER, account};

/// An account as an entity of which the library keeps the version and the moments; `Account` sees the same as plain attributes.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "accounts")]
pub(super) struct CountedAccount {
    #[table(pk)]
    owner: String,
    #[table(sk)]
    pub(super) number: u32,
    status: String,
    pub(super) balance: i64,
    entries: Vec<String>,
    #[table(version)]
    pub(super) version: u64,
    #[table(created_at)]
    created_at: Timestamp,
    #[table(updated_at)]
    updated_at: Timestamp,
}

/// The second of the day around which all happens.
pub(super) const NOON: i64 = 1_768_555_800;

pub(super) fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOON + seconds).expect("a moment of this century")
}

pub(super) fn counted(account: Account) -> CountedAccount {
    let Account { owner, number, status, balance, entries, .. } = account;
    let (version, created_at) = (0, moment(-1));
    CountedAccount { owner, number, status, balance, entries, version, created_at, updated_at: created_at }
}

/// The version of an item; without the attribute it is the first.
pub(super) fn version(account: &Account) -> u64 {
    account.version.unwrap_or_default()
}

/// Sends one of the writes of this module.
pub(super) async fn run(
    subject: Subject,
    client: &Client,
    model: &Model,
    dice: &mut Dice,
    number: u32,
    amount: i64,
) -> Trial {
    let now = moment(amount);
    let client = &client.with_clock(move || now);
    let stored = model.get(number).map_or(0, version);
    // Now and then it is not what was read.
    let expected = if dice.once_in(4) { stored + 1 } else { stored };
    let fits = move |old: &&Account| version(old) == expected;
    let touch = move |account: &mut Account| {
        account.version = Some(version(account) + 1);
        account.updated_at = Some(now);
    };
    match subject {
        Subject::AddOnce => {
            let request = Account::update(OWNER, number).add(Account::BALANCE, amount + 1).exactly_once();
            write(number, request.send(client).await, update(move |account| account.balance += amount + 1))
        }
        Subject::WithdrawOnce => {
            let request = Account::update(OWNER, number)
                .condition(Account::BALANCE.ge(amount))
                .set(Account::BALANCE, Account::BALANCE - amount)
                .exactly_once();
            write(number, request.send(client).await, move |old| {
                let mut account = old.filter(|account| account.balance >= amount)?.clone();
                account.balance -= amount;
                Some(Some(account))
            })
        }
        Subject::CreateOnce => {
            let number = if dice.once_in(2) { number + 5 } else { number };
            let new = account(number, amount);
            let result = new.create().exactly_once().send(client).await;
            write(number, result, move |old| old.is_none().then(|| Some(new.clone())))
        }
        Subject::CountedCreate => {
            let number = if dice.once_in(2) { number + 5 } else { number };
            let new = account(number, amount);
            let result = counted(new.clone()).create().send(client).await;
            let stamped = Account { version: Some(0), created_at: Some(now), updated_at: Some(now), ..new };
            write(number, told(result, 0), move |old| old.is_none().then(|| Some(stamped.clone())))
        }
        Subject::CountedAddOnce => {
            let request =
                CountedAccount::update(OWNER, number).add(CountedAccount::BALANCE, amount).exactly_once();
            write(
                number,
                request.send(client).await,
                update(move |account| {
                    account.balance += amount;
                    touch(account);
                }),
            )
        }
        Subject::VersionedAdd => {
            let request = CountedAccount::update(OWNER, number)
                .add(CountedAccount::BALANCE, amount)
                .expected_version(expected);
            write(number, request.send(client).await, move |old| {
                let mut account = old.filter(fits)?.clone();
                account.balance += amount;
                touch(&mut account);
                Some(Some(account))
            })
        }
        Subject::VersionedPut => {
            let new = account(number, amount);
            let request = counted(new.clone()).put().expected_version(expected);
            let stamped = Account {
                version: Some(expected + 1),
                created_at: Some(moment(-1)),
                updated_at: Some(now),
                ..new
            };
            write(number, told(request.send(client).await, expected + 1), move |old| {
                old.filter(fits).map(|_| Some(stamped.clone()))
            })
        }
        Subject::VersionedDelete => {
            let request = CountedAccount::delete(OWNER, number).expected_version(expected);
            write(number, request.send(client).await, move |old| old.filter(fits).map(|_| None))
        }
        // The only one that is left.
        _ => versioned_transfer(client, number, amount, expected, now).await,
    }
}

/// Out of an account of this version into the next, whatever its version.
async fn versioned_transfer(client: &Client, from: u32, amount: i64, expected: u64, now: Timestamp) -> Trial {
    let to = (from + 1) % 4;
    let change =
        |number: u32, by: i64| CountedAccount::update(OWNER, number).add(CountedAccount::BALANCE, by);
    let writes = (change(from, -amount).expected_version(expected), change(to, amount));
    let result = theory::transaction(writes).send(client).await;
    let fate = Fate::of(&result);
    let moved = move |old: &Account, by: i64| {
        let (version, updated_at) = (Some(version(old) + 1), Some(now));
        Some(Some(Account { balance: old.balance + by, version, updated_at, ..old.clone() }))
    };
    let changes = vec![
        Change::new(from, fate, move |old| moved(old.filter(|old| version(old) == expected)?, -amount)),
        Change::new(to, fate, move |old| moved(old?, amount)),
    ];
    Trial::Write { changes, atomic: true, error: result.err() }
}

/// The result of a write that tells the version it left behind, which must be this one.
fn told(result: Result<theory::Stamps>, version: u64) -> Result<()> {
    result.map(|stamps| {
        assert_eq!(stamps.version, Some(version.into()), "it wrote another version than it says")
    })
}
