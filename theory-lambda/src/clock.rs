//! Where moments come from: the system, or a test.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use theory::Timestamp;

/// The system's clock until another is given. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Clock(Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>);

impl Clock {
    pub(crate) fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(now)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.as_ref().map_or_else(Timestamp::now, |now| now())
    }

    /// When an invocation ends, and how much time is left until then.
    pub(crate) fn deadline(&self, context: &lambda_runtime::Context) -> (Timestamp, Duration) {
        if let Some(length) = crate::invocation::length(context) {
            return (later(self.now(), length), length);
        }
        let millis = i64::try_from(context.deadline).ok();
        let deadline = millis.and_then(|millis| Timestamp::from_unix_millis(millis).ok());
        let deadline = deadline.unwrap_or(Timestamp::MAX);
        let left = deadline.unix_millis().saturating_sub(self.now().unix_millis());
        (deadline, Duration::from_millis(u64::try_from(left).unwrap_or_default()))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Clock(given)" } else { "Clock(system)" })
    }
}

/// The moment that much later, or the last there is.
pub(crate) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The moment as it is stored: whole seconds, of which the last may begin but must not end earlier.
pub(crate) fn whole_seconds(moment: Timestamp) -> Timestamp {
    let floor = Timestamp::from_unix_seconds(moment.unix_seconds()).unwrap_or(Timestamp::MAX);
    if floor == moment { floor } else { later(floor, Duration::from_secs(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_unix_millis(millis).unwrap()
    }

    #[test]
    fn a_deadline_is_a_moment_or_a_length() {
        let clock = Clock::from_fn(|| at(1_800_000_000_000));
        let mut context = lambda_runtime::Context::default();
        for (said, deadline, left) in [
            (1_800_000_003_000, 1_800_000_003_000, 3),
            (1_799_999_999_000, 1_799_999_999_000, 0),
            (0, 0, 0),
            (600_000, 1_800_000_600_000, 600), // as `cargo lambda watch` has it
        ] {
            context.deadline = said;
            assert_eq!(clock.deadline(&context), (at(deadline), Duration::from_secs(left)), "{said}");
        }
    }

    #[test]
    fn a_fraction_of_a_second_is_a_second() {
        assert_eq!(whole_seconds(at(1000)), at(1000));
        assert_eq!(whole_seconds(at(1001)), at(2000));
        assert_eq!(whole_seconds(at(-1)), at(0));
        assert_eq!(whole_seconds(Timestamp::MAX), Timestamp::MAX);
    }
}
