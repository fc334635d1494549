//! Application Auto Scaling, wherever a template says it: beside the table, and tied to it by name.

use crate::contract::Table;
use crate::contract::deployment::{Autoscaling, Billing};
use std::collections::BTreeMap;

/// What is scaled (`table/shop` or `table/shop/index/by_status`), and its dimension.
pub(super) type Dimension = (String, String);

/// Autoscaling by what it scales.
#[derive(Debug, Default)]
pub(super) struct Scaled(BTreeMap<Dimension, Autoscaling>);

impl Scaled {
    pub(super) fn target(&mut self, of: Dimension, min: u64, max: u64) {
        self.0.insert(of, Autoscaling { min, max, target_percent: 0 });
    }

    /// The share of a target's policy; a target without policy does not scale, and keeps 0.
    pub(super) fn policy(&mut self, of: &Dimension, percent: f64) {
        if let Some(scaling) = self.0.get_mut(of) {
            // Saturates, which is what is wanted of a share that is no share.
            scaling.target_percent = percent as u8;
        }
    }

    /// Gives the table of this name, and its indexes, their autoscaling.
    pub(super) fn apply(&self, name: &str, table: &mut Table) {
        let both = |id: &str, of: &str, billing: &mut Billing| {
            if let Billing::Provisioned { read, write } = billing {
                for (capacity, direction) in [(read, "Read"), (write, "Write")] {
                    let dimension = format!("dynamodb:{of}:{direction}CapacityUnits");
                    capacity.autoscaling = self.0.get(&(id.to_owned(), dimension)).cloned();
                }
            }
        };
        let id = format!("table/{name}");
        both(&id, "table", &mut table.billing);
        for index in &mut table.indexes {
            if let Some(billing) = &mut index.billing {
                both(&format!("{id}/index/{}", index.name), "index", billing);
            }
        }
    }
}
