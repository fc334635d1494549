//! A compiled Lambda function, and what its tests and it have in common. The programs of docs/lambda.md are compiled with them.
#![cfg_attr(doctest, doc = include_str!("../../../docs/lambda.md"))]

pub mod work;

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

/// Somebody whose address nobody else has.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "users", scan)]
pub struct User {
    /// Who it is.
    #[table(pk)]
    pub id: String,
    /// The address.
    #[table(unique)]
    pub email: String,
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
    /// Operations one after another, in chunks, each of which is a step.
    Steps {
        /// Of which kind.
        operation: Operation,
        /// How far they are.
        state: Steps,
    },
    /// One more for the first part: a write that must not be done twice.
    Increment {
        /// Under a token, so that it may be sent again.
        exactly_once: bool,
    },
    /// One operation, which says in the log which number it has.
    Single {
        /// Of which kind.
        operation: Operation,
        /// Which number.
        number: u64,
    },
    /// An effect under a key, after work that ends when the time of the invocation's client is up.
    Once {
        /// Which part has the effect.
        number: u64,
        /// Whether the work fails at its end, so that there is no effect.
        fails: bool,
        /// Whether the record is made with the client of INIT.
        with_init: bool,
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
    /// Writes where nothing is.
    Create,
    /// Writes where something is.
    Replace,
    /// Deletions.
    Delete,
    /// Updates that make their item.
    Upsert,
    /// Updates that must not be done twice.
    Add,
    /// The same under a token.
    ExactlyOnce,
    /// What was loaded is changed and saved.
    Save,
    /// Writes with guards.
    Unique,
    /// Writes that read the item first, to know which guards go.
    ReadingOld,
    /// Pages of a query.
    Pages,
    /// Counted pages.
    Count,
    /// Batches of reads.
    BatchGet,
    /// Reads of a batch as a stream.
    BatchGetStream,
    /// Batches of writes.
    BatchWrite,
    /// Writes of a batch from an iterator.
    BatchWriteStream,
    /// A scan in segments.
    ScanSegments,
    /// Transactions.
    Transaction,
    /// Reads of one moment.
    TransactionGet,
    /// Work of an operation under a key.
    Idempotent,
    /// Work under a lease that is had and given back each time.
    Lease,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 22] = [
        Operation::Get,
        Operation::Put,
        Operation::Create,
        Operation::Replace,
        Operation::Delete,
        Operation::Upsert,
        Operation::Add,
        Operation::ExactlyOnce,
        Operation::Save,
        Operation::Unique,
        Operation::ReadingOld,
        Operation::Pages,
        Operation::Count,
        Operation::BatchGet,
        Operation::BatchGetStream,
        Operation::BatchWrite,
        Operation::BatchWriteStream,
        Operation::ScanSegments,
        Operation::Transaction,
        Operation::TransactionGet,
        Operation::Idempotent,
        Operation::Lease,
    ];
}

/// The state of [`Task::Steps`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Steps {
    /// How many steps are done.
    pub done: u64,
    /// What they have read or written.
    pub sum: u64,
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
