//! Where a comparison is, and what it found.

use super::class::{Change, Class};
use super::plan::{Phase, Step};
use super::ways::{self, Way};
use std::fmt::Debug;

/// Collects differences under a path.
#[derive(Debug, Default)]
pub(super) struct Collector {
    path: String,
    /// The declared name of the table that is compared.
    table: String,
    pub(super) changes: Vec<Change>,
}

impl Collector {
    /// Compares a table.
    pub(super) fn in_table(&mut self, name: &str, compare: impl FnOnce(&mut Collector)) {
        name.clone_into(&mut self.table);
        self.at(format!("tables/{name}"), compare);
    }

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

    /// Adds a difference that is deployed with the settings, in one step: most that are compatible.
    pub(super) fn push(
        &mut self,
        path: impl AsRef<str>,
        class: Class,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push_at(path, class, what, remedy, Phase::Deploy);
    }

    /// Adds a difference that code alone makes: it is deployed with the code that writes.
    pub(super) fn code(&mut self, path: impl AsRef<str>, what: impl Into<String>, remedy: impl Into<String>) {
        self.push_at(path, Class::Compatible, what, remedy, Phase::Writers);
    }

    /// Adds a difference that takes one step, its remedy.
    pub(super) fn push_at(
        &mut self,
        path: impl AsRef<str>,
        class: Class,
        what: impl Into<String>,
        remedy: impl Into<String>,
        phase: Phase,
    ) {
        let remedy = remedy.into();
        self.push_way(path, class, what, remedy.clone(), &[(phase, &remedy)]);
    }

    /// Adds a difference that takes these steps.
    pub(super) fn push_way(
        &mut self,
        path: impl AsRef<str>,
        class: Class,
        what: impl Into<String>,
        remedy: impl Into<String>,
        way: Way<'_>,
    ) {
        let what = what.into();
        let about = Subject { path: self.full(path.as_ref()), name: what.clone(), alone: false };
        self.push_about(path, class, what, remedy, way, &about);
    }

    /// Adds a difference whose steps are about something larger than itself, which other differences may share with it.
    pub(super) fn push_about(
        &mut self,
        path: impl AsRef<str>,
        class: Class,
        what: impl Into<String>,
        remedy: impl Into<String>,
        way: Way<'_>,
        about: &Subject,
    ) {
        let step = |&(phase, text): &(Phase, &str)| Step {
            phase,
            text: format!("{}: {text}", about.name),
            path: about.path.clone(),
            alone: about.alone
                && matches!(phase, Phase::AddIndex | Phase::Deploy | Phase::Remove | Phase::Destroy),
        };
        let steps = way.iter().map(step).collect();
        let path = self.full(path.as_ref());
        self.changes.push(Change { steps, path, class, what: what.into(), remedy: remedy.into() });
    }

    /// The index of this name, in the table where the comparison is: each is deployed alone.
    pub(super) fn index(&self, name: &str) -> Subject {
        Subject {
            path: format!("tables/{}/indexes/{name}", self.table),
            name: format!("index `{name}`"),
            alone: true,
        }
    }

    /// The copy in this region: DynamoDB makes, and removes, one at a time.
    pub(super) fn replica(&self, region: &str) -> Subject {
        let path = self.full(&format!("replicas/{region}"));
        Subject { path, name: format!("the replica in {region}"), alone: true }
    }

    /// Adds a difference for which the table where the comparison is must be made anew.
    pub(super) fn anew(&mut self, path: impl AsRef<str>, what: impl Into<String>, remedy: impl Into<String>) {
        let name = format!("table `{}`", self.table);
        let about = Subject { name, path: format!("tables/{}", self.table), alone: false };
        self.push_about(path, Class::Replacement, what, remedy, ways::ANEW, &about);
    }

    fn full(&self, path: &str) -> String {
        match (&*self.path, path) {
            (above, "") => above.to_owned(),
            ("", path) => path.to_owned(),
            (above, path) => format!("{above}/{path}"),
        }
    }

    /// Adds a difference, compatible, where two values are not equal.
    pub(super) fn unequal<T: PartialEq>(
        &mut self,
        path: &str,
        (before, after): (&T, &T),
        what: impl Into<String>,
        remedy: &str,
    ) {
        if before != after {
            self.push(path, Class::Compatible, what, remedy);
        }
    }
}

/// What steps are about.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) path: String,
    pub(super) name: String,
    /// Whether what is done to the thing itself is a deployment of its own.
    pub(super) alone: bool,
}

/// `before → after`, as short as JSON.
pub(super) fn arrow<T: serde::Serialize + Debug>(before: &T, after: &T) -> String {
    let short = |value: &T| serde_json::to_string(value).unwrap_or_else(|_| format!("{value:?}"));
    format!("{} → {}", short(before), short(after))
}
