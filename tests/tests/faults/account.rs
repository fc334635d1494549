//! The entity of these tests, and an engine that has its table.

use theory::client::CreateTables;
use theory::{Client, Table, Timestamp};
use theory_testing::EmbeddedDynamoDb;

/// The owner of all accounts.
pub(crate) const OWNER: &str = "ada";

/// Something that can be lost, written twice, and half written.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "accounts", scan)]
pub(crate) struct Account {
    #[table(pk)]
    pub(crate) owner: String,
    #[table(sk)]
    pub(crate) number: u32,
    pub(crate) status: String,
    pub(crate) balance: i64,
    pub(crate) entries: Vec<String>,
    /// What the library writes, where it is told to; to this entity plain attributes.
    pub(crate) version: Option<u64>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) updated_at: Option<Timestamp>,
    /// A time to live to those who see one in it, in seconds.
    pub(crate) expires: Option<i64>,
}

pub(crate) fn account(number: u32, balance: i64) -> Account {
    Account {
        owner: OWNER.to_owned(),
        number,
        status: "open".to_owned(),
        balance,
        entries: vec!["opened".to_owned()],
        version: None,
        created_at: None,
        updated_at: None,
        expires: None,
    }
}

/// An engine with the table and these accounts.
pub(crate) async fn engine(accounts: impl IntoIterator<Item = &Account>) -> theory::Result<EmbeddedDynamoDb> {
    let engine = EmbeddedDynamoDb::new();
    let client = engine.client();
    CreateTables::of(theory::schema![Account]).send(&client).await?;
    let accounts: Vec<_> = accounts.into_iter().map(Table::put).collect();
    if !accounts.is_empty() {
        theory::transaction(accounts).send(&client).await?;
    }
    Ok(engine)
}

/// Everything that is stored.
pub(crate) async fn stored(client: &Client) -> theory::Result<Vec<Account>> {
    Account::query(OWNER).consistent_read().all(client).await
}
