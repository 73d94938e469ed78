//! How much new work a batch takes in, and how long it runs.
//!
//! As much new work is let in as leaves ordinary writes with little to wait: a little more with each batch as long as they do not wait,
//! half as much when they do. What is long is measured by how long a commit takes here.
//!
//! Invariant: each batch takes in one at least.

use std::time::Duration;

/// A batch runs no longer than the first, or than the last commit took; nor than the second, however slow the disk is.
const TIME: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));
/// An ordinary write may wait for so long and for two commits.
const PATIENCE: Duration = Duration::from_millis(1);
/// How much new work the first batch takes in, and how much any batch at most.
const FIRST: usize = 4;
const MOST: usize = 256;

pub(super) struct Pace {
    new_work: usize,
    commit: Duration,
}

impl Pace {
    pub fn new() -> Self {
        Self {
            new_work: FIRST,
            commit: Duration::ZERO,
        }
    }

    /// How long the next batch is to run.
    pub fn time(&self) -> Duration {
        self.commit.clamp(TIME.0, TIME.1)
    }

    /// How many writes that begin new work the next batch may take in.
    pub fn new_work(&self) -> usize {
        self.new_work
    }

    /// In the last batch the first ordinary write, if there was one, had waited for so long, and the commit took so long.
    pub fn learn(&mut self, waited: Option<Duration>, commit: Duration) {
        let patience = PATIENCE + 2 * self.commit.max(commit);
        self.new_work = match waited {
            Some(waited) if waited > patience => (self.new_work / 2).max(1),
            _ => (self.new_work + 1).min(MOST),
        };
        self.commit = commit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Option<Duration> = Some(Duration::from_micros(500));
    const LONG: Option<Duration> = Some(Duration::from_millis(10));
    const QUICK: Duration = Duration::from_micros(100);

    #[test]
    fn new_work_is_let_in_bit_by_bit_and_held_back_at_once() {
        let mut pace = Pace::new();
        let mut learn = |waited, commit| {
            pace.learn(waited, commit);
            pace.new_work()
        };
        assert_eq!([learn(SHORT, QUICK), learn(None, QUICK)], [5, 6]);
        assert_eq!(learn(LONG, QUICK), 3);
        // The disk is as slow as that.
        assert_eq!(learn(LONG, Duration::from_millis(5)), 4);
        for _ in 0..9 {
            learn(LONG, QUICK);
        }
        assert_eq!(learn(LONG, QUICK), 1);
        for _ in 0..999 {
            learn(SHORT, QUICK);
        }
        assert_eq!(learn(SHORT, QUICK), MOST);
    }

    #[test]
    fn a_batch_runs_about_as_long_as_a_commit_takes() {
        let mut pace = Pace::new();
        for (commit, time) in [(0, 1), (7, 7), (900, 20)] {
            pace.learn(None, Duration::from_millis(commit));
            assert_eq!(pace.time(), Duration::from_millis(time));
        }
    }
}
