//! The programs in the README, compiled and run with the tests.
#![doc = include_str!("../../README.md")]
