//! A table as it was found, in the words of the contract, and what could not be found out.

use crate::contract::Table;
use crate::error::ExportError;
use std::collections::{BTreeMap, BTreeSet};

/// Every table of a template or of an account, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deployed {
    /// In words: `the template`, `DynamoDB`.
    pub source: &'static str,
    /// The tables.
    pub tables: Vec<Found>,
    /// The digest of the contract that it was made of, where it says so.
    pub stamp: Option<String>,
    /// What may hold tables and could not be read, with the reason.
    pub unread: Vec<(String, String)>,
}

/// One table as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where: `Resources/ShopTable`, `aws_dynamodb_table.shop`.
    pub place: String,
    /// What it is called where it was found; not its name in DynamoDB.
    pub logical: String,
    /// Its name in DynamoDB; `None` where it is given only when it is deployed.
    pub name: Option<String>,
    /// What was found, in the words of the contract; it has no entities.
    pub table: Table,
    /// The digest of the contract that it was made of, where a tag says so.
    pub stamp: Option<String>,
    /// Properties whose value is not known, with the reason.
    pub unresolved: BTreeMap<String, Unresolved>,
    /// Properties of which the source says nothing, whatever they are.
    pub silent: BTreeSet<&'static str>,
    /// What DynamoDB would refuse, with its path.
    pub faults: Vec<(String, String)>,
}

/// Why the value of a property is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// The template says it by an expression.
    Expression(String),
    /// Who asked may not know it, or was not understood.
    Refused(String),
}

impl Found {
    /// Whether this property, and not only a part of it, is unknown.
    pub(super) fn is_unknown(&self, path: &str) -> bool {
        self.unresolved.contains_key(path) || self.silent.contains(path)
    }
}

impl Deployed {
    /// The tables of a template: CloudFormation or SAM as JSON or YAML (the output of CDK is CloudFormation), or the JSON that
    /// `terraform show -json` writes of a plan or a state.
    ///
    /// `parameters` are the values of the template's parameters, and of pseudo parameters such as `AWS::Region`; a parameter without one has
    /// its default.
    ///
    /// # Errors
    ///
    /// Where the text is none of these, is larger than 64 MiB, or nests deeper than 128 levels.
    pub fn from_template(text: &str, parameters: &BTreeMap<String, String>) -> Result<Self, ExportError> {
        super::read::template(text, parameters)
    }
}
