//! What DynamoDB would refuse of a table, found before it is asked.

use crate::index::{Index, IndexKind, Key, Projection};
use crate::limits::{
    GLOBAL_INDEXES, KEY_ATTRIBUTES, KEY_NAME_MAX, LOCAL_INDEXES, NAME_MAX, NAME_MIN, PROJECTED_ATTRIBUTES,
};
use crate::table::Table;

/// Everything about a table for which `CreateTable` would be refused, each naming the table; empty where nothing is.
///
/// The limits are those of [`limits`](crate::limits), with the default quota of global indexes.
pub fn faults(table: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("table `{}` {what}", table.name));
    if let Some(what) = name(table.name) {
        fault(format!("cannot have this name: {what}"));
    }
    key("its key", &table.key, 1, &mut fault);
    for (place, index) in table.indexes.iter().enumerate() {
        if table.indexes.iter().take(place).any(|before| before.name == index.name) {
            fault(format!("has two indexes `{}`", index.name));
        }
        self::index(table, index, &mut fault);
    }
    for (kind, limit, called) in
        [(IndexKind::Global, GLOBAL_INDEXES, "global"), (IndexKind::Local, LOCAL_INDEXES, "local")]
    {
        let count = table.indexes.iter().filter(|index| index.kind == kind).count();
        if count > limit {
            fault(format!("has {count} {called} indexes; DynamoDB allows {limit}"));
        }
    }
    // An attribute counts once for each index that names it.
    let projected: usize = table.indexes.iter().map(|index| included(index).len()).sum();
    if projected > PROJECTED_ATTRIBUTES {
        fault(format!(
            "names {projected} projected attributes in all its indexes together; DynamoDB allows {PROJECTED_ATTRIBUTES}"
        ));
    }
    types(table, &mut fault);
    faults
}

/// What is wrong with the name of a table or an index.
fn name(name: &str) -> Option<String> {
    let length = name.chars().count();
    if !(NAME_MIN..=NAME_MAX).contains(&length) {
        return Some(format!("it has {length} characters, and {NAME_MIN} to {NAME_MAX} are allowed"));
    }
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let found = name.chars().find(|c| !allowed(c))?;
    Some(format!("{found:?} is not allowed, but letters a–z and A–Z, digits, `_`, `-` and `.` are"))
}

fn index(table: &Table, index: &Index, fault: &mut impl FnMut(String)) {
    let called = format!("index `{}`", index.name);
    if let Some(what) = name(index.name) {
        fault(format!("cannot have an {called}: {what}"));
    }
    match index.kind {
        IndexKind::Global => key(&called, &index.key, KEY_ATTRIBUTES, fault),
        IndexKind::Local => {
            key(&called, &index.key, 1, fault);
            let names = |key: &Key| key.partition.iter().map(|attribute| attribute.name).collect::<Vec<_>>();
            if names(&index.key) != names(&table.key) {
                fault(format!("has a local {called} with another partition key than its own"));
            }
            if index.key.sort.is_empty() {
                fault(format!("has a local {called} without a sort key"));
            }
            if table.key.sort.is_empty() {
                fault(format!(
                    "has a local {called} and no sort key of its own, without which there can be none"
                ));
            }
        }
    }
    if matches!(index.projection, Projection::Include([])) {
        fault(format!("has an {called} that includes no attribute: it projects keys only"));
    }
}

/// `most`: attributes on either side.
fn key(called: &str, key: &Key, most: usize, fault: &mut impl FnMut(String)) {
    if key.partition.is_empty() {
        fault(format!("has no partition key in {called}"));
    }
    for (side, attributes) in [("partition", key.partition), ("sort", key.sort)] {
        if attributes.len() > most {
            let count = attributes.len();
            fault(format!("has {count} {side} attributes in {called}; DynamoDB allows {most}"));
        }
    }
    let names: Vec<_> = key.attributes().map(|attribute| attribute.name).collect();
    for (place, name) in names.iter().enumerate() {
        if names.iter().take(place).any(|before| before == name) {
            fault(format!("has `{name}` twice in {called}"));
        }
        if name.is_empty() || name.len() > KEY_NAME_MAX {
            let length = name.len();
            fault(format!(
                "has a key attribute of {length} bytes in {called}; 1 to {KEY_NAME_MAX} are allowed"
            ));
        }
    }
}

/// A key attribute has one type, in whatever keys it is.
fn types(table: &Table, fault: &mut impl FnMut(String)) {
    let first = table.key_attributes();
    let keys = table.indexes.iter().flat_map(|index| index.key.attributes());
    for attribute in keys {
        let known = first.iter().find(|known| known.name == attribute.name);
        if let Some(known) = known.filter(|known| known.ty != attribute.ty) {
            let (one, other) = (known.ty.descriptor(), attribute.ty.descriptor());
            fault(format!("has `{}` as {one} in one key and as {other} in another", attribute.name));
        }
    }
}

const fn included(index: &Index) -> &'static [&'static str] {
    match index.projection {
        Projection::Include(names) => names,
        Projection::All | Projection::KeysOnly => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::ScalarType;
    use crate::index::KeyAttribute;

    const fn text(name: &'static str) -> KeyAttribute {
        KeyAttribute { name, ty: ScalarType::String, template: &[] }
    }

    const KEY: Key = Key { partition: &[text("pk")], sort: &[text("sk")] };

    fn table(name: &'static str, indexes: Vec<Index>) -> Table {
        Table { name, key: KEY, indexes, ttl: None }
    }

    fn leaked(text: String) -> &'static str {
        Box::leak(text.into_boxed_str())
    }

    fn many(count: usize, kind: IndexKind, projection: Projection) -> Vec<Index> {
        (0..count).map(|n| Index::new(leaked(format!("index{n}")), kind, KEY, projection)).collect()
    }

    #[test]
    fn what_is_at_the_limit_is_allowed() {
        let mut indexes = many(GLOBAL_INDEXES, IndexKind::Global, Projection::Include(&["a", "b", "c", "d"]));
        indexes.extend((0..LOCAL_INDEXES).map(|n| {
            let name = leaked(format!("local{n}"));
            Index::new(name, IndexKind::Local, KEY, Projection::Include(&["a", "b", "c", "d"]))
        }));
        assert_eq!(faults(&table("abc", indexes)), [""; 0]);
        assert_eq!(faults(&table(leaked("n".repeat(255)), Vec::new())), [""; 0]);
    }

    #[test]
    fn what_is_beyond_is_refused_naming_the_table() {
        let counts = [(IndexKind::Global, 21, "21 global"), (IndexKind::Local, 6, "6 local")];
        for (kind, count, what) in counts {
            let found = faults(&table("shop", many(count, kind, Projection::All)));
            assert_eq!(found, [format!("table `shop` has {what} indexes; DynamoDB allows {}", count - 1)]);
        }
        let six: &[_] = &["a", "b", "c", "d", "e", "f"];
        let found = faults(&table("shop", many(17, IndexKind::Global, Projection::Include(six))));
        assert_eq!(
            found,
            ["table `shop` names 102 projected attributes in all its indexes together; DynamoDB allows 100"]
        );
    }

    #[test]
    fn names_have_a_length_and_an_alphabet() {
        for name in ["ab", "a b", "größe", leaked("n".repeat(256))] {
            let [fault] = &*faults(&table(name, Vec::new())) else { panic!("{name} is refused once") };
            assert!(fault.starts_with(&format!("table `{name}` cannot have this name: ")), "{fault}");
            let index = Index::new(name, IndexKind::Global, KEY, Projection::All);
            assert_eq!(faults(&table("shop", vec![index])).len(), 1);
        }
    }

    #[test]
    fn keys_and_indexes_that_contradict_themselves_are_refused() {
        const FIVE: &[KeyAttribute] = &[text("a"), text("b"), text("c"), text("d"), text("e")];
        const A: &[KeyAttribute] = &[text("a")];
        const NUMBER: KeyAttribute = KeyAttribute { name: "sk", ty: ScalarType::Number, template: &[] };
        let global = |partition, sort| {
            Index::new("other", IndexKind::Global, Key { partition, sort }, Projection::All)
        };
        let cases = [
            (vec![global(FIVE, &[])], "has 5 partition attributes in index `other`; DynamoDB allows 4"),
            (vec![global(A, A)], "has `a` twice in index `other`"),
            (vec![global(&[NUMBER], &[])], "has `sk` as S in one key and as N in another"),
            (vec![global(A, &[]); 2], "has two indexes `other`"),
            (
                vec![Index::new(
                    "other",
                    IndexKind::Local,
                    Key { partition: A, sort: KEY.sort },
                    Projection::All,
                )],
                "has a local index `other` with another partition key than its own",
            ),
        ];
        for (indexes, what) in cases {
            assert_eq!(faults(&table("shop", indexes)), [format!("table `shop` {what}")]);
        }
    }
}
