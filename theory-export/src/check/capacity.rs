//! The comparison of what is paid for: capacity, its autoscaling, and warm throughput.

use super::Severity;
use super::compare::Comparison;
use crate::contract::deployment::{Autoscaling, Billing, Capacity, WarmThroughput};
use crate::contract::{Index, Table};

pub(super) fn compare(table: &Table, to: &mut Comparison<'_>) {
    let found = &to.found.table;
    if to.knows("billing") {
        billing("billing", "the table", &table.billing, &found.billing, to);
    }
    warm("warmThroughput", table.warm_throughput.as_ref(), found.warm_throughput.as_ref(), to);
    if !to.knows("indexes") {
        return;
    }
    let same_mode = mode(&table.billing) == mode(&found.billing);
    for index in table.global_indexes() {
        let Some(other) = found.index(&index.name) else { continue };
        let path = format!("indexes/{}/billing", index.name);
        // The mode belongs to the table, and has been told there.
        if to.knows("billing") && to.knows(&path) && same_mode {
            let what = format!("the index `{}`", index.name);
            billing(&path, &what, billing_of(table, index), billing_of(found, other), to);
        }
        let path = format!("indexes/{}/warmThroughput", index.name);
        warm(&path, index.warm_throughput.as_ref(), other.warm_throughput.as_ref(), to);
    }
}

const fn mode(billing: &Billing) -> &'static str {
    match billing {
        Billing::OnDemand { .. } => "on demand",
        Billing::Provisioned { .. } => "provisioned",
    }
}

/// An index without a capacity of its own has the table's.
fn billing_of<'a>(table: &'a Table, index: &'a Index) -> &'a Billing {
    index.billing.as_ref().unwrap_or(&table.billing)
}

fn billing(path: &str, of: &str, declared: &Billing, found: &Billing, to: &mut Comparison<'_>) {
    match (declared, found) {
        (
            Billing::OnDemand { max_read_units: declared_reads, max_write_units: declared_writes },
            Billing::OnDemand { max_read_units: reads, max_write_units: writes },
        ) => {
            let both = [("maxReadUnits", declared_reads, reads), ("maxWriteUnits", declared_writes, writes)];
            for (name, declared, found) in both {
                let limit =
                    |limit: &Option<u64>| limit.map_or("without limit".into(), |units| units.to_string());
                if declared != found {
                    let what = format!("`{name}` of {of}");
                    let remedy = "requests beyond it are throttled, and those below are paid for";
                    let limits = (limit(declared), limit(found));
                    to.other(format!("{path}/{name}"), Severity::Warning, &what, limits, remedy);
                }
            }
        }
        (
            Billing::Provisioned { read: declared_read, write: declared_write },
            Billing::Provisioned { read, write },
        ) => {
            capacity(&format!("{path}/read"), &format!("the read capacity of {of}"), declared_read, read, to);
            capacity(
                &format!("{path}/write"),
                &format!("the write capacity of {of}"),
                declared_write,
                write,
                to,
            );
        }
        _ => {
            let modes = (mode(declared), mode(found));
            let remedy = "it is paid for otherwise than declared";
            to.other(
                format!("{path}/mode"),
                Severity::Warning,
                &format!("the billing mode of {of}"),
                modes,
                remedy,
            );
        }
    }
}

fn capacity(path: &str, what: &str, declared: &Capacity, found: &Capacity, to: &mut Comparison<'_>) {
    if !to.knows(path) {
        return;
    }
    // Between equal bounds nothing scales.
    let scaled =
        |capacity: &Capacity| capacity.autoscaling.clone().filter(|scaling| scaling.min < scaling.max);
    let words = |scaling: Option<&Autoscaling>, units| match scaling {
        Some(Autoscaling { min, max, target_percent }) => {
            format!("{min} to {max} units at {target_percent} %")
        }
        None => format!("{units} units"),
    };
    let (wanted, has) = (scaled(declared), scaled(found));
    let fixed =
        |capacity: &Capacity| capacity.autoscaling.as_ref().map_or(capacity.units, |scaling| scaling.max);
    let same = match (&wanted, &has) {
        // Who can see only the units of the moment sees what the autoscaling made of them.
        (Some(scaling), None) if !to.knows("autoscaling") => {
            (scaling.min..=scaling.max).contains(&found.units)
        }
        (Some(wanted), Some(has)) => wanted == has,
        (None, None) => fixed(declared) == fixed(found),
        _ => false,
    };
    if let (true, Some(scaling), None) = (same, &wanted, &has) {
        // Nobody is to believe that it was compared.
        let what = format!(
            "the autoscaling of {what} is not compared, only that its {} units lie within {} to {}",
            found.units, scaling.min, scaling.max
        );
        to.push(
            format!("{path}/autoscaling"),
            Severity::Note,
            what,
            "it belongs to Application Auto Scaling: check the template, or `aws application-autoscaling describe-scaling-policies`",
        );
    }
    if !same {
        let both = (words(wanted.as_ref(), fixed(declared)), words(has.as_ref(), fixed(found)));
        to.other(
            path,
            Severity::Warning,
            what,
            both,
            "requests beyond it are throttled, and all of it is paid for",
        );
    }
}

/// A template that warms more than is declared pays for it once; a table that is warmer was warmed by use.
fn warm(
    path: &str,
    declared: Option<&WarmThroughput>,
    found: Option<&WarmThroughput>,
    to: &mut Comparison<'_>,
) {
    if declared == found || !to.knows(path) {
        return;
    }
    let words = |warm: Option<&WarmThroughput>| match warm {
        Some(warm) => format!("{} reads and {} writes a second", warm.read_units, warm.write_units),
        None => "what DynamoDB gives every table".into(),
    };
    let both = (words(declared), words(found));
    let (reads, writes) = found.map_or((0, 0), |found| (found.read_units, found.write_units));
    if declared.is_some_and(|declared| reads < declared.read_units || writes < declared.write_units) {
        to.other(path, Severity::Warning, "the warm throughput", both, "warm it before the load comes");
    } else if to.knows("warmedByUse") {
        to.other(
            path,
            Severity::Note,
            "the warm throughput",
            both,
            "it is paid for once, when it is deployed",
        );
    }
}
