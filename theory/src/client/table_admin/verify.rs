//! Whether the tables that are deployed are those that the code expects.

use std::fmt;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, IndexStatus, KeySchemaElement, KeyType, Projection as SdkProjection,
    TableDescription, TableStatus,
};
use theory_schema::{Entity, Index, IndexKind, Key, Projection, Table};

use super::{Admin, contradiction};
use crate::client::Client;
use crate::error::{Error, ErrorKind};

/// The tag of a table that holds the digest of the contract of which it was made.
const STAMP_TAG: &str = "theory:contract";

/// Compares the tables that are deployed with the entities, at start-up or in a health check.
///
/// What the code depends on is compared: keys, indexes with what they project, time to live, and whether all of it is active. What only
/// costs, such as capacity, is the matter of `theory check --live`.
///
/// It sends `DescribeTable` and `DescribeTimeToLive` for each table, and `ListTagsOfResource` if a [`stamp`](Self::stamp) is given, all
/// without cost; the role needs these actions.
///
/// # Example
///
/// ```no_run
/// # async fn example(client: theory::Client, entities: &[&'static theory_schema::Entity]) -> theory::Result<()> {
/// use theory::client::Verify;
///
/// // At start-up: an error that names every difference.
/// client.verify(entities).await?;
///
/// // In a health check: the differences.
/// let verified = Verify::of(entities).stamp("sha256:…").send(&client).await?;
/// for difference in verified.differences() {
///     println!("{difference}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Verify {
    entities: Vec<&'static Entity>,
    stamp: Option<String>,
}

impl Verify {
    /// The tables that these entities declare.
    pub fn of(entities: &[&'static Entity]) -> Self {
        Self { entities: entities.to_vec(), stamp: None }
    }

    /// Compares the tag `theory:contract`, which every template and `theory apply` set, with the digest of the contract that was deployed:
    /// the member `digest` of what `theory contract --profile NAME` writes, or without a profile of
    /// `theory.contract.json`.
    pub fn stamp(mut self, digest: impl Into<String>) -> Self {
        self.stamp = Some(digest.into());
        self
    }

    /// Asks for the tables, one after the other.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` if two entities describe one table differently, `AccessDenied`, and what any request can fail with. A difference is
    /// no error.
    pub async fn send(self, client: &Client) -> Result<Verified, Error> {
        let mut verified = Verified { differences: Vec::new(), stamps: Vec::new() };
        for table in Table::of(&self.entities).map_err(contradiction)? {
            let admin = Admin::new(client, &table, &self.entities);
            let differences = &mut verified.differences;
            let mut differ =
                |what: String| differences.push(Difference { table: admin.name.to_string(), what });
            let Some(found) = admin.describe().await? else {
                differ("there is no such table".into());
                continue;
            };
            compare(&table, &found, &mut differ);
            let ttl = admin.ttl().await?;
            match (table.ttl, ttl.as_deref()) {
                (Some(ttl), None) => {
                    differ(format!("items do not expire, and the code has them expire by `{ttl}`"))
                }
                (None, Some(ttl)) => differ(format!("items expire by `{ttl}`, and the code has none expire")),
                (Some(own), Some(ttl)) if own != ttl => {
                    differ(format!("items expire by `{ttl}`, not by `{own}`"))
                }
                _ => {}
            }
            if let Some(wanted) = &self.stamp {
                let arn = found.table_arn.as_deref().unwrap_or(&admin.name);
                let stamp = admin.tag(arn, STAMP_TAG).await?;
                match &stamp {
                    None => differ("it does not say of which contract it was made".into()),
                    Some(stamp) if stamp != wanted => {
                        differ(format!("it was made of the contract {stamp}, not of {wanted}"));
                    }
                    Some(_) => {}
                }
                verified.stamps.extend(stamp);
            }
        }
        Ok(verified)
    }
}

/// What [`Verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    differences: Vec<Difference>,
    stamps: Vec<String>,
}

impl Verified {
    /// What is otherwise than the code expects.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// The digests of contracts that tables carry, where a stamp was asked for.
    pub fn stamps(&self) -> &[String] {
        &self.stamps
    }

    /// Whether nothing is otherwise.
    pub fn is_ok(&self) -> bool {
        self.differences.is_empty()
    }

    /// An error that names every difference, if there is one.
    ///
    /// # Errors
    ///
    /// `SchemaMismatch`.
    pub fn into_result(self) -> Result<(), Error> {
        if self.differences.is_empty() {
            return Ok(());
        }
        let all: Vec<_> = self.differences.iter().map(ToString::to_string).collect();
        Err(Error::new(ErrorKind::SchemaMismatch, "").with_detail(all.join("; ")))
    }
}

/// One thing that is otherwise than the code expects.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The table's name, as the client resolves it.
    pub table: String,
    /// What is otherwise.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table `{}`: {}", self.table, self.what)
    }
}

impl Client {
    /// Fails if the tables that are deployed are not those that the entities declare. Short for [`Verify`].
    ///
    /// # Errors
    ///
    /// `SchemaMismatch`, naming every difference, and what [`Verify::send`] can fail with.
    pub async fn verify(&self, entities: &[&'static Entity]) -> Result<(), Error> {
        Verify::of(entities).send(self).await?.into_result()
    }
}

fn compare(table: &Table, found: &TableDescription, differ: &mut impl FnMut(String)) {
    if let Some(status) = found.table_status.as_ref().filter(|status| {
        // A table that is changed serves requests meanwhile.
        !matches!(status, TableStatus::Active | TableStatus::Updating)
    }) {
        differ(format!("it is {}", status.as_str()));
    }
    let types = found.attribute_definitions();
    let (own, theirs) = (declared(&table.key), described(found.key_schema(), types));
    if own != theirs {
        differ(format!("the key is `{theirs}`, not `{own}`"));
    }
    for index in &table.indexes {
        let global = found
            .global_secondary_indexes()
            .iter()
            .find(|other| other.index_name.as_deref() == Some(index.name));
        let local = found
            .local_secondary_indexes()
            .iter()
            .find(|other| other.index_name.as_deref() == Some(index.name));
        let (schema, projection) = match (index.kind, global, local) {
            (IndexKind::Global, Some(global), _) => {
                if let Some(status) = global
                    .index_status
                    .as_ref()
                    .filter(|status| !matches!(status, IndexStatus::Active | IndexStatus::Updating))
                {
                    differ(format!("the index `{}` is {}", index.name, status.as_str()));
                }
                (global.key_schema(), global.projection.as_ref())
            }
            (IndexKind::Local, _, Some(local)) => (local.key_schema(), local.projection.as_ref()),
            _ => {
                differ(format!("there is no index `{}`", index.name));
                continue;
            }
        };
        let (own, theirs) = (declared(&index.key), described(schema, types));
        if own != theirs {
            differ(format!("the key of the index `{}` is `{theirs}`, not `{own}`", index.name));
        }
        if !projects(&table.key, index, projection) {
            differ(format!("the index `{}` lacks attributes that the code reads from it", index.name));
        }
    }
}

/// `customer: S, id: S`; attributes of the partition in parentheses where there are several.
fn declared(key: &Key) -> String {
    let side = |side: &[theory_schema::KeyAttribute]| {
        side.iter().map(|attribute| (attribute.name.to_owned(), attribute.ty.descriptor())).collect()
    };
    shown(side(key.partition), side(key.sort))
}

fn described(schema: &[KeySchemaElement], types: &[AttributeDefinition]) -> String {
    let ty = |name: &str| {
        let defined = types.iter().find(|definition| definition.attribute_name == name);
        defined.map_or("?", |definition| definition.attribute_type.as_str())
    };
    let side = |kind: KeyType| {
        let elements = schema.iter().filter(|element| element.key_type == kind);
        elements.map(|element| (element.attribute_name.clone(), ty(&element.attribute_name))).collect()
    };
    shown(side(KeyType::Hash), side(KeyType::Range))
}

fn shown(partition: Vec<(String, &str)>, sort: Vec<(String, &str)>) -> String {
    let side = |side: Vec<(String, &str)>| {
        let attributes: Vec<_> = side.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        if attributes.len() == 1 { attributes.concat() } else { format!("({})", attributes.join(", ")) }
    };
    if sort.is_empty() { side(partition) } else { format!("{}, {}", side(partition), side(sort)) }
}

/// Whether everything is in the index that the code declares to be; more does no harm.
fn projects(table: &Key, index: &Index, found: Option<&SdkProjection>) -> bool {
    let ty = found.and_then(|found| found.projection_type.as_ref()).map(|ty| ty.as_str());
    match (index.projection, ty) {
        (_, Some("ALL")) | (Projection::KeysOnly, _) => true,
        (Projection::Include(names), Some("INCLUDE")) => {
            let has = found.map(|found| found.non_key_attributes()).unwrap_or_default();
            let is_key = |name: &str| table.contains(name) || index.key.contains(name);
            names.iter().all(|name| is_key(name) || has.iter().any(|other| other == name))
        }
        _ => false,
    }
}
