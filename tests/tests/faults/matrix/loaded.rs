//! What has changed of an item that was read, and nothing else.

use theory::{Client, Loaded};

use super::dice::Dice;
use super::lifecycle::{counted, moment, version};
use super::model::{Model, Trial};
use super::subject::{Subject, update, write};
use crate::account::{Account, account};

/// Saves an item that was read before: as it is stored, or as it is not any more.
pub(super) async fn run(
    subject: Subject,
    client: &Client,
    model: &Model,
    dice: &mut Dice,
    number: u32,
    amount: i64,
) -> Trial {
    let read = model.get(number).cloned().unwrap_or_else(|| account(number, amount));
    // Never what it is.
    let balance = read.balance + amount + 1;
    if subject == Subject::Save {
        // Somebody else's change of what this save leaves alone is kept.
        let mut loaded = Loaded::new(Account { status: "as it was".to_owned(), ..read });
        loaded.balance = balance;
        let result = loaded.save().send(client).await;
        assert_eq!(loaded.is_changed(), result.is_err(), "it knows that it was saved, or that it was not");
        return write(number, result, update(move |account| account.balance = balance));
    }
    let now = moment(amount);
    let client = client.with_clock(move || now);
    let expected = version(&read) + u64::from(dice.once_in(4));
    let mut loaded = Loaded::new(counted(read));
    loaded.version = expected;
    let mut loaded = Loaded::new(loaded.into_inner());
    loaded.balance = balance;
    let result = loaded.save().send(&client).await;
    let knows = if result.is_ok() { expected + 1 } else { expected };
    assert_eq!(loaded.version, knows, "it has the version that it knows of");
    write(number, result, move |old| {
        let mut account = old.filter(|old| version(old) == expected)?.clone();
        account.balance = balance;
        (account.version, account.updated_at) = (Some(expected + 1), Some(now));
        Some(Some(account))
    })
}
