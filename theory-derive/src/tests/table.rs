//! Entities and their fields.

use super::*;
use crate::model::{Role, Store};

#[test]
fn a_sound_entity_is_understood() {
    let (entity, mistakes) = entity(
        r#"
        #[table(name = "orders", scan, rename_all = "camelCase", crate = my::theory)]
        #[table(gsi(name = "by_status", pk = (customer, status), sk = placed_at, projection = include(note),))]
        #[table(lsi(name = "ByDate", sk = placed_at, projection = keys_only))]
        pub struct Order<'a, T: Clone, const N: usize> {
            #[table(pk)] customer: CustomerId,
            #[table(sk, rename = "ID")] pub order_id: Ulid,
            /// Where it stands.
            status: Option<Status>,
            placed_at: Timestamp,
            r#type: &'a str,
            #[table(alias = "memo", alias = "remark", default = defaults::note::<A, B>)] note: String,
            #[table(with = Optional<Pair<A, B>>)] pair: Option<(T, [u8; N])>,
            #[table(version)] version: u64,
            #[table(skip)] cache: Cache,
            #[table(rest)] rest: Item,
        }"#,
    );
    assert_messages(&mistakes, &[]);
    let entity = entity.unwrap();
    let names: Vec<&str> = entity.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names[..5], ["customer", "ID", "status", "placedAt", "type"]);
    assert_eq!(entity.fields[4].constant().unwrap(), "TYPE");
    assert_eq!(entity.fields[2].docs.len(), 1);
    assert_eq!(entity.fields[5].keys.aliases.len(), 2);
    assert_eq!(entity.fields[7].role, Role::Version);
    assert_eq!(
        entity.fields[8..].iter().map(|field| field.store).collect::<Vec<_>>(),
        [Store::Skip, Store::Rest]
    );
    assert_eq!(entity.key().collect::<Vec<_>>(), [0, 1]);
    let places =
        |side: &[(usize, proc_macro2::Ident)]| side.iter().map(|(place, _)| *place).collect::<Vec<_>>();
    let [by_status, by_date] = &entity.indexes[..] else { panic!("two indexes") };
    assert_eq!((places(&by_status.partition), places(&by_status.sort)), (vec![0, 2], vec![3]));
    assert_eq!(by_date.method.as_ref().unwrap(), "by_date");
    assert!(entity.scan && entity.verbs);
}

#[test]
fn only_structs_with_named_fields_are_entities() {
    for (source, expected) in [
        ("struct A(String);", "each field is an attribute and needs a name"),
        ("struct A;", "at least a partition key"),
        ("enum A { B }", "derive `Attribute` for it"),
        ("union A { a: u8 }", "a union does not say which of its fields holds"),
    ] {
        check_table(source, &[expected]);
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    check_table(
        r#"#[table(nam = "x", scan = 1)] #[table(rename_all = "camelcase")] struct Order {
            #[table(pk, pk)] a: Option<String>,
            #[table(version)] b: String,
            #[table(renam = "c", "d")] c: u8,
        }"#,
        &[
            "unknown key `nam`, did you mean `name`?",
            "`scan` takes no value; write `scan`",
            "no rule is called `camelcase`, did you mean `camelCase`?",
            "`pk` is given twice; keep one",
            "unknown key `renam`, did you mean `rename`?",
            "`#[table]` takes keys here",
            "present in every item: write `String`",
            "must be an unsigned integer; this is `String`",
        ],
    );
}

#[test]
fn the_shape_of_values() {
    let cases = [
        ("name", "`name` takes a string; write `name = \"orders\"`"),
        ("gsi", "`gsi` takes keys in parentheses"),
        ("scan(true)", "`scan` takes no value"),
        ("crate = \"theory\"", "`crate` takes a path; write `crate = path::to::theory`"),
        ("crate =", "`crate` has no value after `=`"),
        ("scan no_verbs", "expected `,` after `scan`"),
        ("version", "`version` is a key of an entity's field, not of the struct"),
        ("projection = all", "`projection` is a key of `gsi`, not of the struct"),
        ("pk = \"A#{b}\"", "key templates are not supported yet; put `#[table(pk)]` on a field"),
        ("rename_all = camelCase", "`rename_all` takes a string"),
    ];
    for (keys, expected) in cases {
        check_table(&format!("#[table({keys})] struct Order {{ #[table(pk)] a: u8 }}"), &[expected]);
    }
    check_table("struct Order { #[table(pk)] a: u8 }", &["add `#[table(name = \"order\")]` to the struct"]);
    let fields = [
        ("rename = x", "`rename` takes a string; write `rename = \"storedName\"`"),
        ("with = \"x\"", "`with` takes a type"),
        ("default = \"x\"", "`default` takes a path; write `default` or `default = path::to::function`"),
        ("default(x)", "`default` takes a path or nothing"),
        ("pk = \"A#{b}\"", "`pk` on a field takes no value: write `#[table(pk)]`"),
        ("scan", "`scan` is a key of the struct, not of an entity's field"),
        ("gsi(name = \"x\")", "`gsi` is a key of the struct, not of an entity's field"),
        ("other", "unknown key `other` (an entity's field may have `pk`, `sk`, `rename`"),
    ];
    for (keys, expected) in fields {
        check_with("", &format!("#[table({keys})] x: u8"), &[expected]);
    }
    check_with("", "#[table] x: u8", &["`#[table]` needs its keys in parentheses, such as `#[table(pk)]`"]);
    check_with("", "#[table = \"x\"] x: u8", &["`#[table]` takes its keys in parentheses"]);
    check_with("", "#[attribute(rename = \"y\")] x: u8", &["write `#[table(…)]` here"]);
}

#[test]
fn keys_of_the_table() {
    let table = |fields: &str| format!("#[table(name = \"orders\")] struct Order {{ {fields} }}");
    check_table(&table("a: u8"), &["put `#[table(pk)]` on the field that tells its items apart"]);
    check_table(&table("#[table(sk)] a: u8"), &["a sort key orders the items of a partition"]);
    check_table(&table("#[table(pk, sk)] a: u8"), &["`pk` and `sk` exclude each other"]);
    check_table(
        &table("#[table(pk)] a: u8, #[table(pk)] b: u8, #[table(sk)] c: u8, #[table(sk)] d: u8"),
        &[
            "which is `a` already; the key of a global index may have several: `gsi(pk = (a, b), …)`",
            "which is `c` already; the key of a global index may have several: `gsi(sk = (c, d), …)`",
        ],
    );
    check_table(
        &table("#[table(pk)] a: std::option::Option<BTreeMap<String, u8>>"),
        &["write `BTreeMap<String, u8>`"],
    );
    check_table(
        r#"#[table(name = "orders", pk = "A#{a}", sk = "B")] struct Order { a: u8 }"#,
        &["key templates are not supported yet", "put `#[table(sk)]` on a field"],
    );
}

#[test]
fn keys_that_exclude_each_other() {
    let pairs = [
        ("skip, rename = \"y\"", "a skipped field is neither written nor read"),
        ("skip, ttl", "a skipped field is neither written nor read"),
        ("flatten, alias = \"y\"", "a flattened field has no attribute of its own"),
        ("flatten, rest", "a flattened field has no attribute of its own"),
        ("rest, default", "this field holds the attributes that no other field names"),
        ("serde, json", "keep one"),
        ("with = A, lenient", "one adapter decides"),
        ("serde, skip_empty", "the adapter decides what is left out"),
        ("json, recursive", "serde decides how this field is stored"),
        ("version, ttl", "a field has one role"),
        ("created_at, updated_at", "a field has one role"),
        ("ttl, with = A", "the library decides how it stores what it writes"),
    ];
    for (keys, expected) in pairs {
        check_with("", &format!("#[table({keys})] x: u64"), &[expected]);
    }
    for (keys, expected) in [
        ("skip", "an attribute of its own in every item"),
        ("flatten", "an attribute of its own in every item"),
        ("default", "present in every item, and never empty"),
        ("alias = \"y\"", "under one name for the life of the table"),
        ("json", "wrap the type in a newtype that derives `Attribute`"),
        ("updated_at", "a key never changes and comes from the caller"),
    ] {
        let source = format!("#[table(name = \"abc\")] struct A {{ #[table(pk, {keys})] x: u64 }}");
        check_table(&source, &[expected]);
    }
    check_with("", "#[table(skip, default = make)] x: u64", &[]);
}

#[test]
fn roles_are_given_once() {
    check_with(
        "",
        "#[table(version)] a: u64, #[table(version)] b: u64, #[table(ttl)] c: T, #[table(ttl)] d: T",
        &[
            "an entity has one `version`, which is `a` already",
            "an entity has one `ttl`, which is `c` already",
        ],
    );
    check_with("", "#[table(rest)] a: Item, #[table(rest)] b: Item", &["and `a` does already"]);
    check_with("", "#[table(version)] a: Option<u64>", &["this is `Option<u64>`"]);
    check_with("", "#[table(version)] a: Revision", &[]);
    check_with("", "#[table(flatten)] a: Option<Address>", &["flatten the struct itself"]);
    check_with("", "#[table(flatten)] a: Address", &[]);
    check_table(
        "#[table(name = \"abc\")] struct A<T> { #[table(pk)] a: T, #[table(flatten)] b: B }",
        &["a type with parameters cannot flatten"],
    );
}

#[test]
fn names_of_attributes() {
    check_with(
        "",
        "#[table(rename = \"status\")] a: u8",
        &["`status` and `a` would both be the attribute `status`"],
    );
    check_with(
        "",
        "#[table(alias = \"total\")] a: u8",
        &["`total` and `a` would both be the attribute `total`"],
    );
    check_with("", "#[table(alias = \"a\")] a: u8", &["the field is called `a` already"]);
    check_with("", "#[table(rename = \"\")] a: u8", &["a name of at least one character"]);
    check_with("", "Status: u8", &["`status` and `Status` would both have the constant `STATUS`"]);
    check_with("rename_all = \"camelCase\"", "placedAt: u8", &["would both be the attribute `placedAt`"]);
    let long = "k".repeat(256);
    check_table(
        &format!("#[table(name = \"abc\")] struct A {{ #[table(pk, rename = \"{long}\")] a: u8 }}"),
        &["a key attribute has at most 255 bytes; this has 256"],
    );
}

#[test]
fn names_of_tables() {
    let table = |name: &str| format!("#[table(name = \"{name}\")] struct A {{ #[table(pk)] a: u8 }}");
    check_table(&table("ab"), &["has 3 to 255 characters; this has 2"]);
    check_table(&table(&"t".repeat(256)), &["this has 256"]);
    check_table(&table("my table"), &["cannot contain ` `"]);
    check_table(&table("tést"), &["cannot contain `é`"]);
    check_table(&table("My-Table_2.0"), &[]);
}
