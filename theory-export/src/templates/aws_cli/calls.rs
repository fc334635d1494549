//! The calls, in the order in which they are made.

use crate::contract::deployment::Encryption;
use crate::contract::{Index, Table};
use crate::error::ExportError;
use crate::templates::names::fitted;
use crate::templates::node::{Map, Node};
use crate::templates::parts;
use std::collections::BTreeMap;

/// Characters of the name of a policy of Application Auto Scaling.
const POLICY_NAME: usize = 256;

/// One call.
pub(super) struct Call {
    /// What it is about, once for each table.
    pub(super) about: String,
    pub(super) service: &'static str,
    pub(super) operation: &'static str,
    /// Where it is made, where that is not where the table was created.
    pub(super) region: Option<String>,
    pub(super) input: Map,
    pub(super) table: String,
    /// The ARN that it names, in pieces: what is not known stands as the name of a variable.
    pub(super) arn: Option<Vec<Piece>>,
    /// Whether the table is not ready for the next call until this one is done.
    pub(super) settles: bool,
}

impl Call {
    fn new(table: &Table, about: impl Into<String>, operation: &'static str, input: Map) -> Self {
        Call {
            about: about.into(),
            service: "dynamodb",
            operation,
            region: None,
            input,
            table: table.name.clone(),
            arn: None,
            settles: false,
        }
    }

    /// An UpdateTable with these members.
    fn update(table: &Table, about: impl Into<String>, members: Map) -> Self {
        let mut input = Map::new().with("TableName", &table.name);
        input.extend(members.iter().map(|(name, value)| (name.to_owned(), value.clone())));
        Call { settles: true, ..Call::new(table, about, "update-table", input) }
    }

    fn in_region(mut self, region: &str) -> Self {
        self.about = format!("{} {region}", self.about);
        self.region = Some(region.to_owned());
        self
    }

    pub(super) fn to_node(&self) -> Node {
        Map::new()
            .with("table", &self.table)
            .with("about", &self.about)
            .with("command", format!("{} {}", self.service, self.operation))
            .with_some("region", self.region.as_ref())
            .with("input", self.whole_input())
            .into()
    }

    /// The input with its ARN; in place of what is not known stands `<account>` or `<region>`, which AWS refuses.
    pub(super) fn whole_input(&self) -> Map {
        let Some(arn) = &self.arn else { return self.input.clone() };
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(name) => format!("<{name}>"),
        };
        let mut input = Map::new().with("ResourceArn", arn.iter().map(piece).collect::<String>());
        input.extend(self.input.iter().map(|(name, value)| (name.to_owned(), value.clone())));
        input
    }
}

/// What an ARN holds beside the region and the table's name.
pub(super) struct Arns<'a> {
    settings: &'a BTreeMap<String, String>,
}

impl<'a> Arns<'a> {
    pub(super) fn of(settings: &'a BTreeMap<String, String>) -> Self {
        Arns { settings }
    }

    fn table(&self, table: &Table, region: Option<&str>) -> Vec<Piece> {
        let setting = |name: &'static str| match self.settings.get(name) {
            Some(value) => Piece::Text(value.clone()),
            None => Piece::Variable(name),
        };
        let partition = self.settings.get("partition").map_or("aws", String::as_str);
        vec![
            Piece::Text(format!("arn:{partition}:dynamodb:")),
            region.map_or_else(|| setting("region"), |region| Piece::Text(region.to_owned())),
            Piece::Text(":".into()),
            setting("account"),
            Piece::Text(format!(":table/{}", table.name)),
        ]
    }
}

/// A piece of an ARN.
pub(super) enum Piece {
    Text(String),
    Variable(&'static str),
}

/// CreateTable, and what it cannot say.
pub(super) fn create(table: &Table, arns: &Arns<'_>) -> Result<Vec<Call>, ExportError> {
    let created = Call { settles: true, ..Call::new(table, "table", "create-table", table_input(table)?) };
    let mut calls = vec![created];
    calls.extend(time_to_live(table));
    calls.extend(recovery(table));
    calls.extend(scalings(table));
    for copy in &table.replicas {
        let region = copy.region.as_str();
        let replica = Map::new()
            .with("RegionName", region)
            .with_some("KMSMasterKeyId", parts::replica_kms_key(table, copy)?)
            .with("TableClassOverride", table.class.as_str());
        let update = Map::new().with("Create", replica);
        calls.push(Call::update(
            table,
            format!("replica {region}"),
            Map::new().with("ReplicaUpdates", vec![update]),
        ));
        // What is not replicated is set where the copy is.
        calls.extend(recovery(table).map(|call| call.in_region(region)));
        if table.deletion_protection {
            calls.push(protection(table).in_region(region));
        }
        calls.extend(tags(table, arns, Some(region)).map(|call| call.in_region(region)));
        calls.extend(policy(table, arns, Some(region))?.map(|call| call.in_region(region)));
    }
    Ok(calls)
}

/// A call for each property that can be changed.
pub(super) fn update(table: &Table, arns: &Arns<'_>) -> Result<Vec<Call>, ExportError> {
    let capacity_of = |index: &Index| {
        let update =
            parts::throughput(Map::new().with("IndexName", &index.name), parts::billing_of(table, index));
        Map::new().with("Update", update)
    };
    let indexes: Node = table
        .global_indexes()
        .filter(|index| !parts::throughput(Map::new(), parts::billing_of(table, index)).is_empty())
        .map(capacity_of)
        .collect();
    let billing = Map::new().with("BillingMode", parts::billing_mode(&table.billing));
    let billing = parts::throughput(billing, &table.billing).with_any("GlobalSecondaryIndexUpdates", indexes);
    let class = Map::new().with("TableClass", table.class.as_str());
    let sse = encryption(table).unwrap_or_else(|| Map::new().with("Enabled", false));
    let stream = stream(table)?.unwrap_or_else(|| Map::new().with("StreamEnabled", false));
    let mut calls = vec![
        Call::update(table, "billing", billing),
        Call::update(table, "class", class),
        Call::update(table, "encryption", Map::new().with("SSESpecification", sse)),
        Call::update(table, "stream", Map::new().with("StreamSpecification", stream)),
        protection(table),
    ];
    if let Some(warm) = &table.warm_throughput {
        let warm = Map::new().with("WarmThroughput", parts::warm_throughput(warm));
        calls.push(Call::update(table, "warmThroughput", warm));
    }
    for index in table.global_indexes() {
        if let Some(warm) = &index.warm_throughput {
            let update = Map::new()
                .with("IndexName", &index.name)
                .with("WarmThroughput", parts::warm_throughput(warm));
            let update = Map::new().with("Update", update);
            calls.push(Call::update(
                table,
                format!("warmThroughput {}", index.name),
                Map::new().with("GlobalSecondaryIndexUpdates", vec![update]),
            ));
        }
    }
    calls.extend(time_to_live(table));
    calls.extend(recovery(table));
    calls.extend(scalings(table));
    calls.extend(tags(table, arns, None));
    calls.extend(policy(table, arns, None)?);
    Ok(calls)
}

/// The UpdateTable that adds an index: DynamoDB takes one at a time. Nothing where the table has no such index.
pub(super) fn add_index(table: &Table, name: &str) -> Vec<Call> {
    let Some(index) = table.global_indexes().find(|index| index.name == name) else { return Vec::new() };
    // Beside its own attributes those of the table's key: every definition must be in some key, and these are.
    let keys = table.key.attributes().chain(index.key.attributes());
    let defined: BTreeMap<_, _> = keys.map(|attribute| (&attribute.name, attribute)).collect();
    let update = Map::new()
        .with("AttributeDefinitions", parts::attribute_definitions(defined.into_values()))
        .with("GlobalSecondaryIndexUpdates", vec![Map::new().with("Create", global_index(table, index))]);
    vec![Call::update(table, format!("index {name}"), update)]
}

fn table_input(table: &Table) -> Result<Map, ExportError> {
    let map = Map::new()
        .with("TableName", &table.name)
        .with("AttributeDefinitions", parts::attribute_definitions(table.attribute_definitions()))
        .with("KeySchema", parts::key_schema(&table.key))
        .with_any(
            "GlobalSecondaryIndexes",
            table.global_indexes().map(|index| global_index(table, index)).collect::<Node>(),
        )
        .with_any("LocalSecondaryIndexes", parts::local_indexes(table))
        .with("BillingMode", parts::billing_mode(&table.billing));
    let policy =
        table.resource_policy.as_ref().map(|policy| Node::from(policy).to_compact_json()).transpose()?;
    Ok(parts::throughput(map, &table.billing)
        .with_some("WarmThroughput", table.warm_throughput.as_ref().map(parts::warm_throughput))
        .with_some("StreamSpecification", stream(table)?)
        .with_some("SSESpecification", encryption(table))
        .with("DeletionProtectionEnabled", table.deletion_protection)
        .with("TableClass", table.class.as_str())
        .with_some("ResourcePolicy", policy)
        .with_any("Tags", parts::tags(table)))
}

fn global_index(table: &Table, index: &Index) -> Map {
    parts::throughput(parts::index(index), parts::billing_of(table, index))
        .with_some("WarmThroughput", index.warm_throughput.as_ref().map(parts::warm_throughput))
}

fn stream(table: &Table) -> Result<Option<Map>, ExportError> {
    let view = parts::stream_view(table)?;
    Ok(view.map(|view| Map::new().with("StreamEnabled", true).with("StreamViewType", view.as_str())))
}

fn encryption(table: &Table) -> Option<Map> {
    let by_kms = Map::new().with("Enabled", true).with("SSEType", "KMS");
    match &table.encryption {
        Encryption::AwsOwned => None,
        Encryption::AwsManaged => Some(by_kms),
        Encryption::CustomerManaged { kms_key } => Some(by_kms.with("KMSMasterKeyId", kms_key)),
    }
}

fn protection(table: &Table) -> Call {
    let members = Map::new().with("DeletionProtectionEnabled", table.deletion_protection);
    Call::update(table, "protection", members)
}

fn time_to_live(table: &Table) -> Option<Call> {
    let ttl = table.ttl.as_ref()?;
    let input = Map::new()
        .with("TableName", &table.name)
        .with("TimeToLiveSpecification", Map::new().with("Enabled", true).with("AttributeName", ttl));
    Some(Call::new(table, "ttl", "update-time-to-live", input))
}

fn recovery(table: &Table) -> Option<Call> {
    let recovery = table.point_in_time_recovery.as_ref()?;
    let specification = Map::new()
        .with("PointInTimeRecoveryEnabled", true)
        .with("RecoveryPeriodInDays", u64::from(recovery.days));
    let input =
        Map::new().with("TableName", &table.name).with("PointInTimeRecoverySpecification", specification);
    Some(Call::new(table, "recovery", super::RECOVERY, input))
}

fn scalings(table: &Table) -> impl Iterator<Item = Call> {
    parts::scalings(table).into_iter().flat_map(move |scaling| {
        let index = scaling.index.map(|index| format!("/index/{}", index.name)).unwrap_or_default();
        let name = scaling.index.map(|index| format!(" {}", index.name)).unwrap_or_default();
        let resource = Map::new()
            .with("ServiceNamespace", "dynamodb")
            .with("ResourceId", format!("table/{}{index}", table.name))
            .with("ScalableDimension", scaling.dimension());
        let direction = scaling.direction.as_str();
        let target = resource.clone().with("MinCapacity", scaling.min).with("MaxCapacity", scaling.max);
        let metric = Map::new().with("PredefinedMetricType", scaling.metric());
        let tracking = Map::new()
            .with("TargetValue", u64::from(scaling.target_percent))
            .with("PredefinedMetricSpecification", metric);
        let policy = Map::new()
            .with("PolicyName", fitted(format!("{}{index}:{direction}", table.name), POLICY_NAME))
            .with("PolicyType", "TargetTrackingScaling");
        let policy = resource.iter().fold(policy, |policy, (name, value)| policy.with(name, value.clone()));
        let policy = policy.with("TargetTrackingScalingPolicyConfiguration", tracking);
        let call = |about: &str, operation, input| Call {
            service: "application-autoscaling",
            ..Call::new(table, format!("{about} {direction}{name}"), operation, input)
        };
        [
            call("scaling", "register-scalable-target", target),
            call("scalingPolicy", "put-scaling-policy", policy),
        ]
    })
}

fn tags(table: &Table, arns: &Arns<'_>, region: Option<&str>) -> Option<Call> {
    let input = Map::new().with("Tags", parts::tags(table));
    let call =
        Call { arn: Some(arns.table(table, region)), ..Call::new(table, "tags", "tag-resource", input) };
    (!table.tags.is_empty()).then_some(call)
}

fn policy(table: &Table, arns: &Arns<'_>, region: Option<&str>) -> Result<Option<Call>, ExportError> {
    let Some(policy) = &table.resource_policy else { return Ok(None) };
    let input = Map::new().with("Policy", Node::from(policy).to_compact_json()?);
    let call = Call::new(table, "policy", "put-resource-policy", input);
    Ok(Some(Call { arn: Some(arns.table(table, region)), ..call }))
}
