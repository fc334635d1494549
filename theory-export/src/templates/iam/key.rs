//! `kms:Decrypt` with the table's own key, through DynamoDB and for this table alone.
//!
//! Source: "DynamoDB encryption at rest usage notes" of the Developer Guide: DynamoDB decrypts the table key on behalf of the principal that
//! accesses the table, in an encryption context that names it. Keys of AWS's need no permission.

use super::Arns;
use crate::contract::Table;
use crate::error::ExportError;
use crate::templates::names::{Scope, pascal};
use crate::templates::node::{Map, Node};
use crate::templates::parts;
use std::collections::BTreeSet;

/// A statement for keys that are known, and one for those that an alias names.
///
/// # Errors
///
/// Where the name of a key would be a pattern.
pub(super) fn statements(table: &Table, arns: &Arns, sids: &mut Scope) -> Result<Vec<Map>, ExportError> {
    let mut keys: BTreeSet<&String> = parts::home_kms_key(table).into_iter().collect();
    for copy in &table.replicas {
        keys.extend(parts::replica_kms_key(table, copy)?);
    }
    let (mut known, mut aliases) = (Vec::new(), Vec::new());
    for key in keys {
        if key.contains(['*', '?', '$']) {
            return Err(ExportError::Invalid(vec![format!(
                "table `{}`: the key `{}` would be a pattern in a policy",
                table.name.escape_debug(),
                key.escape_debug()
            )]));
        }
        // The last part of an ARN, or all that there is.
        let name = key.splitn(6, ':').last().unwrap_or(key);
        if name.starts_with("alias/") {
            aliases.push(name);
        } else if key.starts_with("arn:") {
            known.push(Node::from(key));
        } else {
            known.push(arns.resource("kms", &format!("key/{key}")));
        }
    }
    let mut statements = Vec::new();
    if !known.is_empty() {
        statements.push(statement(table, known, Map::new(), arns, sids));
    }
    if !aliases.is_empty() {
        // Which key it is, is known when the policy is evaluated.
        let named = Map::new().with("kms:ResourceAliases", aliases.into_iter().collect::<Node>());
        let any = vec![arns.resource("kms", "key/*")];
        statements.push(statement(table, any, named, arns, sids));
    }
    Ok(statements)
}

fn statement(table: &Table, resources: Vec<Node>, aliases: Map, arns: &Arns, sids: &mut Scope) -> Map {
    let context = Map::new().with("kms:EncryptionContext:aws:dynamodb:tableName", &table.name);
    let through = Map::new().with("kms:ViaService", arns.endpoint());
    let condition = Map::new()
        .with_any("ForAnyValue:StringEquals", aliases)
        .with("StringEquals", context)
        .with("StringLike", through);
    Map::new()
        .with("Sid", sids.give(format!("{}Key", pascal(table.declared_name())), ""))
        .with("Effect", "Allow")
        .with("Action", vec![Node::from("kms:Decrypt")])
        .with("Resource", resources)
        .with("Condition", condition)
}
