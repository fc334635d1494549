//! The one error of the library.
