//! A table as CDK has it, before it is TypeScript or Python.
//!
//! Names of members are TypeScript's; Python's are made of them.

use crate::contract::deployment::{Billing, Capacity, Consumer, Encryption, Keep};
use crate::contract::{Index, KeyAttribute, Table};
use crate::error::ExportError;
use crate::templates::names::{Scope, pascal};
use crate::templates::node::Node;
use crate::templates::{filters, parts};
use theory_schema::ScalarType;

/// A value of the source text.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Number(u64),
    Bool(bool),
    List(Vec<Value>),
    /// A map whose keys are data.
    Map(Vec<(String, Value)>),
    /// A document.
    Json(Node),
    /// A structure of this type.
    Struct(&'static str, Members),
    /// A member of an enumeration: module and type, member.
    Enum(&'static str, &'static str),
    /// A call of a static method, with arguments in their places and named ones.
    Call(&'static str, &'static str, Vec<Value>, Members),
    /// A new object of this type, made of another.
    New(&'static str, Box<Value>),
    /// The construct itself.
    This,
    /// An argument of the constructor.
    Argument(&'static str),
}

/// Named values, in order.
pub(super) type Members = Vec<(&'static str, Value)>;

/// A class.
pub(super) struct Class<'a> {
    pub(super) name: String,
    pub(super) table: &'a Table,
    /// The arguments of the table.
    pub(super) members: Members,
    /// What CloudFormation does with a table that it replaces, where that is not what it does with one that it deletes.
    pub(super) on_replace: Option<Keep>,
    pub(super) consumers: Vec<Reader>,
}

impl Value {
    /// Calls `each` with every type that is named, modules before the names.
    pub(super) fn types<'a>(&'a self, each: &mut impl FnMut(&'a str)) {
        match self {
            Value::List(values) => values.iter().for_each(|value| value.types(each)),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| value.types(each)),
            Value::Enum(ty, _) => each(ty),
            Value::Struct(ty, named) => {
                each(ty);
                named.iter().for_each(|(_, value)| value.types(each));
            }
            Value::Call(ty, _, values, named) => {
                each(ty);
                values.iter().for_each(|value| value.types(each));
                named.iter().for_each(|(_, value)| value.types(each));
            }
            Value::New(ty, value) => {
                each(ty);
                value.types(each);
            }
            _ => {}
        }
    }
}

/// A function that reads the stream.
pub(super) struct Reader {
    pub(super) function: String,
    /// The arguments of its event source.
    pub(super) members: Members,
}

/// The classes of tables, named once for the whole contract.
pub(super) fn class<'a>(name: String, table: &'a Table) -> Result<Class<'a>, ExportError> {
    parts::deployable(table)?;
    let mut ids = Scope::default();
    let consumers: Result<_, _> =
        table.consumers.iter().map(|consumer| reader(table, consumer, &mut ids)).collect();
    let retention = &table.retention;
    Ok(Class {
        name,
        table,
        members: members(table)?,
        on_replace: (retention.on_delete != retention.on_replace).then_some(retention.on_replace),
        consumers: consumers?,
    })
}

fn members(table: &Table) -> Result<Members, ExportError> {
    let [partition] = table.key.partition.as_slice() else {
        return Err(ExportError::Unsupported(format!(
            "table `{}` has no single partition key",
            table.name.escape_debug()
        )));
    };
    let stream = parts::stream_view(table)?.filter(|_| table.replicas.is_empty());
    let mut members =
        vec![("tableName", Value::Argument("tableName")), ("partitionKey", attribute(partition))];
    let mut add = |name, value: Option<Value>| members.extend(value.map(|value| (name, value)));
    add("sortKey", table.key.sort.first().map(attribute));
    add("billing", Some(billing(&table.billing)));
    let indexes: Vec<_> = table.global_indexes().map(|index| global_index(table, index)).collect();
    add("globalSecondaryIndexes", (!indexes.is_empty()).then_some(Value::List(indexes)));
    let indexes: Vec<_> = table.local_indexes().map(local_index).collect();
    add("localSecondaryIndexes", (!indexes.is_empty()).then_some(Value::List(indexes)));
    add("timeToLiveAttribute", table.ttl.clone().map(Value::Text));
    add("dynamoStream", stream.map(|view| Value::Enum("dynamodb.StreamViewType", view.as_str())));
    add("encryption", encryption(table)?);
    add("warmThroughput", table.warm_throughput.as_ref().map(warm));
    add(
        "pointInTimeRecoverySpecification",
        table.point_in_time_recovery.as_ref().map(|recovery| {
            Value::Struct(
                "dynamodb.PointInTimeRecoverySpecification",
                vec![
                    ("pointInTimeRecoveryEnabled", Value::Bool(true)),
                    ("recoveryPeriodInDays", Value::Number(recovery.days.into())),
                ],
            )
        }),
    );
    add("deletionProtection", Some(Value::Bool(table.deletion_protection)));
    add("tableClass", Some(Value::Enum("dynamodb.TableClass", table.class.as_str())));
    let own = per_region(table);
    for (name, value) in own.clone() {
        add(name, Some(value));
    }
    let replicas: Vec<_> = table
        .replicas
        .iter()
        .map(|copy| {
            let mut members = vec![("region", Value::Text(copy.region.clone()))];
            members.extend(own.clone());
            Value::Struct("dynamodb.ReplicaTableProps", members)
        })
        .collect();
    add("replicas", (!replicas.is_empty()).then_some(Value::List(replicas)));
    add("removalPolicy", Some(Value::Argument("removalPolicy")));
    Ok(members)
}

/// What every copy of the table has to be told.
fn per_region(table: &Table) -> Members {
    let mut members = Members::new();
    if let Some(policy) = &table.resource_policy {
        let policy = Value::Json(Node::from(policy));
        members.push((
            "resourcePolicy",
            Value::Call("iam.PolicyDocument", "fromJson", vec![policy], Vec::new()),
        ));
    }
    if !table.tags.is_empty() {
        let tag = |(name, value): (&String, &String)| {
            let members = vec![("key", Value::Text(name.clone())), ("value", Value::Text(value.clone()))];
            Value::Struct("CfnTag", members)
        };
        members.push(("tags", Value::List(table.tags.iter().map(tag).collect())));
    }
    members
}

fn attribute(attribute: &KeyAttribute) -> Value {
    let ty = match attribute.ty {
        ScalarType::String => "STRING",
        ScalarType::Number => "NUMBER",
        ScalarType::Binary => "BINARY",
    };
    Value::Struct(
        "dynamodb.Attribute",
        vec![
            ("name", Value::Text(attribute.name.clone())),
            ("type", Value::Enum("dynamodb.AttributeType", ty)),
        ],
    )
}

fn limits(read: Option<u64>, write: Option<u64>) -> Members {
    let read = read.map(|units| ("maxReadRequestUnits", Value::Number(units)));
    read.into_iter().chain(write.map(|units| ("maxWriteRequestUnits", Value::Number(units)))).collect()
}

fn billing(billing: &Billing) -> Value {
    let (method, members) = match billing {
        Billing::OnDemand { max_read_units, max_write_units } => {
            ("onDemand", limits(*max_read_units, *max_write_units))
        }
        Billing::Provisioned { read, write } => ("provisioned", capacities(read, write)),
    };
    Value::Call("dynamodb.Billing", method, Vec::new(), members)
}

/// Writes of a table that can be replicated are never fixed: fixed ones are a range of one.
fn capacities(read: &Capacity, write: &Capacity) -> Members {
    let scaled = |min: u64, max: u64, target: u8, seed: u64| {
        let members = vec![
            ("minCapacity", Value::Number(min)),
            ("maxCapacity", Value::Number(max)),
            ("targetUtilizationPercent", Value::Number(target.into())),
            ("seedCapacity", Value::Number(seed)),
        ];
        Value::Call("dynamodb.Capacity", "autoscaled", Vec::new(), members)
    };
    let of = |capacity: &Capacity| {
        capacity
            .autoscaling
            .as_ref()
            .map(|scaling| scaled(scaling.min, scaling.max, scaling.target_percent, capacity.units))
    };
    let fixed = Value::Call("dynamodb.Capacity", "fixed", vec![Value::Number(read.units)], Vec::new());
    vec![
        ("readCapacity", of(read).unwrap_or(fixed)),
        ("writeCapacity", of(write).unwrap_or_else(|| scaled(write.units, write.units, 70, write.units))),
    ]
}

fn warm(warm: &crate::contract::deployment::WarmThroughput) -> Value {
    let members = vec![
        ("readUnitsPerSecond", Value::Number(warm.read_units)),
        ("writeUnitsPerSecond", Value::Number(warm.write_units)),
    ];
    Value::Struct("dynamodb.WarmThroughput", members)
}

fn projection(index: &Index) -> Members {
    let mut members =
        vec![("projectionType", Value::Enum("dynamodb.ProjectionType", index.projection.as_str()))];
    let attributes: Vec<_> = index.projection.attributes().iter().cloned().map(Value::Text).collect();
    if !attributes.is_empty() {
        members.push(("nonKeyAttributes", Value::List(attributes)));
    }
    members
}

fn global_index(table: &Table, index: &Index) -> Value {
    let mut members = vec![("indexName", Value::Text(index.name.clone()))];
    // CDK takes either one attribute or several, on both sides.
    if index.key.partition.len() > 1 || index.key.sort.len() > 1 {
        for (name, attributes) in [("partitionKeys", &index.key.partition), ("sortKeys", &index.key.sort)] {
            if !attributes.is_empty() {
                members.push((name, Value::List(attributes.iter().map(attribute).collect())));
            }
        }
    } else {
        members.extend(index.key.partition.first().map(|key| ("partitionKey", attribute(key))));
        members.extend(index.key.sort.first().map(|key| ("sortKey", attribute(key))));
    }
    members.extend(projection(index));
    // Capacity of its own; the table's it has without a word, its limits it has not.
    members.extend(match (&index.billing, parts::billing_of(table, index)) {
        (_, Billing::OnDemand { max_read_units, max_write_units }) => {
            limits(*max_read_units, *max_write_units)
        }
        (Some(_), Billing::Provisioned { read, write }) => capacities(read, write),
        (None, Billing::Provisioned { .. }) => Members::new(),
    });
    members.extend(index.warm_throughput.as_ref().map(|throughput| ("warmThroughput", warm(throughput))));
    Value::Struct("dynamodb.GlobalSecondaryIndexPropsV2", members)
}

fn local_index(index: &Index) -> Value {
    let mut members = vec![("indexName", Value::Text(index.name.clone()))];
    members.extend(index.key.sort.first().map(|sort| ("sortKey", attribute(sort))));
    members.extend(projection(index));
    Value::Struct("dynamodb.LocalSecondaryIndexProps", members)
}

fn encryption(table: &Table) -> Result<Option<Value>, ExportError> {
    let call = |method, arguments| Value::Call("dynamodb.TableEncryptionV2", method, arguments, Vec::new());
    let kms_key = match &table.encryption {
        Encryption::AwsOwned => return Ok(None),
        Encryption::AwsManaged => return Ok(Some(call("awsManagedKey", Vec::new()))),
        Encryption::CustomerManaged { kms_key } => kms_key,
    };
    let id = Value::Text("Key".into());
    let key = match kms_key.strip_prefix("alias/") {
        Some(_) => {
            let arguments = vec![Value::This, id, Value::Text(kms_key.clone())];
            Value::Call("kms.Alias", "fromAliasName", arguments, Vec::new())
        }
        None => {
            Value::Call("kms.Key", "fromKeyArn", vec![Value::This, id, key_arn(kms_key, None)], Vec::new())
        }
    };
    let mut arguments = vec![key];
    let mut copies = Vec::new();
    for copy in &table.replicas {
        if let Some(key) = parts::replica_kms_key(table, copy)? {
            copies.push((copy.region.clone(), key_arn(key, Some(&copy.region))));
        }
    }
    if !copies.is_empty() {
        arguments.push(Value::Map(copies));
    }
    Ok(Some(call("customerManagedKey", arguments)))
}

/// The ARN of a key; the stack's where only an alias or an id is known.
fn key_arn(key: &str, region: Option<&str>) -> Value {
    if key.starts_with("arn:") {
        return Value::Text(key.into());
    }
    let (resource, name) = match key.strip_prefix("alias/") {
        Some(alias) => ("alias", alias),
        None => ("key", key),
    };
    let mut members = vec![("service", Value::Text("kms".into()))];
    members.extend(region.map(|region| ("region", Value::Text(region.into()))));
    members.push(("resource", Value::Text(resource.into())));
    members.push(("resourceName", Value::Text(name.into())));
    Value::Call("stack", "formatArn", Vec::new(), members)
}

fn reader(table: &Table, consumer: &Consumer, ids: &mut Scope) -> Result<Reader, ExportError> {
    let number = |number: u32| Value::Number(number.into());
    let seconds = |seconds: u32| Value::Call("Duration", "seconds", vec![number(seconds)], Vec::new());
    let mut members = vec![
        ("startingPosition", Value::Enum("lambda.StartingPosition", consumer.start.as_str())),
        ("batchSize", number(consumer.batch_size)),
    ];
    // What CDK does by itself is not said again.
    let window = Some(consumer.batch_seconds).filter(|window| *window != 0);
    members.extend(window.map(|window| ("maxBatchingWindow", seconds(window))));
    let parallel = Some(consumer.parallel_batches).filter(|parallel| *parallel != 1);
    members.extend(parallel.map(|parallel| ("parallelizationFactor", number(parallel.into()))));
    members.extend([
        ("bisectBatchOnError", Value::Bool(true)),
        ("reportBatchItemFailures", Value::Bool(true)),
        ("retryAttempts", number(consumer.retries)),
    ]);
    members.extend(consumer.max_age_seconds.map(|age| ("maxRecordAge", seconds(age))));
    if let Some(arn) = &consumer.on_failure {
        members.push(("onFailure", destination(consumer, arn, ids)?));
    }
    let filters: Vec<_> = filters::patterns(table, consumer)?
        .into_iter()
        .map(|pattern| {
            Value::Call("lambda.FilterCriteria", "filter", vec![Value::Json(pattern.into())], Vec::new())
        })
        .collect();
    if !filters.is_empty() {
        members.push(("filters", Value::List(filters)));
    }
    Ok(Reader { function: consumer.function.clone(), members })
}

fn destination(consumer: &Consumer, arn: &str, ids: &mut Scope) -> Result<Value, ExportError> {
    let (new, ty, method) = match arn.split(':').nth(2) {
        Some("sqs") => ("sources.SqsDlq", "sqs.Queue", "fromQueueArn"),
        Some("sns") => ("sources.SnsDlq", "sns.Topic", "fromTopicArn"),
        Some("s3") => ("sources.S3OnFailureDestination", "s3.Bucket", "fromBucketArn"),
        _ => return Err(filters::no_destination(consumer, arn)),
    };
    let id = ids.give(format!("{}Failures", pascal(&consumer.function)), "");
    let found =
        Value::Call(ty, method, vec![Value::This, Value::Text(id), Value::Text(arn.into())], Vec::new());
    Ok(Value::New(new, Box::new(found)))
}
