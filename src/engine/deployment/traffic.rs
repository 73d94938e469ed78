//! How traffic moves from one version to another: how much at first, how long until more, and what an alias shows meanwhile.
//!
//! Source: contract, codedeploy section 6.4. Percentages are of the target; minutes are minutes of the clock that users see.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A deployment configuration, as far as it routes traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Routing {
    AllAtOnce,
    /// So many percent first, the rest after the interval.
    Canary {
        percent: u32,
        minutes: u32,
    },
    /// So many percent more after each interval.
    Linear {
        percent: u32,
        minutes: u32,
    },
}

/// All of it.
pub const ALL: u32 = 100;

impl Routing {
    /// The share that the target gets at once.
    pub fn first(self) -> u32 {
        match self {
            Self::AllAtOnce => ALL,
            Self::Canary { percent, .. } | Self::Linear { percent, .. } => percent.min(ALL),
        }
    }

    /// What follows after the target has had `percent` of the traffic for a while: how long, and how much then.
    pub fn next(self, percent: u32) -> Option<(Duration, u32)> {
        if percent >= ALL {
            return None;
        }
        Some(match self {
            Self::AllAtOnce => (Duration::ZERO, ALL),
            Self::Canary { minutes, .. } => (interval(minutes), ALL),
            Self::Linear {
                percent: more,
                minutes,
            } => (interval(minutes), percent.saturating_add(more).min(ALL)),
        })
    }

    /// Whether traffic is on both versions for a while.
    pub fn is_gradual(self) -> bool {
        self.first() < ALL
    }
}

fn interval(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minute and percentage of each shift.
    fn shifts(routing: Routing) -> Vec<(u64, u32)> {
        let (mut minute, mut percent) = (0, routing.first());
        let mut all = vec![(minute, percent)];
        while let Some((wait, next)) = routing.next(percent) {
            minute += wait.as_secs() / 60;
            percent = next;
            all.push((minute, percent));
        }
        all
    }

    // Witness: contract codedeploy §6.4, §10.1 F2 and F3.
    #[test]
    fn shifts_come_at_their_minutes() {
        assert_eq!(shifts(Routing::AllAtOnce), [(0, 100)]);
        let canary = Routing::Canary {
            percent: 10,
            minutes: 5,
        };
        assert_eq!(shifts(canary), [(0, 10), (5, 100)]);
        let linear = Routing::Linear {
            percent: 10,
            minutes: 1,
        };
        let expected: Vec<_> = (0..10)
            .map(|step| (step, u32::try_from(step + 1).unwrap() * 10))
            .collect();
        assert_eq!(shifts(linear), expected, "ten steps, nine intervals");
        let uneven = Routing::Linear {
            percent: 40,
            minutes: 3,
        };
        assert_eq!(shifts(uneven), [(0, 40), (3, 80), (6, 100)]);
    }

    #[test]
    fn every_routing_comes_to_its_end() {
        for percent in 1..100 {
            for routing in [
                Routing::Canary {
                    percent,
                    minutes: 1,
                },
                Routing::Linear {
                    percent,
                    minutes: 1,
                },
            ] {
                let shifts = shifts(routing);
                assert_eq!(shifts.last().unwrap().1, ALL);
                assert!(shifts.is_sorted_by(|a, b| a.1 < b.1), "{shifts:?}");
                assert!(routing.is_gradual());
            }
        }
    }
}
