//! What DynamoDB would refuse of a table, found before it is asked.

use crate::attribute::ScalarType;
use crate::index::{IndexKind, Key, Projection};
use crate::limits::{
    GLOBAL_INDEXES, KEY_ATTRIBUTES, KEY_NAME_MAX, LOCAL_INDEXES, NAME_MAX, NAME_MIN, PROJECTED_ATTRIBUTES,
};
use crate::table::Table;

/// A table to check, wherever its description comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its key.
    pub key: DescribedKey<'a>,
    /// Its indexes.
    pub indexes: Vec<DescribedIndex<'a>>,
}

/// The key of a table, or of an index, to check: names and types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedKey<'a> {
    /// What chooses the partition.
    pub partition: Vec<(&'a str, ScalarType)>,
    /// What orders it.
    pub sort: Vec<(&'a str, ScalarType)>,
}

/// An index to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedIndex<'a> {
    /// Its name.
    pub name: &'a str,
    /// Global or local.
    pub kind: IndexKind,
    /// Its key.
    pub key: DescribedKey<'a>,
    /// How many attributes it includes by name; `None` where it projects all, or keys only.
    pub included: Option<usize>,
}

impl DescribedKey<'_> {
    fn attributes(&self) -> impl Iterator<Item = (&str, ScalarType)> {
        self.partition.iter().chain(&self.sort).copied()
    }
}

impl From<&Key> for DescribedKey<'static> {
    fn from(key: &Key) -> Self {
        let side = |attributes: &'static [crate::index::KeyAttribute]| {
            attributes.iter().map(|attribute| (attribute.name, attribute.ty)).collect()
        };
        DescribedKey { partition: side(key.partition), sort: side(key.sort) }
    }
}

impl From<&Table> for Described<'static> {
    fn from(table: &Table) -> Self {
        let indexes = table.indexes.iter().map(|index| DescribedIndex {
            name: index.name,
            kind: index.kind,
            key: DescribedKey::from(&index.key),
            included: match index.projection {
                Projection::Include(names) => Some(names.len()),
                Projection::All | Projection::KeysOnly => None,
            },
        });
        Described { name: table.name, key: DescribedKey::from(&table.key), indexes: indexes.collect() }
    }
}

/// Everything about a table for which `CreateTable` would be refused, each naming the table; empty where nothing is.
///
/// The limits are those of [`limits`](crate::limits), with the default quota of global indexes.
pub fn faults(table: &Table) -> Vec<String> {
    Described::from(table).faults()
}

impl Described<'_> {
    /// As [`faults`].
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |what: String| faults.push(format!("table `{}` {what}", self.name.escape_debug()));
        if let Some(what) = name(self.name) {
            fault(format!("cannot have this name: {what}"));
        }
        key("its key", &self.key, 1, &mut fault);
        for (place, index) in self.indexes.iter().enumerate() {
            if self.indexes.iter().take(place).any(|before| before.name == index.name) {
                fault(format!("has two indexes `{}`", index.name.escape_debug()));
            }
            self::index(self, index, &mut fault);
        }
        for (kind, limit, called) in
            [(IndexKind::Global, GLOBAL_INDEXES, "global"), (IndexKind::Local, LOCAL_INDEXES, "local")]
        {
            let count = self.indexes.iter().filter(|index| index.kind == kind).count();
            if count > limit {
                fault(format!("has {count} {called} indexes; DynamoDB allows {limit}"));
            }
        }
        // An attribute counts once for each index that names it.
        let projected: usize = self.indexes.iter().filter_map(|index| index.included).sum();
        if projected > PROJECTED_ATTRIBUTES {
            fault(format!(
                "names {projected} projected attributes in all its indexes together; DynamoDB allows {PROJECTED_ATTRIBUTES}"
            ));
        }
        types(self, &mut fault);
        faults
    }
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

fn index(table: &Described<'_>, index: &DescribedIndex<'_>, fault: &mut impl FnMut(String)) {
    let called = format!("index `{}`", index.name.escape_debug());
    if let Some(what) = name(index.name) {
        fault(format!("cannot have an {called}: {what}"));
    }
    match index.kind {
        IndexKind::Global => key(&called, &index.key, KEY_ATTRIBUTES, fault),
        IndexKind::Local => {
            key(&called, &index.key, 1, fault);
            // Another type is a fault of its own.
            let names = |key: &DescribedKey<'_>| {
                key.partition.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()
            };
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
    if index.included == Some(0) {
        fault(format!("has an {called} that includes no attribute: it projects keys only"));
    }
}

/// `most`: attributes on either side.
fn key(called: &str, key: &DescribedKey<'_>, most: usize, fault: &mut impl FnMut(String)) {
    if key.partition.is_empty() {
        fault(format!("has no partition key in {called}"));
    }
    for (side, attributes) in [("partition", &key.partition), ("sort", &key.sort)] {
        if attributes.len() > most {
            let count = attributes.len();
            fault(format!("has {count} {side} attributes in {called}; DynamoDB allows {most}"));
        }
    }
    let names: Vec<_> = key.attributes().map(|(name, _)| name).collect();
    for (place, name) in names.iter().enumerate() {
        if names.iter().take(place).any(|before| before == name) {
            fault(format!("has `{}` twice in {called}", name.escape_debug()));
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
fn types(table: &Described<'_>, fault: &mut impl FnMut(String)) {
    let mut first: Vec<(&str, ScalarType)> = Vec::new();
    let keys = std::iter::once(&table.key).chain(table.indexes.iter().map(|index| &index.key));
    for (name, ty) in keys.flat_map(DescribedKey::attributes) {
        match first.iter().find(|(known, _)| *known == name) {
            Some((_, known)) if *known != ty => {
                let (one, other) = (known.descriptor(), ty.descriptor());
                fault(format!("has `{}` as {one} in one key and as {other} in another", name.escape_debug()));
            }
            Some(_) => {}
            None => first.push((name, ty)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Index, KeyAttribute};

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
