//! What deploys a contract: one module a target, each a function of the contract alone.
//!
//! Every module has `fn render(contract: &Contract, options: &Options) -> Result<String, ExportError>`. The contract that it gets is
//! already in its profile: names, capacity and protection are what is to be deployed.

pub mod api_gateway;
pub mod aws_cli;
pub mod cdk;
pub mod cloudformation;
mod filters;
pub mod iam;
pub(crate) mod names;
pub(crate) mod node;
mod options;
mod parts;
pub mod sam;
pub mod terraform;

pub use options::{Format, Options};

use crate::target::Target;

/// The outputs of this module, in the order in which help lists them.
pub const TARGETS: &[Target] = &[
    cloudformation::TARGET,
    sam::TARGET,
    cdk::TARGET,
    terraform::TARGET,
    aws_cli::TARGET,
    iam::TARGET,
    api_gateway::TARGET,
];
