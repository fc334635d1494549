//! Terraform and OpenTofu: what `terraform show -json` writes of a plan or of a state.

use super::super::{Deployed, Found};
use super::cloudformation::projection_of;
use super::said::{Builder, Said, flag, is_expression, list, map, number, text, word};
use super::scaled::Scaled;
use crate::contract::deployment::{
    Billing, Capacity, Encryption, Recovery, Replica, TableClass, WarmThroughput,
};
use crate::contract::{Extensions, Index, IndexKind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One resource of the plan.
struct Resource {
    address: String,
    ty: String,
    name: String,
    values: Value,
}

pub(super) fn tables(root: &Value) -> Deployed {
    let resources = resources(root);
    let mut deployed = Deployed { source: "the plan", ..Deployed::default() };
    let policies = policies(root, &resources);
    let scaled = scaled(&resources);
    for resource in resources.iter().filter(|resource| resource.ty == "aws_dynamodb_table") {
        deployed.tables.push(table(resource, &policies, &scaled));
    }
    for resource in &resources {
        if matches!(
            resource.ty.as_str(),
            "aws_dynamodb_table_replica"
                | "aws_dynamodb_global_table"
                | "aws_dynamodb_global_secondary_index"
        ) {
            let why = format!("resources of type {} are not read", resource.ty);
            deployed.unread.push((resource.address.clone(), why));
        }
    }
    deployed
}

/// What will be there, with what is known only after the plan is applied in the form of an expression.
fn resources(root: &Value) -> Vec<Resource> {
    let own = |name: &str, of: &Value| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(changes) = root.get("resource_changes").and_then(Value::as_array) {
        let managed = |change: &&Value| change.get("mode").and_then(Value::as_str) != Some("data");
        return changes
            .iter()
            .filter(managed)
            .filter_map(|resource| {
                let change = resource.get("change")?;
                // What will be destroyed has nothing after.
                let after = change.get("after").filter(|after| after.is_object())?;
                let values = with_unknown(after, change.get("after_unknown").unwrap_or(&Value::Null));
                let (address, ty) = (own("address", resource), own("type", resource));
                Some(Resource { address, ty, name: own("name", resource), values })
            })
            .collect();
    }
    let mut found = Vec::new();
    let root = ["planned_values", "values"].iter().find_map(|name| root.get(name)?.get("root_module"));
    let mut modules: Vec<&Value> = root.into_iter().collect();
    while let Some(module) = modules.pop() {
        modules.extend(module.get("child_modules").and_then(Value::as_array).into_iter().flatten());
        for resource in module.get("resources").and_then(Value::as_array).into_iter().flatten() {
            let values = resource.get("values").cloned().unwrap_or_default();
            let (address, ty) = (own("address", resource), own("type", resource));
            found.push(Resource { address, ty, name: own("name", resource), values });
        }
    }
    found
}

/// `after`, where `after_unknown` says `true` an expression.
fn with_unknown(after: &Value, unknown: &Value) -> Value {
    match (after, unknown) {
        (_, Value::Bool(true)) => json!({ "Fn::Unknown": "known after apply" }),
        (Value::Object(after), Value::Object(unknown)) => {
            let mut merged: Map<String, Value> = after.clone();
            for (name, unknown) in unknown {
                let value = with_unknown(after.get(name).unwrap_or(&Value::Null), unknown);
                merged.insert(name.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(after), Value::Array(unknown)) => {
            let missing = Value::Null;
            let pairs = after.iter().enumerate();
            pairs.map(|(place, value)| with_unknown(value, unknown.get(place).unwrap_or(&missing))).collect()
        }
        (after, _) => after.clone(),
    }
}

fn table(resource: &Resource, policies: &BTreeMap<String, Value>, scaled: &Scaled) -> Found {
    let given = &resource.values;
    let mut builder = Builder::new();
    for attribute in builder.known("attributes", list(given.get("attribute"))).unwrap_or_default() {
        if let Some(name) = builder.known("attributes", text(attribute.get("name"))) {
            builder.define(name, text(attribute.get("type")));
        }
    }
    let sort = nothing_where_empty(text(given.get("range_key")));
    if let Some(key) = builder.key("key", (vec![text(given.get("hash_key"))], present(sort))) {
        builder.table.key = key;
    }
    let mode = builder.known("billing", text(given.get("billing_mode")));
    let provisioned = mode.as_deref() != Some("PAY_PER_REQUEST");
    builder.table.billing = billing("billing", provisioned, given, &mut builder);
    for (kind, name) in
        [(IndexKind::Global, "global_secondary_index"), (IndexKind::Local, "local_secondary_index")]
    {
        for given in builder.known("indexes", list(given.get(name))).unwrap_or_default() {
            index(kind, given, provisioned, &mut builder);
        }
    }
    builder.table.warm_throughput = warm("warmThroughput", given, &mut builder);
    if let Some(ttl) = block("ttl", given.get("ttl"), &mut builder)
        && builder.known("ttl", flag(ttl.get("enabled"))) == Some(true)
    {
        builder.table.ttl = builder.known("ttl", text(ttl.get("attribute_name")));
    }
    if builder.known("stream", flag(given.get("stream_enabled"))) == Some(true) {
        builder.table.stream = builder.known("stream", word(given.get("stream_view_type")));
    }
    encryption(given, &mut builder);
    if let Some(recovery) = block("pointInTimeRecovery", given.get("point_in_time_recovery"), &mut builder)
        && builder.known("pointInTimeRecovery", flag(recovery.get("enabled"))) == Some(true)
    {
        // What is not said is the most, 35 days; the provider knows it only after it has applied.
        let days = match number(recovery.get("recovery_period_in_days")) {
            Said::Value(days) if days > 0 => days,
            _ => 35,
        };
        builder.table.point_in_time_recovery = Some(Recovery { days: u8::try_from(days).unwrap_or(u8::MAX) });
    }
    if let Some(protected) =
        builder.known("deletionProtection", flag(given.get("deletion_protection_enabled")))
    {
        builder.table.deletion_protection = protected;
    }
    let class = nothing_where_empty(text(given.get("table_class"))).map(Value::String);
    builder.table.class = match class {
        Said::Value(class) => builder.known::<TableClass>("class", word(Some(&class))).unwrap_or_default(),
        unknown => {
            builder.known("class", unknown);
            TableClass::default()
        }
    };
    tags(given, &mut builder);
    for replica in builder.known("replicas", list(given.get("replica"))).unwrap_or_default() {
        let Some(region) = builder.known("replicas", text(replica.get("region_name"))) else { continue };
        let key = nothing_where_empty(text(replica.get("kms_key_arn")));
        // Without one of its own, the key is known only after the plan is applied.
        let kms_key = match key {
            Said::Value(key) => Some(key),
            _ => None,
        };
        builder.table.replicas.push(Replica { region, kms_key, extensions: Extensions::new() });
    }
    match policies.get(&resource.address) {
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(policy) => builder.table.resource_policy = Some(policy),
            Err(_) => drop(builder.known::<()>("resourcePolicy", Said::Unknown(text.clone()))),
        },
        Some(other) => drop(builder.known::<()>("resourcePolicy", Said::Unknown(other.to_string()))),
        None => {}
    }
    let name = text(given.get("name"));
    if let Said::Value(name) = &name {
        scaled.apply(name, &mut builder.table);
    }
    // Whether a plan may destroy it is a matter of its source, and no plan says it.
    builder.finish(resource.address.clone(), resource.name.clone(), name, &["retention", "consumers"])
}

/// The one block of its kind.
fn block<'a>(path: &str, given: Option<&'a Value>, builder: &mut Builder) -> Option<&'a Value> {
    builder.known(path, list(given))?.into_iter().next()
}

/// In Terraform's state, what was left out is often the empty text.
fn nothing_where_empty(said: Said<String>) -> Said<String> {
    match said {
        Said::Value(text) if text.is_empty() => Said::Nothing,
        said => said,
    }
}

fn present(said: Said<String>) -> Vec<Said<String>> {
    if said == Said::Nothing { Vec::new() } else { vec![said] }
}

fn index(kind: IndexKind, given: &Value, provisioned: bool, builder: &mut Builder) {
    let Some(name) = builder.known("indexes", text(given.get("name"))) else { return };
    let path = format!("indexes/{name}");
    let key = index_key(&format!("{path}/key"), kind, given, builder);
    let projection = projection_of(
        &format!("{path}/projection"),
        text(given.get("projection_type")),
        list(given.get("non_key_attributes")),
        builder,
    );
    let (billing, warm_throughput) = match kind {
        IndexKind::Global => (
            Some(billing(&format!("{path}/billing"), provisioned, given, builder)),
            warm(&format!("{path}/warmThroughput"), given, builder),
        ),
        IndexKind::Local => (None, None),
    };
    let extensions = Extensions::new();
    builder.table.indexes.push(Index { name, kind, key, projection, billing, warm_throughput, extensions });
}

/// A global index has either one attribute a side (`hash_key`, `range_key`), or blocks `key_schema`; a local one has its table's
/// partition key.
fn index_key(path: &str, kind: IndexKind, given: &Value, builder: &mut Builder) -> crate::contract::Key {
    let (mut partition, mut sort) = (Vec::new(), Vec::new());
    if kind == IndexKind::Local {
        let own = builder.table.key.partition.first().map(|attribute| attribute.name.clone());
        partition.extend(own.map(Said::Value));
    }
    let elements = match list(given.get("key_schema")) {
        Said::Value(elements) => elements,
        // The provider fills in whichever form is not used.
        _ => Vec::new(),
    };
    if elements.is_empty() {
        partition.extend(present(nothing_where_empty(text(given.get("hash_key")))));
        sort.extend(present(nothing_where_empty(text(given.get("range_key")))));
    }
    for element in elements {
        let side = match text(element.get("key_type")) {
            Said::Value(kind) if kind == "RANGE" => &mut sort,
            _ => &mut partition,
        };
        side.push(text(element.get("attribute_name")));
    }
    let empty = crate::contract::Key { partition: Vec::new(), sort: Vec::new() };
    builder.key(path, (partition, sort)).unwrap_or(empty)
}

fn billing(path: &str, provisioned: bool, given: &Value, builder: &mut Builder) -> Billing {
    if provisioned {
        let mut units =
            |name: &str| Capacity::fixed(builder.known(path, number(given.get(name))).unwrap_or(0));
        return Billing::Provisioned { read: units("read_capacity"), write: units("write_capacity") };
    }
    let Some(maximum) = block(path, given.get("on_demand_throughput"), builder) else {
        return Billing::default();
    };
    // -1, the provider's word for no limit, is no number of units, and so none.
    let limit = |name: &str| match number(maximum.get(name)) {
        Said::Value(units) if units > 0 => Some(units),
        _ => None,
    };
    Billing::OnDemand {
        max_read_units: limit("max_read_request_units"),
        max_write_units: limit("max_write_request_units"),
    }
}

/// Where the source names none, the provider says what DynamoDB has, and only after it has applied.
fn warm(path: &str, given: &Value, builder: &mut Builder) -> Option<WarmThroughput> {
    let Said::Value(blocks) = list(given.get("warm_throughput")) else { return None };
    let warm = blocks.into_iter().next()?;
    let read_units = builder.known(path, number(warm.get("read_units_per_second"))).unwrap_or(0);
    let write_units = builder.known(path, number(warm.get("write_units_per_second"))).unwrap_or(0);
    Some(WarmThroughput { read_units, write_units })
}

fn encryption(given: &Value, builder: &mut Builder) {
    let Some(sse) = block("encryption", given.get("server_side_encryption"), builder) else { return };
    if builder.known("encryption", flag(sse.get("enabled"))) != Some(true) {
        return;
    }
    builder.table.encryption = match nothing_where_empty(text(sse.get("kms_key_arn"))) {
        Said::Nothing => Encryption::AwsManaged,
        Said::Value(kms_key) if kms_key.ends_with("alias/aws/dynamodb") => Encryption::AwsManaged,
        Said::Value(kms_key) => Encryption::CustomerManaged { kms_key },
        // Either the key of a resource in the same plan, or none was named and the provider will say which it became.
        Said::Unknown(expression) => {
            builder.known::<()>("encryption", Said::Unknown(expression));
            Encryption::AwsManaged
        }
    };
}

/// `tags_all` has the provider's default tags too, and is often known only after the plan is applied.
fn tags(given: &Value, builder: &mut Builder) {
    let usable =
        |tags: &&Value| !is_expression(tags) && tags.as_object().is_some_and(|tags| !tags.is_empty());
    let tags = given.get("tags_all").filter(usable).or(given.get("tags"));
    let Some(Value::Object(tags)) = builder.known("tags", map(tags)) else { return };
    for (name, value) in tags {
        if let Some(value) = builder.known(&format!("tags/{name}"), text(Some(value))) {
            builder.table.tags.insert(name.clone(), value);
        }
    }
}

/// The policy of each table, by the table's address: `resource_arn` names the table, or the configuration refers to it.
fn policies(root: &Value, resources: &[Resource]) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for policy in resources.iter().filter(|resource| resource.ty == "aws_dynamodb_resource_policy") {
        let arn = text(policy.values.get("resource_arn"));
        let referred = || {
            let configured =
                root.pointer("/configuration/root_module/resources").and_then(Value::as_array)?;
            let own = configured.iter().find(|configured| {
                configured.get("address").and_then(Value::as_str) == Some(&policy.address)
            })?;
            let references = own.pointer("/expressions/resource_arn/references")?.as_array()?;
            let referred = |reference: &Value| {
                let reference = reference.as_str()?;
                let table = resources.iter().find(|table| {
                    table.ty == "aws_dynamodb_table"
                        && (reference == table.address
                            || reference
                                .strip_prefix(&table.address)
                                .is_some_and(|rest| rest.starts_with('.')))
                })?;
                Some(table.address.clone())
            };
            references.iter().find_map(referred)
        };
        let table = match arn {
            Said::Value(arn) => resources
                .iter()
                .find(|table| {
                    table.ty == "aws_dynamodb_table"
                        && matches!(text(table.values.get("name")), Said::Value(name) if arn.ends_with(&format!(":table/{name}")))
                })
                .map(|table| table.address.clone()),
            _ => referred(),
        };
        if let (Some(table), Some(policy)) = (table, policy.values.get("policy")) {
            found.insert(table, policy.clone());
        }
    }
    found
}

fn scaled(resources: &[Resource]) -> Scaled {
    let mut scaled = Scaled::default();
    let dimension = |resource: &Resource| match (
        text(resource.values.get("resource_id")),
        text(resource.values.get("scalable_dimension")),
    ) {
        (Said::Value(id), Said::Value(dimension)) => Some((id, dimension)),
        _ => None,
    };
    for target in resources.iter().filter(|resource| resource.ty == "aws_appautoscaling_target") {
        if let (Some(of), Said::Value(min), Said::Value(max)) = (
            dimension(target),
            number(target.values.get("min_capacity")),
            number(target.values.get("max_capacity")),
        ) {
            scaled.target(of, min, max);
        }
    }
    for policy in resources.iter().filter(|resource| resource.ty == "aws_appautoscaling_policy") {
        let percent = policy.values.pointer("/target_tracking_scaling_policy_configuration/0/target_value");
        if let (Some(of), Some(percent)) = (dimension(policy), percent.and_then(Value::as_f64)) {
            scaled.policy(&of, percent);
        }
    }
    scaled
}
