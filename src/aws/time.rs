//! Points in time as the wire shows them: whole milliseconds since the epoch.

use aws_smithy_types::DateTime;
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The form generated shapes have.
    pub fn wire(self) -> DateTime {
        DateTime::from_millis(self.0)
    }

    /// What a client sent, to the nearest millisecond; `None` when it lies beyond what can be counted. A time that was told as a
    /// number of seconds comes back as the one it was.
    pub fn from_wire(time: DateTime) -> Option<Self> {
        let millis = (time.as_nanos() + 500_000).div_euclid(1_000_000);
        i64::try_from(millis).ok().map(Self)
    }

    /// Time passed since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Time) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    fn add(self, span: Duration) -> Time {
        Time(self.0.saturating_add(millis_of(span)))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;

    fn sub(self, span: Duration) -> Time {
        Time(self.0.saturating_sub(millis_of(span)))
    }
}

fn millis_of(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_went_through_a_client_is_the_same() {
        for millis in [0, 1, -1, 1_796_000_123_456, 1_796_000_123_457, -7_001] {
            let seconds = millis as f64 / 1000.0;
            let back = Time::from_wire(DateTime::from_secs_f64(seconds));
            assert_eq!(back, Some(Time::from_millis(millis)));
        }
    }
}
