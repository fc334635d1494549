//! Constraints.

use super::*;

#[test]
fn constraints_have_names() {
    let (entity, mistakes) = entity(
        r#"
        #[table(name = "users", rename_all = "camelCase", unique(fields(tenant, first_name)))]
        #[table(unique(name = "phone-of-country", fields(country, phone)))]
        struct User {
            #[table(pk)] tenant: String, #[table(sk)] id: String,
            #[table(unique)] e_mail: String,
            #[table(unique = "login")] name: Option<String>,
            first_name: String, country: String, phone: u64,
        }"#,
    );
    assert_messages(&mistakes, &[]);
    let entity = entity.unwrap();
    let names: Vec<&str> = entity.uniques.iter().map(|unique| &*unique.name).collect();
    assert_eq!(names, ["User.eMail", "login", "User.tenant.firstName", "phone-of-country"]);
    assert_eq!(entity.uniques[2].attributes(&entity.fields), ["tenant", "firstName"]);
    assert_eq!(entity.uniques[3].attributes(&entity.fields), ["country", "phone"]);
}

#[test]
fn a_constraint_is_on_attributes() {
    check_with("unique(fields(customer, staus))", "", &["did you mean `status`?"]);
    check_with("unique(name = \"a\")", "", &["add `fields(…)`"]);
    check_with("unique", "", &["`unique` takes keys in parentheses"]);
    check_with("unique(fields)", "", &["`fields` takes names in parentheses"]);
    check_with("unique(fields = status)", "", &["`fields` takes names in parentheses"]);
    check_with(
        "unique(name = \"a\", fields(status, status))",
        "",
        &["`status` is in this constraint already"],
    );
    check_with(
        "unique(fields(customer, order_id, status))",
        "",
        &["no two items have the same key: the key needs no constraint"],
    );
    check_with("", "#[table(unique, version)] v: u64", &["`unique` and `version` exclude each other"]);
    check_with("", "#[table(unique, json)] v: Vec<u8>", &["`unique` and `json` exclude each other"]);
    check_with("", "#[table(unique(fields(v)))] v: String", &["`unique` takes a string or nothing"]);
    check_with("unique(fields(status, v))", "#[table(ttl)] v: u64", &["`v` is the same in many items"]);
    check_with("unique(fields(status, v))", "#[table(skip)] v: u64", &["`v` is skipped"]);
}

#[test]
fn a_constraint_has_a_name_of_its_own() {
    check_with(
        "unique(name = \"a\", fields(status, total))",
        "#[table(unique = \"a\")] v: String",
        &["another constraint is called `a` already"],
    );
    check_with("", "#[table(unique = \"a#b\")] v: String", &["`a#b` contains `#`"]);
    check_with(
        "",
        "#[table(unique, rename = \"v 2\")] v: String",
        &["contains ` `: give it a name, with `unique = \"…\"`"],
    );
    check_with("", "#[table(unique = \"\")] v: String", &["has 1 to 255 characters; this has 0"]);
    check_table(
        "#[table(name = \"users\")] struct User { #[table(pk, unique)] id: String }",
        &["no two items have the same key"],
    );
}
