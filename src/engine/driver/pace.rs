//! How many steps may be under way at once before new work has to wait.
//!
//! By measure: a little more with each round as long as a step does not take much longer than it takes alone, an eighth less when it
//! does. A round is as many steps as may be under way. Where no new work waits, nothing is learned about how much is too much.
//!
//! Invariant: there is always room for some.

use std::time::Duration;

/// Steps under way: at first, at least, at most.
const FIRST: usize = 8;
const LEAST: usize = 4;
const MOST: usize = 1024;
/// A step may take half as long again as alone, for the commit that is being written when it comes, and so much longer.
const PATIENCE: Duration = Duration::from_micros(150);
/// A disk that became slower is believed bit by bit.
const FORGETS: f64 = 1.02;

pub(super) struct Pace {
    room: usize,
    /// What the quickest step took, of late.
    alone: Duration,
    round: Round,
}

struct Round {
    steps: u32,
    together: Duration,
    quickest: Duration,
    crowded: bool,
}

impl Round {
    const NEW: Self = Self {
        steps: 0,
        together: Duration::ZERO,
        quickest: Duration::MAX,
        crowded: false,
    };
}

impl Pace {
    pub fn new() -> Self {
        Self {
            room: FIRST,
            alone: Duration::from_secs(1),
            round: Round::NEW,
        }
    }

    /// So many steps may be under way.
    pub fn room(&self) -> usize {
        self.room
    }

    /// A step took so long, and new work was waiting then or not.
    pub fn learn(&mut self, took: Duration, crowded: bool) {
        let round = &mut self.round;
        round.steps += 1;
        round.together += took;
        round.quickest = round.quickest.min(took);
        round.crowded |= crowded;
        if round.steps as usize >= self.room {
            self.end_round();
        }
    }

    fn end_round(&mut self) {
        let round = std::mem::replace(&mut self.round, Round::NEW);
        self.alone = self.alone.mul_f64(FORGETS).min(round.quickest);
        let mean = round.together / round.steps;
        if mean > self.alone * 3 / 2 + PATIENCE {
            self.room -= (self.room / 8).max(1);
        } else if round.crowded {
            self.room += 1;
        }
        self.room = self.room.clamp(LEAST, MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounds in which each step takes so many microseconds.
    fn rounds(pace: &mut Pace, count: usize, micros: u64, crowded: bool) -> usize {
        for _ in 0..count {
            for _ in 0..pace.room() {
                pace.learn(Duration::from_micros(micros), crowded);
            }
        }
        pace.room()
    }

    #[test]
    fn room_grows_bit_by_bit_and_shrinks_at_once() {
        let mut pace = Pace::new();
        assert_eq!(rounds(&mut pace, 32, 100, true), 40);
        assert_eq!(rounds(&mut pace, 1, 5_000, true), 35);
        assert_eq!(rounds(&mut pace, 1, 250, true), 36);
        assert_eq!(rounds(&mut pace, 5_000, 100, true), MOST);
    }

    #[test]
    fn a_crowd_that_is_not_there_teaches_nothing() {
        let mut pace = Pace::new();
        assert_eq!(rounds(&mut pace, 100, 100, false), FIRST);
        assert_eq!(rounds(&mut pace, 100, 9_000, false), LEAST);
    }

    #[test]
    fn a_slow_disk_is_no_crowd() {
        let mut pace = Pace::new();
        assert_eq!(rounds(&mut pace, 10, 8_000, true), FIRST + 10);
        // It became slower: it takes a while until that is its speed.
        assert_eq!(rounds(&mut pace, 20, 40_000, true), LEAST);
        assert!(rounds(&mut pace, 200, 40_000, true) > 100);
    }
}
