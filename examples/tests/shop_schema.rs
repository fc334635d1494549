//! Every output of the example, as reviewed. An output that comes later joins by itself, and asks to be reviewed.

#[path = "../shop_schema/schema.rs"]
#[allow(dead_code, reason = "the entities are described, and no item is made")]
mod schema;

use std::collections::BTreeMap;
use theory_export::check::{Check, CheckOptions, Deployed};
use theory_export::target::{Target, targets};
use theory_export::{Format, Options};

fn reviewed(name: String, text: String) {
    insta::with_settings!(
        { snapshot_path => "../shop_schema/snapshots", prepend_module_to_snapshot => false, omit_expression => true },
        { insta::assert_snapshot!(name, text) }
    );
}

#[test]
fn the_contract_is_as_reviewed() {
    let contract = schema::schema().contract().expect("the example is sound");
    reviewed("contract.json".into(), contract.to_json());
    for profile in ["dev", "stage", "prod"] {
        let text = contract.in_profile(profile).expect("the profile is there").to_json();
        // What differs, and not the whole again.
        let own: Vec<_> = text.lines().filter(|line| !contract.to_json().contains(line)).collect();
        reviewed(format!("contract_{profile}.lines"), own.join("\n"));
    }
}

#[test]
fn every_output_is_as_reviewed() {
    let contract = schema::schema().contract().expect("the example is sound");
    let contract = contract.in_profile("prod").expect("the profile is there");
    for target in targets() {
        for format in target.formats {
            let options = Options { format: Some(*format), ..Options::default() };
            let render =
                || (target.render)(&contract, &options).unwrap_or_else(|error| format!("refused: {error}\n"));
            let text = render();
            assert_eq!(text, render(), "the same bytes again");
            reviewed(format!("{}.{}", target.name, Format::as_str(*format)), text);
        }
    }
}

#[test]
fn the_template_is_what_the_contract_says() {
    let contract = schema::schema().contract().expect("the example is sound");
    let template = Target::named("cloudformation").expect("it is a target");
    for profile in ["dev", "stage", "prod"] {
        let contract = contract.in_profile(profile).expect("the profile is there");
        let text = (template.render)(&contract, &Options::default()).expect("it can be deployed");
        let deployed = Deployed::from_template(&text, &BTreeMap::new()).expect("it can be read");
        let check = Check::of(&contract, &deployed, &CheckOptions::default()).expect("nothing was asked for");
        assert_eq!(check.findings(), [], "{profile}");
    }
}
