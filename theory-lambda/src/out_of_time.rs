//! Errors that say nothing but that the time is up.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// What is left of the time is kept: the cause of errors that come before anything was sent.
#[derive(Debug)]
pub(crate) struct OutOfTime;

impl fmt::Display for OutOfTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is left of the time is kept for the answer")
    }
}

impl StdError for OutOfTime {}

/// Whether an error comes of a client's deadline, however deep it lies.
pub(crate) fn is_out_of_time(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let known = error.downcast_ref::<theory::Error>();
        let known = known.or_else(|| error.downcast_ref::<Arc<theory::Error>>().map(|shared| &**shared));
        if known.is_some_and(theory::Error::is_out_of_time) || error.is::<OutOfTime>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// The cause in a value of any type, if it is an error of a type that is known here and comes of a client's deadline.
pub(crate) fn cause_in<E: 'static>(error: &E) -> Option<&(dyn StdError + 'static)> {
    let error: &dyn Any = error;
    let known: &(dyn StdError + 'static) = match error.downcast_ref::<theory::Error>() {
        Some(error) => error,
        None => &**error.downcast_ref::<lambda_runtime::Error>()?,
    };
    is_out_of_time(known).then_some(known)
}
