//! CDK: one class for each table, whatever it is called.

use crate::{GLOBAL, LEDGER, SHOP, changed, contract, refused, render};
use serde_json::json;
use theory_export::contract::deployment::{Consumer, Keep};
use theory_export::{Contract, Format, Options};

fn in_format(contract: &Contract, format: Format) -> String {
    render("cdk", contract, &Options { format: Some(format), ..Options::default() }).unwrap()
}

#[test]
fn a_function_named_like_a_keyword_is_an_argument_all_the_same() {
    let mut shop = contract(SHOP);
    shop.tables[1].consumers = ["class", "Class", "2fa", "self"].map(Consumer::new).into();
    let python = in_format(&shop, Format::Python);
    for argument in ["class_function", "class_function_2", "t2fa", "self_function"] {
        assert!(python.contains(&format!("\n        {argument}: lambda_.IFunction,\n")), "{argument}");
    }
    let typescript = in_format(&shop, Format::Typescript);
    for member in ["class", "class2", "t2fa", "self"] {
        assert!(typescript.contains(&format!("\n  readonly {member}: lambda.IFunction;\n")), "{member}");
    }
}

#[test]
fn what_replacement_keeps_is_said_where_it_differs() {
    let mut ledger = contract(LEDGER);
    assert!(!in_format(&ledger, Format::Typescript).contains("updateReplacePolicy"));
    ledger.tables[0].retention.on_replace = Keep::Retain;
    let typescript = in_format(&ledger, Format::Typescript);
    assert!(typescript.contains("cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;"));
    assert!(typescript.contains("RemovalPolicy.DESTROY"));
    let python = in_format(&ledger, Format::Python);
    assert!(python.contains("cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN"));
}

#[test]
fn keys_of_replicas_are_found_in_their_regions() {
    let mut sessions = changed(GLOBAL, "/tables/0/encryption/kmsKey", json!("alias/sessions"));
    sessions.tables[0].replicas[0].kms_key = None;
    let typescript = in_format(&sessions, Format::Typescript);
    assert!(typescript.contains("kms.Alias.fromAliasName(this, 'Key', 'alias/sessions')"), "{typescript}");
    assert!(typescript.contains("Stack.of(this).formatArn({"), "{typescript}");
    assert!(typescript.contains("region: 'eu-west-1',"), "{typescript}");
}

#[test]
fn what_a_construct_cannot_say_is_refused() {
    refused("cdk", &changed(GLOBAL, "/tables/0/stream", json!("KEYS_ONLY")), "NEW_AND_OLD_IMAGES");
    refused("cdk", &changed(SHOP, "/tables/1/consumers/0/onFailure", json!("queue")), "no ARN of a queue");
}
