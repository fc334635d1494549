//! IAM: the least that the declared operations need.
//!
//! DynamoDB checks a transaction as the actions of its items, so there are no actions of transactions here. A policy is a union: what one
//! statement limits, another one must not allow without the limit. Where that cannot be had, the policy is refused rather than written.
//! A table that is encrypted with a key of the account's own is read and written by those only who may decrypt with that key.

mod grant;
mod key;
mod tenant;

use super::cloudformation::{substituted, written};
use super::names::{Scope, pascal};
use super::node::{Map, Node};
use super::{Format, Options, parts};
use crate::contract::{Contract, Entity, Table};
use crate::error::ExportError;
use crate::target::Target;
use grant::{Condition, Grant, Kind};

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "iam",
    about: "the IAM policy that the declared operations need: a policy document, or (yaml) a managed policy of CloudFormation",
    formats: &[Format::Json, Format::Yaml],
    settings: &[
        ("partition", "the partition in ARNs of the document; `aws` without it"),
        ("region", "the region in ARNs of the document; `*` without it"),
        ("account", "the account in ARNs of the document; `*` without it"),
    ],
    render,
};

/// Characters of a managed policy, and of all inline policies of a role; white space does not count.
///
/// Source: "IAM and AWS STS quotas" of the IAM User Guide.
const MANAGED_POLICY_CHARS: usize = 6144;
const INLINE_POLICY_CHARS: usize = 10_240;

/// The policy of an application that does what the entities of the contract declare, and nothing else.
///
/// # Errors
///
/// Where nothing is declared, where a limit could not be enforced (see the modules `tenant` and `grant`), or where the policy is longer than IAM admits.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let setting = |name: &str, default: &str| {
        let value = options.settings.get(name).map_or(default, String::as_str);
        let known = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '*'));
        if known && !value.is_empty() {
            return Ok(value.to_owned());
        }
        Err(ExportError::Invalid(vec![format!("`{}` is no {name} of an ARN", value.escape_debug())]))
    };
    let arns = match format {
        Format::Json => Arns::Fixed {
            partition: setting("partition", "aws")?,
            region: setting("region", "*")?,
            account: setting("account", "*")?,
        },
        _ => Arns::OfStack,
    };
    let mut statements = Vec::new();
    let mut sids = Scope::default();
    for table in options.tables_of(contract)? {
        parts::deployable(table)?;
        for grant in grant::of(table)? {
            statements.push(statement(table, &grant, &arns, &mut sids));
        }
        if table.entities.iter().any(uses) {
            statements.extend(key::statements(table, &arns, &mut sids)?);
        }
    }
    if statements.is_empty() {
        return Err(ExportError::Unsupported(
            "no entity declares an operation, and a policy without statements allows nothing: declare what the application does".into(),
        ));
    }
    let document = Node::from(Map::new().with("Version", "2012-10-17").with("Statement", statements));
    let limit = if format == Format::Json { INLINE_POLICY_CHARS } else { MANAGED_POLICY_CHARS };
    let length = document.to_compact_json()?.chars().filter(|c| !c.is_whitespace()).count();
    if length > limit {
        return Err(ExportError::Unsupported(format!(
            "the policy has {length} characters and IAM takes {limit}: make one for each table (`--table`)"
        )));
    }
    written(if format == Format::Json { document } else { managed(document) }, format)
}

fn managed(document: Node) -> Node {
    let policy = Map::new().with("Type", "AWS::IAM::ManagedPolicy").with(
        "Properties",
        Map::new()
            .with("Description", "What the application does with its tables")
            .with("PolicyDocument", document),
    );
    let output = Map::new()
        .with("Description", "ARN of the policy of the application")
        .with("Value", super::cloudformation::reference("ApplicationPolicy"));
    Map::new()
        .with("AWSTemplateFormatVersion", "2010-09-09")
        .with("Resources", Map::new().with("ApplicationPolicy", policy))
        .with("Outputs", Map::new().with("ApplicationPolicyArn", output))
        .into()
}

/// Whether the application does anything with items of the entity.
fn uses(entity: &Entity) -> bool {
    !entity.access.operations.is_empty() || !entity.access.indexes.is_empty()
}

enum Arns {
    /// These.
    Fixed { partition: String, region: String, account: String },
    /// In the partition, region and account of a stack.
    OfStack,
}

impl Arns {
    fn of(&self, table: &Table, index: Option<&str>) -> Node {
        let index = index.map(|index| format!("/index/{index}")).unwrap_or_default();
        self.resource("dynamodb", &format!("table/{}{index}", table.name))
    }

    /// DynamoDB, as other services know it.
    fn endpoint(&self) -> Node {
        match self {
            Arns::Fixed { partition, region, .. } => {
                let china = if partition == "aws-cn" { ".cn" } else { "" };
                format!("dynamodb.{region}.amazonaws.com{china}").into()
            }
            Arns::OfStack => substituted("dynamodb.${AWS::Region}.${AWS::URLSuffix}"),
        }
    }

    fn resource(&self, service: &str, resource: &str) -> Node {
        match self {
            Arns::Fixed { partition, region, account } => {
                format!("arn:{partition}:{service}:{region}:{account}:{resource}").into()
            }
            Arns::OfStack => substituted(format!(
                "arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"
            )),
        }
    }
}

fn statement(table: &Table, grant: &Grant<'_>, arns: &Arns, sids: &mut Scope) -> Map {
    let indexes = grant.resources.iter().any(Option::is_some);
    let what = match (grant.condition.limited.as_ref(), indexes) {
        (Some((Kind::Read, _)), false) => "Reads",
        (Some((Kind::Read, _)), true) => "IndexReads",
        (Some((Kind::Write, _)), _) => "Writes",
        (None, false) => "Items",
        (None, true) => "Indexes",
    };
    let sid = sids.give(format!("{}{what}", pascal(table.declared_name())), "");
    Map::new()
        .with("Sid", sid)
        .with("Effect", "Allow")
        .with("Action", grant.actions.iter().copied().collect::<Node>())
        .with("Resource", grant.resources.iter().map(|index| arns.of(table, *index)).collect::<Vec<_>>())
        .with_any("Condition", condition(&grant.condition))
}

fn condition(condition: &Condition) -> Map {
    let (mut all_equal, mut all_like, mut equal, mut equal_if) =
        (Map::new(), Map::new(), Map::new(), Map::new());
    let mut null = Map::new();
    if let Some(leading) = &condition.leading {
        let value = Node::from(vec![leading.pattern.as_str()]);
        let side = if leading.exact { &mut all_equal } else { &mut all_like };
        side.extend([("dynamodb:LeadingKeys".to_owned(), value)]);
        // `ForAllValues` holds where the request has no such key at all.
        null = null.with("dynamodb:LeadingKeys", "false");
    }
    if let Some((kind, attributes)) = &condition.limited {
        all_equal.extend([("dynamodb:Attributes".to_owned(), attributes.iter().collect())]);
        match kind {
            Kind::Read => equal = equal.with("dynamodb:Select", "SPECIFIC_ATTRIBUTES"),
            // What is returned after a write must not be more than may be read.
            Kind::Write => {
                let allowed: Node = ["NONE", "UPDATED_OLD", "UPDATED_NEW"].into_iter().collect();
                equal_if = equal_if.with("dynamodb:ReturnValues", allowed);
            }
        }
        null = null.with("dynamodb:Attributes", "false");
    }
    Map::new()
        .with_any("ForAllValues:StringEquals", all_equal)
        .with_any("ForAllValues:StringLike", all_like)
        .with_any("StringEquals", equal)
        .with_any("StringEqualsIfExists", equal_if)
        .with_any("Null", null)
}
