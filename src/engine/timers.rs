//! One alarm per key, and one waiter for all of them.
//!
//! Arming a key again replaces its alarm. No task and no wake-up per alarm: the waiter sleeps until the earliest.

use super::clock::Clock;
use crate::aws::Time;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The alarms of one driver.
pub struct Timers<K> {
    clock: Clock,
    alarms: Mutex<Alarms<K>>,
    /// The earliest alarm may have changed.
    changed: Notify,
}

struct Alarms<K> {
    by_time: BTreeSet<(Time, K)>,
    by_key: HashMap<K, Time>,
}

impl<K: Clone + Ord + Hash> Timers<K> {
    pub fn new(clock: Clock) -> Self {
        let alarms = Alarms {
            by_time: BTreeSet::new(),
            by_key: HashMap::new(),
        };
        Self {
            clock,
            alarms: Mutex::new(alarms),
            changed: Notify::new(),
        }
    }

    /// Sets the alarm of `key` to what `read` says (`None`: no alarm). `read` is called alone, so that of several callers
    /// the last one sees the newest state.
    pub fn arm(&self, key: &K, read: impl FnOnce() -> Option<Time>) {
        let mut alarms = self.alarms();
        let earliest = alarms.earliest();
        alarms.set(key, read());
        if alarms.earliest() != earliest {
            self.changed.notify_one();
        }
    }

    /// Waits for the next alarm and takes it away. One waiter only.
    pub async fn next(&self) -> K {
        loop {
            if let Some(key) = self.take_due() {
                return key;
            }
            let earliest = self.alarms().earliest();
            let alarm = async {
                match earliest {
                    Some(time) => self.clock.sleep_until(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = alarm => (),
                () = self.changed.notified() => (),
            }
        }
    }

    /// Forgets all alarms.
    pub fn clear(&self) {
        let mut alarms = self.alarms();
        alarms.by_time.clear();
        alarms.by_key.clear();
    }

    fn take_due(&self) -> Option<K> {
        let mut alarms = self.alarms();
        let (time, key) = alarms.by_time.first().cloned()?;
        if time > self.clock.now() {
            return None;
        }
        alarms.set(&key, None);
        Some(key)
    }

    fn alarms(&self) -> MutexGuard<'_, Alarms<K>> {
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Ord + Hash> Alarms<K> {
    fn earliest(&self) -> Option<Time> {
        self.by_time.first().map(|(time, _)| *time)
    }

    fn set(&mut self, key: &K, time: Option<Time>) {
        if let Some(old) = self.by_key.remove(key) {
            self.by_time.remove(&(old, key.clone()));
        }
        if let Some(time) = time {
            self.by_key.insert(key.clone(), time);
            self.by_time.insert((time, key.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    fn at(millis: i64) -> Option<Time> {
        Some(Time::from_millis(millis))
    }

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[tokio::test]
    async fn alarms_ring_in_order_and_once() {
        let clock = Clock::manual(Time::from_millis(0));
        let timers = Timers::new(clock.clone());
        timers.arm(&"late", || at(2_000));
        timers.arm(&"early", || at(1_000));
        clock.advance(Duration::from_secs(5));
        assert_eq!(timers.next().await, "early");
        assert_eq!(timers.next().await, "late");
        assert!(poll(std::pin::pin!(timers.next())).is_pending());
    }

    #[tokio::test]
    async fn arming_again_replaces_and_disarming_silences() {
        let clock = Clock::manual(Time::from_millis(0));
        let timers = Timers::new(clock.clone());
        timers.arm(&1, || at(1_000));
        timers.arm(&2, || at(1_000));
        timers.arm(&1, || at(9_000));
        timers.arm(&2, || None);
        clock.advance(Duration::from_secs(5));
        assert!(poll(std::pin::pin!(timers.next())).is_pending());
        clock.advance(Duration::from_secs(5));
        assert_eq!(timers.next().await, 1);
    }

    #[tokio::test]
    async fn a_waiter_hears_of_an_earlier_alarm() {
        let clock = Clock::manual(Time::from_millis(0));
        let timers = Timers::new(clock.clone());
        timers.arm(&1, || at(60_000));
        let mut next = std::pin::pin!(timers.next());
        assert!(poll(next.as_mut()).is_pending());
        timers.arm(&2, || at(1_000));
        clock.advance(Duration::from_secs(1));
        assert_eq!(next.await, 2);
    }
}
