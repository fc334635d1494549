//! CDK: a construct for each table, in TypeScript and in Python.
//!
//! The constructs make `TableV2`, which CloudFormation sees as `AWS::DynamoDB::GlobalTable`, with replicas or without: a stack that has the
//! table as `AWS::DynamoDB::Table` must not be moved to them, because CloudFormation would make the table anew.

mod layout;
mod model;
mod python;
mod typescript;

use super::names::Scope;
use super::{Format, Options};
use crate::contract::{Contract, Table};
use crate::error::ExportError;
use crate::target::Target;

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "cdk",
    about: "CDK constructs, one class for each table",
    formats: &[Format::Typescript, Format::Python],
    settings: &[super::parts::STAMP],
    render,
};

/// A file of constructs.
///
/// A class is named after the declared name of its table. A table with replicas needs a stack that knows its region.
///
/// # Errors
///
/// Where the contract has what `TableV2` cannot express.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let contract = &super::parts::stamped(contract, options)?;
    let mut scope = Scope::default();
    let mut classes = Vec::new();
    for (name, table) in super::cloudformation::logical_names(contract, options, &mut scope)? {
        classes.push(model::class(name, table)?);
    }
    let digest = contract.digest.as_deref();
    Ok(match format {
        Format::Python => python::file(&classes, digest),
        _ => typescript::file(&classes, digest),
    })
}

/// What a class is, in one line.
fn described(table: &Table, escaped: impl Fn(&str) -> String) -> String {
    let entities: Vec<_> = table.entities.iter().map(|entity| escaped(&entity.name)).collect();
    let held = if entities.is_empty() { String::new() } else { format!(": {}", entities.join(", ")) };
    format!("The table {}{held}.", escaped(table.declared_name()))
}
