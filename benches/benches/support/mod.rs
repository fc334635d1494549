//! Cases, as criterion wants them.

use criterion::{BatchSize, Criterion};
use theory_benches::cases::Case;
use theory_benches::items::{Item, Map};

/// Shows the cases to criterion, each under its own name.
pub(crate) fn bench(criterion: &mut Criterion, cases: Vec<Case>) {
    for mut case in cases {
        criterion.bench_function(&case.name, |bencher| bencher.iter(|| (case.run)()));
    }
}

/// Shows what the raw SDK does with a map that it has already; that the map is there costs nothing.
#[allow(dead_code, reason = "only the benches that write need it")]
pub(crate) fn bench_raw<T: Item>(criterion: &mut Criterion, what: &str, mut run: impl FnMut(Map)) {
    let map = T::sample().to_map();
    criterion.bench_function(&format!("{what}/{}/raw-sdk", T::NAME), |bencher| {
        bencher.iter_batched(|| map.clone(), &mut run, BatchSize::SmallInput);
    });
}
