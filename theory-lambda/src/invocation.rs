//! The client of one invocation.

use std::time::{Duration, SystemTime};

use lambda_runtime::Context;
use theory::Client;
use theory::client::Deadline;

/// What is kept of an invocation's time for the answer, if nothing else is said.
pub const BUFFER: Duration = Duration::from_secs(1);

/// As long as Lambda lets a function run at most.
pub(crate) const LONGEST_INVOCATION: Duration = Duration::from_secs(15 * 60);

/// How much time an invocation has left.
///
/// Zero when its deadline has passed, and for a context without one. `cargo lambda watch` names the length of an invocation and no
/// moment: that is what is left then, whenever it is asked.
pub fn time_left(context: &Context) -> Duration {
    time_left_at(context, SystemTime::now())
}

/// The client of one invocation: on it, nothing begins that cannot end before the invocation's deadline.
///
/// # Example
///
/// ```no_run
/// use lambda_runtime::{Error, LambdaEvent};
/// use theory::{Client, Cursor, Table};
/// use theory_lambda::ForInvocation as _;
///
/// #[derive(Table)]
/// #[table(name = "orders", scan)]
/// struct Order {
///     #[table(pk)]
///     id: String,
/// }
///
/// /// Goes through the table, as far as the time allows, and says where the next invocation goes on.
/// async fn handler(client: &Client, event: LambdaEvent<Option<String>>) -> Result<Option<String>, Error> {
///     let client = client.for_invocation(&event.context);
///     let after: Option<Cursor> = event.payload.map(|text| text.parse()).transpose()?;
///     let orders = Order::scan().start_after(after).until_deadline(&client).await?;
///     Ok(orders.next_cursor().map(|cursor| cursor.to_string()))
/// }
/// ```
pub trait ForInvocation {
    /// A handle with the deadline of this invocation, less the [`BUFFER`] that is kept for the answer.
    ///
    /// It is cheap: make one for each event. See [`Client::with_deadline`] for what happens when the time is up.
    fn for_invocation(&self, context: &Context) -> Client {
        self.for_invocation_less(context, BUFFER)
    }

    /// As [`for_invocation`](Self::for_invocation), with another buffer.
    fn for_invocation_less(&self, context: &Context, buffer: Duration) -> Client;
}

impl ForInvocation for Client {
    fn for_invocation_less(&self, context: &Context, buffer: Duration) -> Client {
        self.with_deadline(Deadline::after(time_left(context).saturating_sub(buffer)))
    }
}

/// How much of the buffer is given to work that is told that the time is up, before it is dropped: to give back what it holds.
pub(crate) fn grace(buffer: Duration) -> Duration {
    buffer / 4
}

/// How long the invocation may take, where the context says that in place of the moment at which it ends.
///
/// `cargo lambda watch` does: it writes 600,000, which as a moment lies ten minutes behind the beginning of 1970. No invocation takes longer
/// than 15 minutes, so that no length is taken for a moment, nor the other way round.
pub(crate) fn length(context: &Context) -> Option<Duration> {
    let length = Duration::from_millis(context.deadline);
    (!length.is_zero() && length <= LONGEST_INVOCATION).then_some(length)
}

fn time_left_at(context: &Context, now: SystemTime) -> Duration {
    if let Some(length) = length(context) {
        return length;
    }
    let deadline = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(context.deadline));
    deadline.and_then(|deadline| deadline.duration_since(now).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left() {
        let mut context = Context::default();
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);
        assert_eq!(time_left_at(&context, at(7)), Duration::ZERO, "no deadline");
        context.deadline = 1_800_000_010_000;
        assert_eq!(time_left_at(&context, at(7)), Duration::from_secs(3));
        assert_eq!(time_left_at(&context, at(11)), Duration::ZERO);
        context.deadline = u64::MAX;
        assert!(time_left_at(&context, at(7)) > Duration::from_secs(1));
    }

    /// As `cargo lambda watch` has it.
    #[test]
    fn a_length_is_no_moment() {
        let mut context = Context::default();
        context.deadline = 600_000;
        assert_eq!(time_left(&context), Duration::from_secs(600));
        let client = theory_testing::EmbeddedDynamoDb::new().client().for_invocation(&context);
        assert!(client.time_left().is_some_and(|left| left > Duration::from_secs(500)));
        context.deadline = 900_001;
        assert_eq!(
            time_left(&context),
            Duration::ZERO,
            "longer than any invocation: it was a moment, long ago"
        );
    }

    #[tokio::test]
    async fn a_handle_has_the_time_of_its_invocation_less_the_buffer() {
        let client = theory_testing::EmbeddedDynamoDb::new().client();
        let mut context = Context::default();
        assert!(client.for_invocation(&context).time_left().is_some_and(|left| left.is_zero()), "long past");
        context.deadline = u64::MAX / 4;
        let without = client.for_invocation_less(&context, Duration::ZERO);
        assert!(without.time_left().is_some_and(|left| left > Duration::from_secs(3600)));
        assert_eq!(client.time_left(), None, "the client itself has no deadline");
    }
}
