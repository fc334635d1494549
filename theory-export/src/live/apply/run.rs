//! The execution of a plan.

use super::super::{failed, input};
use super::plan::{Action, Plan, Step};
use crate::contract::deployment::{Billing, Encryption};
use crate::contract::{Contract, STAMP_TAG, Table};
use crate::error::ExportError;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    BillingMode, DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, IndexStatus,
    OnDemandThroughput, PointInTimeRecoverySpecification, SseSpecification, StreamSpecification, TableClass,
    TableStatus, Tag, TimeToLiveSpecification, UpdateGlobalSecondaryIndexAction,
};
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// What happens while a plan is executed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A step begins.
    Begun {
        /// The table.
        table: String,
        /// What is done.
        what: String,
    },
    /// DynamoDB is not done yet.
    Waiting {
        /// The table.
        table: String,
        /// For what: `the index by_status`, `the table`.
        of: String,
        /// As DynamoDB calls it: `CREATING`, `UPDATING`, …
        status: String,
        /// How long was waited for this step so far.
        waited: Duration,
    },
    /// DynamoDB refused a step.
    Refused {
        /// The table.
        table: String,
        /// What was to be done.
        what: String,
        /// Why it was not.
        why: String,
    },
    /// Something that is no part of a table's function could not be done.
    Skipped {
        /// The table.
        table: String,
        /// What.
        what: String,
        /// Why not.
        why: String,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Begun { table, what } => write!(f, "{table}: {what}"),
            Event::Waiting { table, of, status, waited } => {
                write!(f, "{table}: {of} is {status} ({} s)", waited.as_secs())
            }
            Event::Refused { table, what, why } => write!(f, "{table}: refused: {what}: {why}"),
            Event::Skipped { table, what, why } => write!(f, "{table}: skipped: {what}: {why}"),
        }
    }
}

/// Executes a plan.
#[derive(Debug, Clone)]
#[must_use = "nothing is done until it is sent"]
pub struct Apply<'a> {
    contract: &'a Contract,
    allow_destructive: bool,
    timeout: Duration,
    longest_pause: Duration,
}

impl<'a> Apply<'a> {
    /// Executes what loses nothing, and waits up to a day for each step: a large table takes hours to fill an index.
    pub fn new(contract: &'a Contract) -> Self {
        Apply {
            contract,
            allow_destructive: false,
            timeout: Duration::from_secs(24 * 3600),
            longest_pause: Duration::from_secs(5),
        }
    }

    /// Executes what loses items, backups or protection, too.
    pub fn allow_destructive(mut self) -> Self {
        self.allow_destructive = true;
        self
    }

    /// How long to wait for one step.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The longest pause between two looks at a table.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }

    /// Executes the steps in order. `tell` hears of every step, and of every look at a table that is not ready.
    ///
    /// A step that DynamoDB refuses does not keep the others from being done, except those of a table that could not be created. It can be
    /// stopped at any moment: a plan made again does the rest.
    ///
    /// # Errors
    ///
    /// What was refused, when the others are done. And at once where DynamoDB does not answer, or a step is not done in time.
    pub async fn send(
        &self,
        client: &Client,
        plan: &Plan,
        mut tell: impl FnMut(Event),
    ) -> Result<(), ExportError> {
        let mut refused = Vec::new();
        let mut missing = BTreeSet::new();
        for step in plan.steps().iter().filter(|step| self.allow_destructive || !step.destructive) {
            let table = self.contract.tables.iter().find(|table| table.name == step.table);
            let Some(table) = table.filter(|table| !missing.contains(table.name.as_str())) else { continue };
            tell(Event::Begun { table: step.table.clone(), what: step.what.clone() });
            let of_table = OfTable { client, table, digest: self.contract.digest.as_deref() };
            if step.action != Action::Create {
                // Somebody else may be changing it.
                self.wait(&of_table, &mut tell).await?;
            }
            match self.execute(&of_table, step, &mut tell).await {
                Ok(()) => {}
                // A tag says nothing that the table needs, and some engines have none.
                Err(error) if step.action == Action::Stamp => {
                    let (table, what) = (step.table.clone(), step.what.clone());
                    tell(Event::Skipped { table, what, why: error.to_string() });
                }
                Err(error) if error.is_refusal() => {
                    let (table, what) = (step.table.clone(), step.what.clone());
                    tell(Event::Refused { table, what, why: error.to_string() });
                    refused.push(error);
                    if step.action == Action::Create {
                        missing.insert(of_table.table.name.as_str());
                        continue;
                    }
                }
                Err(error) => return Err(error),
            }
            self.wait(&of_table, &mut tell).await?;
        }
        match refused.len() {
            0 | 1 => refused.pop().map_or(Ok(()), Err),
            _ => Err(ExportError::Invalid(refused.iter().map(ToString::to_string).collect())),
        }
    }

    /// A step; what comes too early is sent again.
    async fn execute(
        &self,
        of: &OfTable<'_>,
        step: &Step,
        tell: &mut impl FnMut(Event),
    ) -> Result<(), ExportError> {
        let (mut waited, mut pause) = (Duration::ZERO, Duration::from_millis(50));
        loop {
            match of.execute(step).await {
                Err(error) if is_early(&error) && waited < self.timeout => {}
                done => return done,
            }
            let (table, of, status) = (step.table.clone(), "the keeping of backups", "ENABLING");
            tell(Event::Waiting { table, of: of.into(), status: status.into(), waited });
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(self.longest_pause);
        }
    }

    /// Until the table and all of its indexes are active.
    async fn wait(&self, of: &OfTable<'_>, tell: &mut impl FnMut(Event)) -> Result<(), ExportError> {
        let (mut waited, mut pause) = (Duration::ZERO, Duration::from_millis(50));
        loop {
            let Some((what, status)) = of.unready().await? else { return Ok(()) };
            let table = of.table.name.clone();
            if waited >= self.timeout {
                return Err(ExportError::Unsupported(format!(
                    "table `{table}`: {what} is still {status} after {} s: apply again to go on waiting",
                    waited.as_secs()
                )));
            }
            tell(Event::Waiting { table, of: what, status, waited });
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(self.longest_pause);
        }
    }
}

/// Whether DynamoDB does not keep backups of the table yet: it begins some moments after a new one is ACTIVE.
fn is_early(error: &ExportError) -> bool {
    matches!(error, ExportError::DynamoDb { why, .. } if why.starts_with("ContinuousBackupsUnavailableException"))
}

struct OfTable<'a> {
    client: &'a Client,
    table: &'a Table,
    digest: Option<&'a str>,
}

impl OfTable<'_> {
    fn name(&self) -> &str {
        &self.table.name
    }

    fn unbuildable(&self, error: BuildError) -> ExportError {
        ExportError::Invalid(vec![format!("table `{}`: {error}", self.name().escape_debug())])
    }

    /// What is not ready yet, and its status.
    async fn unready(&self) -> Result<Option<(String, String)>, ExportError> {
        let described = match self.client.describe_table().table_name(self.name()).send().await {
            Ok(output) => output.table,
            // A new table may be unknown for a moment.
            Err(error)
                if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) =>
            {
                None
            }
            Err(error) => return Err(failed("DescribeTable", self.name(), error)),
        };
        let Some(described) = described else { return Ok(Some(("the table".into(), "CREATING".into()))) };
        // Indexes first: while one is made, the table is UPDATING, which says less.
        for index in described.global_secondary_indexes() {
            if let Some(status) = index.index_status.as_ref().filter(|status| **status != IndexStatus::Active)
            {
                let name = index.index_name.as_deref().unwrap_or_default();
                return Ok(Some((format!("the index {name}"), status.as_str().to_owned())));
            }
        }
        let status = described.table_status.filter(|status| *status != TableStatus::Active);
        Ok(status.map(|status| ("the table".to_owned(), status.as_str().to_owned())))
    }

    async fn execute(&self, step: &Step) -> Result<(), ExportError> {
        match &step.action {
            Action::Create => {
                let input = input::create_table(self.client.create_table(), self.table, self.digest);
                let input = input.map_err(|error| self.unbuildable(error))?;
                input.send().await.map(drop).map_err(|error| failed("CreateTable", self.name(), error))
            }
            Action::Protect(on) => self.update(|input| Ok(input.deletion_protection_enabled(*on))).await,
            Action::Billing => self.billing().await,
            Action::Class => {
                self.update(|input| Ok(input.table_class(TableClass::from(self.table.class.as_str())))).await
            }
            Action::Encryption => {
                let none = || SseSpecification::builder().enabled(false).build();
                let encryption = match &self.table.encryption {
                    Encryption::AwsOwned => none(),
                    other => input::encryption(other).unwrap_or_else(none),
                };
                self.update(|input| Ok(input.sse_specification(encryption))).await
            }
            Action::StreamOff => {
                let off = StreamSpecification::builder().stream_enabled(false).build();
                self.update(|input| Ok(input.stream_specification(off?))).await
            }
            Action::StreamOn => {
                let Some(view) = input::view(self.table) else { return Ok(()) };
                self.update(|input| Ok(input.stream_specification(input::enabled(view)?))).await
            }
            Action::RemoveIndex(name) => {
                let delete = DeleteGlobalSecondaryIndexAction::builder().index_name(name).build();
                self.update(|input| {
                    Ok(input.global_secondary_index_updates(
                        GlobalSecondaryIndexUpdate::builder().delete(delete?).build(),
                    ))
                })
                .await
            }
            Action::AddIndex(name) => self.add_index(name).await,
            Action::Warm => self.warm().await,
            Action::TtlOff(attribute) => self.ttl(attribute, false).await,
            Action::TtlOn(attribute) => self.ttl(attribute, true).await,
            Action::Recovery => self.recovery().await,
            Action::Tags => {
                self.tag(self.table.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))).await
            }
            Action::Stamp => self.tag(self.digest.into_iter().map(|digest| (STAMP_TAG, digest))).await,
            Action::Policy => {
                let policy = self.table.resource_policy.as_ref().map(ToString::to_string).unwrap_or_default();
                let input = self.client.put_resource_policy().resource_arn(self.arn().await?).policy(policy);
                input.send().await.map(drop).map_err(|error| failed("PutResourcePolicy", self.name(), error))
            }
            Action::RemovePolicy => {
                let input = self.client.delete_resource_policy().resource_arn(self.arn().await?);
                input
                    .send()
                    .await
                    .map(drop)
                    .map_err(|error| failed("DeleteResourcePolicy", self.name(), error))
            }
        }
    }

    async fn update(
        &self,
        change: impl FnOnce(UpdateTableFluentBuilder) -> Result<UpdateTableFluentBuilder, BuildError>,
    ) -> Result<(), ExportError> {
        let input = self.client.update_table().table_name(self.name());
        let input = change(input).map_err(|error| self.unbuildable(error))?;
        input.send().await.map(drop).map_err(|error| failed("UpdateTable", self.name(), error))
    }

    /// The attributes of keys that the new index needs; DynamoDB wants those of the others too, as they are.
    async fn add_index(&self, name: &str) -> Result<(), ExportError> {
        let Some(index) = self.table.index(name) else { return Ok(()) };
        let described = self.client.describe_table().table_name(self.name()).send().await;
        let described = described.map_err(|error| failed("DescribeTable", self.name(), error))?;
        let mut definitions =
            described.table.and_then(|table| table.attribute_definitions).unwrap_or_default();
        let own = input::definitions(index.key.attributes()).map_err(|error| self.unbuildable(error))?;
        for definition in own {
            if !definitions.iter().any(|known| known.attribute_name == definition.attribute_name) {
                definitions.push(definition);
            }
        }
        let create = input::create_index(self.table, index).map_err(|error| self.unbuildable(error))?;
        self.update(|input| {
            let update = GlobalSecondaryIndexUpdate::builder().create(create).build();
            Ok(input.set_attribute_definitions(Some(definitions)).global_secondary_index_updates(update))
        })
        .await
    }

    /// The capacity of the table and of the indexes that it has now: those that it gets later come with theirs.
    async fn billing(&self) -> Result<(), ExportError> {
        let described = self.client.describe_table().table_name(self.name()).send().await;
        let described = described.map_err(|error| failed("DescribeTable", self.name(), error))?.table;
        let described = described.as_ref();
        let mode = described.and_then(|table| table.billing_mode_summary.as_ref()?.billing_mode.as_ref());
        let wanted = input::billing_mode(&self.table.billing);
        // The same mode said again counts as one of the few changes a day.
        let new_mode = (mode.unwrap_or(&BillingMode::Provisioned) != &wanted).then_some(wanted);
        let units =
            |of: &Billing| Ok::<_, BuildError>((input::provisioned(of)?, limits(of, new_mode.is_some())));
        let mut updates = Vec::new();
        for name in described.map(|table| table.global_secondary_indexes()).unwrap_or_default() {
            let Some(index) = name.index_name.as_deref().and_then(|name| self.table.index(name)) else {
                continue;
            };
            let of = index.billing.as_ref().unwrap_or(&self.table.billing);
            let (provisioned, maximum) = units(of).map_err(|error| self.unbuildable(error))?;
            let now = name.provisioned_throughput.as_ref();
            let same = provisioned.as_ref().is_some_and(|wanted| {
                now.is_some_and(|now| {
                    now.read_capacity_units == Some(wanted.read_capacity_units)
                        && now.write_capacity_units == Some(wanted.write_capacity_units)
                })
            });
            if (provisioned.is_none() && maximum.is_none()) || (same && new_mode.is_none()) {
                continue;
            }
            let update = UpdateGlobalSecondaryIndexAction::builder()
                .index_name(&index.name)
                .set_provisioned_throughput(provisioned)
                .set_on_demand_throughput(maximum)
                .build()
                .map_err(|error| self.unbuildable(error))?;
            updates.push(GlobalSecondaryIndexUpdate::builder().update(update).build());
        }
        let (provisioned, maximum) = units(&self.table.billing).map_err(|error| self.unbuildable(error))?;
        // DynamoDB refuses what changes nothing.
        let now = described.and_then(|table| table.provisioned_throughput.as_ref());
        let provisioned = provisioned.filter(|wanted| {
            new_mode.is_some()
                || !now.is_some_and(|now| {
                    now.read_capacity_units == Some(wanted.read_capacity_units)
                        && now.write_capacity_units == Some(wanted.write_capacity_units)
                })
        });
        self.update(|input| {
            Ok(input
                .set_billing_mode(new_mode)
                .set_provisioned_throughput(provisioned)
                .set_on_demand_throughput(maximum)
                .set_global_secondary_index_updates((!updates.is_empty()).then_some(updates)))
        })
        .await
    }

    async fn warm(&self) -> Result<(), ExportError> {
        let mut updates = Vec::new();
        for index in self.table.global_indexes() {
            let Some(warm) = &index.warm_throughput else { continue };
            let update = UpdateGlobalSecondaryIndexAction::builder()
                .index_name(&index.name)
                .warm_throughput(input::warm(warm))
                .build()
                .map_err(|error| self.unbuildable(error))?;
            updates.push(GlobalSecondaryIndexUpdate::builder().update(update).build());
        }
        self.update(|input| {
            Ok(input
                .set_warm_throughput(self.table.warm_throughput.as_ref().map(input::warm))
                .set_global_secondary_index_updates((!updates.is_empty()).then_some(updates)))
        })
        .await
    }

    async fn ttl(&self, attribute: &str, enabled: bool) -> Result<(), ExportError> {
        let ttl = TimeToLiveSpecification::builder().enabled(enabled).attribute_name(attribute).build();
        let ttl = ttl.map_err(|error| self.unbuildable(error))?;
        let input = self.client.update_time_to_live().table_name(self.name()).time_to_live_specification(ttl);
        input.send().await.map(drop).map_err(|error| failed("UpdateTimeToLive", self.name(), error))
    }

    async fn recovery(&self) -> Result<(), ExportError> {
        let recovery = &self.table.point_in_time_recovery;
        let specification = PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(recovery.is_some())
            .set_recovery_period_in_days(recovery.as_ref().map(|recovery| i32::from(recovery.days)))
            .build()
            .map_err(|error| self.unbuildable(error))?;
        let input = self.client.update_continuous_backups().table_name(self.name());
        let input = input.point_in_time_recovery_specification(specification);
        input.send().await.map(drop).map_err(|error| failed("UpdateContinuousBackups", self.name(), error))
    }

    async fn arn(&self) -> Result<String, ExportError> {
        let described = self.client.describe_table().table_name(self.name()).send().await;
        let described = described.map_err(|error| failed("DescribeTable", self.name(), error))?;
        Ok(described.table.and_then(|table| table.table_arn).unwrap_or_else(|| self.name().to_owned()))
    }

    async fn tag(&self, tags: impl Iterator<Item = (&str, &str)>) -> Result<(), ExportError> {
        let tags: Result<Vec<_>, _> =
            tags.map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
        let tags = tags.map_err(|error| self.unbuildable(error))?;
        let input = self.client.tag_resource().resource_arn(self.arn().await?).set_tags(Some(tags));
        input.send().await.map(drop).map_err(|error| failed("TagResource", self.name(), error))
    }
}

/// On-demand limits; where there are none, that is said only to a table that was on demand before and may have some.
fn limits(billing: &Billing, is_new_mode: bool) -> Option<OnDemandThroughput> {
    match billing {
        Billing::OnDemand { .. } if is_new_mode => input::on_demand(billing),
        Billing::OnDemand { .. } => input::on_demand_or_unlimited(billing),
        Billing::Provisioned { .. } => None,
    }
}
