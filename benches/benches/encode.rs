//! Struct → the body of a PutItem request.
#![allow(missing_docs, reason = "criterion's macros write functions without")]

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{bench, bench_raw};
use theory_benches::cases;
use theory_benches::items::{Catalogue, Item, Order, User};

fn encode(criterion: &mut Criterion) {
    of::<User>(criterion);
    of::<Order>(criterion);
    of::<Catalogue>(criterion);
}

fn of<T: Item>(criterion: &mut Criterion) {
    bench(criterion, cases::encode::<T>());
    bench_raw::<T>(criterion, "encode", cases::encode_raw::<T>());
}

criterion_group!(benches, encode);
criterion_main!(benches);
