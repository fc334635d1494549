//! The table of the cases tried.

use std::collections::BTreeMap;
use std::fmt;

use super::Trouble;
use super::model::{Fate, Trial};
use super::subject::Subject;

/// What came of the requests of some runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcomes {
    done: usize,
    ambiguous: usize,
    failed: usize,
    injected: usize,
}

impl Outcomes {
    pub(super) fn add(&mut self, trial: &Trial, injected: usize) {
        self.injected += injected;
        let unknown = match trial {
            Trial::Read { .. } => false,
            Trial::Write { changes, .. } => changes.iter().any(|change| change.fate == Fate::Unknown),
        };
        match trial.error() {
            None => self.done += 1,
            Some(_) if unknown => self.ambiguous += 1,
            Some(_) => self.failed += 1,
        }
    }

    fn trials(self) -> usize {
        self.done + self.ambiguous + self.failed
    }
}

/// What was tried, by fault and operation.
#[derive(Default)]
pub(super) struct Table {
    seeds: u64,
    rows: Vec<String>,
    cells: BTreeMap<(usize, String), Option<Outcomes>>,
}

impl Table {
    pub(super) fn new(seeds: u64) -> Self {
        Self { seeds, ..Self::default() }
    }

    pub(super) fn add(&mut self, trouble: &Trouble, subject: Subject, more: Outcomes) {
        let cell = self.cell(trouble, subject).get_or_insert_default();
        cell.done += more.done;
        cell.ambiguous += more.ambiguous;
        cell.failed += more.failed;
        cell.injected += more.injected;
    }

    /// The fault cannot befall this operation.
    pub(super) fn skip(&mut self, trouble: &Trouble, subject: Subject) {
        self.cell(trouble, subject);
    }

    pub(super) fn injected(&self) -> usize {
        self.cells.values().flatten().map(|outcomes| outcomes.injected).sum()
    }

    fn cell(&mut self, trouble: &Trouble, subject: Subject) -> &mut Option<Outcomes> {
        let name = trouble.to_string();
        let row = match self.rows.iter().position(|row| *row == name) {
            Some(row) => row,
            None => {
                self.rows.push(name);
                self.rows.len() - 1
            }
        };
        self.cells.entry((row, format!("{subject:?}"))).or_default()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = Subject::ALL.map(|subject| format!("{subject:?}"));
        writeln!(
            f,
            "requests done/ambiguous/failed, {} seeds a case, `-` where it cannot happen",
            self.seeds
        )?;
        write!(f, "{:<42}", "")?;
        for column in &columns {
            write!(f, " {column:>14}")?;
        }
        writeln!(f)?;
        for (row, name) in self.rows.iter().enumerate() {
            write!(f, "{name:<42}")?;
            for column in &columns {
                let cell = match self.cells.get(&(row, column.clone())).copied().flatten() {
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
