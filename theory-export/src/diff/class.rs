//! What a difference means.

use super::plan::Step;
use serde::Serialize;

/// What a difference means for who deploys it, from the harmless to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Class {
    /// One deployment, and old and new code work beside each other.
    Compatible,
    /// Items that exist must be filled in before the new code relies on them.
    Backfill,
    /// More than one deployment, in an order.
    TwoDeploys,
    /// DynamoDB refuses it in place: a new index under a new name, in two deployments, or another value.
    RefusedInPlace,
    /// Code that runs, or items that exist, cannot be read by the other side.
    BreaksReaders,
    /// A table is made anew, and its items must be copied.
    Replacement,
    /// Items, or what they could be restored from, are lost.
    Destructive,
}

impl Class {
    /// All of them, from the harmless to the worst.
    pub const ALL: [Class; 7] = [
        Class::Compatible,
        Class::Backfill,
        Class::TwoDeploys,
        Class::RefusedInPlace,
        Class::BreaksReaders,
        Class::Replacement,
        Class::Destructive,
    ];

    /// As `--allow` and JSON spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Compatible => "compatible",
            Class::Backfill => "backfill",
            Class::TwoDeploys => "twoDeploys",
            Class::RefusedInPlace => "refusedInPlace",
            Class::BreaksReaders => "breaksReaders",
            Class::Replacement => "replacement",
            Class::Destructive => "destructive",
        }
    }

    /// In words.
    pub const fn in_words(self) -> &'static str {
        match self {
            Class::Compatible => "compatible",
            Class::Backfill => "needs backfill",
            Class::TwoDeploys => "needs two deploys",
            Class::RefusedInPlace => "refused in place",
            Class::BreaksReaders => "breaks readers",
            Class::Replacement => "needs replacement",
            Class::Destructive => "destructive",
        }
    }

    /// The exit code of `diff` where this is the worst.
    pub const fn exit_code(self) -> u8 {
        match self {
            Class::Compatible => 0,
            Class::Backfill => 4,
            Class::TwoDeploys | Class::RefusedInPlace => 5,
            Class::BreaksReaders => 6,
            Class::Replacement => 7,
            Class::Destructive => 8,
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where: names, not numbers, lead to it.
    pub path: String,
    /// What it means.
    pub class: Class,
    /// What is different.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
    /// The steps that it takes, each in its phase.
    pub steps: Vec<Step>,
}
