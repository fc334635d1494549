//! SAM: the tables, and the functions that read their streams.
//!
//! Every mapping reports which records of a batch failed (`ReportBatchItemFailures`) and splits a batch that fails as a whole, so that one
//! bad record holds up neither the others nor the shard for longer than its retries.

use super::cloudformation::{GLOBAL, LONG_NAME, Template, attribute, reference};
use super::names::{Scope, fitted, pascal};
use super::node::{Map, Node};
use super::{Format, Options, filters, parts};
use crate::contract::deployment::Consumer;
use crate::contract::{Contract, Table};
use crate::error::ExportError;
use crate::target::Target;

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "sam",
    about: "a SAM template: the tables, and functions with the event-source mappings of their streams",
    formats: &[Format::Yaml, Format::Json],
    settings: &[
        GLOBAL,
        parts::STAMP,
        (
            "functions",
            "`elsewhere`: mappings alone, for functions of another template, whose names are parameters",
        ),
        (
            "code-uri",
            "where the functions' code is; `.` without it, which `sam build` builds with cargo-lambda",
        ),
        ("architecture", "`arm64` (the default) or `x86_64`"),
    ],
    render,
};

/// A template with the tables of the contract and the consumers of their streams.
///
/// A function's name in the contract becomes its logical name and its binary's name; one that reads several tables is one function.
///
/// # Errors
///
/// Where a consumer has no stream to read, names an entity that is not there, or sends failures to what Lambda does not know, and where
/// CloudFormation refuses.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let elsewhere = match options.settings.get("functions").map(String::as_str) {
        None => false,
        Some("elsewhere") => true,
        Some(other) => {
            return Err(ExportError::NotFound {
                what: "value of `functions`",
                name: other.into(),
                known: vec!["elsewhere".into()],
            });
        }
    };
    let contract = parts::stamped(contract, options)?;
    let mut template = Template::new(&contract, options)?;
    let mut functions: Vec<Function> = Vec::new();
    for (logical, table) in template.tables.clone() {
        for consumer in &table.consumers {
            let mapping = mapping(&logical, table, consumer)?;
            match functions.iter_mut().find(|function| function.name == consumer.function) {
                Some(function) => function.mappings.push((logical.clone(), mapping)),
                None => functions.push(Function {
                    name: consumer.function.clone(),
                    mappings: vec![(logical.clone(), mapping)],
                }),
            }
        }
    }
    let mut parameters = Map::new();
    for function in functions {
        let logical = template.scope.give(pascal(&function.name), "");
        if elsewhere {
            let parameter = format!("{logical}Name");
            let description = format!("Name or ARN of the function {}", function.name);
            let declared = Map::new().with("Type", "String").with("Description", description);
            parameters.extend([(parameter.clone(), declared.into())]);
            for (table, mapping) in function.mappings {
                let name = fitted(format!("{logical}Of{table}"), LONG_NAME);
                let name = template.scope.give(name, "");
                template.resources.extend([(name, mapping.resource(&parameter))]);
            }
        } else {
            let function = function.resource(&logical, &mut template.scope, options)?;
            template.resources.extend([(logical, function)]);
        }
    }
    template.finish(
        "Tables of the application, and what reads their streams",
        Some("AWS::Serverless-2016-10-31"),
        parameters,
        format,
    )
}

/// A function, with what it reads.
struct Function {
    name: String,
    mappings: Vec<(String, Mapping)>,
}

impl Function {
    fn resource(self, logical: &str, scope: &mut Scope, options: &Options) -> Result<Node, ExportError> {
        let setting =
            |name: &str, default: &str| options.settings.get(name).map_or(default, String::as_str).to_owned();
        let architecture = setting("architecture", "arm64");
        if !["arm64", "x86_64"].contains(&architecture.as_str()) {
            return Err(ExportError::NotFound {
                what: "architecture",
                name: architecture,
                known: vec!["arm64".into(), "x86_64".into()],
            });
        }
        // SAM makes a resource of each, which it calls by both names, and it would take the place of another one so called.
        let mut event = |table: String| {
            let made = scope.give(fitted(format!("{logical}{table}"), LONG_NAME), "");
            made.strip_prefix(logical).map_or(table, str::to_owned)
        };
        let events: Map =
            self.mappings.into_iter().map(|(table, mapping)| (event(table), mapping.event())).collect();
        let build = Map::new()
            .with("BuildMethod", "rust-cargolambda")
            .with("BuildProperties", Map::new().with("Binary", self.name));
        let properties = Map::new()
            .with("CodeUri", setting("code-uri", "."))
            .with("Handler", "bootstrap")
            .with("Runtime", "provided.al2023")
            .with("Architectures", vec![architecture])
            .with("Events", events);
        Ok(Map::new()
            .with("Type", "AWS::Serverless::Function")
            .with("Metadata", build)
            .with("Properties", properties)
            .into())
    }
}

/// One event-source mapping.
struct Mapping {
    stream: Node,
    properties: Map,
    failures: Option<Destination>,
}

/// Where records go that could not be processed.
struct Destination {
    ty: &'static str,
    arn: String,
}

impl Mapping {
    /// As an event of a function: SAM makes the mapping and the permissions that it needs.
    fn event(self) -> Node {
        let destination = self.failures.map(|failures| {
            let destination = Map::new().with("Type", failures.ty).with("Destination", failures.arn);
            Map::new().with("OnFailure", destination)
        });
        let mut properties = Map::new().with("Stream", self.stream);
        properties.extend(owned(&self.properties));
        Map::new()
            .with("Type", "DynamoDB")
            .with("Properties", properties.with_some("DestinationConfig", destination))
            .into()
    }

    /// As a resource of its own, for a function whose name is a parameter.
    fn resource(self, parameter: &str) -> Node {
        let destination = self
            .failures
            .map(|failures| Map::new().with("OnFailure", Map::new().with("Destination", failures.arn)));
        let mut properties =
            Map::new().with("FunctionName", reference(parameter)).with("EventSourceArn", self.stream);
        properties.extend(owned(&self.properties));
        Map::new()
            .with("Type", "AWS::Lambda::EventSourceMapping")
            .with("Properties", properties.with_some("DestinationConfig", destination))
            .into()
    }
}

fn owned(map: &Map) -> impl Iterator<Item = (String, Node)> {
    map.iter().map(|(name, value)| (name.to_owned(), value.clone()))
}

fn mapping(logical: &str, table: &Table, consumer: &Consumer) -> Result<Mapping, ExportError> {
    let patterns = filters::patterns(table, consumer)?;
    let mut filters = Vec::new();
    for pattern in patterns {
        filters.push(Map::new().with("Pattern", Node::from(pattern).to_compact_json()?));
    }
    let criteria = Map::new().with_any("Filters", filters);
    let properties = Map::new()
        .with("StartingPosition", consumer.start.as_str())
        .with("BatchSize", u64::from(consumer.batch_size))
        .with("MaximumBatchingWindowInSeconds", u64::from(consumer.batch_seconds))
        .with("ParallelizationFactor", u64::from(consumer.parallel_batches))
        .with("BisectBatchOnFunctionError", true)
        .with("MaximumRetryAttempts", u64::from(consumer.retries))
        .with_some("MaximumRecordAgeInSeconds", consumer.max_age_seconds.map(u64::from))
        .with("FunctionResponseTypes", vec!["ReportBatchItemFailures"])
        .with_any("FilterCriteria", criteria);
    let failures = consumer.on_failure.as_deref().map(|arn| destination(consumer, arn)).transpose()?;
    Ok(Mapping { stream: attribute(logical, "StreamArn"), properties, failures })
}

fn destination(consumer: &Consumer, arn: &str) -> Result<Destination, ExportError> {
    let ty = match arn.split(':').nth(2) {
        Some("sqs") => "SQS",
        Some("sns") => "SNS",
        Some("s3") => "S3Bucket",
        _ => return Err(filters::no_destination(consumer, arn)),
    };
    Ok(Destination { ty, arn: arn.into() })
}
