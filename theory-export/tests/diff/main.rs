//! What a change of a contract means.

mod mutate;
mod report;
mod table;
