//! The ratios, and the gates that they must pass.

use theory_benches::measure::Figures;
use theory_benches::measure::time::Rounds;
use theory_benches::ratio::{Gate, Ratio};

/// What was measured of every case.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) time: std::collections::BTreeMap<String, Rounds>,
    pub(crate) instructions: Figures,
    pub(crate) allocations: Figures,
}

const ITEMS: [&str; 3] = ["a", "b", "c"];

/// Every ratio, in the order in which it is printed.
pub(crate) fn ratios(measured: &Measured) -> Vec<Ratio> {
    let mut ratios = Vec::new();
    for (what, least, fewest) in [("encode", 10.0, 9.0), ("decode", 8.0, 5.0)] {
        for item in ITEMS {
            let [ours, theirs] = pair(what, item);
            ratios.push(ratio(
                format!("{what}.{item}"),
                measured.times(&theirs, &ours),
                Gate::AtLeast(least),
            ));
        }
        for item in ITEMS {
            let [ours, theirs] = pair(what, item);
            let value = quotient(&measured.instructions, &theirs, &ours);
            ratios.push(ratio(format!("{what}.instructions.{item}"), value, Gate::AtLeast(fewest)));
        }
    }
    for item in ITEMS {
        let value = measured.allocations.get(&format!("encode/{item}/theory")).copied();
        ratios.push(ratio(format!("encode.allocations.{item}"), value, Gate::AtMost(1.0)));
    }
    for item in ITEMS {
        let value = measured.allocations.get(&format!("decode/{item}/theory")).copied();
        let gate = measured.clones(item).map_or(Gate::None, |clones| Gate::AtMost(near(clones)));
        ratios.push(ratio(format!("decode.allocations.{item}"), value, gate));
    }
    let [ours, theirs] = pair("query100", "b");
    ratios.push(ratio("query100.b".into(), measured.times(&theirs, &ours), Gate::AtLeast(6.0)));
    ratios.push(page_allocations(measured));
    let [ours, theirs] = pair("get", "b");
    ratios.push(ratio("get.b".into(), measured.times(&theirs, &ours), Gate::AtLeast(1.8)));
    let (ours, plain) = ("call/tiny/theory", "call/tiny/raw-sdk");
    ratios.push(ratio("call.overhead".into(), measured.times(ours, plain), Gate::AtMost(1.05)));
    ratios.extend(explanations(measured));
    ratios
}

/// What has no gate, and helps to understand what has one.
fn explanations(measured: &Measured) -> Vec<Ratio> {
    let mut ratios = Vec::new();
    for item in ITEMS {
        // The SDK's serializer also makes the headers of a request: without what that costs.
        let [ours, theirs] = pair("encode", item);
        let fixed = format!("encode/{item}/sdk-without-item");
        let value = measured.times_without(&theirs, &fixed, &ours);
        ratios.push(ratio(format!("encode.item-only.{item}"), value, Gate::None));
    }
    for (what, name) in [("encode", "encode"), ("decode", "decode")] {
        for item in ITEMS {
            let (ours, hand) = (format!("{what}/{item}/theory"), format!("{what}/{item}/by-hand"));
            ratios.push(ratio(format!("{name}.by-hand.{item}"), measured.times(&hand, &ours), Gate::None));
        }
    }
    for (name, what, item) in
        [("query100.instructions.b", "query100", "b"), ("get.instructions.b", "get", "b")]
    {
        let [ours, theirs] = pair(what, item);
        ratios.push(ratio(name.into(), quotient(&measured.instructions, &theirs, &ours), Gate::None));
    }
    let (ours, plain) = ("call/tiny/theory", "call/tiny/raw-sdk");
    let instructions = quotient(&measured.instructions, ours, plain);
    ratios.push(ratio("call.overhead.instructions".into(), instructions, Gate::None));
    let allocations = quotient(&measured.allocations, ours, plain);
    ratios.push(ratio("call.overhead.allocations".into(), allocations, Gate::None));
    // The SDK asked for the capacity too, and with the same timeouts: what is left is what our way takes.
    let alike = "call/tiny/raw-sdk-alike";
    ratios.push(ratio("call.overhead.alike".into(), measured.times(ours, alike), Gate::None));
    let instructions = quotient(&measured.instructions, ours, alike);
    ratios.push(ratio("call.overhead.alike.instructions".into(), instructions, Gate::None));
    ratios
}

/// A page allocates what its items do, and what a call of the plain SDK does.
fn page_allocations(measured: &Measured) -> Ratio {
    let value = measured.allocations.get("query100/b/theory").copied();
    let call = measured.allocations.get("call/tiny/raw-sdk");
    let gate = match (measured.clones("b"), call) {
        (Some(clones), Some(call)) => Gate::AtMost(near(clones * theory_benches::cases::PAGE as f64) + call),
        _ => Gate::None,
    };
    ratio("query100.allocations.b".into(), value, gate)
}

/// How many allocations a struct may take whose clone takes so many.
fn near(clones: f64) -> f64 {
    clones * 1.12 + 2.0
}

fn pair(what: &str, item: &str) -> [String; 2] {
    ["theory", "serde_dynamo"].map(|way| format!("{what}/{item}/{way}"))
}

fn ratio(name: String, value: Option<f64>, gate: Gate) -> Ratio {
    Ratio { name, value, gate }
}

fn quotient(figures: &Figures, over: &str, under: &str) -> Option<f64> {
    Some(figures.get(over)? / figures.get(under)?)
}

impl Measured {
    fn times(&self, over: &str, under: &str) -> Option<f64> {
        Some(self.time.get(over)?.ratio_to(self.time.get(under)?))
    }

    fn times_without(&self, over: &str, without: &str, under: &str) -> Option<f64> {
        let over = self.time.get(over)?.combine(self.time.get(without)?, |all, part| all - part);
        Some(over.ratio_to(self.time.get(under)?))
    }

    fn clones(&self, item: &str) -> Option<f64> {
        self.allocations.get(&format!("clone/{item}/struct")).copied()
    }
}
