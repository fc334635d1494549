//! One entity of a contract: its attributes, how it fills keys, and what the application does with it.

use super::template::KeyTemplate;
use super::{Extensions, is_default};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One type of item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entity {
    /// Its name.
    pub name: String,
    /// How it fills the key attributes of its table and its indexes, by attribute. One that is a field of its own has the
    /// template `{attribute}`.
    pub keys: BTreeMap<String, KeyTemplate>,
    /// The indexes in which its items appear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<String>,
    /// Its attributes, by name.
    pub attributes: Vec<Attribute>,
    /// What no two of its items share beside the key: attributes, by the name of the constraint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uniques: BTreeMap<String, Vec<String>>,
    /// What the application does with it.
    #[serde(default, skip_serializing_if = "Access::is_empty")]
    pub access: Access,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Entity {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The attribute in this role.
    pub fn role(&self, role: Role) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.role == role)
    }
}

/// What the application does with an entity, from which policies are made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// On the table.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub operations: BTreeSet<Operation>,
    /// On indexes, by name: [`Operation::Query`] and [`Operation::Scan`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub indexes: BTreeMap<String, BTreeSet<Operation>>,
    /// The only attributes that it may read or write (`dynamodb:Attributes`); all where empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attributes: BTreeSet<String>,
}

impl Access {
    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.indexes.is_empty() && self.attributes.is_empty()
    }
}

/// One thing that an application does with the items of an entity.
///
/// Parts of a transaction are declared as the operation that they are: DynamoDB checks the item's action, not the transaction's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operation {
    /// GetItem, also within TransactGetItems.
    Get,
    /// BatchGetItem.
    BatchGet,
    /// PutItem where no item may exist.
    Create,
    /// PutItem.
    Put,
    /// PutItem where an item must exist.
    Replace,
    /// UpdateItem.
    Update,
    /// DeleteItem.
    Delete,
    /// BatchWriteItem.
    BatchWrite,
    /// ConditionCheckItem: a check within a transaction.
    Check,
    /// Query.
    Query,
    /// Scan.
    Scan,
}

impl Operation {
    /// As the contract spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Operation::Get => "get",
            Operation::BatchGet => "batchGet",
            Operation::Create => "create",
            Operation::Put => "put",
            Operation::Replace => "replace",
            Operation::Update => "update",
            Operation::Delete => "delete",
            Operation::BatchWrite => "batchWrite",
            Operation::Check => "check",
            Operation::Query => "query",
            Operation::Scan => "scan",
        }
    }

    /// The IAM action that allows it.
    pub const fn iam_action(self) -> &'static str {
        match self {
            Operation::Get => "dynamodb:GetItem",
            Operation::BatchGet => "dynamodb:BatchGetItem",
            Operation::Create | Operation::Put | Operation::Replace => "dynamodb:PutItem",
            Operation::Update => "dynamodb:UpdateItem",
            Operation::Delete => "dynamodb:DeleteItem",
            Operation::BatchWrite => "dynamodb:BatchWriteItem",
            Operation::Check => "dynamodb:ConditionCheckItem",
            Operation::Query => "dynamodb:Query",
            Operation::Scan => "dynamodb:Scan",
        }
    }
}

/// One attribute of an entity or of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// The name in DynamoDB.
    pub name: String,
    /// The name of the field in code, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is stored.
    #[serde(flatten)]
    pub shape: Shape,
    /// Whether every item has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// What the library does with it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: Role,
    /// Other names under which it is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Whether an item without it can be read although it is required.
    #[serde(default, skip_serializing_if = "is_default")]
    pub has_default: bool,
    /// Whether an empty string, list or map is left out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip_empty: bool,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// What the library does with an attribute on its own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Nothing: it is the application's.
    #[default]
    Data,
    /// Counts the writes of an item, for optimistic locking.
    Version,
    /// When the item was created.
    CreatedAt,
    /// When the item was last written.
    UpdatedAt,
    /// When DynamoDB may delete the item.
    Ttl,
}

/// What is stored: DynamoDB's type, and what is known beyond it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shape {
    /// DynamoDB's type.
    #[serde(rename = "type")]
    pub ty: StoredType,
    /// Whether it may be absent, or `NULL`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
    /// Of `S`: the only values, sorted; any where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Of `L` and `M`: what each element is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<Box<Shape>>,
    /// Of `L`: what the element in each place is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Shape>,
    /// Of `M`: the name of the type of document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Of `M`: its members, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Of `M`: the member that says which of the variants it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Of `M`: its forms, by the value of the tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, Shape>,
}

impl Shape {
    /// Anything of this type.
    pub const fn of(ty: StoredType) -> Self {
        Shape {
            ty,
            optional: false,
            values: Vec::new(),
            element: None,
            elements: Vec::new(),
            document: None,
            attributes: Vec::new(),
            tag: None,
            variants: BTreeMap::new(),
        }
    }
}

/// DynamoDB's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(clippy::upper_case_acronyms, reason = "DynamoDB's names")]
pub enum StoredType {
    /// A string.
    S,
    /// A number.
    N,
    /// Bytes.
    B,
    /// True or false.
    Bool,
    /// A map.
    M,
    /// A list.
    L,
    /// A set of strings.
    SS,
    /// A set of numbers.
    NS,
    /// A set of bytes.
    BS,
    /// Nothing.
    Null,
    /// Any of the above.
    #[serde(rename = "*")]
    Any,
}

impl StoredType {
    /// DynamoDB's descriptor; `*` for any.
    pub const fn as_str(self) -> &'static str {
        match self {
            StoredType::S => "S",
            StoredType::N => "N",
            StoredType::B => "B",
            StoredType::Bool => "BOOL",
            StoredType::M => "M",
            StoredType::L => "L",
            StoredType::SS => "SS",
            StoredType::NS => "NS",
            StoredType::BS => "BS",
            StoredType::Null => "NULL",
            StoredType::Any => "*",
        }
    }

    /// The type of this descriptor.
    pub fn of(descriptor: &str) -> Option<Self> {
        use StoredType::*;
        [S, N, B, Bool, M, L, SS, NS, BS, Null, Any].into_iter().find(|ty| ty.as_str() == descriptor)
    }
}
