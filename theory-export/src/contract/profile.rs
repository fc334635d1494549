//! Profiles: one schema deployed several times, differing only in names, protection, recovery, capacity and retention.

use super::deployment::{Billing, Recovery, Retention, TableClass, WarmThroughput};
use super::{Contract, Extensions, Table, is_default};
use crate::error::ExportError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What differs in one set-up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// What stands before the name of every table.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table_prefix: String,
    /// What stands behind the name of every table.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table_suffix: String,
    /// What differs in every table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub all: Overrides,
    /// What differs in single tables, by declared name, beyond what differs in all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, Overrides>,
    /// Members of other tools.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// Properties in which a profile may differ; what is `None` stays as the schema has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overrides {
    /// The whole name, instead of prefix and suffix; only for a single table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Protection: whether DynamoDB refuses to delete the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Recovery: continuous backups, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_in_time_recovery: Option<RecoveryChoice>,
    /// Capacity of the table; indexes with a capacity of their own lose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
    /// Capacity: what is served without having been warmed. Indexes have theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<WarmChoice>,
    /// Capacity: the storage class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<TableClass>,
    /// Retention: what a deployment tool does with the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

/// Continuous backups of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RecoveryChoice {
    /// With them.
    On(Recovery),
    /// `false`: without them.
    Off(bool),
}

/// Warm throughput of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WarmChoice {
    /// With it.
    On(WarmThroughput),
    /// `false`: what DynamoDB gives every table, for the indexes too.
    Off(bool),
}

impl Profile {
    /// What a table is called in it.
    pub(super) fn name_of(&self, table: &Table) -> String {
        let declared = table.declared_name();
        match self.tables.get(declared).and_then(|own| own.name.clone()) {
            Some(name) => name,
            None => format!("{}{declared}{}", self.table_prefix, self.table_suffix),
        }
    }
}

impl Overrides {
    fn apply(&self, table: &mut Table) {
        let Overrides {
            name: _,
            deletion_protection,
            point_in_time_recovery,
            billing,
            warm_throughput,
            class,
            retention,
        } = self;
        if let Some(protection) = deletion_protection {
            table.deletion_protection = *protection;
        }
        match point_in_time_recovery {
            Some(RecoveryChoice::On(recovery)) => table.point_in_time_recovery = Some(recovery.clone()),
            Some(RecoveryChoice::Off(false)) => table.point_in_time_recovery = None,
            Some(RecoveryChoice::Off(true)) => table.point_in_time_recovery = Some(Recovery { days: 35 }),
            None => {}
        }
        if let Some(billing) = billing {
            table.billing = billing.clone();
            table.indexes.iter_mut().for_each(|index| index.billing = None);
        }
        match warm_throughput {
            Some(WarmChoice::On(warm)) => table.warm_throughput = Some(warm.clone()),
            Some(WarmChoice::Off(false)) => {
                table.warm_throughput = None;
                table.indexes.iter_mut().for_each(|index| index.warm_throughput = None);
            }
            Some(WarmChoice::Off(true)) | None => {}
        }
        if let Some(class) = class {
            table.class = *class;
        }
        if let Some(retention) = retention {
            table.retention = retention.clone();
        }
    }
}

impl Contract {
    /// The contract as it is in one profile: its tables renamed and changed, and no profiles left.
    ///
    /// # Errors
    ///
    /// Where there is no such profile, or two tables get the same name.
    pub fn in_profile(&self, name: &str) -> Result<Contract, ExportError> {
        let Some(profile) = self.profiles.get(name) else {
            return Err(ExportError::NoProfile {
                name: name.into(),
                known: self.profiles.keys().cloned().collect(),
            });
        };
        let mut resolved = self.clone();
        resolved.profiles.clear();
        for table in &mut resolved.tables {
            let declared = table.declared_name().to_owned();
            let own = profile.tables.get(&declared);
            profile.all.apply(table);
            if let Some(own) = own {
                own.apply(table);
            }
            table.name = profile.name_of(table);
            table.declared_name = (table.name != declared).then_some(declared);
        }
        if let Some(name) = resolved.repeated_table() {
            return Err(ExportError::Invalid(vec![format!(
                "profile `{}` gives two tables the name `{name}`",
                name.escape_debug()
            )]));
        }
        resolved.seal();
        Ok(resolved)
    }

    fn repeated_table(&self) -> Option<&str> {
        let mut names: Vec<_> = self.tables.iter().map(|table| table.name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some(*a),
            _ => None,
        })
    }
}
