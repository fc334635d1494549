//! The table of the cases tried.

use std::collections::HashMap;
use std::fmt;
use std::ops::AddAssign;

use theory::Error;

use super::model::{Fate, Trial};
use super::subject::Subject;
use super::{Trouble, subjects};

/// What came of the requests of some runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcomes {
    done: usize,
    ambiguous: usize,
    failed: usize,
    late: usize,
    injected: usize,
}

impl Outcomes {
    pub(super) fn add(&mut self, trial: &Trial, injected: usize) {
        self.injected += injected;
        let unknown = match trial {
            Trial::Read { .. } => false,
            Trial::Write { changes, .. } => changes.iter().any(|change| change.fate == Fate::Unknown),
        };
        self.late += usize::from(trial.error().is_some_and(Error::is_out_of_time));
        match trial.error() {
            None => self.done += 1,
            Some(_) if unknown => self.ambiguous += 1,
            Some(_) => self.failed += 1,
        }
    }

    /// How many ended by a deadline.
    pub(super) fn late(self) -> usize {
        self.late
    }

    fn trials(self) -> usize {
        self.done + self.ambiguous + self.failed
    }
}

impl AddAssign for Outcomes {
    fn add_assign(&mut self, more: Self) {
        self.done += more.done;
        self.ambiguous += more.ambiguous;
        self.failed += more.failed;
        self.late += more.late;
        self.injected += more.injected;
    }
}

/// What was tried, by fault and operation.
pub(super) struct Table {
    seeds: u64,
    cells: HashMap<(String, Subject), Option<Outcomes>>,
}

impl Table {
    pub(super) fn new(seeds: u64, cases: usize) -> Self {
        Self { seeds, cells: HashMap::with_capacity(cases) }
    }

    pub(super) fn set(&mut self, trouble: &Trouble, subject: Subject, outcomes: Option<Outcomes>) {
        self.cells.insert((trouble.to_string(), subject), outcomes);
    }

    pub(super) fn injected(&self) -> usize {
        self.cells.values().flatten().map(|outcomes| outcomes.injected).sum()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "requests done/ambiguous/failed, {} seeds a case, `-` where it cannot happen",
            self.seeds
        )?;
        write!(f, "{:<42}", "")?;
        for subject in subjects() {
            write!(f, " {:>14}", format!("{subject:?}"))?;
        }
        writeln!(f)?;
        for trouble in Trouble::all() {
            write!(f, "{trouble:<42}")?;
            for subject in subjects() {
                let cell = match self.cells.get(&(trouble.to_string(), subject)).copied().flatten() {
                    Some(Outcomes { done, ambiguous, failed, .. }) => format!("{done}/{ambiguous}/{failed}"),
                    None => "-".to_owned(),
                };
                write!(f, " {cell:>14}")?;
            }
            writeln!(f)?;
        }
        let tried: Vec<_> = self.cells.values().flatten().collect();
        let requests: usize = tried.iter().map(|outcomes| outcomes.trials()).sum();
        write!(f, "{} cases, {requests} requests, {} faults", tried.len(), self.injected())
    }
}
