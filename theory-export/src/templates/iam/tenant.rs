//! `dynamodb:LeadingKeys`: only the partitions of the principal's own tenant.

use crate::contract::deployment::Tenant;
use crate::contract::{Entity, IndexKind, Key, KeyTemplate, Segment, Table};
use crate::error::ExportError;
use std::borrow::Cow;
use theory_schema::ScalarType;

/// Which partition keys a principal may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leading {
    /// With policy variables in it.
    pub(super) pattern: String,
    /// Whether the whole key is known, so that it is compared and not matched.
    pub(super) exact: bool,
}

/// The limit for requests on the table, or on one of its indexes; `None` where no tenant is declared.
///
/// # Errors
///
/// Where the partition key does not begin with the tenant, so that the limit would be none, or would let one tenant read another's items.
pub(super) fn limit(
    table: &Table,
    entity: &Entity,
    index: Option<&str>,
) -> Result<Option<Leading>, ExportError> {
    let Some(tenant) = &table.tenant else { return Ok(None) };
    let key = match index.and_then(|name| table.index(name)) {
        Some(index) if index.kind == IndexKind::Global => &index.key,
        _ => &table.key,
    };
    pattern(tenant, entity, key).map(Some).map_err(|why| {
        let place = match index {
            Some(index) => {
                format!("index `{}` of table `{}`", index.escape_debug(), table.name.escape_debug())
            }
            None => format!("table `{}`", table.name.escape_debug()),
        };
        ExportError::Unsupported(format!(
            "entity `{}` cannot be limited to the tenant `{}` in {place}: {why}",
            entity.name.escape_debug(),
            tenant.attribute.escape_debug()
        ))
    })
}

/// Characters that a value of an IAM tag may have.
///
/// Source: "Tags for IAM and AWS STS" of the IAM User Guide.
fn may_be_in_tag(c: char) -> bool {
    c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c)
}

fn pattern(tenant: &Tenant, entity: &Entity, key: &Key) -> Result<Leading, &'static str> {
    let [partition] = key.partition.as_slice() else {
        return Err("its partition key has several attributes, and the tenant is not all of it");
    };
    if partition.ty != ScalarType::String {
        return Err("IAM compares leading keys as text, and its partition key is none");
    }
    if tenant.principal_tag.is_empty() || !tenant.principal_tag.chars().all(may_be_in_tag) {
        return Err("the name of the principal's tag has characters that no tag has");
    }
    let template = match entity.keys.get(&partition.name) {
        Some(template) => Cow::Borrowed(template),
        None => Cow::Owned(KeyTemplate::attribute(&partition.name)),
    };
    let variable = format!("${{aws:PrincipalTag/{}}}", tenant.principal_tag);
    let is_tenant =
        |segment: &Segment| matches!(segment, Segment::Attribute(name) if *name == tenant.attribute);
    match template.segments() {
        [first] if is_tenant(first) => Ok(Leading { pattern: variable, exact: true }),
        [Segment::Literal(before), second] if is_tenant(second) => {
            Ok(Leading { pattern: literal(before, true) + &variable, exact: true })
        }
        [Segment::Literal(before), second, rest @ ..] if is_tenant(second) => {
            Ok(Leading { pattern: literal(before, false) + &variable + &followed(rest)?, exact: false })
        }
        [first, rest @ ..] if is_tenant(first) => {
            Ok(Leading { pattern: variable + &followed(rest)?, exact: false })
        }
        _ => Err("its partition key does not begin with the tenant"),
    }
}

/// What follows the tenant: it must end it beyond doubt.
fn followed(rest: &[Segment]) -> Result<String, &'static str> {
    let [Segment::Literal(separator), after @ ..] = rest else {
        return Err("nothing separates the tenant from what follows it in the partition key");
    };
    if separator.chars().next().is_none_or(may_be_in_tag) {
        return Err(
            "what follows the tenant in the partition key may be part of another tenant's tag: separate it with `#`",
        );
    }
    let constant = after.is_empty();
    Ok(literal(separator, false) + if constant { "" } else { "*" })
}

/// Text as itself, whatever IAM would read in it.
fn literal(text: &str, exact: bool) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '$' => escaped.push_str("${$}"),
            '*' | '?' if !exact => {
                escaped.push_str("${");
                escaped.push(c);
                escaped.push('}');
            }
            c => escaped.push(c),
        }
        escaped
    })
}
