//! What a change of a contract means.

mod documented;
mod mutate;
mod report;
mod table;
