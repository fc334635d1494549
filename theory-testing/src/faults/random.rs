//! Random numbers that are the same for the same seed, on every platform and in every version of this crate.

/// SplitMix64: small, and good enough to throw dice with.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The numbers of one of a seed's streams.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self(seed);
        let offset = random.next();
        Self(offset ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `end`, or 0 if there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        // The remainder favours small numbers by less than one in 2^40 for anything that is counted here.
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        // 53 bits, which is what fits between 0 and 1.
        ((self.next() >> 11) as f64) < probability * (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers = |seed, stream| {
            let mut random = Random::new(seed, stream);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(numbers(42, 0), numbers(42, 0));
        assert_ne!(numbers(42, 0), numbers(42, 1));
        assert_ne!(numbers(42, 0), numbers(43, 0));
        // Whoever wrote down a seed relies on these.
        assert_eq!(numbers(42, 0)[0], 0x57e1_faba_6510_7204);
    }

    #[test]
    fn chances_are_as_asked() {
        let mut random = Random::new(7, 0);
        assert!((0..1000).all(|_| !random.chance(0.0)));
        assert!((0..1000).all(|_| random.chance(1.0)));
        let hits = (0..10_000).filter(|_| random.chance(0.3)).count();
        assert!((2_800..3_200).contains(&hits), "{hits}");
        assert!((0..1000).all(|_| random.below(3) < 3));
        assert_eq!(random.below(0), 0);
    }
}
