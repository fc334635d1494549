//! The operations of DynamoDB, by the name that requests give them.

use std::fmt;

macro_rules! operations {
    ($($name:ident,)*) => {
        /// An operation of DynamoDB.
        #[non_exhaustive]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                $name,
            )*
            /// One that is not named here.
            Other,
        }

        impl Operation {
            /// The operation of this name; [`Other`](Self::Other) for one that is not known.
            pub(crate) fn named(name: &str) -> Self {
                match name {
                    $(stringify!($name) => Self::$name,)*
                    _ => Self::Other,
                }
            }

            /// DynamoDB's name of it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                    Self::Other => "Other",
                }
            }
        }
    };
}

operations! {
    BatchExecuteStatement,
    BatchGetItem,
    BatchWriteItem,
    CreateTable,
    DeleteItem,
    DeleteTable,
    DescribeStream,
    DescribeTable,
    DescribeTimeToLive,
    ExecuteStatement,
    ExecuteTransaction,
    GetItem,
    GetRecords,
    GetShardIterator,
    ListStreams,
    ListTables,
    PutItem,
    Query,
    Scan,
    TransactGetItems,
    TransactWriteItems,
    UpdateItem,
    UpdateTable,
    UpdateTimeToLive,
}

impl Operation {
    /// Whether the operation only reads.
    pub fn is_read(self) -> bool {
        matches!(
            self,
            Self::BatchGetItem
                | Self::DescribeStream
                | Self::DescribeTable
                | Self::DescribeTimeToLive
                | Self::GetItem
                | Self::GetRecords
                | Self::GetShardIterator
                | Self::ListStreams
                | Self::ListTables
                | Self::Query
                | Self::Scan
                | Self::TransactGetItems
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
