//! What is put to the test: each operation of the library, and its reference.

use futures_util::TryStreamExt as _;
use theory::op::Update;
use theory::{Client, Result, Table as _, transaction_get};
use theory_testing::Operation;

use super::dice::Dice;
use super::lifecycle;
use super::loaded;
use super::many;
use super::model::{Change, Fate, Model, Trial};
use crate::account::{Account, OWNER, account};

/// An operation as a user sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Get,
    Query,
    Stream,
    Count,
    Scan,
    /// In segments, and gone on with from its checkpoint after an error.
    ParallelScan,
    /// A query of what has not expired.
    Live,
    /// Three items as of one moment.
    TransactionGet,
    /// Up to two requests, with keys that stand there twice.
    BatchGet,
    /// The same as a stream.
    BatchGetStream,
    Put,
    Create,
    Replace,
    /// An update that sets: idempotent.
    Set,
    /// An update that sets what it also asks for: idempotent, and refused when it meets its own work.
    CompareAndSet,
    /// An update by `add`.
    Add,
    /// An update by arithmetic, with a condition on the sum.
    Withdraw,
    /// An update by `list_append`.
    Append,
    Delete,
    /// A delete that asks for the item.
    DeleteExisting,
    /// From one account to another, with a receipt, if a third one is open. Idempotent by its token.
    Transfer,
    /// Two requests of puts and deletes.
    BatchWrite,
    /// The same as a stream.
    BatchWriteStream,
    /// An update by `add`, sent exactly once.
    AddOnce,
    /// An update by arithmetic, with a condition on the sum, sent exactly once.
    WithdrawOnce,
    CreateOnce,
    /// A create of an entity with a version and moments.
    CountedCreate,
    /// An update of such an entity, sent exactly once: its version moves by one.
    CountedAddOnce,
    /// An update by `add`, idempotent by its version.
    VersionedAdd,
    VersionedPut,
    VersionedDelete,
    /// From an account of a version into another.
    VersionedTransfer,
    /// What has changed of an item that was read: without a version.
    Save,
    /// With a version.
    VersionedSave,
}

impl Subject {
    pub(super) const ALL: [Self; 34] = [
        Self::Get,
        Self::Query,
        Self::Stream,
        Self::Count,
        Self::Scan,
        Self::ParallelScan,
        Self::Live,
        Self::TransactionGet,
        Self::BatchGet,
        Self::BatchGetStream,
        Self::Put,
        Self::Create,
        Self::Replace,
        Self::Set,
        Self::CompareAndSet,
        Self::Add,
        Self::Withdraw,
        Self::Append,
        Self::Delete,
        Self::DeleteExisting,
        Self::Transfer,
        Self::BatchWrite,
        Self::BatchWriteStream,
        Self::AddOnce,
        Self::WithdrawOnce,
        Self::CreateOnce,
        Self::CountedCreate,
        Self::CountedAddOnce,
        Self::VersionedAdd,
        Self::VersionedPut,
        Self::VersionedDelete,
        Self::VersionedTransfer,
        Self::Save,
        Self::VersionedSave,
    ];

    pub(super) fn operation(self) -> Operation {
        match self {
            Self::Get => Operation::GetItem,
            Self::Query | Self::Stream | Self::Count | Self::Live => Operation::Query,
            Self::Scan | Self::ParallelScan => Operation::Scan,
            Self::TransactionGet => Operation::TransactGetItems,
            Self::BatchGet | Self::BatchGetStream => Operation::BatchGetItem,
            Self::Put | Self::Create | Self::Replace | Self::CountedCreate | Self::VersionedPut => {
                Operation::PutItem
            }
            Self::Set
            | Self::CompareAndSet
            | Self::Add
            | Self::Withdraw
            | Self::Append
            | Self::VersionedAdd
            | Self::Save
            | Self::VersionedSave => Operation::UpdateItem,
            Self::Delete | Self::DeleteExisting | Self::VersionedDelete => Operation::DeleteItem,
            Self::Transfer | Self::VersionedTransfer => Operation::TransactWriteItems,
            Self::AddOnce | Self::WithdrawOnce | Self::CreateOnce | Self::CountedAddOnce => {
                Operation::TransactWriteItems
            }
            Self::BatchWrite | Self::BatchWriteStream => Operation::BatchWriteItem,
        }
    }

    /// Whether the operation may be executed twice for once.
    pub(super) fn is_idempotent(self) -> bool {
        !matches!(self, Self::Add | Self::Withdraw | Self::Append)
    }

    /// Whether it takes several requests, some of them at once.
    pub(super) fn is_several(self) -> bool {
        use Subject as S;
        matches!(
            self,
            S::ParallelScan | S::BatchGet | S::BatchGetStream | S::BatchWrite | S::BatchWriteStream
        )
    }

    /// Whether DynamoDB itself knows a repetition, by its token.
    pub(super) fn has_token(self) -> bool {
        self.operation() == Operation::TransactWriteItems
    }

    /// Whether it is a single write, although it is sent as a transaction.
    pub(super) fn is_once(self) -> bool {
        matches!(self, Self::AddOnce | Self::WithdrawOnce | Self::CreateOnce | Self::CountedAddOnce)
    }

    /// Whether its condition, or the first part's, is a version.
    pub(super) fn expects_version(self) -> bool {
        use Subject as S;
        matches!(
            self,
            S::VersionedAdd | S::VersionedPut | S::VersionedDelete | S::VersionedTransfer | S::VersionedSave
        )
    }

    /// Sends one, of some item.
    pub(super) async fn run(self, client: &Client, model: &Model, dice: &mut Dice) -> Trial {
        // Four of five exist at first.
        let number = dice.below(5) as u32;
        let balance = dice.below(1000) as i64;
        match self {
            Self::Get => {
                let got = Account::get(OWNER, number).consistent_read().send(client).await;
                Trial::Read { right: got.map(|got| got.as_ref() == model.get(number)) }
            }
            Self::Query => {
                let got = Account::query(OWNER).sort_key(..=number).consistent_read().all(client).await;
                let stored = model.accounts().filter(|account| account.number <= number);
                Trial::Read { right: got.map(|got| got.iter().eq(stored)) }
            }
            Self::Stream => {
                let query = Account::query(OWNER).descending().page_size(2).consistent_read();
                let got: Result<Vec<Account>> = query.stream(client).try_collect().await;
                Trial::Read { right: got.map(|got| got.iter().eq(model.accounts().rev())) }
            }
            Self::Count => {
                let got = Account::query(OWNER).page_size(3).consistent_read().count(client).await;
                Trial::Read { right: got.map(|count| count == model.accounts().count() as u64) }
            }
            Self::Scan => {
                let rich = Account::BALANCE.ge(balance);
                let got = Account::scan().filter(rich).page_size(2).consistent_read().all(client).await;
                Trial::Read { right: got.map(|got| same(got, model, |account| account.balance >= balance)) }
            }
            Self::TransactionGet => {
                let some = [number + 1, number + 2].map(|number| Account::get(OWNER, number));
                let gets = (Account::get(OWNER, number), Vec::from(some));
                let got = transaction_get(gets).send(client).await;
                let right = |(one, some): (Option<Account>, Vec<Option<Account>>)| {
                    let stored = (number..number + 3).map(|number| model.get(number));
                    std::iter::once(&one).chain(&some).map(Option::as_ref).eq(stored)
                };
                Trial::Read { right: got.map(right) }
            }
            Self::BatchGet | Self::BatchGetStream => {
                let count = if dice.once_in(4) { 110 } else { 7 };
                // And the first of them again.
                let numbers: Vec<_> = (number..number + count).chain([number]).collect();
                match self {
                    Self::BatchGet => many::batch_get(client, model, &numbers).await,
                    _ => many::batch_get_stream(client, model, &numbers).await,
                }
            }
            Self::ParallelScan => many::parallel_scan(client, model).await,
            Self::Live => many::live(client, model).await,
            Self::Put => {
                let new = account(number, balance);
                let result = new.put().send(client).await;
                write(number, result, move |_| Some(Some(new.clone())))
            }
            Self::Create => {
                // Half of them of something new.
                let number = if dice.once_in(2) { number + 5 } else { number };
                let new = account(number, balance);
                let result = new.create().send(client).await;
                write(number, result, move |old| old.is_none().then(|| Some(new.clone())))
            }
            Self::Replace => {
                let new = account(number, balance);
                let result = new.replace().send(client).await;
                write(number, result, move |old| old.is_some().then(|| Some(new.clone())))
            }
            Self::Set => {
                let result = Account::update(OWNER, number).set(Account::BALANCE, balance).send(client).await;
                write(number, result, update(move |account| account.balance = balance))
            }
            Self::CompareAndSet => {
                let is_open = model.get(number).is_none_or(|account| account.status == "open");
                let (from, to) = if is_open { ("open", "closed") } else { ("closed", "open") };
                // Now and then someone else was faster.
                let (from, to) = if dice.once_in(8) { (to, from) } else { (from, to) };
                let request = Account::update(OWNER, number)
                    .condition(Account::STATUS.eq(from))
                    .set(Account::STATUS, to);
                write(number, request.send(client).await, move |old| {
                    let mut account = old.filter(|account| account.status == from)?.clone();
                    account.status = to.to_owned();
                    Some(Some(account))
                })
            }
            Self::Add => {
                let by = balance + 1;
                // What the update returns must not make a difference.
                let request = Account::update(OWNER, number).add(Account::BALANCE, by);
                let result = send_either(request, client, dice).await;
                write(number, result, update(move |account| account.balance += by))
            }
            Self::Withdraw => {
                let request = Account::update(OWNER, number)
                    .condition(Account::BALANCE.ge(balance))
                    .set(Account::BALANCE, Account::BALANCE - balance)
                    .set(Account::STATUS, "used");
                let result = send_either(request, client, dice).await;
                write(number, result, move |old| {
                    let mut account = old.filter(|account| account.balance >= balance)?.clone();
                    account.balance -= balance;
                    account.status = "used".to_owned();
                    Some(Some(account))
                })
            }
            Self::Append => {
                let entry = format!("entry {balance}");
                let request = Account::update(OWNER, number).append(Account::ENTRIES, [entry.as_str()]);
                let result = send_either(request, client, dice).await;
                write(number, result, update(move |account| account.entries.push(entry.clone())))
            }
            Self::Delete => {
                let result = Account::delete(OWNER, number).send(client).await;
                write(number, result, |_| Some(None))
            }
            Self::DeleteExisting => {
                let request = Account::delete(OWNER, number).condition(Account::STATUS.exists());
                write(number, request.send(client).await, |old| old.map(|_| None))
            }
            // Often enough all of it is possible.
            Self::Transfer => {
                transfer(client, number, balance / 4, if dice.once_in(4) { 5 } else { 4 }).await
            }
            Self::BatchWrite | Self::BatchWriteStream => {
                many::batch_write(client, number, balance, self == Self::BatchWriteStream).await
            }
            Self::Save | Self::VersionedSave => loaded::run(self, client, model, dice, number, balance).await,
            _ => lifecycle::run(self, client, model, dice, number, balance).await,
        }
    }
}

/// From an account to the next, of so many.
async fn transfer(client: &Client, first: u32, amount: i64, accounts: u32) -> Trial {
    let [from, to, open] = [0, 1, 2].map(|next| (first + next) % accounts);
    let receipt = first + 100;
    let record = account(receipt, amount);
    let result = theory::transaction((
        Account::update(OWNER, from)
            .condition(Account::BALANCE.ge(amount))
            .set(Account::BALANCE, Account::BALANCE - amount),
        Account::update(OWNER, to).add(Account::BALANCE, amount),
        vec![record.put()],
        Account::check(OWNER, open).condition(Account::STATUS.eq("open")),
    ))
    .send(client)
    .await;

    let fate = Fate::of(&result);
    let changes = vec![
        Change::new(from, fate, move |old| {
            let mut account = old.filter(|account| account.balance >= amount)?.clone();
            account.balance -= amount;
            Some(Some(account))
        }),
        Change::new(to, fate, update(move |account| account.balance += amount)),
        Change::new(receipt, fate, move |_| Some(Some(record.clone()))),
        Change::new(open, fate, |old| old.filter(|account| account.status == "open").cloned().map(Some)),
    ];
    Trial::Write { changes, atomic: true, error: result.err() }
}

/// Whether these are the accounts that meet the condition, in whatever order.
fn same(mut got: Vec<Account>, model: &Model, condition: impl Fn(&Account) -> bool) -> bool {
    got.sort_by_key(|account| account.number);
    got.iter().eq(model.accounts().filter(|account| condition(account)))
}

/// Sends an update as it is, or one that returns the item.
async fn send_either(request: Update<Account>, client: &Client, dice: &mut Dice) -> Result<()> {
    if dice.once_in(2) {
        request.return_new().send(client).await.map(|_| ())
    } else {
        request.send(client).await
    }
}

/// The effect of an update of an existing item.
pub(super) fn update(
    change: impl Fn(&mut Account) + 'static,
) -> impl Fn(Option<&Account>) -> Option<Option<Account>> {
    move |old| {
        let mut account = old?.clone();
        change(&mut account);
        Some(Some(account))
    }
}

pub(super) fn write(
    number: u32,
    result: Result<()>,
    effect: impl Fn(Option<&Account>) -> Option<Option<Account>> + 'static,
) -> Trial {
    let change = Change::new(number, Fate::of(&result), effect);
    Trial::Write { changes: vec![change], atomic: false, error: result.err() }
}
