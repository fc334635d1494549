//! The compiler's messages about mistakes in a user's code: see `tests/ui.rs`, and `cases/` for the mistakes.
