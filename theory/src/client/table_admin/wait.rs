//! Waiting for a table without a clock: what has been slept is what has been waited.

use std::time::Duration;

use aws_sdk_dynamodb::config::{AsyncSleep, SharedAsyncSleep};

use crate::client::{Client, Deadline};
use crate::error::{Error, ErrorKind};

/// How to wait until a table is created or gone.
///
/// The state is asked for at once, and then after pauses that double from `first_pause` to `longest_pause`. The
/// pauses count towards the timeout; the requests between them do not, and have timeouts of their own. No pause is begun
/// that would end after the client's [deadline](Client::with_deadline).
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use theory::client::Wait;
///
/// let brief = Wait::new().timeout(Duration::from_secs(10));
/// # let _ = brief;
/// ```
#[derive(Debug, Clone)]
pub struct Wait {
    timeout: Duration,
    first_pause: Duration,
    longest_pause: Duration,
    sleep: Option<SharedAsyncSleep>,
}

impl Default for Wait {
    fn default() -> Self {
        Self::new()
    }
}

impl Wait {
    /// Up to five minutes, with pauses from 50 ms to 3 s.
    pub const fn new() -> Self {
        Self {
            timeout: Duration::from_secs(300),
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(3),
            sleep: None,
        }
    }

    /// How long to wait in all.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The first pause, and the one that the pauses do not exceed.
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest.max(first);
        self
    }

    /// What to sleep with, in place of the SDK client's own or of tokio's timer.
    pub fn sleep(mut self, sleep: impl AsyncSleep + 'static) -> Self {
        self.sleep = Some(SharedAsyncSleep::new(sleep));
        self
    }

    pub(super) fn start(&self, client: &Client) -> Pauses {
        let sleep = self.sleep.clone().or_else(|| client.sdk().config().sleep_impl());
        Pauses {
            next: self.first_pause,
            longest: self.longest_pause,
            left: self.timeout,
            deadline: client.deadline(),
            sleep,
        }
    }
}

/// The pauses of one wait.
pub(super) struct Pauses {
    next: Duration,
    longest: Duration,
    left: Duration,
    deadline: Option<Deadline>,
    sleep: Option<SharedAsyncSleep>,
}

impl Pauses {
    /// Pauses once more, or says that it is too late.
    pub(super) async fn pause(&mut self, entity: &'static str) -> Result<(), Error> {
        if self.left.is_zero() {
            return Err(Error::new(ErrorKind::Deadline, entity)
                .with_operation("DescribeTable")
                .with_detail("the table was not ready in time"));
        }
        // A pause of nothing would ask for ever.
        let now = self.next.max(Duration::from_millis(1)).min(self.left);
        if self.deadline.is_some_and(|deadline| !deadline.allows(now)) {
            return Err(Error::new(ErrorKind::Deadline, entity)
                .with_operation("DescribeTable")
                .with_out_of_time()
                .with_detail("the deadline left no time to wait for the table"));
        }
        match &self.sleep {
            Some(sleep) => sleep.sleep(now).await,
            None => tokio::time::sleep(now).await,
        }
        self.left -= now;
        self.next = (now * 2).min(self.longest);
        Ok(())
    }
}
