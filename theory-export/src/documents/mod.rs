//! What describes a contract, for people and for other tools, and deploys nothing.

pub mod dms;
pub mod docs;
pub mod workbench;

use crate::target::Target;
use crate::templates::Format;

/// The outputs of this module, in the order in which help lists them.
pub const TARGETS: &[Target] = &[
    docs::TARGET,
    dms::TARGET,
    Target {
        name: "workbench",
        about: "A model for NoSQL Workbench",
        formats: &[Format::Json],
        settings: &[("name", "the name of the model; `theory` without it"), ("author", "the model's author")],
        render: workbench::render,
    },
];
