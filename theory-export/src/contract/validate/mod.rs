//! What is wrong with a contract: what DynamoDB, Lambda or IAM would refuse, and where it contradicts itself.
//!
//! One list for contracts of Rust types and of files, all faults at once. Limits are those of [`theory_schema::limits`], and of the API
//! references of DynamoDB, Application Auto Scaling and Lambda.
//!
//! | module | what |
//! |---|---|
//! | `table` | names, keys and indexes |
//! | `deployment` | capacity, recovery, streams and who reads them, tags, policies, replicas |
//! | `entity` | what is stored, and what the application does with it |

mod deployment;
mod entity;
mod table;

use super::{Contract, Profile, Table};
use crate::error::ExportError;
use crate::text::line;
use std::collections::BTreeSet;
use std::fmt;
use theory_schema::limits::{NAME_MAX, NAME_MIN};

/// One thing that is wrong with a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: names, not numbers, lead to it.
    pub path: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
    /// Whether it is refused wherever it is deployed. What is not, depends on a quota that AWS raises on request.
    pub refused: bool,
}

impl fmt::Display for Fault {
    /// `path: what; remedy`, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", line(&self.path), line(&self.what), line(&self.remedy))
    }
}

impl Contract {
    /// Everything that is wrong with this contract, in the order of its parts; empty where nothing is.
    ///
    /// Reading a contract does not ask for this, so that what was written by another version, or by hand, can still be compared and
    /// described.
    pub fn faults(&self) -> Vec<Fault> {
        let mut found = Faults::default();
        let mut names = BTreeSet::new();
        for table in &self.tables {
            found.at(format!("tables/{}", table.declared_name()), |found| {
                if !names.insert(table.declared_name()) {
                    found.fault("", "two tables have this name", "give each a name of its own");
                }
                table::faults(table, found);
            });
        }
        for (name, profile) in &self.profiles {
            found.at(format!("profiles/{name}"), |found| self.faults_of_profile(profile, found));
        }
        found.list
    }

    /// Refuses a contract with faults.
    ///
    /// # Errors
    ///
    /// [`ExportError::Invalid`] with every fault that is refused wherever it is deployed.
    pub fn validate(&self) -> Result<(), ExportError> {
        let refused: Vec<_> =
            self.faults().iter().filter(|fault| fault.refused).map(ToString::to_string).collect();
        if refused.is_empty() { Ok(()) } else { Err(ExportError::Invalid(refused)) }
    }

    fn faults_of_profile(&self, profile: &Profile, found: &mut Faults) {
        found.at("all", |found| deployment::of_overrides(&profile.all, found));
        if profile.all.name.is_some() {
            found.fault("all/name", "one name for all tables", "use `tablePrefix` or `tableSuffix`");
        }
        for (name, overrides) in &profile.tables {
            found.at(format!("tables/{name}"), |found| deployment::of_overrides(overrides, found));
            if !self.tables.iter().any(|table| table.declared_name() == name) {
                let known: Vec<_> = self.tables.iter().map(|table| table.declared_name()).collect();
                found.fault(
                    format!("tables/{name}"),
                    "the contract has no such table",
                    format!("name one of: {}", known.join(", ")),
                );
            }
        }
        let mut names = BTreeSet::new();
        for table in &self.tables {
            let (declared, name) = (table.declared_name(), profile.name_of(table));
            // A declared name that is wrong is told there.
            if name != declared
                && let Some(what) = name_fault(&name)
            {
                found.fault(
                    format!("tables/{declared}"),
                    format!("the table would be called `{name}`: {what}"),
                    "choose another prefix, suffix or name",
                );
            }
            if !names.insert(name.clone()) {
                found.fault(
                    format!("tables/{declared}"),
                    format!("two tables would be called `{name}`"),
                    "choose another prefix, suffix or name",
                );
            }
        }
    }
}

/// What DynamoDB would refuse of the keys and indexes of a table, for the outputs of a contract that nobody has looked at.
pub(crate) fn refused_of(table: &Table) -> Vec<String> {
    let mut found = Faults::default();
    found.at(format!("tables/{}", table.declared_name()), |found| table::keys_and_indexes(table, found));
    found.list.iter().filter(|fault| fault.refused).map(ToString::to_string).collect()
}

/// What is wrong with the name of a table or an index.
fn name_fault(name: &str) -> Option<String> {
    let length = name.chars().count();
    if !(NAME_MIN..=NAME_MAX).contains(&length) {
        return Some(format!("it has {length} characters, and {NAME_MIN} to {NAME_MAX} are allowed"));
    }
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let found = name.chars().find(|c| !allowed(c))?;
    Some(format!("{found:?} is not allowed, but letters a–z and A–Z, digits, `_`, `-` and `.` are"))
}

/// Collects faults under a path.
#[derive(Debug, Default)]
struct Faults {
    path: String,
    list: Vec<Fault>,
}

impl Faults {
    fn at(&mut self, path: impl AsRef<str>, look: impl FnOnce(&mut Faults)) {
        let before = self.path.len();
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(path.as_ref());
        look(self);
        self.path.truncate(before);
    }

    /// Something that is refused.
    fn fault(&mut self, path: impl AsRef<str>, what: impl Into<String>, remedy: impl Into<String>) {
        self.push(path.as_ref(), what.into(), remedy.into(), true);
    }

    /// Something that is refused unless a quota has been raised.
    fn quota(&mut self, path: impl AsRef<str>, what: impl Into<String>, remedy: impl Into<String>) {
        self.push(path.as_ref(), what.into(), remedy.into(), false);
    }

    /// A number that is outside of its range.
    fn range<T: PartialOrd + fmt::Display>(&mut self, path: &str, value: T, (least, most): (T, T)) {
        if value < least || value > most {
            self.fault(path, format!("it is {value}"), format!("{least} to {most} are allowed"));
        }
    }

    /// A number that must not be 0.
    fn positive(&mut self, path: &str, value: u64) {
        if value == 0 {
            self.fault(path, "it is 0", "1 is the least");
        }
    }

    /// Names of which each may be there once.
    fn once<'a>(&mut self, path: &str, what: &str, names: impl IntoIterator<Item = &'a str>) {
        let mut known = BTreeSet::new();
        for name in names {
            if !known.insert(name) {
                self.fault(
                    format!("{path}/{name}"),
                    format!("two {what} have this name"),
                    "remove one of them",
                );
            }
        }
    }

    fn push(&mut self, path: &str, what: String, remedy: String, refused: bool) {
        let path = match (&*self.path, path) {
            (above, "") => above.to_owned(),
            (above, path) => format!("{above}/{path}"),
        };
        self.list.push(Fault { path, what, remedy, refused });
    }
}
