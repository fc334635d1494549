//! The plan: every order of steps keeps old and new code, and items that exist, running.

use crate::report::{diff, index};
use serde_json::{Value, json};
use theory_export::Contract;
use theory_export::diff::{Class, Diff, Phase};

/// Phase and path of each step, group by group.
fn plan(diff: &Diff) -> Vec<Vec<(Phase, String)>> {
    let groups = diff.plan();
    let steps = groups.groups().iter().map(|group| {
        group
            .steps
            .iter()
            .map(|step| (step.phase, step.path.trim_start_matches("tables/shop/").to_owned()))
            .collect()
    });
    steps.collect()
}

fn phases(diff: &Diff) -> Vec<Phase> {
    diff.plan().groups().iter().map(|group| group.phase).collect()
}

/// `Order` with one attribute more, and what indexes it is in.
fn order(attribute: Value, indexes: &[&str]) -> Value {
    let pk = json!({ "name": "pk", "type": "S", "required": true });
    let mut keys = json!({ "pk": "{pk}" });
    for index in indexes {
        keys[*index] = json!(format!("{{{index}}}"));
    }
    json!([{ "name": "Order", "keys": keys, "indexes": indexes, "attributes": [pk, attribute] }])
}

fn on(name: &str, attribute: &str) -> Value {
    let mut on = index(name);
    on["key"]["partition"][0]["name"] = json!(attribute);
    on
}

#[test]
fn one_index_at_a_time_is_removed_however_many_of_its_parts_changed() {
    let mut projected = (index("a"), index("b"));
    for index in [&mut projected.0, &mut projected.1] {
        index["projection"] = json!({ "type": "KEYS_ONLY" });
        index["key"]["sort"] = json!([{ "name": "pk2", "type": "S" }]);
    }
    let found = diff(
        json!({ "indexes": [index("a"), index("b")] }),
        json!({ "indexes": [projected.0, projected.1] }),
    );
    assert_eq!(found.changes().len(), 4);
    let step = |phase, name: &str| (phase, format!("indexes/{name}"));
    assert_eq!(
        plan(&found),
        [
            vec![step(Phase::AddIndex, "a")],
            vec![step(Phase::AddIndex, "b")],
            vec![step(Phase::Rely, "a"), step(Phase::Rely, "b")],
            vec![step(Phase::Remove, "a")],
            vec![step(Phase::Remove, "b")],
        ]
    );
}

#[test]
fn what_is_required_is_written_and_filled_in_before_code_relies_on_it() {
    let old = json!({});
    let new = json!({ "entities": order(json!({ "name": "state", "type": "S", "required": true }), &[]) });
    assert_eq!(phases(&diff(old, new)), [Phase::Writers, Phase::Backfill, Phase::Rely]);
}

#[test]
fn an_index_on_a_new_attribute_is_filled_after_the_last_writer_without_it() {
    let new = json!({
        "indexes": [on("state", "state")],
        "entities": order(json!({ "name": "state", "type": "S" }), &["state"]),
    });
    let found = diff(json!({}), new);
    assert_eq!(found.worst(), Some(Class::Backfill));
    assert_eq!(phases(&found), [Phase::AddIndex, Phase::Writers, Phase::Backfill, Phase::Rely]);
    let plan = found.plan();
    let of = |phase| plan.groups().iter().find(|group| group.phase == phase).unwrap().steps.len();
    assert_eq!((of(Phase::Backfill), of(Phase::Rely)), (1, 1), "{plan:?}");
}

#[test]
fn a_table_that_takes_the_place_of_another_is_written_beside_it_and_copied_to() {
    let anew = [Phase::Decide, Phase::Deploy, Phase::Writers, Phase::Backfill, Phase::Rely, Phase::Destroy];
    let mut local = index("local");
    local["kind"] = json!("local");
    let other_key = json!({ "key": { "partition": [{ "name": "id", "type": "S" }], "sort": [{ "name": "at", "type": "N" }] } });
    for new in [other_key, json!({ "indexes": [local] }), json!({ "name": "shops" })] {
        let found = diff(json!({}), new.clone());
        assert_eq!(found.worst(), Some(Class::Replacement));
        assert_eq!(phases(&found), anew, "{new}");
        let plan = found.plan();
        assert!(plan.groups().iter().all(|group| group.steps.len() == 1), "told once: {plan:?}");
    }
}

#[test]
fn an_index_that_is_gone_is_removed_once() {
    let old =
        json!({ "indexes": [index("by")], "entities": order(json!({ "name": "a", "type": "S" }), &[]) });
    let mut member = old.clone();
    member["entities"][0]["indexes"] = json!(["by"]);
    let new = json!({ "entities": old["entities"] });
    let found = diff(member, new);
    assert_eq!(found.changes().len(), 2);
    assert_eq!(phases(&found), [Phase::Rely, Phase::Remove]);
}

#[test]
fn no_difference_says_the_same_in_two_phases() {
    let steps = |pairs: [(Value, Value); 8]| -> Vec<_> {
        pairs.into_iter().flat_map(|(old, new)| diff(old, new).changes().to_vec()).collect()
    };
    let attribute = |attribute: Value| json!({ "entities": order(attribute, &[]) });
    let changes = steps([
        (json!({}), json!({ "key": { "partition": [{ "name": "id", "type": "S" }] } })),
        (json!({ "indexes": [index("by")] }), json!({})),
        (json!({ "stream": "NEW_IMAGE" }), json!({ "stream": "OLD_IMAGE" })),
        (json!({ "ttl": "a" }), json!({ "ttl": "b" })),
        (json!({ "pointInTimeRecovery": { "days": 35 } }), json!({})),
        (json!({}), attribute(json!({ "name": "a", "type": "S", "required": true }))),
        (attribute(json!({ "name": "a", "type": "S" })), attribute(json!({ "name": "a", "type": "N" }))),
        (json!({ "entities": order(json!({ "name": "a", "type": "S" }), &[]) }), json!({ "entities": [] })),
    ]);
    for change in changes {
        for (place, step) in change.steps.iter().enumerate() {
            let before = &change.steps[..place];
            assert!(
                before.iter().all(|before| before.text != step.text && before.phase < step.phase),
                "{change:?}"
            );
        }
    }
}

fn profiles(days: u8, prod: Value) -> Contract {
    let table = json!({
        "name": "shop",
        "key": { "partition": [{ "name": "pk", "type": "S" }] },
        "pointInTimeRecovery": { "days": days },
    });
    Contract::from_json(
        &json!({ "format": "1.0", "tables": [table], "profiles": { "prod": prod } }).to_string(),
    )
    .unwrap()
}

#[test]
fn a_profile_that_changes_otherwise_is_told_with_its_own_values() {
    let overriding = |days: u8| json!({ "all": { "pointInTimeRecovery": { "days": days } } });
    let told = |old: &Contract, new: &Contract| -> Vec<String> {
        Diff::between(old, new)
            .unwrap()
            .changes()
            .iter()
            .map(|change| format!("{}: {}", change.path, change.what))
            .collect()
    };
    assert_eq!(
        told(&profiles(35, json!({})), &profiles(7, overriding(1))),
        [
            "profiles/prod/tables/shop/pointInTimeRecovery: in profile `prod`: 1 days can be restored, not 35",
            "tables/shop/pointInTimeRecovery: 7 days can be restored, not 35 (not so in profile `prod`)",
        ]
    );
    // What the profile keeps is not lost there.
    assert_eq!(
        told(&profiles(35, overriding(35)), &profiles(7, overriding(35))),
        ["tables/shop/pointInTimeRecovery: 7 days can be restored, not 35 (not so in profile `prod`)"]
    );
    assert_eq!(
        told(&profiles(35, json!({})), &profiles(7, json!({}))),
        ["tables/shop/pointInTimeRecovery: 7 days can be restored, not 35"]
    );
    let differently = told(&profiles(35, json!({})), &profiles(35, overriding(35)));
    assert_eq!(differently, ["profiles/prod: profile `prod` is written differently"]);
    let diff = Diff::between(&profiles(35, json!({})), &profiles(7, overriding(1))).unwrap();
    let plan = diff.plan();
    let mut steps = plan.groups().iter().flat_map(|group| &group.steps);
    assert!(
        steps.any(|step| step.path.starts_with("profiles/prod/")
            && step.text.starts_with("in profile `prod`: 1 days"))
    );
}
