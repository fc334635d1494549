//! Where a comparison is, and what it found.

use super::class::{Change, Class};
use super::plan::{Phase, Step};
use std::fmt::Debug;

/// Collects differences under a path.
#[derive(Debug, Default)]
pub(super) struct Collector {
    path: String,
    pub(super) changes: Vec<Change>,
}

impl Collector {
    /// Compares a part.
    pub(super) fn at(&mut self, path: impl AsRef<str>, compare: impl FnOnce(&mut Collector)) {
        let before = self.path.len();
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(path.as_ref());
        compare(self);
        self.path.truncate(before);
    }

    /// Adds a difference, with the steps that its class usually takes.
    pub(super) fn push(
        &mut self,
        path: impl AsRef<str>,
        class: Class,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (what, remedy) = (what.into(), remedy.into());
        let phases: &[Phase] = match class {
            Class::Compatible => &[Phase::Deploy],
            Class::Backfill => &[Phase::Deploy, Phase::Backfill],
            Class::TwoDeploys | Class::BreaksReaders => &[Phase::Readers, Phase::Writers],
            Class::RefusedInPlace => &[Phase::Decide],
            Class::Replacement | Class::Destructive => &[Phase::Decide, Phase::Destroy],
        };
        self.push_with(path, class, what, remedy, phases);
    }

    /// Adds a difference that takes a step in each of these phases.
    pub(super) fn push_with(
        &mut self,
        path: impl AsRef<str>,
        class: Class,
        what: impl Into<String>,
        remedy: impl Into<String>,
        phases: &[Phase],
    ) {
        let (what, remedy) = (what.into(), remedy.into());
        let path = match (&*self.path, path.as_ref()) {
            (above, "") => above.to_owned(),
            ("", path) => path.to_owned(),
            (above, path) => format!("{above}/{path}"),
        };
        let steps =
            phases.iter().map(|&phase| Step { phase, text: format!("{what}: {remedy}"), path: path.clone() });
        self.changes.push(Change { steps: steps.collect(), path, class, what, remedy });
    }

    /// Adds a difference where two values are not equal.
    pub(super) fn unequal<T: PartialEq>(
        &mut self,
        path: &str,
        (before, after): (&T, &T),
        class: Class,
        what: impl Into<String>,
        remedy: &str,
    ) {
        if before != after {
            self.push(path, class, what, remedy);
        }
    }
}

/// `before → after`, as short as JSON.
pub(super) fn arrow<T: serde::Serialize + Debug>(before: &T, after: &T) -> String {
    let short = |value: &T| serde_json::to_string(value).unwrap_or_else(|_| format!("{value:?}"));
    format!("{} → {}", short(before), short(after))
}
