//! The body of a GetItem response → struct.
#![allow(missing_docs, reason = "criterion's macros write functions without")]

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::bench;
use theory_benches::cases;
use theory_benches::items::{Catalogue, Order, User};

fn decode(criterion: &mut Criterion) {
    bench(criterion, cases::decode::<User>());
    bench(criterion, cases::decode::<Order>());
    bench(criterion, cases::decode::<Catalogue>());
}

criterion_group!(benches, decode);
criterion_main!(benches);
