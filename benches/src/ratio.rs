//! A ratio and its gate, as the bins print them.

use std::fmt;

/// What a ratio must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gate {
    /// So much, or more.
    AtLeast(f64),
    /// So much, or less.
    AtMost(f64),
    /// Printed because it explains another one.
    None,
}

impl Gate {
    /// Whether a value passes.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Gate::AtLeast(least) => value >= least,
            Gate::AtMost(most) => value <= most,
            Gate::None => true,
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gate::AtLeast(least) => write!(f, ">={}", Figure(*least)),
            Gate::AtMost(most) => write!(f, "<={}", Figure(*most)),
            Gate::None => f.write_str("-"),
        }
    }
}

/// One line of what is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratio {
    /// What was set against what.
    pub name: String,
    /// `None` where it was not measured.
    pub value: Option<f64>,
    /// What it must be.
    pub gate: Gate,
}

impl Ratio {
    /// Whether it was measured, and does not pass.
    pub fn is_missed(&self) -> bool {
        self.value.is_some_and(|value| !self.gate.is_met(value))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(value) => write!(f, "{} {} {}", self.name, Figure(value), self.gate),
            None => write!(f, "{} skipped {}", self.name, self.gate),
        }
    }
}

/// Two decimals, or as many as a small figure needs.
struct Figure(f64);

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = if self.0.abs() < 0.1 { 4 } else { 2 };
        write!(f, "{:.decimals$}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line() {
        let line = |value, gate| Ratio { name: "a".into(), value, gate }.to_string();
        assert_eq!(line(Some(9.678), Gate::AtLeast(9.0)), "a 9.68 >=9.00");
        assert_eq!(line(Some(0.01064), Gate::AtMost(0.012)), "a 0.0106 <=0.0120");
        assert_eq!(line(None, Gate::None), "a skipped -");
    }

    #[test]
    fn what_was_not_measured_is_not_missed() {
        let missed = |value, gate| Ratio { name: String::new(), value, gate }.is_missed();
        assert!(missed(Some(1.0), Gate::AtMost(0.5)) && !missed(Some(0.5), Gate::AtMost(0.5)));
        assert!(!missed(None, Gate::AtMost(0.5)) && !missed(Some(1.0), Gate::None));
    }
}
