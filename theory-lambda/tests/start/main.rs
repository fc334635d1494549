//! `init` as a whole: a process with the environment of a function, a TLS endpoint, and what goes between them.

mod environment;
mod features;
mod https;
mod process;
