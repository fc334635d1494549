//! From a table of the schema to what `CreateTable` asks for.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex,
    Projection as SdkProjection, ProjectionType, ProvisionedThroughput, ScalarAttributeType,
};
use theory_schema::{IndexKind, Key, Projection, ScalarType, Table};

use super::Billing;

/// Fills in the whole of a table, indexes included, under the name that the client gives it.
pub(super) fn create_table(
    input: CreateTableFluentBuilder,
    table: &Table,
    name: &str,
    billing: Billing,
) -> Result<CreateTableFluentBuilder, BuildError> {
    let mut input = input
        .table_name(name)
        .set_key_schema(Some(key_schema(&table.key)?))
        .set_provisioned_throughput(throughput(billing)?)
        .billing_mode(match billing {
            Billing::OnDemand => BillingMode::PayPerRequest,
            Billing::Provisioned { .. } => BillingMode::Provisioned,
        });
    for attribute in table.key_attributes() {
        let definition = AttributeDefinition::builder().attribute_name(attribute.name).attribute_type(
            match attribute.ty {
                ScalarType::String => ScalarAttributeType::S,
                ScalarType::Number => ScalarAttributeType::N,
                ScalarType::Binary => ScalarAttributeType::B,
            },
        );
        input = input.attribute_definitions(definition.build()?);
    }
    for index in &table.indexes {
        let keys = key_schema(&index.key)?;
        let projection = projection(index.projection);
        input = match index.kind {
            IndexKind::Global => input.global_secondary_indexes(
                GlobalSecondaryIndex::builder()
                    .index_name(index.name)
                    .set_key_schema(Some(keys))
                    .projection(projection)
                    .set_provisioned_throughput(throughput(billing)?)
                    .build()?,
            ),
            IndexKind::Local => input.local_secondary_indexes(
                LocalSecondaryIndex::builder()
                    .index_name(index.name)
                    .set_key_schema(Some(keys))
                    .projection(projection)
                    .build()?,
            ),
        };
    }
    Ok(input)
}

/// All attributes of the partition, then all of the sort key: in this order an index fills them.
fn key_schema(key: &Key) -> Result<Vec<KeySchemaElement>, BuildError> {
    let sides = [(key.partition, KeyType::Hash), (key.sort, KeyType::Range)];
    sides
        .iter()
        .flat_map(|(side, ty)| side.iter().map(move |attribute| (attribute.name, ty.clone())))
        .map(|(name, ty)| KeySchemaElement::builder().attribute_name(name).key_type(ty).build())
        .collect()
}

fn projection(projection: Projection) -> SdkProjection {
    let builder = SdkProjection::builder();
    match projection {
        Projection::All => builder.projection_type(ProjectionType::All),
        Projection::KeysOnly => builder.projection_type(ProjectionType::KeysOnly),
        Projection::Include(names) => builder
            .projection_type(ProjectionType::Include)
            .set_non_key_attributes(Some(names.iter().map(|&name| name.to_owned()).collect())),
    }
    .build()
}

fn throughput(billing: Billing) -> Result<Option<ProvisionedThroughput>, BuildError> {
    let Billing::Provisioned { read_units, write_units } = billing else { return Ok(None) };
    let throughput = ProvisionedThroughput::builder()
        .read_capacity_units(read_units.into())
        .write_capacity_units(write_units.into());
    throughput.build().map(Some)
}
