//! Coverage of source files.

use serde::{Deserialize, Serialize};

/// What ran of one source file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    pub path: String,
    pub lines: Counts,
    pub branches: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub covered: u32,
    pub missed: u32,
}

impl Counts {
    pub fn new(covered: u64, missed: u64) -> Self {
        Self {
            covered: u32::try_from(covered).unwrap_or(u32::MAX),
            missed: u32::try_from(missed).unwrap_or(u32::MAX),
        }
    }

    /// One that ran or did not.
    pub fn count(&mut self, covered: bool) {
        let place = match covered {
            true => &mut self.covered,
            false => &mut self.missed,
        };
        *place = place.saturating_add(1);
    }

    /// The sum of both.
    pub fn and(self, other: Counts) -> Counts {
        Counts {
            covered: self.covered.saturating_add(other.covered),
            missed: self.missed.saturating_add(other.missed),
        }
    }

    /// Hundredths of a percent, cut off and not rounded; nothing at all counts as 0.
    pub fn hundredths(self) -> u32 {
        let all = u64::from(self.covered) + u64::from(self.missed);
        let part = u64::from(self.covered) * 10_000;
        u32::try_from(part.checked_div(all).unwrap_or(0)).unwrap_or(10_000)
    }

    /// The same as a percentage with two decimals.
    pub fn percent(self) -> f64 {
        f64::from(self.hundredths()) / 100.0
    }
}
