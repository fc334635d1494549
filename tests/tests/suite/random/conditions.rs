//! Random conditions: what the engine selects is what the reference selects.

use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::TestCaseError;
use theory::{ErrorKind, Table};

use super::probes::{Probe, Spot, against, common, containing, ordered, prefixed, sized};
use super::reference::Step::{Index, Name};
use super::things::{
    blobs, bytes, dynamic, int, ints, map, part, ratio, scores, shape, state, tags, text, texts, thing, when,
};
use crate::support::{Bench, each_case, with_tables};
use crate::thing::{Label, Part, Thing};

/// An attribute in both forms: `spot!(Thing::PART.then(Part::NAME), Name("part"), Name("name"))`.
macro_rules! spot {
    ($path:expr, $($step:expr),+) => {
        Spot { path: $path, place: vec![$($step),+] }
    };
}

/// One test of one attribute, of every type and with every operator that the type has.
fn leaf() -> BoxedStrategy<Probe> {
    let (name, maybe) = (spot!(Thing::TEXT, Name("text")), spot!(Thing::MAYBE_TEXT, Name("maybe_text")));
    let nested = spot!(Thing::PART.then(Part::NAME), Name("part"), Name("name"));
    let listed = spot!(Thing::LIST.index(1), Name("list"), Index(1));
    let status = spot!(Thing::MAYBE_PART.then(Part::STATUS), Name("maybe_part"), Name("status"));
    let texts_ = vec![
        common(&name, text()),
        ordered(&name, text()),
        against(&name, &nested),
        prefixed(&name, text()),
        containing(&name, text()),
        sized(&name),
        common(&maybe, text()),
        ordered(&maybe, text()),
        against(&maybe, &status),
        containing(&maybe, text()),
        ordered(&nested, text()),
        against(&nested, &listed),
        prefixed(&listed, text()),
        sized(&listed),
        common(&status, text()),
        prefixed(&status, text()),
        common(&spot!(Thing::LABEL, Name("label")), text().prop_map(Label).boxed()),
        prefixed(&spot!(Thing::LABEL, Name("label")), text()),
        common(&spot!(Thing::STATE, Name("state")), state()),
    ];

    let count = spot!(Thing::COUNT, Name("count"));
    let second = spot!(Thing::VALUES.index(1), Name("values"), Index(1));
    let deep = spot!(
        Thing::PARTS.index(0).then(Part::VALUES).index(0),
        Name("parts"),
        Index(0),
        Name("values"),
        Index(0)
    );
    let member = spot!(Thing::MAP.key("a.b"), Name("map"), Name("a.b"));
    let domain = spot!(Thing::PART.then(Part::DOMAIN).key("#0"), Name("part"), Name("domain"), Name("#0"));
    let (odd, maybe_count) = (
        spot!(Thing::ODD, Name("odd name.with[0] #:\"é 🎬")),
        spot!(Thing::MAYBE_COUNT, Name("maybe_count")),
    );
    let ratio_ = spot!(Thing::RATIO, Name("ratio"));
    let numbers = vec![
        common(&count, int()),
        ordered(&count, int()),
        against(&count, &second),
        ordered(&second, int()),
        against(&second, &member),
        common(&deep, int()),
        ordered(&deep, int()),
        against(&deep, &domain),
        common(&member, int()),
        ordered(&domain, int()),
        against(&domain, &count),
        common(&odd, int()),
        ordered(&odd, int()),
        against(&odd, &maybe_count),
        common(&ratio_, ratio()),
        ordered(&ratio_, ratio()),
    ];

    let (blob, other) = (spot!(Thing::BYTES, Name("bytes")), spot!(Thing::BLOBS, Name("blobs")));
    let time = spot!(Thing::WHEN, Name("when"));
    let rest = vec![
        common(&blob, bytes()),
        prefixed(&blob, bytes()),
        sized(&blob),
        common(&spot!(Thing::MAYBE_BYTES, Name("maybe_bytes")), bytes()),
        common(&spot!(Thing::FLAG, Name("flag")), any::<bool>().boxed()),
        common(&spot!(Thing::MAYBE_FLAG, Name("maybe_flag")), any::<bool>().boxed()),
        common(&time, when()),
        ordered(&time, when()),
        ordered(&blob, bytes()),
        common(&spot!(Thing::SHAPE, Name("shape")), shape()),
        common(&spot!(Thing::TAGS, Name("tags")), tags()),
        containing(&spot!(Thing::TAGS, Name("tags")), text()),
        sized(&spot!(Thing::TAGS, Name("tags"))),
        common(&spot!(Thing::SCORES, Name("scores")), scores()),
        containing(&spot!(Thing::SCORES, Name("scores")), int()),
        common(&other, blobs()),
        containing(&other, bytes()),
        sized(&other),
        common(&spot!(Thing::LIST, Name("list")), texts()),
        containing(&spot!(Thing::LIST, Name("list")), text()),
        sized(&spot!(Thing::LIST, Name("list"))),
        common(&spot!(Thing::VALUES, Name("values")), ints()),
        containing(&spot!(Thing::VALUES, Name("values")), int()),
        containing(&spot!(Thing::MAYBE_LIST, Name("maybe_list")), text()),
        sized(&spot!(Thing::MAYBE_LIST, Name("maybe_list"))),
        common(&spot!(Thing::MAP, Name("map")), map()),
        sized(&spot!(Thing::MAYBE_MAP, Name("maybe_map"))),
        common(&spot!(Thing::PART, Name("part")), part()),
        containing(&spot!(Thing::PARTS, Name("parts")), part()),
        sized(&spot!(Thing::PARTS, Name("parts"))),
        common(&spot!(Thing::MAYBE_PART, Name("maybe_part")), part()),
        common(&spot!(Thing::PAIR, Name("pair")), (text(), int()).boxed()),
        common(&spot!(Thing::ANY, Name("any")), dynamic()),
        prefixed(&spot!(Thing::ANY, Name("any")), text()),
    ];
    prop_oneof![Union::new(texts_), Union::new(numbers), Union::new(rest)].boxed()
}

/// A tree of tests.
fn condition() -> BoxedStrategy<Probe> {
    leaf()
        .prop_recursive(4, 12, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
                inner.prop_map(Probe::not),
            ]
        })
        .boxed()
}

/// How many things there are in a case, and how many conditions are asked of them.
const THINGS: u32 = 4;
const CONDITIONS: usize = 6;

async fn agree(bench: &Bench, things: &[Thing], probes: &[Probe]) -> Result<(), TestCaseError> {
    let client = &bench.client;
    for thing in things {
        thing.put().send(client).await.map_err(|error| refused("put", &error))?;
    }
    for probe in probes {
        let expected: Vec<u32> =
            things.iter().filter(|thing| (probe.holds)(&thing.item())).map(|thing| thing.number).collect();
        let on = &bench.sandbox;
        let numbers = |things: Vec<Thing>| -> Vec<u32> {
            let mut numbers: Vec<u32> = things.iter().map(|thing| thing.number).collect();
            numbers.sort_unstable();
            numbers
        };
        let found = Thing::query("r").filter(probe.condition.clone()).all(client).await;
        let found = numbers(found.map_err(|error| refused("query", &error))?);
        prop_assert_eq!(&found, &expected, "{:?} as the filter of a query on {}", probe, on.engine());
        let found = Thing::scan().filter(probe.condition.clone()).all(client).await;
        let found = numbers(found.map_err(|error| refused("scan", &error))?);
        prop_assert_eq!(&found, &expected, "{:?} as the filter of a scan on {}", probe, on.engine());
        for thing in things {
            let update = Thing::update("r", thing.number).condition(probe.condition.clone());
            let met = match update.send(client).await {
                Ok(()) => true,
                Err(error) if error.kind() == ErrorKind::ConditionFailed => false,
                Err(error) => return Err(refused("update", &error)),
            };
            let expected = expected.contains(&thing.number);
            prop_assert_eq!(met, expected, "{:?} as the condition of an update on {}", probe, on.engine());
        }
    }
    Ok(())
}

fn refused(what: &str, error: &theory::Error) -> TestCaseError {
    TestCaseError::fail(format!("{what}: {error:?}, {:?}", error.service_message()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_and_the_reference_agree_on_conditions() {
    let things: Vec<_> = (0..THINGS).map(|number| thing("r", number)).collect();
    let strategy = (things, proptest::collection::vec(condition(), CONDITIONS));
    with_tables(&[Thing::SCHEMA], async |bench| {
        each_case(32, &strategy, async |(things, probes)| agree(bench, &things, &probes).await);
    })
    .await;
}
