//! The programs in the README, compiled and run with the tests; the examples stand beside this folder.
#![cfg_attr(doctest, doc = include_str!("../../README.md"))]
