//! From a table of the contract to what `CreateTable` and `UpdateTable` ask for.

use crate::contract::deployment::{Billing, Encryption, StreamView, WarmThroughput};
use crate::contract::{Index, Key, KeyAttribute, Projection, STAMP_TAG, Table};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    KeySchemaElement, KeyType, LocalSecondaryIndex, OnDemandThroughput, Projection as SdkProjection,
    ProjectionType, ProvisionedThroughput, ScalarAttributeType, SseSpecification, SseType,
    StreamSpecification, StreamViewType, TableClass, Tag, WarmThroughput as SdkWarmThroughput,
};
use theory_schema::ScalarType;

/// The whole of a new table. Its time to live, its backups and its policy are requests of their own, and so are its replicas.
pub(super) fn create_table(
    input: CreateTableFluentBuilder,
    table: &Table,
    stamp: Option<&str>,
) -> Result<CreateTableFluentBuilder, BuildError> {
    let mut input = input
        .table_name(&table.name)
        .set_attribute_definitions(Some(definitions(table.attribute_definitions())?))
        .set_key_schema(Some(key_schema(&table.key)?))
        .billing_mode(billing_mode(&table.billing))
        .set_provisioned_throughput(provisioned(&table.billing)?)
        .set_on_demand_throughput(on_demand(&table.billing))
        .set_warm_throughput(table.warm_throughput.as_ref().map(warm))
        .set_stream_specification(stream(table)?)
        .set_sse_specification(encryption(&table.encryption));
    // Only what is asked for is sent: engines know less than DynamoDB does.
    if table.deletion_protection {
        input = input.deletion_protection_enabled(true);
    }
    if table.class != crate::contract::deployment::TableClass::default() {
        input = input.table_class(TableClass::from(table.class.as_str()));
    }
    for (key, value) in table
        .tags
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .chain(stamp.map(|stamp| (STAMP_TAG, stamp)))
    {
        input = input.tags(Tag::builder().key(key).value(value).build()?);
    }
    for index in table.global_indexes() {
        let billing = index.billing.as_ref().unwrap_or(&table.billing);
        input = input.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(&index.name)
                .set_key_schema(Some(key_schema(&index.key)?))
                .projection(projection(&index.projection))
                .set_provisioned_throughput(provisioned(billing)?)
                .set_on_demand_throughput(on_demand(billing))
                .set_warm_throughput(index.warm_throughput.as_ref().map(warm))
                .build()?,
        );
    }
    for index in table.local_indexes() {
        input = input.local_secondary_indexes(
            LocalSecondaryIndex::builder()
                .index_name(&index.name)
                .set_key_schema(Some(key_schema(&index.key)?))
                .projection(projection(&index.projection))
                .build()?,
        );
    }
    Ok(input)
}

/// A new global index of a table that exists.
pub(super) fn create_index(
    table: &Table,
    index: &Index,
) -> Result<CreateGlobalSecondaryIndexAction, BuildError> {
    let billing = index.billing.as_ref().unwrap_or(&table.billing);
    CreateGlobalSecondaryIndexAction::builder()
        .index_name(&index.name)
        .set_key_schema(Some(key_schema(&index.key)?))
        .projection(projection(&index.projection))
        .set_provisioned_throughput(provisioned(billing)?)
        .set_on_demand_throughput(on_demand(billing))
        .set_warm_throughput(index.warm_throughput.as_ref().map(warm))
        .build()
}

/// `AttributeDefinitions`
pub(super) fn definitions<'a>(
    attributes: impl IntoIterator<Item = &'a KeyAttribute>,
) -> Result<Vec<AttributeDefinition>, BuildError> {
    let definition = |attribute: &KeyAttribute| {
        let ty = match attribute.ty {
            ScalarType::String => ScalarAttributeType::S,
            ScalarType::Number => ScalarAttributeType::N,
            ScalarType::Binary => ScalarAttributeType::B,
        };
        AttributeDefinition::builder().attribute_name(&attribute.name).attribute_type(ty).build()
    };
    attributes.into_iter().map(definition).collect()
}

fn key_schema(key: &Key) -> Result<Vec<KeySchemaElement>, BuildError> {
    let partition = key.partition.iter().map(|attribute| (attribute, KeyType::Hash));
    let sort = key.sort.iter().map(|attribute| (attribute, KeyType::Range));
    partition
        .chain(sort)
        .map(|(attribute, kind)| {
            KeySchemaElement::builder().attribute_name(&attribute.name).key_type(kind).build()
        })
        .collect()
}

fn projection(projection: &Projection) -> SdkProjection {
    let names = projection.attributes();
    SdkProjection::builder()
        .projection_type(ProjectionType::from(projection.as_str()))
        .set_non_key_attributes((!names.is_empty()).then(|| names.to_vec()))
        .build()
}

pub(super) fn billing_mode(billing: &Billing) -> BillingMode {
    match billing {
        Billing::OnDemand { .. } => BillingMode::PayPerRequest,
        Billing::Provisioned { .. } => BillingMode::Provisioned,
    }
}

/// What does not fit is more than DynamoDB allows by far, and is refused there.
fn units(units: u64) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}

pub(super) fn provisioned(billing: &Billing) -> Result<Option<ProvisionedThroughput>, BuildError> {
    let Billing::Provisioned { read, write } = billing else { return Ok(None) };
    let throughput = ProvisionedThroughput::builder()
        .read_capacity_units(units(read.units))
        .write_capacity_units(units(write.units));
    throughput.build().map(Some)
}

/// `OnDemandThroughput`, where there is a limit.
pub(super) fn on_demand(billing: &Billing) -> Option<OnDemandThroughput> {
    match billing {
        Billing::OnDemand { max_read_units: None, max_write_units: None } | Billing::Provisioned { .. } => {
            None
        }
        Billing::OnDemand { max_read_units, max_write_units } => Some(
            OnDemandThroughput::builder()
                .set_max_read_request_units(max_read_units.map(units))
                .set_max_write_request_units(max_write_units.map(units))
                .build(),
        ),
    }
}

/// The same, where no limit must be said: it takes one away.
pub(super) fn on_demand_or_unlimited(billing: &Billing) -> Option<OnDemandThroughput> {
    let Billing::OnDemand { max_read_units, max_write_units } = billing else { return None };
    let limit = |limit: &Option<u64>| limit.map_or(-1, units);
    Some(
        OnDemandThroughput::builder()
            .max_read_request_units(limit(max_read_units))
            .max_write_request_units(limit(max_write_units))
            .build(),
    )
}

pub(super) fn warm(throughput: &WarmThroughput) -> SdkWarmThroughput {
    SdkWarmThroughput::builder()
        .read_units_per_second(units(throughput.read_units))
        .write_units_per_second(units(throughput.write_units))
        .build()
}

/// Replication needs both images, so a table with replicas has a stream of them whether it is asked for or not.
pub(super) fn view(table: &Table) -> Option<StreamView> {
    table.stream.or((!table.replicas.is_empty()).then_some(StreamView::NewAndOldImages))
}

fn stream(table: &Table) -> Result<Option<StreamSpecification>, BuildError> {
    view(table).map(enabled).transpose()
}

pub(super) fn enabled(view: StreamView) -> Result<StreamSpecification, BuildError> {
    StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::from(view.as_str()))
        .build()
}

pub(super) fn encryption(encryption: &Encryption) -> Option<SseSpecification> {
    let by_kms = SseSpecification::builder().enabled(true).sse_type(SseType::Kms);
    match encryption {
        Encryption::AwsOwned => None,
        Encryption::AwsManaged => Some(by_kms.build()),
        Encryption::CustomerManaged { kms_key } => Some(by_kms.kms_master_key_id(kms_key).build()),
    }
}
