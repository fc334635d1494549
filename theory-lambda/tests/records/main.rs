//! Records of operations and leases: one program, because each program links the SDK again.

mod crashes;
mod deadline;
mod idempotency;
mod leases;
mod lost;
mod support;
