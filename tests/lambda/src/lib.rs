//! A compiled Lambda function, and what its tests and it have in common. The programs of docs/lambda.md are compiled with them.
#![cfg_attr(doctest, doc = include_str!("../../../docs/lambda.md"))]

use serde::{Deserialize, Serialize};
use theory::cursor::ScanCheckpoint;
use theory::{Cursor, Table};

/// What the function works on.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "parts", scan)]
pub struct Part {
    /// The job it belongs to.
    #[table(pk)]
    pub job: String,
    /// Its number in the job.
    #[table(sk)]
    pub number: u64,
    /// How often it was worked on.
    pub worked: u64,
}

/// How far a job has come whose steps write.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "progress")]
pub struct Progress {
    /// The job.
    #[table(pk)]
    pub job: String,
    /// The last part that was worked on.
    pub last: Option<u64>,
}

/// What the function is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Task {
    /// One read, and nothing else.
    Get,
    /// Until the deadline: one operation after another.
    Overrun {
        /// Of which kind.
        operation: Operation,
        /// A number that no other invocation has.
        run: u32,
    },
    /// A sum over a query's pages, in chunks.
    Sum(Sum),
    /// A sum over a scan in segments, in chunks.
    SumSegments(SumSegments),
    /// Nothing, for ever.
    Hang,
    /// The end of the process.
    Exit,
    /// Each part is worked on once, in chunks: what is written is written together with how far the job has come.
    Work,
}

/// What is done over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Single reads.
    Get,
    /// Single writes.
    Put,
    /// Updates that must not be done twice.
    Add,
    /// Pages of a query.
    Pages,
    /// Large batches of reads.
    BatchGet,
    /// Large batches of writes.
    BatchWrite,
    /// A scan in segments.
    ScanSegments,
    /// Transactions.
    Transaction,
    /// Work of an operation under a key.
    Idempotent,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 9] = [
        Operation::Get,
        Operation::Put,
        Operation::Add,
        Operation::Pages,
        Operation::BatchGet,
        Operation::BatchWrite,
        Operation::ScanSegments,
        Operation::Transaction,
        Operation::Idempotent,
    ];
}

/// What an [overrun](Task::Overrun) comes to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Overrun {
    /// How many operations were done.
    pub done: u64,
    /// The kind of the error that ended it.
    pub kind: String,
    /// Whether a write may have taken effect.
    pub ambiguous: bool,
}

/// The state of [`Task::Sum`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    /// The sum so far.
    pub sum: u64,
    /// How many parts it is of.
    pub parts: u64,
    /// Where it goes on.
    pub after: Option<Cursor>,
}

/// The state of [`Task::SumSegments`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SumSegments {
    /// The sum so far.
    pub sum: u64,
    /// How many parts it is of.
    pub parts: u64,
    /// Where it goes on.
    pub from: Option<ScanCheckpoint>,
}
