//! What differs in one set-up.

use crate::contract::deployment::{Billing, Capacity, Keep, Recovery, Retention, TableClass, WarmThroughput};
use crate::contract::profile::{RecoveryChoice, WarmChoice};
use crate::contract::{Overrides, Profile};

/// What differs in one set-up; see [`Schema::profile`](super::Schema::profile).
#[derive(Debug)]
pub struct ProfileBuilder(Profile);

impl ProfileBuilder {
    pub(super) fn new(profile: Profile) -> Self {
        ProfileBuilder(profile)
    }

    pub(super) fn finish(self) -> Profile {
        self.0
    }

    /// What stands before the name of every table.
    #[must_use]
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.0.table_prefix = prefix.into();
        self
    }

    /// What stands behind the name of every table.
    #[must_use]
    pub fn table_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.0.table_suffix = suffix.into();
        self
    }

    /// What differs in every table.
    #[must_use]
    pub fn all(mut self, differ: impl FnOnce(OverridesBuilder) -> OverridesBuilder) -> Self {
        self.0.all = differ(OverridesBuilder(std::mem::take(&mut self.0.all))).0;
        self
    }

    /// What differs in one table, by declared name, beyond what differs in all.
    #[must_use]
    pub fn table(mut self, name: &str, differ: impl FnOnce(OverridesBuilder) -> OverridesBuilder) -> Self {
        let before = self.0.tables.remove(name).unwrap_or_default();
        self.0.tables.insert(name.into(), differ(OverridesBuilder(before)).0);
        self
    }
}

/// Properties in which a set-up may differ: names, protection, recovery, capacity and retention.
#[derive(Debug)]
pub struct OverridesBuilder(Overrides);

impl OverridesBuilder {
    fn with(mut self, change: impl FnOnce(&mut Overrides)) -> Self {
        change(&mut self.0);
        self
    }

    /// On demand and not warmed, unprotected, without backups; data goes with the stack.
    #[must_use]
    pub fn disposable(self) -> Self {
        self.on_demand()
            .not_warm()
            .deletion_protection(false)
            .no_point_in_time_recovery()
            .retention(Keep::Delete, Keep::Delete)
    }

    /// Protected from deletion, restorable to any second of 35 days; data stays.
    #[must_use]
    pub fn durable(self) -> Self {
        self.deletion_protection(true).point_in_time_recovery(35).retention(Keep::Retain, Keep::Retain)
    }

    /// The table's whole name, instead of prefix and suffix.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        self.with(|overrides| overrides.name = Some(name.into()))
    }

    /// Whether DynamoDB refuses to delete the table.
    #[must_use]
    pub fn deletion_protection(self, protected: bool) -> Self {
        self.with(|overrides| overrides.deletion_protection = Some(protected))
    }

    /// Continuous backups for a number of days from 1 to 35.
    #[must_use]
    pub fn point_in_time_recovery(self, days: u8) -> Self {
        self.with(|overrides| overrides.point_in_time_recovery = Some(RecoveryChoice::On(Recovery { days })))
    }

    /// No continuous backups.
    #[must_use]
    pub fn no_point_in_time_recovery(self) -> Self {
        self.with(|overrides| overrides.point_in_time_recovery = Some(RecoveryChoice::Off(false)))
    }

    /// Pays by the request.
    #[must_use]
    pub fn on_demand(self) -> Self {
        self.with(|overrides| overrides.billing = Some(Billing::default()))
    }

    /// Pays by the request, up to these units a second.
    #[must_use]
    pub fn on_demand_up_to(self, read_units: u64, write_units: u64) -> Self {
        self.with(|overrides| {
            overrides.billing = Some(Billing::OnDemand {
                max_read_units: Some(read_units),
                max_write_units: Some(write_units),
            });
        })
    }

    /// Pays by the hour.
    #[must_use]
    pub fn provisioned(self, read: Capacity, write: Capacity) -> Self {
        self.with(|overrides| overrides.billing = Some(Billing::Provisioned { read, write }))
    }

    /// Serves this many units a second at once.
    #[must_use]
    pub fn warm(self, read_units: u64, write_units: u64) -> Self {
        self.with(|overrides| {
            overrides.warm_throughput = Some(WarmChoice::On(WarmThroughput { read_units, write_units }));
        })
    }

    /// Nothing warmed, neither the table nor its indexes.
    #[must_use]
    pub fn not_warm(self) -> Self {
        self.with(|overrides| overrides.warm_throughput = Some(WarmChoice::Off(false)))
    }

    /// The storage class.
    #[must_use]
    pub fn class(self, class: TableClass) -> Self {
        self.with(|overrides| overrides.class = Some(class))
    }

    /// What a deployment tool does with the data when the table leaves the template, and when it is replaced.
    #[must_use]
    pub fn retention(self, on_delete: Keep, on_replace: Keep) -> Self {
        self.with(|overrides| overrides.retention = Some(Retention { on_delete, on_replace }))
    }
}
