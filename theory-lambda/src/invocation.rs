//! The client of one invocation.

use std::time::{Duration, SystemTime};

use lambda_runtime::Context;

/// What is kept of an invocation's time for the answer, if nothing else is said.
pub const BUFFER: Duration = Duration::from_secs(1);

/// How much time an invocation has left.
///
/// Zero when its deadline has passed.
pub fn time_left(context: &Context) -> Duration {
    time_left_at(context, SystemTime::now())
}

fn time_left_at(context: &Context, now: SystemTime) -> Duration {
    let deadline = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(context.deadline));
    deadline.and_then(|deadline| deadline.duration_since(now).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left() {
        let mut context = Context::default();
        context.deadline = 10_000;
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(time_left_at(&context, at(7)), Duration::from_secs(3));
        assert_eq!(time_left_at(&context, at(11)), Duration::ZERO);
        context.deadline = u64::MAX;
        assert!(time_left_at(&context, at(7)) > Duration::from_secs(1));
    }
}
