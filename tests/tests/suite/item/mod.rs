//! Requests on one item.

mod conditions;
mod paths;
mod updates;
mod verbs;
