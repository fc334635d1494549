//! CloudFormation and SAM: `AWS::DynamoDB::Table`, `AWS::DynamoDB::GlobalTable`, `AWS::Serverless::SimpleTable`.

use super::expression::{Template, has_expression};
use super::said::{Builder, Said, flag, list, map, number, shown, text, word};
use super::scaled::Scaled;
use super::{super::Deployed, super::Found, global};
use crate::contract::deployment::{
    Billing, Capacity, Encryption, Keep, Recovery, Retention, TableClass, WarmThroughput,
};
use crate::contract::{Extensions, Index, IndexKind, Projection};
use serde_json::Value;
use std::collections::BTreeMap;

const TABLE: &str = "AWS::DynamoDB::Table";
const GLOBAL_TABLE: &str = "AWS::DynamoDB::GlobalTable";
const SIMPLE_TABLE: &str = "AWS::Serverless::SimpleTable";

/// The types of resources that are tables.
pub(super) const TABLES: &[&str] = &[TABLE, GLOBAL_TABLE, SIMPLE_TABLE];

pub(super) fn tables(root: &Value, parameters: &BTreeMap<String, String>) -> Deployed {
    let template = Template::new(root, parameters);
    let stamp = root.pointer("/Metadata/TheoryContract").and_then(Value::as_str).map(str::to_owned);
    let mut deployed = Deployed { source: "the template", stamp, ..Deployed::default() };
    let Some(resources) = root.get("Resources").and_then(Value::as_object) else { return deployed };
    let scaled = scaled(&template, resources);
    for (logical, resource) in resources {
        let place = format!("Resources/{logical}");
        if logical.starts_with("Fn::ForEach") {
            deployed.unread.push((place, "a loop is not written out: check what `aws cloudformation get-template --template-stage Processed` writes".into()));
            continue;
        }
        let ty = resource.get("Type").and_then(Value::as_str).unwrap_or_default();
        if ty == "AWS::CloudFormation::Stack" || ty == "AWS::Serverless::Application" {
            deployed.unread.push((place, "the tables of a nested stack are in another template".into()));
        } else if TABLES.contains(&ty) && template.is_deployed(resource) != Some(false) {
            deployed.tables.push(table(&template, (logical, resource), ty, &scaled));
        }
    }
    deployed
}

fn table(template: &Template<'_>, (logical, resource): (&str, &Value), ty: &str, scaled: &Scaled) -> Found {
    let given = resource.get("Properties").and_then(|properties| template.resolve(properties));
    let given = given.unwrap_or(Value::Null);
    let mut builder = Builder::new();
    let silent: &[&'static str] = match ty {
        // A stream of a SAM table cannot be said, nor a key of a second attribute: what it has not, is different.
        SIMPLE_TABLE => {
            simple(&given, &mut builder);
            &["consumers"]
        }
        GLOBAL_TABLE => {
            keys(&given, &mut builder);
            common(&given, &mut builder);
            global::read(&given, &mut builder);
            &["consumers"]
        }
        _ => {
            keys(&given, &mut builder);
            common(&given, &mut builder);
            own(&given, logical, scaled, &mut builder);
            &["consumers"]
        }
    };
    retention(resource, &mut builder);
    builder.finish(format!("Resources/{logical}"), logical.to_owned(), text(given.get("TableName")), silent)
}

/// What a resource without a policy has: CloudFormation deletes it.
fn retention(resource: &Value, builder: &mut Builder) {
    let mut keep = |path: &str, name: &str| match text(resource.get(name)) {
        Said::Value(policy) if policy.starts_with("Retain") => Keep::Retain,
        // A snapshot is nothing that DynamoDB makes: CloudFormation refuses it.
        Said::Value(_) | Said::Nothing => Keep::Delete,
        unknown @ Said::Unknown(_) => {
            builder.known(path, unknown);
            Keep::Delete
        }
    };
    let on_delete = keep("retention/onDelete", "DeletionPolicy");
    let on_replace = keep("retention/onReplace", "UpdateReplacePolicy");
    builder.table.retention = Retention { on_delete, on_replace };
}

/// `AttributeDefinitions`, `KeySchema` and both kinds of index.
fn keys(given: &Value, builder: &mut Builder) {
    let definitions = list(given.get("AttributeDefinitions"));
    for definition in builder.known("attributes", definitions).unwrap_or_default() {
        match text(definition.get("AttributeName")) {
            Said::Value(name) => builder.define(name, text(definition.get("AttributeType"))),
            _ => {
                builder.known::<()>("attributes", Said::Unknown(shown(definition)));
            }
        }
    }
    if let Some(key) = key("key", given.get("KeySchema"), builder) {
        builder.table.key = key;
    }
    for (kind, name) in
        [(IndexKind::Global, "GlobalSecondaryIndexes"), (IndexKind::Local, "LocalSecondaryIndexes")]
    {
        for given in builder.known("indexes", list(given.get(name))).unwrap_or_default() {
            if let Some(index) = index(kind, given, builder) {
                builder.table.indexes.push(index);
            }
        }
    }
}

fn key(path: &str, given: Option<&Value>, builder: &mut Builder) -> Option<crate::contract::Key> {
    let elements = builder.known(path, list(given))?;
    let (mut partition, mut sort) = (Vec::new(), Vec::new());
    for element in elements {
        let name = text(element.get("AttributeName"));
        match text(element.get("KeyType")) {
            Said::Value(kind) if kind == "HASH" => partition.push(name),
            Said::Value(kind) if kind == "RANGE" => sort.push(name),
            _ => {
                builder.known::<()>(path, Said::Unknown(shown(element)));
            }
        }
    }
    builder.key(path, (partition, sort))
}

fn index(kind: IndexKind, given: &Value, builder: &mut Builder) -> Option<Index> {
    let Said::Value(name) = text(given.get("IndexName")) else {
        builder.known::<()>("indexes", Said::Unknown(shown(given)));
        return None;
    };
    let path = format!("indexes/{name}");
    let key_of = key(&format!("{path}/key"), given.get("KeySchema"), builder);
    let projection = given.get("Projection");
    let names = list(projection.and_then(|projection| projection.get("NonKeyAttributes")));
    let ty = text(projection.and_then(|projection| projection.get("ProjectionType")));
    let projection = projection_of(&format!("{path}/projection"), ty, names, builder);
    let billing =
        (kind == IndexKind::Global).then(|| billing(&format!("{path}/billing"), given, builder)).flatten();
    let warm = warm(&format!("{path}/warmThroughput"), given, builder);
    let empty = crate::contract::Key { partition: Vec::new(), sort: Vec::new() };
    Some(Index {
        name,
        kind,
        key: key_of.unwrap_or(empty),
        projection,
        billing,
        warm_throughput: warm,
        extensions: Extensions::new(),
    })
}

pub(super) fn projection_of(
    path: &str,
    ty: Said<String>,
    names: Said<Vec<&Value>>,
    builder: &mut Builder,
) -> Projection {
    let ty = builder.known(path, ty);
    let mut attributes = Vec::new();
    for name in builder.known(path, names).unwrap_or_default() {
        attributes.extend(builder.known(path, text(Some(name))));
    }
    attributes.sort();
    match ty.as_deref() {
        Some("ALL") => Projection::All,
        Some("INCLUDE") => Projection::Include { attributes },
        _ => Projection::KeysOnly,
    }
}

/// What tables and global tables say alike.
fn common(given: &Value, builder: &mut Builder) {
    builder.table.warm_throughput = warm("warmThroughput", given, builder);
    if let Some(ttl) = builder.known("ttl", map(given.get("TimeToLiveSpecification")))
        && builder.known("ttl", flag(ttl.get("Enabled"))) == Some(true)
    {
        builder.table.ttl = builder.known("ttl", text(ttl.get("AttributeName")));
    }
    if let Some(stream) = builder.known("stream", map(given.get("StreamSpecification"))) {
        builder.table.stream = builder.known("stream", word(stream.get("StreamViewType")));
    }
    builder.table.encryption = encryption(given, builder);
}

pub(super) fn encryption(given: &Value, builder: &mut Builder) -> Encryption {
    let Some(sse) = builder.known("encryption", map(given.get("SSESpecification"))) else {
        return Encryption::AwsOwned;
    };
    if builder.known("encryption", flag(sse.get("SSEEnabled"))) != Some(true) {
        return Encryption::AwsOwned;
    }
    match text(sse.get("KMSMasterKeyId")) {
        Said::Nothing => Encryption::AwsManaged,
        Said::Value(kms_key) => Encryption::CustomerManaged { kms_key },
        Said::Unknown(expression) => {
            builder.known::<()>("encryption/kmsKey", Said::Unknown(expression.clone()));
            Encryption::CustomerManaged { kms_key: expression }
        }
    }
}

pub(super) fn warm(path: &str, given: &Value, builder: &mut Builder) -> Option<WarmThroughput> {
    let warm = builder.known(path, map(given.get("WarmThroughput")))?;
    let read_units = builder.known(path, number(warm.get("ReadUnitsPerSecond"))).unwrap_or(0);
    let write_units = builder.known(path, number(warm.get("WriteUnitsPerSecond"))).unwrap_or(0);
    Some(WarmThroughput { read_units, write_units })
}

/// `ProvisionedThroughput` and `OnDemandThroughput`; `None` where neither is said.
fn billing(path: &str, given: &Value, builder: &mut Builder) -> Option<Billing> {
    let mut units = |of: &Value, name: &str| builder.known(path, number(of.get(name)));
    match (map(given.get("ProvisionedThroughput")), map(given.get("OnDemandThroughput"))) {
        (Said::Value(provisioned), _) => {
            let read = units(provisioned, "ReadCapacityUnits").unwrap_or(0);
            let write = units(provisioned, "WriteCapacityUnits").unwrap_or(0);
            Some(Billing::Provisioned { read: Capacity::fixed(read), write: Capacity::fixed(write) })
        }
        (_, Said::Value(maximum)) => Some(Billing::OnDemand {
            max_read_units: units(maximum, "MaxReadRequestUnits"),
            max_write_units: units(maximum, "MaxWriteRequestUnits"),
        }),
        (Said::Unknown(expression), _) | (_, Said::Unknown(expression)) => {
            builder.known::<()>(path, Said::Unknown(expression));
            None
        }
        (Said::Nothing, Said::Nothing) => None,
    }
}

/// What stands in `AWS::DynamoDB::Table` and per replica in a global table.
pub(super) fn per_replica(given: &Value, builder: &mut Builder) {
    if let Some(recovery) =
        builder.known("pointInTimeRecovery", map(given.get("PointInTimeRecoverySpecification")))
    {
        builder.table.point_in_time_recovery = self::recovery(recovery, builder);
    }
    if let Some(protected) = builder.known("deletionProtection", flag(given.get("DeletionProtectionEnabled")))
    {
        builder.table.deletion_protection = protected;
    }
    builder.table.class =
        builder.known::<TableClass>("class", word(given.get("TableClass"))).unwrap_or_default();
    for tag in builder.known("tags", list(given.get("Tags"))).unwrap_or_default() {
        let Some(name) = builder.known("tags", text(tag.get("Key"))) else { continue };
        if let Some(value) = builder.known(&format!("tags/{name}"), text(tag.get("Value"))) {
            builder.table.tags.insert(name, value);
        }
    }
    let policy = map(given.get("ResourcePolicy"));
    if let Some(policy) = builder.known("resourcePolicy", policy) {
        match policy.get("PolicyDocument") {
            Some(policy) if has_expression(policy) => {
                builder.known::<()>("resourcePolicy", Said::Unknown(shown(policy)));
            }
            policy => builder.table.resource_policy = policy.cloned(),
        }
    }
}

fn recovery(given: &Value, builder: &mut Builder) -> Option<Recovery> {
    let path = "pointInTimeRecovery";
    if builder.known(path, flag(given.get("PointInTimeRecoveryEnabled"))) != Some(true) {
        return None;
    }
    let days = builder.known(path, number(given.get("RecoveryPeriodInDays"))).unwrap_or(35);
    Some(Recovery { days: u8::try_from(days).unwrap_or(u8::MAX) })
}

fn own(given: &Value, logical: &str, scaled: &Scaled, builder: &mut Builder) {
    per_replica(given, builder);
    let mode = builder.known("billing", text(given.get("BillingMode")));
    let provisioned = mode.as_deref() != Some("PAY_PER_REQUEST");
    let said = billing("billing", given, builder);
    let nothing = || Billing::Provisioned { read: Capacity::fixed(0), write: Capacity::fixed(0) };
    builder.table.billing = match (provisioned, said) {
        (true, Some(said @ Billing::Provisioned { .. })) => said,
        (true, _) => nothing(),
        (false, Some(said @ Billing::OnDemand { .. })) => said,
        (false, _) => Billing::default(),
    };
    if let Billing::OnDemand { .. } = builder.table.billing {
        // An index on demand has its own limits, and not its table's.
        for index in builder.table.indexes.iter_mut().filter(|index| index.kind == IndexKind::Global) {
            index.billing.get_or_insert_default();
        }
    }
    let name = match text(given.get("TableName")) {
        Said::Value(name) => name,
        _ => format!("${{{logical}}}"),
    };
    scaled.apply(&name, &mut builder.table);
}

/// `AWS::Serverless::SimpleTable`
fn simple(given: &Value, builder: &mut Builder) {
    let key = builder.known("key", map(given.get("PrimaryKey")));
    let (name, ty) = match key {
        Some(key) => (text(key.get("Name")), text(key.get("Type"))),
        None => (Said::Value("id".to_owned()), Said::Value("String".to_owned())),
    };
    let ty = ty.map(|ty| match ty.as_str() {
        "String" => "S".to_owned(),
        "Number" => "N".to_owned(),
        "Binary" => "B".to_owned(),
        _ => ty,
    });
    if let Said::Value(name) = &name {
        builder.define(name.clone(), ty);
    }
    if let Some(key) = builder.key("key", (vec![name], Vec::new())) {
        builder.table.key = key;
    }
    builder.table.billing = billing("billing", given, builder).unwrap_or_default();
    builder.table.encryption = encryption(given, builder);
    if let Some(recovery) =
        builder.known("pointInTimeRecovery", map(given.get("PointInTimeRecoverySpecification")))
    {
        builder.table.point_in_time_recovery = self::recovery(recovery, builder);
    }
    if let Some(Value::Object(tags)) = builder.known("tags", map(given.get("Tags"))) {
        for (name, value) in tags {
            if let Some(value) = builder.known(&format!("tags/{name}"), text(Some(value))) {
                builder.table.tags.insert(name.clone(), value);
            }
        }
    }
}

fn scaled(template: &Template<'_>, resources: &serde_json::Map<String, Value>) -> Scaled {
    let of_type = |ty: &'static str| {
        let typed = move |resource: &Value| resource.get("Type").and_then(Value::as_str) == Some(ty);
        resources.iter().filter(move |(_, resource)| typed(resource))
    };
    let resolved = |resource: &Value| {
        resource.get("Properties").and_then(|given| template.resolve(given)).unwrap_or(Value::Null)
    };
    let dimension =
        |given: &Value| match (text(given.get("ResourceId")), text(given.get("ScalableDimension"))) {
            (Said::Value(id), Said::Value(dimension)) => Some((id, dimension)),
            _ => None,
        };
    let mut scaled = Scaled::default();
    let mut targets = BTreeMap::new();
    for (logical, resource) in of_type("AWS::ApplicationAutoScaling::ScalableTarget") {
        let given = resolved(resource);
        if let (Some(of), Said::Value(min), Said::Value(max)) =
            (dimension(&given), number(given.get("MinCapacity")), number(given.get("MaxCapacity")))
        {
            targets.insert(logical.as_str(), of.clone());
            scaled.target(of, min, max);
        }
    }
    for (_, resource) in of_type("AWS::ApplicationAutoScaling::ScalingPolicy") {
        let given = resolved(resource);
        let target = given.get("ScalingTargetId").and_then(|id| id.get("Ref")).and_then(Value::as_str);
        let target = target.and_then(|target| targets.get(target).cloned()).or_else(|| dimension(&given));
        let percent = given.pointer("/TargetTrackingScalingPolicyConfiguration/TargetValue");
        // CloudFormation takes 70, 70.0 and "70" alike.
        let percent = percent.and_then(|percent| percent.as_f64().or_else(|| percent.as_str()?.parse().ok()));
        if let (Some(target), Some(percent)) = (target, percent) {
            scaled.policy(&target, percent);
        }
    }
    scaled
}
