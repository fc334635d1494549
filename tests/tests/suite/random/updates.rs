//! Random updates: the item that the engine makes is the one that the reference makes, or both refuse.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::TestCaseError;
use theory::{ErrorKind, Item, Table, Value};

use super::acts::{Act, Refused, act, joined, of, put_or_remove, read, regroup, remove, set, sum};
use super::reference::Step::{Index, Name};
use super::reference::at;
use super::things::{blobs, dynamic, int, ints, map, member, part, scores, tags, text, texts, thing};
use crate::support::{Bench, each_case, with_tables};
use crate::thing::{Part, Thing};

/// `SET` to a value at a path.
macro_rules! set {
    ($path:expr, [$($step:expr),+], $values:expr) => {
        $values.prop_map(|value| {
            let stored = of(&value);
            act(
                format!("SET {:?} = {value:?}", $path),
                move |update| update.set($path, value.clone()),
                move |_, new| match stored.clone() {
                    Some(value) => set(new, &[$($step),+], value),
                    None => remove(new, &[$($step),+]),
                },
            )
        }).boxed()
    };
}

/// An action without a random part.
macro_rules! fixed {
    ($update:ident => $apply:expr, $old:ident $new:ident => $meaning:expr) => {
        Just(act(stringify!($apply), |$update| $apply, |$old, $new| $meaning)).boxed()
    };
}

type Acts = Vec<BoxedStrategy<Act>>;

fn on_strings() -> Acts {
    vec![
        Union::new([
            set!(Thing::TEXT, [Name("text")], text()),
            fixed!(update => update.set(Thing::TEXT, Thing::PART.then(Part::NAME)),
                old new => set(new, &[Name("text")], read(old, &[Name("part"), Name("name")])?)),
            fixed!(update => update.set(Thing::TEXT, Thing::LIST.index(1)),
                old new => set(new, &[Name("text")], read(old, &[Name("list"), Index(1)])?)),
            fixed!(update => update.set(Thing::TEXT, Thing::TEXT.if_not_exists("new")), _old _new => Ok(())),
        ])
        .boxed(),
        Union::new([
            set!(Thing::MAYBE_TEXT, [Name("maybe_text")], proptest::option::of(text())),
            fixed!(update => update.remove(Thing::MAYBE_TEXT), _old new => remove(new, &[Name("maybe_text")])),
            fixed!(update => update.set(Thing::MAYBE_TEXT, Thing::MAYBE_TEXT.if_not_exists("new")),
                old new => set(new, &[Name("maybe_text")], at(old, &[Name("maybe_text")]).cloned().unwrap_or("new".into()))),
            fixed!(update => update.set(Thing::MAYBE_TEXT, Thing::MAYBE_PART.then(Part::STATUS).if_not_exists(Thing::TEXT)),
                old new => {
                    let status = at(old, &[Name("maybe_part"), Name("status")]).cloned();
                    set(new, &[Name("maybe_text")], status.map_or_else(|| read(old, &[Name("text")]), Ok)?)
                }),
        ])
        .boxed(),
    ]
}

fn on_numbers() -> Acts {
    let small = || -3..=3_i64;
    vec![
        Union::new([
            set!(Thing::COUNT, [Name("count")], int()),
            small()
                .prop_map(|n| {
                    act(
                        format!("ADD count {n}"),
                        move |update| update.add(Thing::COUNT, n),
                        move |old, new| {
                            set(new, &[Name("count")], sum(&read(old, &[Name("count")])?, &n.into(), 1))
                        },
                    )
                })
                .boxed(),
            small()
                .prop_map(|n| {
                    act(
                        format!("SET count = count - {n}"),
                        move |update| update.set(Thing::COUNT, Thing::COUNT - n),
                        move |old, new| {
                            set(new, &[Name("count")], sum(&read(old, &[Name("count")])?, &n.into(), -1))
                        },
                    )
                })
                .boxed(),
            fixed!(update => update.set(Thing::COUNT, Thing::COUNT + Thing::VALUES.index(0)),
                old new => {
                    let added = read(old, &[Name("values"), Index(0)])?;
                    set(new, &[Name("count")], sum(&read(old, &[Name("count")])?, &added, 1))
                }),
        ])
        .boxed(),
        Union::new([
            set!(Thing::MAYBE_COUNT, [Name("maybe_count")], proptest::option::of(int())),
            small()
                .prop_map(|n| {
                    act(
                        format!("ADD maybe_count {n}"),
                        move |update| update.add(Thing::MAYBE_COUNT, n),
                        move |old, new| {
                            let before = at(old, &[Name("maybe_count")]).cloned().unwrap_or(0_i64.into());
                            set(new, &[Name("maybe_count")], sum(&before, &n.into(), 1))
                        },
                    )
                })
                .boxed(),
            fixed!(update => update.set(Thing::MAYBE_COUNT, Thing::MAYBE_COUNT.if_not_exists(10) - Thing::COUNT),
                old new => {
                    let before = at(old, &[Name("maybe_count")]).cloned().unwrap_or(10_i64.into());
                    set(new, &[Name("maybe_count")], sum(&before, &read(old, &[Name("count")])?, -1))
                }),
            fixed!(update => update.set(Thing::MAYBE_COUNT, Thing::MAYBE_COUNT + 1),
                old new => {
                    let before = read(old, &[Name("maybe_count")])?;
                    set(new, &[Name("maybe_count")], sum(&before, &1_i64.into(), 1))
                }),
            fixed!(update => update.set(Thing::MAYBE_COUNT, Thing::COUNT),
                old new => set(new, &[Name("maybe_count")], read(old, &[Name("count")])?)),
        ])
        .boxed(),
    ]
}

/// `ADD` and `DELETE` of a set, and `SET` of it.
macro_rules! on_set {
    ($path:expr, $name:literal, $variant:ident, $values:expr) => {
        Union::new([
            set!($path, [Name($name)], $values),
            (any::<bool>(), $values)
                .prop_map(|(is_add, elements)| {
                    let changed = elements.clone();
                    act(
                        format!("{} {} {elements:?}", if is_add { "ADD" } else { "DELETE" }, $name),
                        move |update| match is_add {
                            true => update.add($path, changed.clone()),
                            false => update.delete($path, changed.clone()),
                        },
                        move |old, new| {
                            let old = match old.get($name) {
                                Some(Value::$variant(set)) => Some(set.clone()),
                                _ => None,
                            };
                            let elements = match of(&elements) {
                                Some(Value::$variant(set)) => set,
                                _ => BTreeSet::new(),
                            };
                            put_or_remove(new, $name, regroup(old, &elements, is_add, Value::$variant));
                            Ok(())
                        },
                    )
                })
                .boxed(),
        ])
        .boxed()
    };
}

fn on_sets() -> Acts {
    vec![
        on_set!(Thing::TAGS, "tags", Ss, tags()),
        on_set!(Thing::SCORES, "scores", Ns, scores()),
        on_set!(Thing::BLOBS, "blobs", Bs, blobs()),
    ]
}

fn on_lists() -> Acts {
    let grow = |is_append: bool| {
        texts().prop_map(move |more| {
            let stored = Value::of(&more).unwrap();
            act(
                format!("list_append of list and {more:?}, {}", if is_append { "behind" } else { "before" }),
                move |update| match is_append {
                    true => update.append(Thing::LIST, more.clone()),
                    false => update.prepend(Thing::LIST, more.clone()),
                },
                move |old, new| {
                    let (list, more) = (read(old, &[Name("list")])?, stored.clone());
                    set(new, &[Name("list")], if is_append { joined(list, more) } else { joined(more, list) })
                },
            )
        })
    };
    let element = (0..4_u32, text()).prop_map(|(index, value)| {
        act(
            format!("SET list[{index}] = {value:?}"),
            {
                let value = value.clone();
                move |update| update.set(Thing::LIST.index(index), value.clone())
            },
            move |_, new| set(new, &[Name("list"), Index(index as usize)], value.clone().into()),
        )
    });
    let without = (0..4_u32).prop_map(|index| {
        act(
            format!("REMOVE list[{index}]"),
            move |update| update.remove(Thing::LIST.index(index)),
            move |_, new| remove(new, &[Name("list"), Index(index as usize)]),
        )
    });
    let maybe = texts().prop_map(|more| {
        let stored = Value::of(&more).unwrap();
        act(
            format!("list_append of maybe_list, or none, and {more:?}"),
            move |update| {
                update.set(Thing::MAYBE_LIST, Thing::MAYBE_LIST.or_empty().list_append(Some(more.clone())))
            },
            move |old, new| {
                let list = at(old, &[Name("maybe_list")]).cloned().unwrap_or(Value::L(vec![]));
                set(new, &[Name("maybe_list")], joined(list, stored.clone()))
            },
        )
    });
    vec![
        Union::new([
            set!(Thing::LIST, [Name("list")], texts()),
            grow(true).boxed(),
            grow(false).boxed(),
            element.boxed(),
            without.boxed(),
        ])
        .boxed(),
        Union::new([
            set!(Thing::MAYBE_LIST, [Name("maybe_list")], proptest::option::of(texts())),
            maybe.boxed(),
            fixed!(update => update.append(Thing::MAYBE_LIST, ["more".to_owned()]),
            old new => {
                let list = read(old, &[Name("maybe_list")])?;
                set(new, &[Name("maybe_list")], joined(list, Value::L(vec!["more".into()])))
            }),
        ])
        .boxed(),
        Union::new([
            set!(Thing::VALUES, [Name("values")], ints()),
            fixed!(update => update.append(Thing::VALUES, Thing::PART.then(Part::VALUES)),
            old new => {
                let more = read(old, &[Name("part"), Name("values")])?;
                set(new, &[Name("values")], joined(read(old, &[Name("values")])?, more))
            }),
            fixed!(update => update.set(Thing::VALUES.index(0), Thing::VALUES.index(1)),
                old new => set(new, &[Name("values"), Index(0)], read(old, &[Name("values"), Index(1)])?)),
        ])
        .boxed(),
    ]
}

fn on_maps() -> Acts {
    let of_map = (member(), -3..=3_i64).prop_map(|(name, n)| {
        let key = name.clone();
        act(
            format!("SET map.{name:?} = {n}"),
            move |update| update.set(Thing::MAP.key(key.clone()), n),
            move |_, new| match new.get_mut("map") {
                Some(Value::M(members)) => {
                    members.insert(name.clone(), n);
                    Ok(())
                }
                _ => Err(Refused),
            },
        )
    });
    let without = member().prop_map(|name| {
        let key = name.clone();
        act(
            format!("REMOVE map.{name:?}"),
            move |update| update.remove(Thing::MAP.key(key.clone())),
            move |_, new| match new.get_mut("map") {
                Some(Value::M(members)) => {
                    members.remove(&name);
                    Ok(())
                }
                _ => Err(Refused),
            },
        )
    });
    vec![
        Union::new([set!(Thing::MAP, [Name("map")], map()), of_map.boxed(), without.boxed()]).boxed(),
        Union::new([
            set!(Thing::MAYBE_MAP, [Name("maybe_map")], proptest::option::of(map())),
            set!(Thing::MAYBE_MAP.key("x"), [Name("maybe_map"), Name("x")], int()),
            fixed!(update => update.remove(Thing::MAYBE_MAP.key("x")),
                _old new => remove(new, &[Name("maybe_map"), Name("x")])),
            fixed!(update => update.set(Thing::MAYBE_MAP, Thing::MAYBE_MAP.or_empty()),
            old new => {
                let map = at(old, &[Name("maybe_map")]).cloned().unwrap_or(Value::M(Item::new()));
                set(new, &[Name("maybe_map")], map)
            }),
        ])
        .boxed(),
    ]
}

fn on_documents() -> Acts {
    vec![
        set!(Thing::PART.then(Part::NAME), [Name("part"), Name("name")], text()),
        set!(Thing::PART.then(Part::STATUS), [Name("part"), Name("status")], proptest::option::of(text())),
        fixed!(update => update.add(Thing::PART.then(Part::SIZE), 2),
            old new => {
                let size = read(old, &[Name("part"), Name("size")])?;
                set(new, &[Name("part"), Name("size")], sum(&size, &2_i64.into(), 1))
            }),
        Union::new([
            set!(Thing::MAYBE_PART, [Name("maybe_part")], proptest::option::of(part())),
            set!(Thing::MAYBE_PART.then(Part::NAME), [Name("maybe_part"), Name("name")], text()),
            fixed!(update => update.set(Thing::MAYBE_PART, Thing::PARTS.index(0)),
                old new => set(new, &[Name("maybe_part")], read(old, &[Name("parts"), Index(0)])?)),
        ])
        .boxed(),
        Union::new([
            set!(
                Thing::PARTS.index(0).then(Part::SIZE),
                [Name("parts"), Index(0), Name("size")],
                int()
            ),
            set!(Thing::PARTS.index(1), [Name("parts"), Index(1)], part()),
            fixed!(update => update.remove(Thing::PARTS.index(0)), _old new => remove(new, &[Name("parts"), Index(0)])),
            fixed!(update => update.remove(Thing::PARTS.index(1).then(Part::STATUS)),
                _old new => remove(new, &[Name("parts"), Index(1), Name("status")])),
        ])
        .boxed(),
        set!(
            Thing::ANY,
            [Name("any")],
            proptest::option::of(dynamic().prop_filter("not null", |value| !value.is_null()))
        ),
    ]
}

/// At most one action for each attribute: two of them DynamoDB refuses.
fn update() -> impl Strategy<Value = Vec<Act>> {
    let groups: Acts = [on_strings(), on_numbers(), on_sets(), on_lists(), on_maps(), on_documents()]
        .into_iter()
        .flatten()
        .collect();
    let some: Vec<_> = groups.into_iter().map(|group| proptest::option::weighted(0.2, group)).collect();
    some.prop_map(|acts| acts.into_iter().flatten().collect())
}

async fn agree(bench: &Bench, thing: &Thing, acts: &[Act]) -> Result<(), TestCaseError> {
    let client = &bench.client;
    let fail =
        |error: theory::Error| TestCaseError::fail(format!("{error:?}, {:?}", error.service_message()));
    thing.put().send(client).await.map_err(fail)?;
    let old = thing.item();
    let mut expected = old.clone();
    let is_refused = acts.iter().any(|act| (act.meaning)(&old, &mut expected).is_err());
    let update = acts.iter().fold(Thing::update("r", 1), |update, act| (act.apply)(update));
    let on = bench.sandbox.engine();
    let stored = match update.return_new().send(client).await {
        Ok(new) => {
            prop_assert!(!is_refused, "{on} did {acts:?}");
            prop_assert_eq!(&new.item(), &expected, "{:?} on {}", acts, on);
            new
        }
        Err(error) if error.kind() == ErrorKind::Validation => {
            prop_assert!(is_refused, "{on} refused {acts:?}: {:?}", error.service_message());
            thing.clone()
        }
        Err(error) => return Err(fail(error)),
    };
    let read = Thing::get("r", 1).consistent_read().send(client).await.map_err(fail)?;
    prop_assert_eq!(read, Some(stored));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_and_the_reference_agree_on_updates() {
    with_tables(&[Thing::SCHEMA], async |bench| {
        each_case(100, &(thing("r", 1), update()), async |(thing, acts)| agree(bench, &thing, &acts).await);
    })
    .await;
}
