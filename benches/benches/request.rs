//! A whole GetItem and a whole PutItem, through the client, to an answer that is ready.
#![allow(missing_docs, reason = "criterion's macros write functions without")]

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{bench, bench_raw};
use theory_benches::cases;
use theory_benches::items::{Catalogue, Item, Order, User};

fn request(criterion: &mut Criterion) {
    bench(criterion, cases::calls());
    of::<User>(criterion);
    of::<Order>(criterion);
    of::<Catalogue>(criterion);
}

fn of<T: Item>(criterion: &mut Criterion) {
    bench(criterion, cases::get::<T>());
    bench(criterion, cases::put::<T>());
    bench_raw::<T>(criterion, "put", cases::put_raw::<T>());
}

criterion_group!(benches, request);
criterion_main!(benches);
