//! CloudFormation: `AWS::DynamoDB::Table`, or `AWS::DynamoDB::GlobalTable` where the table has replicas.
//!
//! A table is not turned into a global table by changing its type in a template: CloudFormation would delete it. Whoever will have
//! replicas later sets `global=true` from the start.

mod global;
mod scaling;

use super::node::{Map, Node};
use super::parts;
use super::{Format, Options};
use crate::contract::deployment::Encryption;
use crate::contract::{Contract, Table};
use crate::error::ExportError;
use crate::target::Target;
use crate::templates::names::{Scope, fitted, pascal};

/// What a template may have: resources, outputs, and bytes where it comes from S3.
const RESOURCES: usize = 500;
const OUTPUTS: usize = 200;
const BYTES: usize = 1 << 20;

/// A logical name has up to 255 characters; of the name of a table, or of a capacity, so many are left for what is written behind it.
const NAME: usize = 230;
pub(super) const LONG_NAME: usize = 245;

/// A setting of this output, and of those that add to it.
pub(super) const GLOBAL: (&str, &str) =
    ("global", "`true`: every table is an AWS::DynamoDB::GlobalTable, with replicas or without");

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "cloudformation",
    about: "a CloudFormation template with the tables, and the autoscaling of what is provisioned",
    formats: &[Format::Yaml, Format::Json],
    settings: &[GLOBAL, parts::STAMP],
    render,
};

/// A template with the tables of the contract, and the autoscaling of what is provisioned.
///
/// `DeletionPolicy` and `UpdateReplacePolicy` are `Retain` unless the contract says otherwise. The logical names come from the
/// declared names of the tables, so they are the same in every profile.
///
/// # Errors
///
/// Where the contract has what CloudFormation cannot express, or the options ask for what this output has not.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let contract = parts::stamped(contract, options)?;
    let template = Template::new(&contract, options)?;
    template.finish("Tables of the application", None, Map::new(), format)
}

pub(super) fn written(document: Node, format: Format) -> Result<String, ExportError> {
    match format {
        Format::Json => document.to_json(),
        _ => document.to_yaml(),
    }
}

/// The parts of a template, for this output and for those that add to it.
pub(super) struct Template<'a> {
    pub(super) tables: Vec<(String, &'a Table)>,
    pub(super) resources: Map,
    pub(super) outputs: Map,
    pub(super) scope: Scope,
    digest: Option<&'a str>,
}

impl<'a> Template<'a> {
    pub(super) fn new(contract: &'a Contract, options: &Options) -> Result<Self, ExportError> {
        let global = options.flag("global", false)?;
        let mut template = Template {
            tables: Vec::new(),
            resources: Map::new(),
            outputs: Map::new(),
            scope: Scope::default(),
            digest: contract.digest.as_deref(),
        };
        for table in logical_names(contract, options, &mut template.scope)? {
            template.add(table.0, table.1, global)?;
        }
        Ok(template)
    }

    fn add(&mut self, logical: String, table: &'a Table, global: bool) -> Result<(), ExportError> {
        parts::deployable(table)?;
        let global = global || !table.replicas.is_empty();
        let (ty, properties) = if global {
            ("AWS::DynamoDB::GlobalTable", global::properties(table)?)
        } else {
            ("AWS::DynamoDB::Table", properties(table))
        };
        let resource = Map::new()
            .with("Type", ty)
            .with("DeletionPolicy", table.retention.on_delete.as_str())
            .with("UpdateReplacePolicy", table.retention.on_replace.as_str())
            .with("Properties", properties);
        self.resources.extend([(logical.clone(), resource.into())]);
        if !global {
            self.resources.extend(scaling::resources(&logical, table, &mut self.scope));
        }
        let output = |description: String, value: Node| {
            Node::from(Map::new().with("Description", description).with("Value", value))
        };
        let declared = table.declared_name();
        self.outputs.extend([
            (format!("{logical}Name"), output(format!("Name of the table {declared}"), reference(&logical))),
            (
                format!("{logical}Arn"),
                output(format!("ARN of the table {declared}"), attribute(&logical, "Arn")),
            ),
        ]);
        if table.stream.is_some() || !table.replicas.is_empty() {
            let description = format!("ARN of the stream of the table {declared}");
            let value = attribute(&logical, "StreamArn");
            self.outputs.extend([(format!("{logical}StreamArn"), output(description, value))]);
        }
        self.tables.push((logical, table));
        Ok(())
    }

    /// The whole template, written.
    ///
    /// # Errors
    ///
    /// Where it is more than CloudFormation takes.
    pub(super) fn finish(
        self,
        description: &str,
        transform: Option<&str>,
        parameters: Map,
        format: Format,
    ) -> Result<String, ExportError> {
        let (resources, outputs) = (self.resources.iter().count(), self.outputs.iter().count());
        let document = Map::new()
            .with("AWSTemplateFormatVersion", "2010-09-09")
            .with_some("Transform", transform)
            .with("Description", description)
            .with_any("Metadata", Map::new().with_some("TheoryContract", self.digest))
            .with_any("Parameters", parameters)
            .with("Resources", self.resources)
            .with_any("Outputs", self.outputs);
        let text = written(document.into(), format)?;
        for (what, count, most) in
            [("resources", resources, RESOURCES), ("outputs", outputs, OUTPUTS), ("bytes", text.len(), BYTES)]
        {
            if count > most {
                return Err(ExportError::Unsupported(format!(
                    "the template has {count} {what}, and CloudFormation takes {most}: make several, each with some of the tables (`--table NAME`)"
                )));
            }
        }
        Ok(text)
    }
}

/// The tables asked for, each with its logical name.
///
/// Names are given to every table of the contract, so that they do not depend on which are asked for.
pub(super) fn logical_names<'a>(
    contract: &'a Contract,
    options: &Options,
    scope: &mut Scope,
) -> Result<Vec<(String, &'a Table)>, ExportError> {
    let wanted = options.tables_of(contract)?;
    let mut declared: Vec<&Table> = contract.tables.iter().collect();
    declared.sort_by_key(|table| table.declared_name());
    let mut named = Vec::new();
    for table in declared {
        let logical = scope.give(format!("{}Table", fitted(pascal(table.declared_name()), NAME)), "");
        if wanted.iter().any(|wanted| std::ptr::eq(*wanted, table)) {
            named.push((logical, table));
        }
    }
    Ok(named)
}

fn properties(table: &Table) -> Map {
    let global_index = |index| {
        let map = parts::throughput(parts::index(index), parts::billing_of(table, index));
        map.with_some("WarmThroughput", index.warm_throughput.as_ref().map(parts::warm_throughput))
    };
    let map = Map::new()
        .with("TableName", &table.name)
        .with("AttributeDefinitions", parts::attribute_definitions(table.attribute_definitions()))
        .with("KeySchema", parts::key_schema(&table.key))
        .with_any("GlobalSecondaryIndexes", table.global_indexes().map(global_index).collect::<Node>())
        .with_any("LocalSecondaryIndexes", parts::local_indexes(table))
        .with("BillingMode", parts::billing_mode(&table.billing));
    parts::throughput(map, &table.billing)
        .with_some("WarmThroughput", table.warm_throughput.as_ref().map(parts::warm_throughput))
        .with_some("TimeToLiveSpecification", time_to_live(table))
        .with_some(
            "StreamSpecification",
            table.stream.map(|view| Map::new().with("StreamViewType", view.as_str())),
        )
        .with_some("SSESpecification", encryption(table))
        .with_some("PointInTimeRecoverySpecification", recovery(table))
        .with("DeletionProtectionEnabled", table.deletion_protection)
        .with("TableClass", table.class.as_str())
        .with_some("ResourcePolicy", resource_policy(table))
        .with_any("Tags", parts::tags(table))
}

fn time_to_live(table: &Table) -> Option<Map> {
    table.ttl.as_ref().map(|ttl| Map::new().with("AttributeName", ttl).with("Enabled", true))
}

fn encryption(table: &Table) -> Option<Map> {
    let by_kms = Map::new().with("SSEEnabled", true).with("SSEType", "KMS");
    match &table.encryption {
        Encryption::AwsOwned => None,
        Encryption::AwsManaged => Some(by_kms),
        Encryption::CustomerManaged { kms_key } => Some(by_kms.with("KMSMasterKeyId", kms_key)),
    }
}

fn recovery(table: &Table) -> Option<Map> {
    table.point_in_time_recovery.as_ref().map(|recovery| {
        Map::new()
            .with("PointInTimeRecoveryEnabled", true)
            .with("RecoveryPeriodInDays", u64::from(recovery.days))
    })
}

fn resource_policy(table: &Table) -> Option<Map> {
    table.resource_policy.as_ref().map(|policy| Map::new().with("PolicyDocument", Node::from(policy)))
}

/// `Ref`
pub(super) fn reference(logical: &str) -> Node {
    Map::new().with("Ref", logical).into()
}

/// `Fn::GetAtt`
pub(super) fn attribute(logical: &str, attribute: &str) -> Node {
    Map::new().with("Fn::GetAtt", [logical, attribute].into_iter().collect::<Node>()).into()
}

/// `Fn::Sub`
pub(super) fn substituted(text: impl Into<String>) -> Node {
    Map::new().with("Fn::Sub", text.into()).into()
}
