//! Help, colours, completions and exit codes.

use crate::session::{schema, session, theory};
use crate::shop;
use theory_export::contract::Operation;
use theory_export::target::targets;

#[test]
fn help_goes_to_standard_output_and_mistakes_do_not() {
    let help = theory(&["--help"], "");
    assert_eq!((help.code, &*help.err), (0, ""));
    for part in ["Examples:", "Exit codes:", "contract", "completions"] {
        assert!(help.out.contains(part), "{part} in {}", help.out);
    }
    let wrong = theory(&["contrakt"], "");
    assert_eq!((wrong.code, &*wrong.out), (2, ""));
    assert!(wrong.err.contains("similar subcommand"), "{}", wrong.err);
}

#[test]
fn every_output_has_help_with_an_example_and_can_be_made() {
    // A policy can be limited to the tenant only where it is the partition key: neither in a scan nor in this index.
    let narrowed = shop::schema()
        .entity("Customer", |e| e.only([Operation::Get, Operation::Create]))
        .entity("Order", |e| e.only([Operation::Get, Operation::Query]));
    let contract = schema(&narrowed, &["contract", "--profile", "prod"]).out;
    for target in targets() {
        let help = theory(&[target.name, "--help"], "");
        assert!(help.out.contains("Example"), "{}: {}", target.name, help.out);
        for format in target.formats {
            let mut args = vec![target.name, "-"];
            if target.formats.len() > 1 {
                args.extend(["--format", format.as_str()]);
            }
            let made = theory(&args, &contract);
            assert_eq!(made.code, 0, "{args:?}: {}", made.err);
            assert!(!made.out.is_empty());
            assert_eq!(theory(&args, &contract).out, made.out, "the same bytes again");
        }
    }
}

#[test]
fn colours_only_where_they_are_understood() {
    for args in [&["--help"][..], &["contract", "--profile", "none"], &["contrakt"]] {
        let escaped = |colour| {
            let ran = session(Some(&shop::schema()), args, "", colour);
            (ran.out + &ran.err).contains('\u{1b}')
        };
        assert!(escaped(true) && !escaped(false), "{args:?}");
    }
}

#[test]
fn completions_name_the_program_and_its_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = schema(&shop::schema(), &["completions", shell]);
        assert_eq!(script.code, 0);
        assert!(script.out.contains("schema") && script.out.contains("workbench"), "{shell}");
    }
}

#[test]
fn an_unknown_setting_is_refused() {
    let contract = schema(&shop::schema(), &["contract"]).out;
    let wrong = theory(&["workbench", "-", "--set", "nam=x"], &contract);
    assert_eq!((wrong.code, &*wrong.err), (3, "error: no setting `nam`; known: name, author\n"));
    let table = theory(&["workbench", "-", "--table", "shops"], &contract);
    assert_eq!((table.code, &*table.err), (3, "error: no table `shops`; known: coupons, shop\n"));
}

#[test]
fn settings_and_files_that_are_wrong_are_told_with_what_is_right() {
    let contract = schema(&shop::schema(), &["contract"]).out;
    for (args, told) in [
        (&["cloudformation", "-", "--set", "global"][..], "write `--set global=VALUE`"),
        (&["cloudformation", "-", "--set", "global=yes"], "`global` is `true` or `false`, not `yes`"),
        (&["cloudformation", "-", "--set", "globe=true"], "no setting `globe`; known: global"),
        (&["cloudformation", "-", "--profile", "test"], "no profile `test`; profiles: dev, prod"),
        (&["cloudformation", "nowhere.json"], "there is no `nowhere.json`: name the contract, or write it"),
    ] {
        let ran = theory(args, &contract);
        assert_eq!((ran.code, ran.err.contains(told)), (3, true), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_template_beyond_the_limits_of_cloudformation_is_refused_naming_the_remedy() {
    let table = |number: usize| {
        format!(r#"{{"name":"table{number}","key":{{"partition":[{{"name":"pk","type":"S"}}]}}}}"#)
    };
    let contract = |count: usize| {
        format!(r#"{{"format":"1.0","tables":[{}]}}"#, (0..count).map(table).collect::<Vec<_>>().join(","))
    };
    for (command, count, because) in
        [("cloudformation", 600, "600 resources, and CloudFormation takes 500"), ("sam", 101, "202 outputs")]
    {
        let refused = theory(&[command, "-"], &contract(count));
        assert_eq!((refused.code, &*refused.out), (3, ""));
        assert!(refused.err.contains(because) && refused.err.contains("`--table NAME`"), "{}", refused.err);
        assert_eq!(theory(&[command, "-", "--table", "table7"], &contract(count)).code, 0);
    }
    assert_eq!(theory(&["cloudformation", "-"], &contract(100)).code, 0);
}

#[test]
fn the_json_schema_can_be_had() {
    let ran = theory(&["json-schema"], "");
    assert_eq!((ran.code, &*ran.out), (0, theory_export::contract::JSON_SCHEMA));
}

#[cfg(not(feature = "live"))]
#[test]
fn what_needs_a_feature_says_which() {
    for args in
        [&["apply", "--endpoint", "http://localhost:8000"][..], &["backfill", "x"], &["check", "-", "--live"]]
    {
        let ran = theory(args, "");
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("cargo install theory-export --features live"), "{}", ran.err);
    }
    assert!(!theory(&["--help"], "").out.contains("apply "), "it is not offered");
}

#[test]
fn the_help_of_an_output_has_a_setting_and_its_exit_codes() {
    let help = theory(&["cloudformation", "--help"], "").out;
    assert!(help.contains("--set global=true") && help.contains("Exit codes:\n  0  done"), "{help}");
    assert!(help.contains("stamp"), "{help}");
}
