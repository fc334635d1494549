//! Templates of others, read as far as tables go.
//!
//! Nothing here trusts its input: sizes and depths are bounded, and what is not as expected is unknown, and told as such.

mod cloudformation;
mod expression;
mod global;
mod said;
mod scaled;
mod terraform;
mod yaml;

use super::Deployed;
use crate::contract::STAMP_TAG;
use crate::error::ExportError;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a template may have at most; CloudFormation's own limit is 1 MB, plans of Terraform are larger.
const MAX_BYTES: usize = 64 << 20;

pub(super) fn template(text: &str, parameters: &BTreeMap<String, String>) -> Result<Deployed, ExportError> {
    if text.len() > MAX_BYTES {
        return Err(ExportError::Template(format!("it has {} bytes, and {MAX_BYTES} are read", text.len())));
    }
    let value = parse(text)?;
    if value.get("Resources").is_some() {
        known_parameters(&value, parameters)?;
        Ok(stamped(cloudformation::tables(&value, parameters)))
    } else if ["planned_values", "resource_changes", "values"].iter().any(|name| value.get(name).is_some()) {
        if let Some(name) = parameters.keys().next() {
            return Err(ExportError::Unsupported(format!(
                "a plan of Terraform has its values already, and no parameter `{}`",
                name.escape_debug()
            )));
        }
        Ok(stamped(terraform::tables(&value)))
    } else {
        Err(ExportError::Template(
            "it has neither `Resources`, as CloudFormation has, nor `planned_values`, as `terraform show -json PLAN` writes".into(),
        ))
    }
}

/// Takes the stamp from the tags of the tables, where the template says nothing of it itself.
fn stamped(mut deployed: Deployed) -> Deployed {
    for found in &mut deployed.tables {
        found.stamp = found.table.tags.remove(STAMP_TAG);
        if deployed.stamp.is_none() {
            deployed.stamp.clone_from(&found.stamp);
        }
    }
    deployed
}

/// A parameter that the template does not have is misspelled; `AWS::Region` and its like are in every template.
fn known_parameters(template: &Value, given: &BTreeMap<String, String>) -> Result<(), ExportError> {
    let declared = template.get("Parameters").and_then(Value::as_object);
    let unknown = given.keys().find(|name| {
        !name.starts_with("AWS::") && !declared.is_some_and(|declared| declared.contains_key(*name))
    });
    match unknown {
        None => Ok(()),
        Some(name) => Err(ExportError::NotFound {
            what: "parameter",
            name: name.clone(),
            known: declared.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
        }),
    }
}

fn parse(text: &str) -> Result<Value, ExportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        // YAML may begin with a brace too, and is asked when this is no JSON.
        match serde_json::from_str(text) {
            Ok(value) => return Ok(value),
            Err(error) => return yaml::parse(text).map_err(|_| ExportError::Template(error.to_string())),
        }
    }
    yaml::parse(text).map_err(ExportError::Template)
}
