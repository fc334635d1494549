//! The outputs that are made of a contract, as data: the command line has a subcommand for each.

use crate::contract::Contract;
use crate::error::ExportError;
use crate::templates::{Format, Options};

/// One output: what it is called, and what makes it.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The subcommand.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// In what it can be written; the first is the default.
    pub formats: &'static [Format],
    /// The settings (`--set name=value`) that it understands, with what each does.
    pub settings: &'static [(&'static str, &'static str)],
    /// Makes it. A contract with [faults](Contract::faults) is for the caller to refuse: this looks at keys and indexes alone.
    pub render: fn(&Contract, &Options) -> Result<String, ExportError>,
}

/// Every output.
pub fn targets() -> impl Iterator<Item = &'static Target> {
    crate::templates::TARGETS.iter().chain(crate::documents::TARGETS)
}

impl Target {
    /// The output of this name.
    pub fn named(name: &str) -> Option<&'static Target> {
        targets().find(|target| target.name == name)
    }
}
