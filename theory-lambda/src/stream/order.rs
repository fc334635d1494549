//! Which record of a batch may be handled next.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::Hash;

/// The places of a batch: which are done, which may begin, and where a failure has cut.
///
/// Those with the same key wait for each other in their order.
#[derive(Debug)]
pub(super) struct Order {
    /// Those that may begin, the lowest first.
    ready: BinaryHeap<Reverse<usize>>,
    /// For each place the next one with the same key.
    next: Vec<Option<usize>>,
    done: Vec<bool>,
    /// The first that failed; what lies behind it is of no interest any more.
    cut: usize,
    /// How many before the cut are not done.
    left: usize,
}

impl Order {
    /// Each place waits for none.
    pub(super) fn without_keys(places: usize) -> Self {
        let ready = (0..places).map(Reverse).collect();
        Self { ready, next: vec![None; places], done: vec![false; places], cut: places, left: places }
    }

    /// A place waits for those before it with the same key. One without a key waits for none.
    pub(super) fn by_key<K: Hash + Eq>(keys: impl IntoIterator<Item = Option<K>>) -> Self {
        let mut last = HashMap::new();
        let mut next = Vec::new();
        let mut ready = BinaryHeap::new();
        for (place, key) in keys.into_iter().enumerate() {
            next.push(None);
            match key.and_then(|key| last.insert(key, place)) {
                Some(before) => next[before] = Some(place),
                None => ready.push(Reverse(place)),
            }
        }
        let places = next.len();
        Self { ready, next, done: vec![false; places], cut: places, left: places }
    }

    /// The first that may begin.
    pub(super) fn begin(&mut self) -> Option<usize> {
        self.ready.pop().map(|Reverse(place)| place).filter(|place| *place < self.cut)
    }

    /// That place is done.
    pub(super) fn done(&mut self, place: usize) {
        let Some(done) = self.done.get_mut(place).filter(|done| !**done) else { return };
        *done = true;
        if place < self.cut {
            self.left -= 1;
        }
        if let Some(next) = self.next.get(place).copied().flatten() {
            self.ready.push(Reverse(next));
        }
    }

    /// That place has failed: nothing from there on begins any more.
    pub(super) fn failed(&mut self, place: usize) {
        if place < self.cut {
            self.cut = place;
            self.left = self.done.iter().take(place).filter(|done| !**done).count();
        }
    }

    /// Whether a failure before that place has made it needless.
    pub(super) fn is_cut_off(&self, place: usize) -> bool {
        place >= self.cut
    }

    /// Whether nothing is left to be waited for.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// The first that is not done.
    pub(super) fn first_not_done(&self) -> Option<usize> {
        self.done.iter().position(|done| !done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin_all(order: &mut Order) -> Vec<usize> {
        std::iter::from_fn(|| order.begin()).collect()
    }

    #[test]
    fn those_of_one_key_wait_for_each_other() {
        let mut order = Order::by_key([Some("a"), Some("b"), Some("a"), None, Some("b"), Some("a")]);
        assert_eq!(begin_all(&mut order), [0, 1, 3]);
        order.done(0);
        assert_eq!(begin_all(&mut order), [2]);
        order.done(1);
        order.done(2);
        assert_eq!(begin_all(&mut order), [4, 5]);
        for place in [3, 4, 5] {
            assert!(!order.is_over());
            order.done(place);
        }
        assert!(order.is_over() && order.first_not_done().is_none());
    }

    #[test]
    fn after_a_failure_only_what_lies_before_it_goes_on() {
        let mut order = Order::by_key(["a", "b", "c", "a", "b", "c"].map(Some));
        assert_eq!(begin_all(&mut order), [0, 1, 2]);
        order.done(2);
        order.failed(4);
        assert!(begin_all(&mut order).is_empty(), "the next of c lies behind");
        order.done(0);
        assert_eq!(begin_all(&mut order), [3]);
        assert!(order.is_cut_off(4) && !order.is_cut_off(3) && !order.is_over());
        order.failed(1);
        assert!(order.is_over(), "3 is of no interest any more");
        assert_eq!(order.first_not_done(), Some(1));
        order.failed(4);
        assert_eq!(order.first_not_done(), Some(1));
    }

    #[test]
    fn without_keys_the_first_is_next() {
        let mut order = Order::without_keys(3);
        assert_eq!(begin_all(&mut order), [0, 1, 2]);
        order.done(1);
        order.done(1);
        assert_eq!(order.first_not_done(), Some(0));
        assert!(Order::without_keys(0).is_over());
    }
}
