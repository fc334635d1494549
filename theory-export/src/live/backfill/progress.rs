//! How far all processes together are.

use super::record::Checkpoint;
use std::fmt;
use std::time::Duration;

/// How far all processes together are, by their checkpoints.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Into how many segments the table is divided.
    pub segments: u32,
    /// How many of them are done.
    pub finished: u32,
    /// Items that were read; those of other entities, too.
    pub scanned: u64,
    /// Items that were filled in; in a dry run, those that would be.
    pub written: u64,
    /// Items that needed nothing.
    pub complete: u64,
    /// Items that could not be read, or whose completion could not be written.
    pub failed: u64,
    /// How often an item was read again, because somebody had written it meanwhile: newer data, which has won.
    pub conflicts: u64,
    /// About how many items the table has; DynamoDB counts them every six hours.
    pub estimate: u64,
    /// How long there is still to do at the present rate, where that is known.
    pub left: Option<Duration>,
    /// Items that were read in a second, since this process watches.
    pub per_second: f64,
}

impl Progress {
    /// Whether every segment is done.
    pub fn is_finished(&self) -> bool {
        self.segments > 0 && self.finished == self.segments
    }

    pub(super) fn add(&mut self, checkpoint: &Checkpoint) {
        self.finished += u32::from(checkpoint.done);
        self.scanned += checkpoint.scanned;
        self.written += checkpoint.written;
        self.complete += checkpoint.complete;
        self.failed += checkpoint.failed;
        self.conflicts += checkpoint.conflicts;
    }

    /// The rate since the first look, and what follows from it.
    pub(super) fn rated(mut self, scanned_at_first: u64, watched: Duration) -> Self {
        let seconds = watched.as_secs_f64();
        if seconds > 0.0 {
            self.per_second = self.scanned.saturating_sub(scanned_at_first) as f64 / seconds;
        }
        let to_do = self.estimate.saturating_sub(self.scanned) as f64;
        if self.per_second > 0.0 && self.knows_the_end() {
            // Ten years stand for ever.
            self.left = Some(Duration::from_secs_f64((to_do / self.per_second).min(3.2e8)));
        }
        self
    }

    /// Of all that is to do, by items where their number is known, otherwise by segments; 0 to 1, and 1 only at the end.
    pub fn share(&self) -> f64 {
        if self.is_finished() {
            return 1.0;
        }
        let share = if self.knows_the_end() {
            self.scanned as f64 / self.estimate as f64
        } else {
            f64::from(self.finished) / f64::from(self.segments.max(1))
        };
        share.clamp(0.0, 0.99)
    }

    /// Whether the number of items says how much is still to do: not where it is too old to be true.
    fn knows_the_end(&self) -> bool {
        !self.is_finished() && self.estimate > self.scanned
    }
}

/// `[######----]  60 %  120000 of about 200000 items, 80000 written, 5300/s, about 15 s left`
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: usize = 20;
        let share = self.share();
        let full = (share * WIDTH as f64) as usize;
        write!(
            f,
            "[{}{}] {:>3.0} %  ",
            "#".repeat(full),
            "-".repeat(WIDTH.saturating_sub(full)),
            share * 100.0
        )?;
        write!(f, "{} items", self.scanned)?;
        if self.knows_the_end() {
            write!(f, " of about {}", self.estimate)?;
        }
        write!(f, ", {} written", self.written)?;
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        if self.per_second > 0.0 {
            write!(f, ", {:.0}/s", self.per_second)?;
        }
        match self.left.map(|left| left.as_secs()) {
            Some(seconds @ 0..120) => write!(f, ", about {seconds} s left"),
            Some(seconds @ 120..7200) => write!(f, ", about {} min left", seconds / 60),
            Some(seconds) => write!(f, ", about {} h left", seconds / 3600),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_a_rate_and_what_is_left() {
        let half = Progress {
            segments: 4,
            finished: 1,
            scanned: 500,
            written: 400,
            estimate: 1000,
            ..Progress::default()
        };
        let text = half.rated(100, Duration::from_secs(4)).to_string();
        assert_eq!(
            text,
            "[##########----------]  50 %  500 items of about 1000, 400 written, 100/s, about 5 s left"
        );
        let done = Progress { segments: 2, finished: 2, scanned: 9, failed: 1, ..Progress::default() };
        assert_eq!(done.to_string(), "[####################] 100 %  9 items, 0 written, 1 failed");
        assert_eq!(Progress::default().share(), 0.0);
        // DynamoDB's count may be of hours ago: then the segments say how far it is, and nothing when it ends.
        let old = Progress { segments: 4, finished: 1, scanned: 1500, estimate: 1000, ..Progress::default() };
        let text = old.rated(0, Duration::from_secs(5)).to_string();
        assert_eq!(text, "[#####---------------]  25 %  1500 items, 0 written, 300/s");
        let last =
            Progress { segments: 4, finished: 3, scanned: 9999, estimate: 10000, ..Progress::default() };
        assert!(last.to_string().starts_with("[###################-]  99 %  "), "{last}");
    }
}
