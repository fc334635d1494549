//! What comes of one fault, exactly, where it befalls the first attempt only.

use theory::ErrorKind;
use theory_testing::{Cancellation as C, Fault, Operation};

use super::model::{Change, Trial};
use super::subject::Subject;
use super::{Broken, Evidence, Schedule, Trouble, ensure};

/// What a fault on the first attempt leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// Nothing: the answer came in the end.
    Answered,
    /// The request was not executed, and is repeated.
    Repeated,
    /// Nobody knows whether the request was executed: repeated where that does no harm.
    InDoubt,
    /// As it is: not worth repeating.
    Refused(ErrorKind),
    /// A part is done each time, until the attempts are used up.
    InPart,
    /// Repeated or refused, as the SDK's version has it.
    EitherRepeatedOr(ErrorKind),
}

/// What a cancellation is called: by a single write as it would be without a transaction.
fn canceled(cancellation: C, subject: Subject) -> ErrorKind {
    match cancellation {
        _ if !subject.is_once() => ErrorKind::TransactionCanceled,
        C::ConditionalCheckFailed => ErrorKind::ConditionFailed,
        C::TransactionConflict => ErrorKind::TransactionConflict,
        C::ThrottlingError | C::ProvisionedThroughputExceeded => ErrorKind::Throttled,
        C::ItemCollectionSizeLimitExceeded => ErrorKind::ItemCollectionTooLarge,
        C::ValidationError => ErrorKind::Validation,
        cancellation => panic!("what is {cancellation:?} called?"),
    }
}

fn course(fault: &Fault, subject: Subject) -> Course {
    match fault {
        Fault::SlowBody(_) => Course::Answered,
        Fault::Throttle(_)
        | Fault::ConnectionRefused
        | Fault::TransactionConflict
        | Fault::TransactionInProgress
        | Fault::Canceled(C::TransactionConflict | C::ThrottlingError | C::ProvisionedThroughputExceeded) => {
            Course::Repeated
        }
        Fault::PartialBatch => Course::InPart,
        Fault::Canceled(cancellation) => Course::Refused(canceled(*cancellation, subject)),
        Fault::AccessDenied => Course::Refused(ErrorKind::AccessDenied),
        Fault::ClockSkew => Course::EitherRepeatedOr(ErrorKind::AccessDenied),
        fault if fault.leaves_doubt() => Course::InDoubt,
        fault => panic!("what is to come of {fault:?}?"),
    }
}

/// The kind of error when a fault befalls every attempt.
fn kind(fault: &Fault, subject: Subject) -> ErrorKind {
    let is_transaction =
        matches!(subject.operation(), Operation::TransactGetItems | Operation::TransactWriteItems);
    match fault {
        // What stays unprocessed was throttled.
        Fault::Throttle(_) | Fault::PartialBatch => ErrorKind::Throttled,
        Fault::Canceled(cancellation) => canceled(*cancellation, subject),
        Fault::TransactionConflict if is_transaction => canceled(C::TransactionConflict, subject),
        Fault::TransactionConflict | Fault::TransactionInProgress => ErrorKind::TransactionConflict,
        Fault::TimeoutBeforeEffect
        | Fault::TimeoutAfterEffect
        | Fault::HangBeforeEffect
        | Fault::HangAfterEffect
        | Fault::StalledBody => ErrorKind::Deadline,
        Fault::ConnectionRefused
        | Fault::ResetBeforeEffect
        | Fault::ResetAfterEffect
        | Fault::BrokenBody
        | Fault::TruncatedBody
        | Fault::CorruptBody => ErrorKind::Transport,
        Fault::ServerErrorBeforeEffect | Fault::ServerErrorAfterEffect | Fault::Unavailable => {
            ErrorKind::Service
        }
        Fault::AccessDenied | Fault::ClockSkew => ErrorKind::AccessDenied,
        // It does not end in an error.
        Fault::SlowBody(_) => ErrorKind::Deadline,
        fault => panic!("what is the kind of {fault:?}?"),
    }
}

impl Evidence<'_> {
    /// Compares what came with what had to come.
    pub(super) fn as_expected(&self) -> Result<(), Broken> {
        match (self.trouble, self.schedule) {
            (Trouble::Nothing, _) => self.undisturbed(1),
            (Trouble::One(fault), Schedule::First) => self.after(course(fault, self.subject)),
            (Trouble::One(fault), Schedule::Always) => self.always(fault),
            (Trouble::One(_), Schedule::Sometimes) | (Trouble::Any, _) => Ok(()),
        }
    }

    fn after(&self, course: Course) -> Result<(), Broken> {
        match course {
            Course::Answered => self.undisturbed(1),
            Course::Repeated => self.undisturbed(2),
            Course::InPart => self.in_part(),
            Course::Refused(kind) => self.refused(kind),
            Course::EitherRepeatedOr(kind) => self.undisturbed(2).or_else(|_| self.refused(kind)),
            Course::InDoubt => self.in_doubt(),
        }
    }

    /// It went as if there had been no fault, but for the number of attempts.
    fn undisturbed(&self, attempts: usize) -> Result<(), Broken> {
        self.sent(attempts)?;
        match self.trial {
            Trial::Read { right } => ensure(right.is_ok(), "the read should have succeeded"),
            Trial::Write { changes, error, .. } => match error {
                None => Ok(()),
                Some(error) => {
                    ensure(self.is_refusable(changes), "the write should have succeeded")?;
                    ensure(error.is_condition_failed(), "a failed condition has its kind")?;
                    ensure(!error.is_ambiguous(), "the condition was not met, without a doubt")
                }
            },
        }
    }

    fn refused(&self, kind: ErrorKind) -> Result<(), Broken> {
        self.sent(1)?;
        let error = self.trial.error().ok_or("the request should have failed")?;
        ensure(error.kind() == kind, format!("the kind should be {kind:?}"))?;
        ensure(!error.is_ambiguous(), "a refusal is not ambiguous")
    }

    fn in_part(&self) -> Result<(), Broken> {
        match self.trial.error() {
            None => Ok(()),
            Some(error) => {
                ensure(error.kind() == ErrorKind::Throttled, "what is left was throttled")?;
                ensure(!error.is_ambiguous(), "what was given back was not done")
            }
        }
    }

    fn in_doubt(&self) -> Result<(), Broken> {
        let changes = match self.trial {
            Trial::Read { .. } => return self.undisturbed(2),
            Trial::Write { changes, .. } => changes,
        };
        // The status of a refusal came, if not its body: that is no doubt.
        let certainly_not = self.is_refusable(changes) && self.is_body_fault();
        // And DynamoDB knows a repetition by its token, and tells what became of the first attempt.
        if certainly_not || self.subject.has_token() {
            return self.undisturbed(2);
        }
        if !self.subject.is_idempotent() {
            self.sent(1)?;
            let error = self.trial.error().ok_or("it was done, and nobody can know")?;
            return ensure(error.is_ambiguous(), "nobody can know whether it was done");
        }
        self.sent(2)?;
        let met_itself = changes
            .iter()
            .any(|change| change.meets_itself(self.before.get(change.number)) && self.executed_first());
        match self.trial.error() {
            None => ensure(!met_itself && !self.is_refusable(changes), "the condition was not met"),
            Some(error) => {
                ensure(met_itself || self.is_refusable(changes), "the write should have succeeded")?;
                ensure(error.is_condition_failed(), "the condition was not met the second time")?;
                ensure(error.is_ambiguous(), "the condition may have met the first attempt's work")
            }
        }
    }

    fn always(&self, fault: &Fault) -> Result<(), Broken> {
        if matches!(fault, Fault::SlowBody(_)) {
            return self.undisturbed(1);
        }
        let error = self.trial.error().ok_or("the request should have failed")?;
        let refusable = match self.trial {
            Trial::Read { .. } => false,
            Trial::Write { changes, .. } => self.is_refusable(changes),
        };
        // Without its body a refusal is only known to be one.
        if !(refusable && self.is_body_fault()) {
            let kind = kind(fault, self.subject);
            ensure(error.kind() == kind, format!("the kind should be {kind:?}"))?;
        }
        let ambiguous = !self.subject.operation().is_read() && fault.leaves_doubt();
        let certainly_not = refusable && self.is_body_fault();
        ensure(error.is_ambiguous() == (ambiguous && !certainly_not), "it says the wrong thing of the doubt")
    }

    fn sent(&self, attempts: usize) -> Result<(), Broken> {
        // A stream has several requests, each with attempts of its own.
        let pages = self.seen.iter().filter(|exchange| exchange.request.attempt == 1).count();
        let right = pages * attempts == self.seen.len();
        ensure(right && pages > 0, format!("each request should have been sent {attempts} times"))
    }

    /// Whether the engine refuses the write as things stand.
    fn is_refusable(&self, changes: &[Change]) -> bool {
        changes.iter().any(|change| change.once(self.before.get(change.number)).is_none())
    }

    fn is_body_fault(&self) -> bool {
        self.injected.iter().all(|injected| {
            matches!(
                injected.fault,
                Fault::BrokenBody | Fault::TruncatedBody | Fault::CorruptBody | Fault::StalledBody
            )
        })
    }

    fn executed_first(&self) -> bool {
        self.injected.first().is_some_and(|injected| injected.engine_status == Some(200))
    }
}

#[test]
fn every_fault_has_a_course_and_a_kind() {
    for subject in Subject::ALL {
        for fault in Fault::all().iter().filter(|fault| fault.applies_to(subject.operation())) {
            if let Course::Refused(expected) = course(fault, subject) {
                assert_eq!(kind(fault, subject), expected, "{fault:?}");
            }
        }
    }
}
