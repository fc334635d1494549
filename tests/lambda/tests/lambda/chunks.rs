//! A job across invocations with deadlines of all sorts: all chunks together are the whole, exactly once.

use std::sync::Mutex;
use std::time::Duration;

use fastrand::Rng;
use theory_lambda::Chunk;
use theory_lambda_tests::{Part, Progress, Sum, SumSegments, Task};
use theory_testing::Treatment;
use theory_testing::lambda::{Function, Outcome};

use crate::support::{BUFFER, Stand, event};

const PARTS: u64 = 400;
const DEADLINES: usize = 100;

/// Counts what a job took.
struct Invocations<'f> {
    function: &'f Function,
    dice: Rng,
    /// With how many deadlines it went.
    deadlines: usize,
    /// How many of them came in the middle of the job.
    continued: usize,
    /// What is added to each, so that a machine on which no step has time gets there too.
    patience: Duration,
}

impl<'f> Invocations<'f> {
    fn of(function: &'f Function) -> Self {
        Self { function, dice: Rng::with_seed(7), deadlines: 0, continued: 0, patience: Duration::ZERO }
    }

    /// One whole job, however many invocations it takes.
    fn job<S, R>(&mut self, mut state: S, task: impl Fn(S) -> Task) -> R
    where
        S: Clone + serde::de::DeserializeOwned,
        R: serde::de::DeserializeOwned,
    {
        loop {
            let time = BUFFER + self.patience + Duration::from_millis(self.dice.u64(5..120));
            self.deadlines += 1;
            match self.function.invoke_within(event(&task(state.clone())), time).outcome {
                Outcome::Answer(answer) => match serde_json::from_slice(&answer).unwrap() {
                    Chunk::Continue { state: next } => {
                        self.continued += 1;
                        self.patience = Duration::ZERO;
                        state = next;
                    }
                    Chunk::Done { result } => return result,
                },
                // Not enough for a single step: again, as a state machine does.
                Outcome::Error(error) if String::from_utf8_lossy(&error).contains("a single step") => {
                    self.patience += Duration::from_millis(2);
                }
                other => panic!("{other:?}\n{}", self.function.log()),
            }
        }
    }

    /// Whether there must be more: many deadlines, and many of them in the middle of a job. On a busy machine fewer are there.
    fn go_on(&self) -> bool {
        self.deadlines < DEADLINES || self.continued < DEADLINES / 4 && self.deadlines < 10 * DEADLINES
    }

    fn end(self) {
        assert_eq!(self.function.starts(), 1, "killed");
        assert!(self.continued > 0, "{} of {}", self.continued, self.deadlines);
    }
}

fn slow() -> Stand {
    let stand = Stand::with_parts(PARTS);
    stand.server.treat(|_| Treatment::AnswerLater(Duration::from_millis(5)));
    stand
}

#[test]
fn of_a_query_in_pages() {
    let stand = slow();
    let function = stand.function().start().unwrap();
    let mut invocations = Invocations::of(&function);
    while invocations.go_on() {
        let whole: Sum = invocations.job(Sum::default(), Task::Sum);
        assert_eq!((whole.parts, whole.sum), (PARTS, (0..PARTS).sum()));
    }
    invocations.end();
}

#[test]
fn of_a_scan_in_segments() {
    let stand = slow();
    let function = stand.function().start().unwrap();
    let mut invocations = Invocations::of(&function);
    while invocations.go_on() {
        let whole: SumSegments = invocations.job(SumSegments::default(), Task::SumSegments);
        assert_eq!((whole.parts, whole.sum), (PARTS, (0..PARTS).sum()));
    }
    invocations.end();
}

/// Also where the answer to a write never comes.
#[test]
fn of_work_that_is_written() {
    let stand = slow();
    let dice = Mutex::new(Rng::with_seed(11));
    stand.server.treat(move |operation| {
        let lot = dice.lock().unwrap().u8(0..10);
        match operation {
            "TransactWriteItems" if lot == 0 => Treatment::Swallow,
            _ => Treatment::AnswerLater(Duration::from_millis(5)),
        }
    });
    let function = stand.function().start().unwrap();
    let mut invocations = Invocations::of(&function);
    let mut jobs = 0;
    while invocations.go_on() {
        let () = invocations.job((), |()| Task::Work);
        jobs += 1;
        stand.block_on(async {
            let parts = Part::query("job").all(&stand.client).await.unwrap();
            assert_eq!(parts.len() as u64, PARTS);
            assert!(parts.iter().all(|part| part.worked == jobs), "job {jobs}: {parts:?}");
            Progress::delete("job").send(&stand.client).await.unwrap();
        });
    }
    invocations.end();
}
