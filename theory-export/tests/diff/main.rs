//! What a change of a contract means.

mod documented;
mod mutate;
mod plan;
mod report;
mod table;
