//! Tables made from the schema, for tests and small set-ups; and verified against it, for everyone.
//!
//! Production tables belong into an infrastructure template; here is what a test, an example or a script needs: create
//! the tables that some entities declare, wait for them, look at them, delete them. Entities that share a table make
//! one table together.
//!
//! Each request has a span, and is sent by the rules of all others: nothing is begun, and no pause made, that the client's
//! [deadline](Client::with_deadline) leaves no time for, repetitions draw from its budget, and an error of a change whose
//! answer was lost [is ambiguous](Error::is_ambiguous): also `TableInUse` where a repeated creation may have met its own
//! work, and `TableNotFound` where a repeated deletion may have. So is one of the wait behind a change that was done, or of the next table.
//!
//! # Example
//!
//! ```
//! # async fn example(client: theory::Client, entities: &[&'static theory_schema::Entity]) -> theory::Result<()> {
//! use theory::client::{CreateTables, DeleteTables};
//!
//! CreateTables::of(entities).skip_existing().send(&client).await?;
//! // …
//! DeleteTables::of(entities).skip_missing().send(&client).await?;
//! # Ok(())
//! # }
//! ```

mod request;
mod shape;
mod verify;
mod wait;

use std::borrow::Cow;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation;
use aws_sdk_dynamodb::types::{
    IndexStatus, TableDescription, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin as _;
use request::{Effect, Request};
use theory_schema::{Entity, Table, TableError};
use tracing::Instrument as _;

use super::Client;
use crate::error::{Error, ErrorKind};

pub use verify::{Difference, Verified, Verify};
pub use wait::Wait;

/// Sends a request of the SDK with what the client sets for all of its requests, in a span of its own.
macro_rules! send {
    ($admin:expr, $name:literal, $module:ident::$plugin:ident, $effect:ident, $input:expr) => {{
        let Admin { client, entity, name } = $admin;
        let span = request::span!($name, *entity, &**name);
        let layer = operation::$module::$plugin::new().config();
        match Request::begin(client, entity, $name, Effect::$effect, span.clone(), layer) {
            Ok((request, config)) => {
                let sent = $input.customize().config_override(config).send().instrument(span);
                request.end(sent.await)
            }
            Err(error) => Err(error),
        }
    }};
}

/// How a table is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Billing {
    /// By the request.
    #[default]
    OnDemand,
    /// By the hour, for this many units of the table and as many again of each global secondary index.
    Provisioned {
        /// Strongly consistent reads of 4 KB a second.
        read_units: u32,
        /// Writes of 1 KB a second.
        write_units: u32,
    },
}

/// Creates the tables of some entities, with their indexes and time to live.
///
/// `send` returns when the tables and their indexes are active, unless [`no_wait`](Self::no_wait) says otherwise.
/// Costs nothing by itself: DynamoDB's control plane is free of charge.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct CreateTables {
    entities: Vec<&'static Entity>,
    billing: Billing,
    wait: Option<Wait>,
    skip_existing: bool,
}

impl CreateTables {
    /// The tables that these entities declare. Entities of one table are merged.
    pub fn of(entities: &[&'static Entity]) -> Self {
        Self {
            entities: entities.to_vec(),
            billing: Billing::default(),
            wait: Some(Wait::new()),
            skip_existing: false,
        }
    }

    /// How the tables are paid for; on demand if nothing is said.
    pub fn billing(mut self, billing: Billing) -> Self {
        self.billing = billing;
        self
    }

    /// Leaves a table that exists already as it is. Whether it fits the entities is not checked.
    pub fn skip_existing(mut self) -> Self {
        self.skip_existing = true;
        self
    }

    /// How to wait until a table is active.
    pub fn wait(mut self, wait: Wait) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Returns as soon as DynamoDB has accepted the tables. Time to live is then not set, because a table that is
    /// being created refuses it.
    pub fn no_wait(mut self) -> Self {
        self.wait = None;
        self
    }

    /// Creates the tables, one after the other.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` if two entities describe one table differently, `TableInUse` if a table exists,
    /// `LimitExceeded`, and `Deadline` if a table does not become active in time. Whatever fails once a table was created
    /// [is ambiguous](Error::is_ambiguous): sent again with [`skip_existing`](Self::skip_existing) it goes on from there.
    pub async fn send(self, client: &Client) -> Result<(), Error> {
        let mut done = Done::Nothing;
        for table in Table::of(&self.entities).map_err(contradiction)? {
            let admin = Admin::new(client, &table, &self.entities);
            let created = self.create(&admin, &table).await.map_err(|error| done.tell(error))?;
            if created {
                done = Done::Something;
            }
            self.settle(&admin, &table, created).await.map_err(|error| done.tell(error))?;
        }
        Ok(())
    }

    /// Waits until the table is active, and sets its time to live.
    async fn settle(&self, admin: &Admin<'_>, table: &Table, is_new: bool) -> Result<(), Error> {
        let Some(wait) = &self.wait else { return Ok(()) };
        let mut pauses = wait.start(admin.client);
        while !admin.is_active().await? {
            pauses.pause(admin.entity).await?;
        }
        match table.ttl {
            Some(attribute) if is_new || !admin.has_ttl().await? => admin.enable_ttl(attribute).await,
            _ => Ok(()),
        }
    }

    /// Whether the table is new.
    async fn create(&self, admin: &Admin<'_>, table: &Table) -> Result<bool, Error> {
        let input = shape::create_table(admin.client.sdk().create_table(), table, &admin.name, self.billing)
            .map_err(|error| admin.unbuildable("CreateTable", error))?;
        match send!(admin, "CreateTable", create_table::CreateTable, Change, input) {
            Ok(_) => Ok(true),
            Err(error) if self.skip_existing && error.kind() == ErrorKind::TableInUse => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Deletes the tables of some entities, with everything in them.
///
/// `send` returns when the tables are gone, unless [`no_wait`](Self::no_wait) says otherwise.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct DeleteTables {
    entities: Vec<&'static Entity>,
    wait: Option<Wait>,
    skip_missing: bool,
}

impl DeleteTables {
    /// The tables that these entities declare.
    pub fn of(entities: &[&'static Entity]) -> Self {
        Self { entities: entities.to_vec(), wait: Some(Wait::new()), skip_missing: false }
    }

    /// Takes a table that does not exist for deleted.
    pub fn skip_missing(mut self) -> Self {
        self.skip_missing = true;
        self
    }

    /// How to wait until a table is gone.
    pub fn wait(mut self, wait: Wait) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Returns as soon as DynamoDB has accepted to delete the tables.
    pub fn no_wait(mut self) -> Self {
        self.wait = None;
        self
    }

    /// Deletes the tables, one after the other.
    ///
    /// # Errors
    ///
    /// `TableNotFound` if a table does not exist, `TableInUse` if it is being created or changed, and `Deadline` if
    /// it is not gone in time. Whatever fails once a table was deleted [is ambiguous](Error::is_ambiguous): sent again with
    /// [`skip_missing`](Self::skip_missing) it goes on from there.
    pub async fn send(self, client: &Client) -> Result<(), Error> {
        let mut done = Done::Nothing;
        for table in Table::of(&self.entities).map_err(contradiction)? {
            let admin = Admin::new(client, &table, &self.entities);
            let input = client.sdk().delete_table().table_name(&*admin.name);
            match send!(&admin, "DeleteTable", delete_table::DeleteTable, Change, input) {
                Ok(_) => done = Done::Something,
                Err(error) if self.skip_missing && error.is_table_not_found() => continue,
                Err(error) => return Err(done.tell(error)),
            }
            if let Some(wait) = &self.wait {
                admin.is_gone(wait).await.map_err(|error| done.tell(error))?;
            }
        }
        Ok(())
    }
}

/// What a change of several tables, each of several requests, has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Nothing,
    Something,
}

impl Done {
    /// The error that ends it: where something was done, it must not pass for one of nothing.
    fn tell(self, error: Error) -> Error {
        let is_ambiguous = error.is_ambiguous() || self == Done::Something;
        error.with_ambiguous(is_ambiguous)
    }
}

impl Client {
    /// Describes the table of an entity as it is deployed, or `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, and what any request can fail with.
    pub async fn describe_table(&self, entity: &'static Entity) -> Result<Option<TableDescription>, Error> {
        Admin { client: self, entity: entity.name, name: self.table_name(entity.table, None) }
            .describe()
            .await
    }
}

/// One table, as its control plane is asked about it.
struct Admin<'a> {
    client: &'a Client,
    /// The first entity in the table, for errors.
    entity: &'static str,
    name: Cow<'a, str>,
}

impl<'a> Admin<'a> {
    fn new(client: &'a Client, table: &Table, entities: &[&'static Entity]) -> Self {
        let entity =
            entities.iter().find(|entity| entity.table == table.name).map_or("", |entity| entity.name);
        Self { client, entity, name: client.table_name(table.name, None) }
    }

    async fn describe(&self) -> Result<Option<TableDescription>, Error> {
        let input = self.client.sdk().describe_table().table_name(&*self.name);
        match send!(self, "DescribeTable", describe_table::DescribeTable, Read, input) {
            Ok(output) => Ok(output.table),
            Err(error) if error.is_table_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the table and all of its indexes are active. A new table may be unknown for a moment.
    async fn is_active(&self) -> Result<bool, Error> {
        let Some(table) = self.describe().await? else { return Ok(false) };
        let mut indexes = table.global_secondary_indexes().iter();
        Ok(table.table_status == Some(TableStatus::Active)
            && indexes.all(|index| matches!(index.index_status, None | Some(IndexStatus::Active))))
    }

    /// Waits until the table is gone.
    async fn is_gone(&self, wait: &Wait) -> Result<(), Error> {
        let mut pauses = wait.start(self.client);
        while self.describe().await?.is_some() {
            pauses.pause(self.entity).await?;
        }
        Ok(())
    }

    async fn has_ttl(&self) -> Result<bool, Error> {
        Ok(self.ttl().await?.is_some())
    }

    /// The attribute by whose time items expire, if they do.
    async fn ttl(&self) -> Result<Option<String>, Error> {
        let input = self.client.sdk().describe_time_to_live().table_name(&*self.name);
        let output =
            send!(self, "DescribeTimeToLive", describe_time_to_live::DescribeTimeToLive, Read, input)?;
        let on = |status: &TimeToLiveStatus| {
            matches!(status, TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
        };
        let ttl =
            output.time_to_live_description.filter(|ttl| ttl.time_to_live_status.as_ref().is_some_and(on));
        Ok(ttl.map(|ttl| ttl.attribute_name.unwrap_or_default()))
    }

    /// The value of a tag, if the table has it.
    async fn tag(&self, arn: &str, key: &str) -> Result<Option<String>, Error> {
        let mut next = None;
        // A table has 50 tags at most: pages without end are not followed.
        for _ in 0..64 {
            let input = self.client.sdk().list_tags_of_resource().resource_arn(arn).set_next_token(next);
            let answer =
                send!(self, "ListTagsOfResource", list_tags_of_resource::ListTagsOfResource, Read, input);
            let page = match answer {
                // An engine on one's own machine, which has no tags.
                Err(error) if error.code() == Some("UnknownOperationException") => return Ok(None),
                page => page?,
            };
            if let Some(tag) = page.tags.unwrap_or_default().into_iter().find(|tag| tag.key == key) {
                return Ok(Some(tag.value));
            }
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// Lets items expire by the attribute.
    ///
    /// DynamoDB refuses to enable what is enabled: for a repeated request, and where another process creates the table too. What is
    /// wanted is there then.
    async fn enable_ttl(&self, attribute: &str) -> Result<(), Error> {
        let Err(error) = self.update_ttl(attribute).await else { return Ok(()) };
        let may_be_there = error.is_ambiguous() || error.kind() == ErrorKind::Validation;
        match may_be_there {
            true if self.ttl().await.is_ok_and(|found| found.as_deref() == Some(attribute)) => Ok(()),
            _ => Err(error),
        }
    }

    async fn update_ttl(&self, attribute: &str) -> Result<(), Error> {
        let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(attribute).build();
        let ttl = ttl.map_err(|error| self.unbuildable("UpdateTimeToLive", error))?;
        let input = self.client.sdk().update_time_to_live().table_name(&*self.name);
        send!(
            self,
            "UpdateTimeToLive",
            update_time_to_live::UpdateTimeToLive,
            Change,
            input.time_to_live_specification(ttl)
        )
        .map(drop)
    }

    fn unbuildable(&self, operation: &'static str, error: BuildError) -> Error {
        Error::new(ErrorKind::InvalidRequest, self.entity).with_operation(operation).with_source(error)
    }
}

fn contradiction(error: TableError) -> Error {
    Error::new(ErrorKind::InvalidRequest, "").with_detail(error.to_string())
}
