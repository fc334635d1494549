//! Terraform and OpenTofu: `aws_dynamodb_table` with its autoscaling and its policy, as HCL and as JSON.
//!
//! Indexes have `key_schema` blocks, which the provider has since 6.29 and which alone can name several attributes.

mod hcl;

use super::names::{Scope, fitted, snake};
use super::node::{Map, Node};
use super::parts::{self, Direction, Scaling};
use super::{Format, Options};
use crate::contract::deployment::{Billing, Encryption, Keep};
use crate::contract::{Contract, Index, Table};
use crate::error::ExportError;
use crate::target::Target;
use hcl::{Block, Expr, Piece, expr};

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "terraform",
    about: "Terraform or OpenTofu: the tables, with the autoscaling of what is provisioned and resource policies",
    formats: &[Format::Hcl, Format::Json],
    settings: &[parts::STAMP],
    render,
};

/// Characters of the name of a policy of Application Auto Scaling, which itself takes one more.
const POLICY_NAME: usize = 255;

/// The configuration of the tables.
///
/// A table whose data shall be kept has `prevent_destroy`: Terraform has no policy of its own for what is removed from a configuration,
/// and none that tells a removal from a replacement.
///
/// # Errors
///
/// Where the contract has what the provider cannot express.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let contract = &parts::stamped(contract, options)?;
    let wanted = options.tables_of(contract)?;
    let mut declared: Vec<&Table> = contract.tables.iter().collect();
    declared.sort_by_key(|table| table.declared_name());
    let provider = Map::new().with("source", "hashicorp/aws").with("version", ">= 6.29.0");
    let mut blocks = vec![
        Block::new("terraform").block(Block::new("required_providers").with("aws", Node::from(provider))),
    ];
    // Every table gets its names, so that they do not depend on which are asked for.
    let mut tables = Scope::default();
    let declared: Vec<_> =
        declared.into_iter().map(|table| (tables.give(snake(table.declared_name()), "_"), table)).collect();
    let mut names = Names::beside(tables);
    let mut outputs = Vec::new();
    for (name, table) in &declared {
        let scalings = scalings(name, table, &mut names.scalings);
        let own = outputs_of(name, table, &mut names.outputs);
        if wanted.iter().any(|wanted| std::ptr::eq(*wanted, *table)) {
            blocks.extend(resources(name, table, scalings, &mut names)?);
            outputs.extend(own);
        }
    }
    blocks.extend(outputs);
    match format {
        Format::Json => hcl::to_json(&blocks).to_json(),
        _ => Ok(hcl::to_hcl(&blocks)),
    }
}

/// What is called after a table: each kind has names of its own, and those of the tables are taken where it has one for each.
struct Names {
    scalings: Scope,
    outputs: Scope,
    keys: Scope,
    policies: Scope,
}

impl Names {
    fn beside(tables: Scope) -> Self {
        Names {
            scalings: Scope::default(),
            outputs: Scope::default(),
            keys: tables.clone(),
            policies: tables,
        }
    }
}

fn resources(
    name: &str,
    table: &Table,
    scalings: Vec<Block>,
    names: &mut Names,
) -> Result<Vec<Block>, ExportError> {
    parts::deployable(table)?;
    if !table.replicas.is_empty() && matches!(table.billing, Billing::Provisioned { .. }) {
        return Err(ExportError::Unsupported(format!(
            "table `{}` has replicas and provisioned capacity: Terraform makes replicas before the autoscaling without which DynamoDB \
             refuses them; let it be on demand, or deploy it with `cloudformation`",
            table.name.escape_debug()
        )));
    }
    let mut keys = Keys { table: name, names: &mut names.keys, blocks: Vec::new() };
    let block = resource(name, table, &mut keys)?;
    let mut blocks = keys.blocks;
    blocks.push(block);
    blocks.extend(scalings);
    blocks.extend(policies(name, table, &mut names.policies));
    Ok(blocks)
}

fn resource(name: &str, table: &Table, keys: &mut Keys<'_>) -> Result<Block, ExportError> {
    let stream = parts::stream_view(table)?;
    let [partition] = table.key.partition.as_slice() else {
        return Err(ExportError::Unsupported(format!(
            "table `{}` has no single partition key",
            table.name.escape_debug()
        )));
    };
    let block = Block::labelled("resource", ["aws_dynamodb_table", name])
        .with("name", &table.name)
        .with("billing_mode", parts::billing_mode(&table.billing))
        .with("hash_key", &partition.name)
        .with_some("range_key", table.key.sort.first().map(|attribute| &attribute.name));
    let block = units(block, &table.billing)
        .with_some("stream_enabled", stream.map(|_| true))
        .with_some("stream_view_type", stream.map(|view| view.as_str()))
        .with("table_class", table.class.as_str())
        .with("deletion_protection_enabled", table.deletion_protection);
    let block = if table.tags.is_empty() { block } else { block.with("tags", tags(table)) };
    let attributes = table.attribute_definitions().into_iter().map(|attribute| {
        Block::new("attribute").with("name", &attribute.name).with("type", attribute.ty.descriptor())
    });
    let mut replicas = Vec::new();
    for copy in &table.replicas {
        let key = parts::replica_kms_key(table, copy)?;
        replicas.push(
            Block::new("replica")
                .with("region_name", &copy.region)
                .with_some("kms_key_arn", key.map(|key| keys.arn(key, Some(&copy.region))))
                .with("point_in_time_recovery", table.point_in_time_recovery.is_some())
                .with("deletion_protection_enabled", table.deletion_protection)
                .with("propagate_tags", true),
        );
    }
    Ok(block
        .blocks(attributes)
        .blocks(table.global_indexes().map(|index| global_index(table, index)))
        .blocks(table.local_indexes().map(local_index))
        .blocks(limits(&table.billing))
        .blocks(table.warm_throughput.as_ref().map(warm))
        .blocks(
            table.ttl.as_ref().map(|ttl| Block::new("ttl").with("attribute_name", ttl).with("enabled", true)),
        )
        .blocks(table.point_in_time_recovery.as_ref().map(|recovery| {
            Block::new("point_in_time_recovery")
                .with("enabled", true)
                .with("recovery_period_in_days", u64::from(recovery.days))
        }))
        .blocks(encryption(table, keys))
        .blocks(replicas)
        .blocks(lifecycle(table)))
}

fn units(block: Block, billing: &Billing) -> Block {
    match billing {
        Billing::Provisioned { read, write } => {
            block.with("read_capacity", read.units).with("write_capacity", write.units)
        }
        Billing::OnDemand { .. } => block,
    }
}

fn limits(billing: &Billing) -> Option<Block> {
    let Billing::OnDemand { max_read_units, max_write_units } = billing else { return None };
    let block = Block::new("on_demand_throughput")
        .with_some("max_read_request_units", *max_read_units)
        .with_some("max_write_request_units", *max_write_units);
    (!block.is_empty()).then_some(block)
}

fn warm(warm: &crate::contract::deployment::WarmThroughput) -> Block {
    Block::new("warm_throughput")
        .with("read_units_per_second", warm.read_units)
        .with("write_units_per_second", warm.write_units)
}

fn projected(block: Block, index: &Index) -> Block {
    let attributes = index.projection.attributes();
    let block = block.with("projection_type", index.projection.as_str());
    if attributes.is_empty() {
        block
    } else {
        block.with("non_key_attributes", attributes.iter().collect::<Node>())
    }
}

fn global_index(table: &Table, index: &Index) -> Block {
    let billing = parts::billing_of(table, index);
    let element = |kind: &'static str, name: &String| {
        Block::new("key_schema").with("attribute_name", name).with("key_type", kind)
    };
    let partition = index.key.partition.iter().map(|attribute| element("HASH", &attribute.name));
    let sort = index.key.sort.iter().map(|attribute| element("RANGE", &attribute.name));
    let block = projected(Block::new("global_secondary_index").with("name", &index.name), index);
    units(block, billing)
        .blocks(partition.chain(sort))
        .blocks(limits(billing))
        .blocks(index.warm_throughput.as_ref().map(warm))
}

fn local_index(index: &Index) -> Block {
    let block = Block::new("local_secondary_index")
        .with("name", &index.name)
        .with_some("range_key", index.key.sort.first().map(|attribute| &attribute.name));
    projected(block, index)
}

fn tags(table: &Table) -> Map {
    table.tags.iter().map(|(name, value)| (name.clone(), Node::from(value))).collect()
}

fn encryption(table: &Table, keys: &mut Keys<'_>) -> Option<Block> {
    let block = Block::new("server_side_encryption").with("enabled", true);
    match &table.encryption {
        Encryption::AwsOwned => None,
        Encryption::AwsManaged => Some(block),
        Encryption::CustomerManaged { kms_key } => Some(block.with("kms_key_arn", keys.arn(kms_key, None))),
    }
}

fn lifecycle(table: &Table) -> Option<Block> {
    let scaled: Vec<_> = parts::scalings(table)
        .iter()
        .filter(|scaling| scaling.index.is_none())
        .map(|scaling| match scaling.direction {
            Direction::Read => "read_capacity",
            Direction::Write => "write_capacity",
        })
        .collect();
    let kept = table.retention.on_delete == Keep::Retain || table.retention.on_replace == Keep::Retain;
    let block = Block::new("lifecycle").with_some("prevent_destroy", kept.then_some(true));
    let block = if scaled.is_empty() { block } else { block.with("ignore_changes", Expr::Keywords(scaled)) };
    (!block.is_empty()).then_some(block)
}

/// The keys of one table: the provider wants their ARNs.
struct Keys<'a> {
    table: &'a str,
    names: &'a mut Scope,
    blocks: Vec<Block>,
}

impl Keys<'_> {
    /// The ARN itself, or what looks it up.
    fn arn(&mut self, key: &str, region: Option<&str>) -> Expr {
        if key.starts_with("arn:") && !key.contains(":alias/") {
            return Expr::from(key);
        }
        let (ty, argument, found) = match key.split_once("alias/") {
            Some((_, alias)) => ("aws_kms_alias", Expr::from(format!("alias/{alias}")), "target_key_arn"),
            None => ("aws_kms_key", Expr::from(key), "arn"),
        };
        let name = match region {
            Some(region) => self.names.give(format!("{}_{}", self.table, snake(region)), "_"),
            None => self.table.to_owned(),
        };
        self.blocks.push(
            Block::labelled("data", [ty, &name])
                .with(if ty == "aws_kms_alias" { "name" } else { "key_id" }, argument)
                .with_some("region", region),
        );
        expr(format!("data.{ty}.{name}.{found}"))
    }
}

fn scalings(name: &str, table: &Table, scope: &mut Scope) -> Vec<Block> {
    parts::scalings(table).iter().flat_map(|scaling| scaling_pair(name, table, scaling, scope)).collect()
}

fn scaling_pair(table: &str, named: &Table, scaling: &Scaling<'_>, scope: &mut Scope) -> [Block; 2] {
    let direction = snake(scaling.direction.as_str());
    let mut resource =
        vec![Piece::Text("table/".into()), Piece::Expr(format!("aws_dynamodb_table.{table}.name"))];
    let name = match scaling.index {
        Some(index) => {
            resource.push(Piece::Text(format!("/index/{}", index.name)));
            format!("{table}_{}_{direction}", snake(&index.name))
        }
        None => format!("{table}_{direction}"),
    };
    let name = scope.give(name, "_");
    let target = Block::labelled("resource", ["aws_appautoscaling_target", &name])
        .with("service_namespace", "dynamodb")
        .with("resource_id", Expr::Template(resource))
        .with("scalable_dimension", scaling.dimension())
        .with("min_capacity", scaling.min)
        .with("max_capacity", scaling.max);
    let target = match scaling.index {
        Some(_) => target.comment(
            "An apply sets this index back to its first capacity; the provider cannot ignore that alone.",
        ),
        None => target,
    };
    let of_target = |member: &str| expr(format!("aws_appautoscaling_target.{name}.{member}"));
    let metric =
        Block::new("predefined_metric_specification").with("predefined_metric_type", scaling.metric());
    let index = scaling.index.map(|index| format!("/{}", index.name)).unwrap_or_default();
    let behind = format!("{index}:{direction}");
    let policy_name = if named.name.len() + behind.len() <= POLICY_NAME {
        let table = Piece::Expr(format!("aws_dynamodb_table.{table}.name"));
        Expr::Template(vec![table, Piece::Text(behind)])
    } else {
        Expr::from(fitted(named.name.clone() + &behind, POLICY_NAME))
    };
    let policy = Block::labelled("resource", ["aws_appautoscaling_policy", &name])
        .with("name", policy_name)
        .with("policy_type", "TargetTrackingScaling")
        .with("service_namespace", of_target("service_namespace"))
        .with("resource_id", of_target("resource_id"))
        .with("scalable_dimension", of_target("scalable_dimension"))
        .block(
            Block::new("target_tracking_scaling_policy_configuration")
                .with("target_value", u64::from(scaling.target_percent))
                .block(metric),
        );
    [target, policy]
}

/// The policy of the table, in every region that has a copy of it.
fn policies(name: &str, table: &Table, names: &mut Scope) -> Vec<Block> {
    let Some(policy) = &table.resource_policy else { return Vec::new() };
    let block = |label: &str, arn: Expr, region: Option<&str>| {
        Block::labelled("resource", ["aws_dynamodb_resource_policy", label])
            .with_some("region", region)
            .with("resource_arn", arn)
            .with("policy", Expr::Json(Node::from(policy)))
    };
    let mut blocks = vec![block(name, expr(format!("aws_dynamodb_table.{name}.arn")), None)];
    for copy in &table.replicas {
        let quoted = hcl::quoted(&copy.region);
        let arn = format!(
            "one([for replica in aws_dynamodb_table.{name}.replica : replica.arn if replica.region_name == {quoted}])"
        );
        let label = names.give(format!("{name}_{}", snake(&copy.region)), "_");
        blocks.push(block(&label, expr(arn), Some(&copy.region)));
    }
    blocks
}

fn outputs_of(name: &str, table: &Table, names: &mut Scope) -> Vec<Block> {
    let mut output = |what: &str, member: &str, described: &str| {
        Block::labelled("output", [&*names.give(format!("{name}_{what}"), "_")])
            .with("description", format!("{described} the table {}", table.declared_name()))
            .with("value", expr(format!("aws_dynamodb_table.{name}.{member}")))
    };
    let mut outputs = vec![output("name", "name", "Name of"), output("arn", "arn", "ARN of")];
    if table.stream.is_some() || !table.replicas.is_empty() {
        outputs.push(output("stream_arn", "stream_arn", "ARN of the stream of"));
    }
    outputs
}
