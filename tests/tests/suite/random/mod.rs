//! Random items, conditions and updates: what an engine makes of them is what the items and a plain reading of
//! DynamoDB's rules say.
//!
//! `PROPTEST_CASES` sets the number of cases.

mod acts;
mod conditions;
mod items;
mod probes;
mod reference;
mod things;
mod updates;
