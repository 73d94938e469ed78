//! How many instances may be deployed to at once, and when it is over.
//!
//! Source: contract, codedeploy section 8.3.

use serde::{Deserialize, Serialize};

/// How many instances have to stay healthy, as a configuration says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Minimum {
    /// All but one; with one instance, that one.
    AllButOne,
    Hosts(u32),
    /// Rounded up.
    Percent(u32),
}

/// Where the instances of a deployment, or of one zone, stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub pending: usize,
    pub in_flight: usize,
    pub succeeded: usize,
    pub failed: usize,
}

/// What follows from where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// So many more begin.
    Start(usize),
    /// Something has to end first.
    Wait,
    /// Too few would stay healthy: none begins any more.
    Broken,
    /// None is left.
    Done,
}

impl Minimum {
    /// The number of instances, out of `total`.
    pub fn of(self, total: usize) -> usize {
        match self {
            Self::AllButOne => total.saturating_sub(1),
            Self::Hosts(hosts) => usize::try_from(hosts).unwrap_or(usize::MAX),
            Self::Percent(percent) => {
                let percent = usize::try_from(percent).unwrap_or(usize::MAX);
                total.saturating_mul(percent).div_ceil(100)
            }
        }
    }

    /// Whether no instance could ever be touched.
    pub fn is_out_of_reach(self, total: usize) -> bool {
        self != Self::AllButOne && self.of(total) >= total
    }

    /// What may begin where every one has to succeed, and this only says how many go at once: at least one.
    pub fn next_of_all(self, counts: Counts) -> Next {
        let total = counts.total();
        let most = match self {
            Self::AllButOne => 1,
            _ => total.saturating_sub(self.of(total)).max(1),
        };
        match (counts.failed, counts.pending, counts.in_flight) {
            (0, 0, 0) => Next::Done,
            (0, 0, _) => Next::Wait,
            (0, pending, in_flight) if in_flight < most => {
                Next::Start(pending.min(most - in_flight))
            }
            (0, ..) => Next::Wait,
            _ => Next::Broken,
        }
    }

    /// What may begin where instances stand so.
    pub fn next(self, counts: Counts) -> Next {
        let Counts {
            pending,
            in_flight,
            succeeded,
            failed,
        } = counts;
        let total = pending + in_flight + succeeded + failed;
        let least = self.of(total);
        if pending == 0 {
            return match in_flight {
                0 => Next::Done,
                _ => Next::Wait,
            };
        }
        if total - failed <= least {
            return Next::Broken;
        }
        let slots = match self {
            Self::AllButOne => 1usize.saturating_sub(in_flight),
            _ => (total - failed).saturating_sub(least + in_flight),
        };
        match slots.min(pending) {
            0 => Next::Wait,
            slots => Next::Start(slots),
        }
    }

    /// Whether so many successes out of `total` are enough.
    pub fn is_met(self, succeeded: usize, total: usize) -> bool {
        succeeded >= self.of(total).max(1)
    }
}

impl Counts {
    pub fn total(self) -> usize {
        self.pending + self.in_flight + self.succeeded + self.failed
    }
}

impl Next {
    /// What follows when two rules have to be kept.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Broken, _) | (_, Self::Broken) => Self::Broken,
            (Self::Done, _) | (_, Self::Done) => Self::Done,
            (Self::Wait, _) | (_, Self::Wait) => Self::Wait,
            (Self::Start(one), Self::Start(two)) => Self::Start(one.min(two)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use std::fmt::Write;

    /// Deploys to `total` instances of which those at `failing` fail, oldest first. How many ran at once, and the result.
    fn play(minimum: Minimum, total: usize, failing: &[usize]) -> String {
        if total == 0 {
            return "no instances".to_owned();
        }
        if minimum.is_out_of_reach(total) {
            return "out of reach".to_owned();
        }
        let mut counts = Counts {
            pending: total,
            ..Counts::default()
        };
        let (mut most, mut begun, mut ended) = (0, 0, 0);
        loop {
            match minimum.next(counts) {
                Next::Start(more) => {
                    counts.pending -= more;
                    counts.in_flight += more;
                    begun += more;
                    most = most.max(counts.in_flight);
                }
                Next::Wait => {}
                Next::Broken if counts.in_flight == 0 => {
                    return format!("{most} at a time, {begun} begun, broken");
                }
                Next::Broken => {}
                Next::Done => {
                    let met = minimum.is_met(counts.succeeded, total);
                    let result = if met { "succeeded" } else { "failed" };
                    return format!("{most} at a time, {begun} begun, {result}");
                }
            }
            counts.in_flight -= 1;
            match failing.contains(&ended) {
                true => counts.failed += 1,
                false => counts.succeeded += 1,
            }
            ended += 1;
        }
    }

    // Witness: contract codedeploy §8.3, the table of documented results.
    #[test]
    fn the_documented_results_are_reproduced() {
        let mut table = String::new();
        let all: Vec<usize> = (0..10).collect();
        for (minimum, total, failing) in [
            (Minimum::Percent(95), 10, &[][..]),
            (Minimum::Hosts(9), 10, &[]),
            (Minimum::Hosts(9), 10, &[0]),
            (Minimum::Hosts(9), 10, &[8]),
            (Minimum::Hosts(9), 10, &[9]),
            (Minimum::Hosts(8), 10, &[]),
            (Minimum::Hosts(8), 10, &[3]),
            (Minimum::Hosts(8), 10, &[3, 6]),
            (Minimum::Hosts(8), 10, &[3, 9]),
            (Minimum::Hosts(0), 10, &all[1..]),
            (Minimum::Hosts(0), 10, &all),
            (Minimum::Percent(0), 3, &[0, 1]),
            (Minimum::Percent(50), 9, &[]),
            (Minimum::Percent(50), 9, &[0, 1, 2, 3]),
            (Minimum::Percent(50), 9, &[5, 6, 7, 8]),
            (Minimum::AllButOne, 1, &[]),
            (Minimum::AllButOne, 1, &[0]),
            (Minimum::AllButOne, 3, &[0]),
            (Minimum::AllButOne, 3, &[2]),
            (Minimum::AllButOne, 0, &[]),
            (Minimum::Hosts(1), 1, &[]),
        ] {
            let result = play(minimum, total, failing);
            writeln!(table, "{total:>2} {minimum:?} {failing:?}: {result}").unwrap();
        }
        expect![[r#"
            10 Percent(95) []: out of reach
            10 Hosts(9) []: 1 at a time, 10 begun, succeeded
            10 Hosts(9) [0]: 1 at a time, 1 begun, broken
            10 Hosts(9) [8]: 1 at a time, 9 begun, broken
            10 Hosts(9) [9]: 1 at a time, 10 begun, succeeded
            10 Hosts(8) []: 2 at a time, 10 begun, succeeded
            10 Hosts(8) [3]: 2 at a time, 10 begun, succeeded
            10 Hosts(8) [3, 6]: 2 at a time, 7 begun, broken
            10 Hosts(8) [3, 9]: 2 at a time, 10 begun, succeeded
            10 Hosts(0) [1, 2, 3, 4, 5, 6, 7, 8, 9]: 10 at a time, 10 begun, succeeded
            10 Hosts(0) [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]: 10 at a time, 10 begun, failed
             3 Percent(0) [0, 1]: 3 at a time, 3 begun, succeeded
             9 Percent(50) []: 4 at a time, 9 begun, succeeded
             9 Percent(50) [0, 1, 2, 3]: 4 at a time, 4 begun, broken
             9 Percent(50) [5, 6, 7, 8]: 4 at a time, 9 begun, succeeded
             1 AllButOne []: 1 at a time, 1 begun, succeeded
             1 AllButOne [0]: 1 at a time, 1 begun, failed
             3 AllButOne [0]: 1 at a time, 1 begun, broken
             3 AllButOne [2]: 1 at a time, 3 begun, succeeded
             0 AllButOne []: no instances
             1 Hosts(1) []: out of reach
        "#]]
        .assert_eq(&table);
    }

    // Witness: contract codedeploy §8.3: one deregistration that fails ends it; OneAtATime one by one, HalfAtATime half.
    #[test]
    fn where_all_have_to_succeed_the_minimum_says_how_many_go_at_once() {
        let of = |pending, in_flight, succeeded, failed| Counts {
            pending,
            in_flight,
            succeeded,
            failed,
        };
        for (minimum, counts, expected) in [
            (Minimum::AllButOne, of(4, 0, 0, 0), Next::Start(1)),
            (Minimum::AllButOne, of(3, 1, 0, 0), Next::Wait),
            (Minimum::Percent(50), of(4, 0, 0, 0), Next::Start(2)),
            (Minimum::Percent(0), of(4, 0, 0, 0), Next::Start(4)),
            (Minimum::Hosts(9), of(2, 0, 0, 0), Next::Start(1)),
            (Minimum::Hosts(9), of(0, 1, 1, 0), Next::Wait),
            (Minimum::Percent(0), of(0, 0, 4, 0), Next::Done),
            (Minimum::Percent(0), of(0, 0, 0, 0), Next::Done),
            (Minimum::Percent(0), of(1, 0, 2, 1), Next::Broken),
            (Minimum::Percent(0), of(0, 0, 3, 1), Next::Broken),
        ] {
            assert_eq!(
                minimum.next_of_all(counts),
                expected,
                "{minimum:?} {counts:?}"
            );
        }
    }

    #[test]
    fn whatever_fails_healthy_instances_are_never_fewer_than_the_minimum_before_the_last_begins() {
        let mut random = crate::engine::seeded::Seeded(7);
        for _ in 0..5000 {
            let total = 1 + usize::try_from(random.below(12)).unwrap();
            let minimum = match random.below(3) {
                0 => Minimum::AllButOne,
                1 => Minimum::Hosts(u32::try_from(random.below(total as u64)).unwrap()),
                _ => Minimum::Percent(u32::try_from(random.below(100)).unwrap()),
            };
            if minimum.is_out_of_reach(total) {
                continue;
            }
            let mut counts = Counts {
                pending: total,
                ..Counts::default()
            };
            loop {
                match minimum.next(counts) {
                    Next::Start(more) => {
                        counts.pending -= more;
                        counts.in_flight += more;
                        let healthy = total - counts.failed - counts.in_flight;
                        assert!(healthy >= minimum.of(total), "{minimum:?} {counts:?}");
                    }
                    Next::Wait | Next::Broken if counts.in_flight > 0 => {
                        counts.in_flight -= 1;
                        match random.below(3) {
                            0 => counts.failed += 1,
                            _ => counts.succeeded += 1,
                        }
                    }
                    Next::Broken | Next::Done => break,
                    Next::Wait => panic!("{minimum:?} waits for nothing: {counts:?}"),
                }
            }
        }
    }
}
