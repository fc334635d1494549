//! What we write is what we read: no difference, and one wherever the contract is another.

#[path = "../diff/mutate.rs"]
#[allow(dead_code, reason = "shared")]
mod mutate;

use crate::{GLOBAL, LEDGER, SHOP, contract, findings};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use theory_export::target::Target;
use theory_export::{Contract, Format, Options};

fn render(contract: &Contract, format: Format, global: bool) -> Option<String> {
    // The stamp is other wherever the contract is.
    let settings = BTreeMap::from([("global", global.to_string()), ("stamp", "false".into())]);
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let options = Options { format: Some(format), settings, ..Options::default() };
    (Target::named("cloudformation").unwrap().render)(contract, &options).ok()
}

#[test]
fn our_own_template_has_no_difference() {
    for text in [SHOP, LEDGER, GLOBAL] {
        let contract = contract(text);
        for format in [Format::Json, Format::Yaml] {
            for global in [false, true] {
                let template = render(&contract, format, global).unwrap();
                assert_eq!(findings(&contract, &template), [], "{template}");
            }
        }
    }
}

/// What of the template is about tables.
fn resources(template: &str) -> Value {
    let template: Value = serde_json::from_str(template).unwrap();
    template["Resources"].clone()
}

/// The capacity with which begins what then follows the use: what it is later says nothing.
fn is_first_capacity(contract: &Value, pointer: &str) -> bool {
    let above = pointer.strip_suffix("/units").and_then(|above| contract.pointer(above));
    above.is_some_and(|capacity| capacity.get("autoscaling").is_some())
}

#[test]
fn what_the_template_has_otherwise_is_found() {
    let (mut count, mut missed) = (0, BTreeSet::new());
    let words =
        ["KEYS_ONLY", "NEW_IMAGE", "ALL", "S", "N", "B", "STANDARD", "retain", "delete", "global", "local"];
    let words: BTreeSet<String> = words.into_iter().map(Into::into).collect();
    for text in [SHOP, LEDGER, GLOBAL] {
        let (full, before): (Value, _) = (serde_json::from_str(text).unwrap(), contract(text));
        let template = resources(&render(&before, Format::Json, false).unwrap());
        for mutation in mutate::all(&full, &words) {
            let Ok(after) = Contract::from_json(&mutation.mutated.to_string()) else { continue };
            let Some(written) = render(&after, Format::Json, false) else { continue };
            count += 1;
            let found = findings(&before, &written);
            let is_other = resources(&written) != template;
            let is_seen = is_other && !is_first_capacity(&full, &mutation.pointer);
            if is_seen == found.is_empty() {
                missed.insert(format!("{} {:?}: {found:?}", mutation.pointer, mutation.kind));
            }
        }
    }
    let missed: Vec<_> = missed.into_iter().collect();
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
    assert!(count > 300, "{count} templates are too few to be all");
}
