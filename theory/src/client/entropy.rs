//! Randomness, of the operating system's each time.
//!
//! No generator is kept in memory. Where an environment is restored from a snapshot, as Lambda's SnapStart does, or a process forks, all
//! copies of it have the same memory: a generator in it would give them all the same tokens, and the same pauses.

use getrandom::Error;

/// So many random bytes.
pub(super) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A random number from 0 up to 1; 1 where the system has none to give.
pub(super) fn fraction() -> f64 {
    // What a double has room for.
    const BITS: u32 = f64::MANTISSA_DIGITS;
    match bytes().map(u64::from_le_bytes) {
        Ok(random) => (random >> (u64::BITS - BITS)) as f64 / (1_u64 << BITS) as f64,
        Err(_) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_lie_from_zero_up_to_one_and_differ() {
        let mut fractions: Vec<_> = (0..1000).map(|_| fraction()).collect();
        assert!(fractions.iter().all(|fraction| (0.0..1.0).contains(fraction)));
        fractions.sort_by(f64::total_cmp);
        assert!(fractions.windows(2).all(|pair| pair[0] < pair[1]));
        // Both halves are there: each is missing once in 2^1000 runs.
        assert!(fractions[0] < 0.5 && fractions[999] > 0.5);
    }
}
