//! A whole Query, through the client, to a page of 100 items that is ready.
//!
//! DynamoDB ends a page at 1 MB, which is 15 of the large item; it is 100 here all the same, to compare.
#![allow(missing_docs, reason = "criterion's macros write functions without")]

mod support;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use support::bench;
use theory_benches::cases;
use theory_benches::items::{Catalogue, Order, User};

fn page(criterion: &mut Criterion) {
    bench(criterion, cases::query::<User>());
    bench(criterion, cases::query::<Order>());
    bench(criterion, cases::query::<Catalogue>());
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(8));
    targets = page
}
criterion_main!(benches);
