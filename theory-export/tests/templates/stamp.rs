//! The tag by which `client.verify(…).stamp(…)` and `check` know of which contract a table was made.

use crate::{GLOBAL, LEDGER, SHOP, changed, contract, json, refused, render};
use serde_json::Value;
use std::collections::BTreeMap;
use theory_export::Options;
use theory_export::check::{Check, CheckOptions, Deployed};
use theory_export::contract::STAMP_TAG;
use theory_export::target::Target;

const TARGETS: [&str; 5] = ["cloudformation", "sam", "cdk", "terraform", "aws-cli"];

fn without() -> Options {
    Options { settings: BTreeMap::from([("stamp".into(), "false".into())]), ..Options::default() }
}

#[test]
fn every_table_has_it_in_every_output() {
    for text in [SHOP, LEDGER, GLOBAL] {
        let contract = contract(text);
        let digest = contract.digest.clone().unwrap();
        for name in TARGETS {
            for format in Target::named(name).unwrap().formats {
                let options = Options { format: Some(*format), ..Options::default() };
                // DynamoDB, or a provider, has no word for something in it.
                let Ok(written) = render(name, &contract, &options) else { continue };
                assert!(written.matches(STAMP_TAG).count() >= contract.tables.len(), "{name}");
                assert!(written.contains(&digest), "{name} {format:?}");
                let plain = render(name, &contract, &Options { format: Some(*format), ..without() }).unwrap();
                assert!(!plain.contains(STAMP_TAG), "{name} {format:?}");
            }
        }
    }
    let wrong = Options { settings: BTreeMap::from([("stamp".into(), "no".into())]), ..Options::default() };
    for name in TARGETS {
        let error = render(name, &contract(SHOP), &wrong).unwrap_err().to_string();
        assert_eq!(error, "the setting `stamp` is `true` or `false`, not `no`");
    }
}

#[test]
fn it_is_one_of_the_fifty_tags_that_a_table_may_have() {
    let tags = |count: usize| -> Value {
        (0..count)
            .map(|number| (format!("tag{number:02}"), Value::from("x")))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let most = changed(SHOP, "/tables/1/tags", tags(50));
    for name in TARGETS {
        refused(name, &most, "has 50 tags, and DynamoDB allows 50 together with `theory:contract`");
        assert!(render(name, &most, &without()).is_ok());
        assert!(render(name, &changed(SHOP, "/tables/1/tags", tags(49)), &Options::default()).is_ok());
    }
}

#[test]
fn a_check_accepts_it_and_tells_a_stale_one() {
    let old = contract(SHOP);
    let text = {
        let mut template = json("cloudformation", &old);
        // As CDK writes a template: without the metadata of ours.
        template.as_object_mut().unwrap().remove("Metadata");
        template.to_string()
    };
    let deployed = Deployed::from_template(&text, &BTreeMap::new()).unwrap();
    assert_eq!(deployed.stamp, old.digest);
    assert_eq!(Check::of(&old, &deployed, &CheckOptions::default()).unwrap().findings(), []);
    let new = changed(SHOP, "/tables/1/entities/0/name", Value::from("Renamed"));
    let check = Check::of(&new, &deployed, &CheckOptions::default()).unwrap();
    let paths: Vec<_> = check.findings().iter().map(|finding| &*finding.path).collect();
    assert_eq!(paths, ["digest"]);
}
