//! Which effects run: each at most once at a time, none while the driver is halted.
//!
//! An effect that is committed while the driver resumes is either taken up with the outbox or started by its commit.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// What one driver has begun.
pub(super) struct Work(Mutex<Begun>);

struct Begun {
    /// Ends everything that runs; cancelled while the driver is halted.
    stop: CancellationToken,
    /// Sequence numbers of effects that have begun and are not done.
    numbers: HashSet<u64>,
    /// Effects below this number were posted by an earlier process, and may have begun there.
    earlier: u64,
}

impl Work {
    /// Halted. `next` is the number that the next effect will have.
    pub fn new(next: u64) -> Self {
        let stop = CancellationToken::new();
        stop.cancel();
        Self(Mutex::new(Begun {
            stop,
            numbers: HashSet::new(),
            earlier: next,
        }))
    }

    /// Ends when the driver is halted.
    pub fn stop(&self) -> CancellationToken {
        self.begun().stop.clone()
    }

    /// Everything that runs is to end, and nothing may begin.
    pub fn halt(&self) {
        self.begun().stop.cancel();
    }

    /// Whether this effect may begin; if so, it counts as begun.
    pub fn begin(&self, number: u64) -> bool {
        let mut begun = self.begun();
        !begun.stop.is_cancelled() && begun.numbers.insert(number)
    }

    /// The effect has left the outbox.
    pub fn done(&self, number: u64) {
        self.begun().numbers.remove(&number);
    }

    /// Lets effects begin again and takes up what `outbox` lists, now that nothing runs: first what nobody has begun, then
    /// what somebody has.
    pub fn take_up<T>(
        &self,
        outbox: impl FnOnce() -> Vec<T>,
        number: impl Fn(&T) -> u64,
    ) -> (Vec<T>, Vec<T>) {
        let mut begun = self.begun();
        let rows = outbox();
        let earlier = std::mem::take(&mut begun.earlier);
        let numbers = rows.iter().map(&number).collect();
        let before = std::mem::replace(&mut begun.numbers, numbers);
        begun.stop = CancellationToken::new();
        drop(begun);
        let has_begun = |row: &T| number(row) < earlier || before.contains(&number(row));
        rows.into_iter().partition(|row| !has_begun(row))
    }

    fn begun(&self) -> MutexGuard<'_, Begun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
