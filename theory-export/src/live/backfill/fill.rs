//! From an item as it is stored to what must be written, and what must still hold when it is.

use std::collections::BTreeSet;
use std::sync::Arc;
use theory::attribute::FromFields;
use theory::schema::unique::GUARD_PREFIX;
use theory::schema::{Entity, Role, Segment};
use theory::{Item, Table, Value};

/// The user's code, whatever its entity.
pub(super) type FillFn = dyn Fn(&Item) -> Filled + Send + Sync;

/// What the user's code makes of an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filled {
    /// It is of another entity.
    Other,
    /// Nothing is missing.
    Complete,
    /// It cannot be read, or what it became cannot be written.
    Failed(String),
    /// It is to be written.
    Changed(Change),
}

/// What is written, and under which conditions.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Change {
    pub(super) set: Vec<(String, Value)>,
    pub(super) remove: Vec<String>,
    /// What each attribute must still be; `None` where it must still be absent.
    pub(super) unchanged: Vec<(String, Option<Value>)>,
    /// An attribute that counts the writes.
    pub(super) version: Option<String>,
}

pub(super) fn typed<E>(fill: impl Fn(&mut E) + Send + Sync + 'static) -> Arc<FillFn>
where
    E: Table + FromFields + 'static,
{
    Arc::new(move |item| {
        if !is_of(E::SCHEMA, item) || is_guard(E::SCHEMA, item) {
            return Filled::Other;
        }
        let mut entity: E = match item.to() {
            Ok(entity) => entity,
            Err(error) => return Filled::Failed(error.to_string()),
        };
        // What encoding alone makes of it is told apart from what the code does.
        let before = Item::of(&entity);
        fill(&mut entity);
        match (before, Item::of(&entity)) {
            (Ok(before), Ok(after)) => change(E::SCHEMA, item, &before, &after),
            (Err(error), _) | (_, Err(error)) => Filled::Failed(error.to_string()),
        }
    })
}

/// Whether the key of an item is one that the entity makes. Where entities share a table, their keys tell them apart.
fn is_of(entity: &Entity, item: &Item) -> bool {
    entity.key.attributes().all(|key| match item.get(key.name) {
        Some(Value::S(text)) => fits(key.template, text),
        Some(_) => true,
        None => false,
    })
}

/// Whether an item is the guard of a unique value, which is no entity.
fn is_guard(entity: &Entity, item: &Item) -> bool {
    let key = entity.key.partition.first().filter(|_| !entity.uniques.is_empty());
    matches!(key.and_then(|key| item.get(key.name)), Some(Value::S(text)) if text.starts_with(GUARD_PREFIX))
}

/// The constraint whose guard would have to change with the item, which takes a transaction.
fn constraint(entity: &Entity, change: &Change) -> Option<&'static str> {
    let names = change.set.iter().map(|(name, _)| name).chain(&change.remove);
    let names: Vec<&str> = names.map(String::as_str).collect();
    // The guards have the same ttl as the item.
    let all = entity.role(Role::Ttl).is_some_and(|ttl| names.contains(&ttl.name));
    let mut touched = entity
        .uniques
        .iter()
        .filter(|unique| all || unique.attributes.iter().any(|attribute| names.contains(attribute)));
    touched.next().map(|unique| unique.name)
}

/// Whether a text can come from a template: its literals stand in it, in order, the first at the beginning and the last at the end.
fn fits(template: &[Segment], text: &str) -> bool {
    let mut rest = text;
    // A field may be of any length, so a literal behind one may stand anywhere.
    let mut anywhere = false;
    for (place, segment) in template.iter().enumerate() {
        match segment {
            Segment::Literal(literal) => {
                let is_last = place + 1 == template.len();
                let found = match (anywhere, is_last) {
                    (false, _) => rest.strip_prefix(literal),
                    (true, true) => rest.ends_with(literal).then_some(""),
                    (true, false) => rest.split_once(literal).map(|(_, after)| after),
                };
                let Some(after) = found else { return false };
                (rest, anywhere) = (after, false);
            }
            _ => anywhere = true,
        }
    }
    anywhere || rest.is_empty()
}

fn change(entity: &Entity, item: &Item, before: &Item, after: &Item) -> Filled {
    let managed = |name: &str| {
        let attribute = entity.attributes.iter().find(|attribute| attribute.name == name);
        attribute.is_some_and(|attribute| {
            matches!(attribute.role, Role::Version | Role::CreatedAt | Role::UpdatedAt)
        })
    };
    let mut change = Change::default();
    for (name, value) in after {
        let is_other = before.get(name) != Some(value);
        if entity.key.contains(name) {
            if is_other {
                return Filled::Failed(format!(
                    "the key attribute `{name}` was changed, and an item keeps its key"
                ));
            }
        } else if !managed(name) && (is_other || !item.contains(name)) && item.get(name) != Some(value) {
            change.set.push((name.clone(), value.clone()));
        }
    }
    for (name, _) in before {
        if !after.contains(name) && item.contains(name) && !managed(name) && !entity.key.contains(name) {
            change.remove.push(name.clone());
        }
    }
    if change.set.is_empty() && change.remove.is_empty() {
        return Filled::Complete;
    }
    if let Some(constraint) = constraint(entity, &change) {
        return Filled::Failed(format!(
            "the change touches the unique constraint `{constraint}`, whose guards a backfill does not write: save a loaded entity instead"
        ));
    }
    let version =
        entity.role(Role::Version).filter(|version| matches!(item.get(version.name), Some(Value::N(_))));
    if let Some(version) = version {
        change.unchanged.push((version.name.into(), item.get(version.name).cloned()));
        change.version = Some(version.name.into());
        return Filled::Changed(change);
    }
    // Whatever the code may have looked at.
    let aliases = entity.attributes.iter().flat_map(|attribute| attribute.aliases.iter().copied());
    let known = entity.attributes.iter().map(|attribute| attribute.name).chain(aliases);
    let indexed = entity.indexes.iter().flat_map(|index| index.key.attributes()).map(|key| key.name);
    let written = before.iter().chain(after).map(|(name, _)| name.as_str());
    let names: BTreeSet<&str> = known.chain(indexed).chain(written).collect();
    let names = names.into_iter().filter(|name| !entity.key.contains(name));
    change.unchanged = names.map(|name| (name.to_owned(), item.get(name).cloned())).collect();
    Filled::Changed(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Table)]
    #[table(name = "orders")]
    struct Order {
        #[table(pk)]
        id: String,
        #[table(sk)]
        at: u64,
        kind: String,
        #[table(default)]
        state: String,
        note: Option<String>,
        #[table(alias = "total")]
        sum: u64,
    }

    fn stored() -> Item {
        let mut item = Item::of(&Order {
            id: "1".into(),
            at: 7,
            kind: "x".into(),
            state: "new".into(),
            note: None,
            sum: 5,
        })
        .unwrap();
        item.insert("other", "theirs");
        item
    }

    fn filled(item: &Item, fill: impl Fn(&mut Order) + Send + Sync + 'static) -> Filled {
        typed::<Order>(fill)(item)
    }

    #[test]
    fn only_what_is_missing_or_changed_is_written() {
        assert_eq!(filled(&stored(), |_| {}), Filled::Complete);
        let mut old = stored();
        old.remove("state");
        let Filled::Changed(change) = filled(&old, |order| order.note = Some(order.kind.clone())) else {
            panic!()
        };
        let set: Vec<_> = change.set.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        assert_eq!(set, [("note", "x".into()), ("state", "".into())]);
        let unchanged: Vec<_> =
            change.unchanged.iter().map(|(name, value)| (name.as_str(), value.is_some())).collect();
        assert!(unchanged.contains(&("kind", true)) && unchanged.contains(&("note", false)), "{unchanged:?}");
        assert!(unchanged.contains(&("total", false)) && !unchanged.iter().any(|(name, _)| *name == "other"));
    }

    #[test]
    fn what_becomes_none_is_removed_and_a_key_stays() {
        let mut item = stored();
        item.insert("note", "old");
        let Filled::Changed(change) = filled(&item, |order| order.note = None) else { panic!() };
        assert_eq!((change.set, change.remove), (vec![], vec!["note".to_owned()]));
        assert!(matches!(filled(&stored(), |order| order.at = 8), Filled::Failed(_)));
    }

    #[derive(Table)]
    #[table(name = "users")]
    struct User {
        #[table(pk)]
        id: String,
        #[table(unique)]
        mail: Option<String>,
        #[table(default)]
        name: String,
        #[table(ttl)]
        expires: Option<theory::Timestamp>,
    }

    #[test]
    fn guards_of_unique_values_are_no_entities_and_stay_true() {
        let user = User { id: "1".into(), mail: Some("a".into()), name: "x".into(), expires: None };
        let mut item = Item::of(&user).unwrap();
        let named = typed::<User>(|user| user.name = "y".into());
        assert!(matches!(named(&item), Filled::Changed(_)));
        for fill in [
            typed::<User>(|user| user.mail = Some("b".into())),
            typed::<User>(|user| user.mail = None),
            typed::<User>(|user| user.expires = Some(theory::Timestamp::UNIX_EPOCH)),
        ] {
            let filled = fill(&item);
            assert!(matches!(&filled, Filled::Failed(why) if why.contains("`User.mail`")), "{filled:?}");
        }
        item.insert("id", "theory.unique#users#mail#a");
        assert_eq!(named(&item), Filled::Other);
    }

    #[test]
    fn keys_of_other_entities_do_not_fit() {
        use Segment::{Field, Literal};
        const KEY: &[Segment] = &[Literal("AT#"), Field("at"), Literal("#"), Field("of"), Literal("#END")];
        for (template, text, does) in [
            (&[Field("id")][..], "anything", true),
            (&[Literal("PROFILE")], "PROFILE", true),
            (&[Literal("PROFILE")], "PROFILE2", false),
            (&[Literal("ORDER#"), Field("id")], "ORDER#1", true),
            (&[Literal("ORDER#"), Field("id")], "CUSTOMER#1", false),
            (KEY, "AT#7#x#END", true),
            (KEY, "AT#7#END", false),
            (KEY, "AT#7#x", false),
        ] {
            assert_eq!(fits(template, text), does, "{template:?} {text}");
        }
        let mut item = stored();
        item.remove("at");
        assert_eq!(filled(&item, |_| {}), Filled::Other);
    }
}
