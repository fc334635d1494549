//! Secondary indexes.

use super::*;

#[test]
fn an_index_needs_a_name_and_a_key() {
    check_with("gsi()", "", &["add `name = \"by_…\"` to `gsi(…)`", "add `pk = field`"]);
    check_with("lsi(name = \"by_total\")", "", &["add `sk = field`"]);
    check_with("gsi(name = \"by_total\", pk = ())", "", &["`pk` takes one field, or several in parentheses"]);
    check_with("gsi(name = 3, pk = total)", "", &["`name` takes a string; write `name = \"by_status\"`"]);
    check_with("gsi(name = \"by_total\", pk = total, pk = status)", "", &["`pk` is given twice"]);
    check_with("gsi(name = \"by_total\", key = total)", "", &["unknown key `key`"]);
}

#[test]
fn fields_are_looked_up() {
    check_with(
        "gsi(name = \"abc\", pk = staus)",
        "",
        &["no field is called `staus`: did you mean `status`?"],
    );
    check_with(
        "gsi(name = \"abc\", pk = country)",
        "",
        &["the fields are `customer`, `order_id`, `status`, "],
    );
    check_with("gsi(name = \"abc\", pk = \"status\")", "", &["without quotes: `status`"]);
    check_with(
        "gsi(name = \"abc\", pk = note)",
        "#[table(rename = \"note\")] comment: String",
        &["`note` is the stored name of the field `comment`: write `comment`"],
    );
    check_with("gsi(name = \"abc\", pk = r#type)", "r#type: String", &[]);
    check_with("gsi(name = \"abc\", pk = type)", "r#type: String", &[]);
}

#[test]
fn keys_of_indexes() {
    let fields = "a: u8, b: u8, c: u8, d: u8, e: u8";
    check_with("gsi(name = \"abc\", pk = (a, b, c, d), sk = e)", fields, &[]);
    check_with("gsi(name = \"abc\", pk = (a, b, c, d, e))", fields, &["at most 4 attributes; this has 5"]);
    check_with(
        "gsi(name = \"abc\", pk = a, sk = (b, a))",
        fields,
        &["`a` is in the key of this index already"],
    );
    for (field, expected) in [
        ("#[table(skip)] x: u8", "`x` is skipped"),
        ("#[table(flatten)] x: X", "`x` is flattened"),
        ("#[table(rest)] x: X", "`x` keeps the rest"),
        ("#[table(json)] x: X", "`x` is stored as JSON"),
        ("#[table(serde)] x: X", "`x` is stored by serde"),
    ] {
        check_with("gsi(name = \"abc\", pk = x)", field, &[expected]);
    }
    check_with("gsi(name = \"abc\", pk = x)", "x: Option<String>", &[]);
    let long = format!("#[table(rename = \"{}\")] x: u8", "k".repeat(256));
    check_with("gsi(name = \"abc\", pk = x)", &long, &["at most 255 bytes; that of `x` has 256"]);
}

#[test]
fn local_indexes() {
    check_with("lsi(name = \"abc\", sk = total)", "", &[]);
    check_with("lsi(name = \"abc\", pk = customer, sk = total)", "", &["leave `pk` out"]);
    check_with("lsi(name = \"abc\", sk = (total, status))", "", &["is one attribute"]);
    check_with("lsi(name = \"abc\", sk = order_id)", "", &["the table is ordered by `order_id` already"]);
    check_with("lsi(name = \"abc\", sk = customer)", "", &["one value within a partition"]);
    check_table(
        "#[table(name = \"abc\", lsi(name = \"abc\", sk = b))] struct A { #[table(pk)] a: u8, b: u8 }",
        &["a local index needs a table with a sort key"],
    );
}

#[test]
fn names_of_indexes() {
    let two = |a: &str, b: &str| format!("gsi(name = \"{a}\", pk = total), gsi(name = \"{b}\", pk = status)");
    check_with(&two("by_a", "by_a"), "", &["another index is called `by_a` already"]);
    check_with(&two("by-a", "by_a"), "", &["the indexes `by-a` and `by_a` would both be queried by `by_a`"]);
    check_with(&two("abc", "x"), "", &["3 to 255 characters; this has 1"]);
    check_with("gsi(name = \"query\", pk = total)", "", &["every entity has a function `query`"]);
    check_with("gsi(name = \"query\", pk = total, method = by_total)", "", &[]);
    check_with("gsi(name = \"abc\", pk = total, method = get)", "", &["every entity has a function `get`"]);
    check_with("gsi(name = \"1st\", pk = total)", "", &["no function can be called `1st`"]);
    check_with("gsi(name = \"a b\", pk = total, method = ab)", "", &["cannot contain ` `"]);
}

#[test]
fn projections_of_indexes() {
    let index = |projection: &str| format!("gsi(name = \"abc\", pk = status, projection = {projection})");
    check_with(&index("include(total)"), "", &[]);
    check_with(&index("include(total, total)"), "", &["`total` is included already"]);
    check_with(&index("include(status)"), "", &["`status` is a key of the index"]);
    check_with(&index("include(order_id)"), "", &["`order_id` is a key of the table"]);
    check_with(&index("include(totl)"), "", &["did you mean `total`?"]);
    check_with(&index("include()"), "", &["for none, write `projection = keys_only`"]);
    check_with(&index("include(x)"), "#[table(flatten)] x: X", &["can only include attributes"]);
    check_with(&index("some"), "", &["`projection` takes `all`, `keys_only` or `include(field, …)`"]);
    check_with("gsi(name = \"abc\", pk = status, projection)", "", &["`projection` takes"]);
}

#[test]
fn numbers_of_indexes() {
    let indexes = |kind: &str, key: &str, count: usize| -> String {
        (0..count).map(|i| format!("{kind}(name = \"index_{i}\", {key} = total),")).collect()
    };
    check_with(&indexes("gsi", "pk", 20), "", &[]);
    check_with(&indexes("gsi", "pk", 21), "", &["at most 20 global indexes; these are 21"]);
    check_with(&indexes("lsi", "sk", 5), "", &[]);
    check_with(&indexes("lsi", "sk", 6), "", &["at most 5 local indexes; these are 6"]);

    let fields: String = (0..50).map(|i| format!("f{i}: u8,")).collect();
    let include: String = (0..50).map(|i| format!("f{i},")).collect();
    let index = |i| format!("gsi(name = \"index_{i}\", pk = status, projection = include({include})),");
    check_with(&(index(0) + &index(1)), &fields, &[]);
    let more = index(0) + &index(1) + "gsi(name = \"more\", pk = status, projection = include(total))";
    check_with(&more, &fields, &["include at most 100 attributes together"]);
}
