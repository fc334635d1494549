//! Reading much: keys, ranges, indexes, pages and cursors.

mod cursors;
mod entity;
mod filters;
mod indexes;
mod pages;
mod parallel;
mod ranges;
