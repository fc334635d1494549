//! Time, of all cases in turns.
//!
//! It is the thread's processor time: the cases wait for nothing, and what other processes take is not theirs.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::cases::Case;

/// Nanoseconds of one case, one figure a round.
#[derive(Debug, Clone, Default)]
pub struct Rounds(Vec<f64>);

impl FromIterator<f64> for Rounds {
    fn from_iter<I: IntoIterator<Item = f64>>(rounds: I) -> Self {
        Self(rounds.into_iter().collect())
    }
}

impl Rounds {
    /// The median round.
    pub fn median(&self) -> f64 {
        median(self.0.clone())
    }

    /// How many times longer than `other` it took: the median over the rounds.
    ///
    /// Both were measured shortly after one another in every round, so that what else the machine did counts for both.
    pub fn ratio_to(&self, other: &Rounds) -> f64 {
        median(self.0.iter().zip(&other.0).map(|(mine, theirs)| mine / theirs).collect())
    }

    /// Combines two cases, round by round.
    pub fn combine(&self, other: &Rounds, combine: impl Fn(f64, f64) -> f64) -> Rounds {
        Rounds(self.0.iter().zip(&other.0).map(|(mine, theirs)| combine(*mine, *theirs)).collect())
    }
}

/// Measures every case once a round, for about `slice` each time.
///
/// Every other round runs backwards, so that a drift of the clock rate favours nobody.
pub fn measure(cases: &mut [Case], rounds: usize, slice: Duration) -> Vec<Rounds> {
    let repeats: Vec<u32> = cases.iter_mut().map(|case| repeats(case, slice)).collect();
    let mut figures = vec![Rounds::default(); cases.len()];
    for round in 0..rounds {
        for place in 0..cases.len() {
            let place = if round % 2 == 0 { place } else { cases.len() - 1 - place };
            figures[place].0.push(once(&mut cases[place], repeats[place]));
        }
    }
    figures
}

/// Nanoseconds for one of `repeats` repetitions.
///
/// One more goes before, untimed: it finds the caches full of the case before it.
fn once(case: &mut Case, repeats: u32) -> f64 {
    (case.run)();
    let start = now();
    for _ in 0..repeats {
        (case.run)();
    }
    (now() - start) / f64::from(repeats)
}

/// Nanoseconds that this thread has been running.
fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// How many repetitions take about as long as `slice`, once the case is warm.
fn repeats(case: &mut Case, slice: Duration) -> u32 {
    let mut repeats = 1;
    loop {
        let taken = once(case, repeats) * f64::from(repeats);
        let wanted = slice.as_nanos() as f64;
        if taken * 4.0 >= wanted || repeats > 1 << 24 {
            return ((f64::from(repeats) * wanted / taken.max(1.0)) as u32).max(1);
        }
        repeats *= 4;
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    match figures.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => figures[n / 2],
        n => (figures[n / 2 - 1] + figures[n / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::Rounds;

    #[test]
    fn medians_are_of_ratios_and_not_ratios_of_medians() {
        let slow = Rounds(vec![10.0, 300.0, 20.0]);
        let fast = Rounds(vec![1.0, 30.0, 4.0]);
        assert_eq!(slow.median(), 20.0);
        assert_eq!(slow.ratio_to(&fast), 10.0);
        assert_eq!(slow.combine(&fast, |a, b| a - b).median(), 16.0);
    }
}
