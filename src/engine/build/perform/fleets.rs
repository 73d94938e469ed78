//! Places in fleets: a fleet runs as many builds at a time as it has machines, and the others wait.
//!
//! Invariant: a place that was taken is given back when it is dropped, and then whoever waits looks again.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The fleet of a build and how many builds it runs at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetRoom {
    /// Its ARN.
    pub fleet: String,
    pub capacity: usize,
}

/// The fleets of all builds.
#[derive(Clone, Default)]
pub struct Fleets(Arc<Inner>);

#[derive(Default)]
struct Inner {
    counts: Mutex<Counts>,
    changed: Notify,
}

#[derive(Default)]
struct Counts {
    /// By ARN: how many places are taken.
    taken: HashMap<String, usize>,
    /// By ARN: who waits, the longest first.
    waiting: HashMap<String, BTreeSet<u64>>,
    last_ticket: u64,
}

/// A place, until dropped.
pub struct Place {
    fleets: Fleets,
    fleet: String,
}

/// Somebody's turn, until dropped.
struct Turn {
    fleets: Fleets,
    ticket: u64,
}

impl Fleets {
    /// Waits for a place, in the order of the calls. `room` is asked again whenever something may have changed: `None` means that no
    /// fleet limits the build.
    pub async fn enter(&self, room: impl Fn() -> Option<FleetRoom>) -> Option<Place> {
        let turn = self.turn();
        loop {
            let mut changed = pin!(self.0.changed.notified());
            // From here on no change is missed.
            changed.as_mut().enable();
            if let Some(place) = turn.take(room()?) {
                return Some(place);
            }
            changed.await;
        }
    }

    /// Whoever waits looks again: capacities may have changed.
    pub fn look_again(&self) {
        self.0.changed.notify_waiters();
    }

    fn turn(&self) -> Turn {
        let mut counts = self.lock();
        counts.last_ticket += 1;
        Turn {
            fleets: self.clone(),
            ticket: counts.last_ticket,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    fn take(&self, room: FleetRoom) -> Option<Place> {
        let mut counts = self.fleets.lock();
        let Counts { taken, waiting, .. } = &mut *counts;
        let waiting = waiting.entry(room.fleet.clone()).or_default();
        waiting.insert(self.ticket);
        let count = taken.entry(room.fleet.clone()).or_default();
        if *count >= room.capacity || waiting.first() != Some(&self.ticket) {
            return None;
        }
        *count += 1;
        Some(Place {
            fleets: self.fleets.clone(),
            fleet: room.fleet,
        })
    }
}

/// The next one's turn has come.
impl Drop for Turn {
    fn drop(&mut self) {
        self.fleets.lock().waiting.retain(|_, waiting| {
            waiting.remove(&self.ticket);
            !waiting.is_empty()
        });
        self.fleets.look_again();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.fleets.lock();
        if let Some(count) = counts.taken.get_mut(&self.fleet) {
            *count -= 1;
        }
        counts.taken.retain(|_, count| *count > 0);
        drop(counts);
        self.fleets.look_again();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn room(fleet: &str, capacity: usize) -> Option<FleetRoom> {
        let fleet = fleet.to_owned();
        Some(FleetRoom { fleet, capacity })
    }

    // Witness: contract §12.4, `baseCapacity` = max parallel builds of that fleet.
    #[tokio::test]
    async fn a_fleet_has_so_many_places_and_no_more() {
        let fleets = Fleets::default();
        let first = fleets.enter(|| room("a", 1)).await;
        let mut second = pin!(fleets.enter(|| room("a", 1)));
        assert!(second.as_mut().now_or_never().is_none());
        let other = fleets.enter(|| room("b", 1)).now_or_never();
        assert!(other.is_some_and(|place| place.is_some()));
        drop(first);
        assert!(second.now_or_never().is_some_and(|place| place.is_some()));
        let free = fleets.enter(|| room("a", 1)).now_or_never();
        assert!(free.is_some_and(|place| place.is_some()));
        let counts = fleets.lock();
        assert!(counts.taken.values().all(|count| *count == 0) && counts.waiting.is_empty());
    }

    // Witness: our reading; whoever gives up lets the next one go on.
    #[tokio::test]
    async fn whoever_waits_longest_comes_first() {
        let fleets = Fleets::default();
        let first = fleets.enter(|| room("a", 1)).await;
        let mut second = Box::pin(fleets.enter(|| room("a", 1)));
        let mut third = pin!(fleets.enter(|| room("a", 1)));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.as_mut().now_or_never().is_none());
        drop(second);
        assert!(third.now_or_never().is_some_and(|place| place.is_some()));
    }

    // Witness: contract §12.4; UpdateFleet changes the capacity, DeleteFleet lets builds go.
    #[tokio::test]
    async fn whoever_waits_looks_at_the_fleet_anew_when_it_changes() {
        for after in [room("a", 2), None] {
            let fleets = Fleets::default();
            let _first = fleets.enter(|| room("a", 1)).await;
            let now = Mutex::new(room("a", 1));
            let mut second = pin!(fleets.enter(|| now.lock().unwrap().clone()));
            assert!(second.as_mut().now_or_never().is_none());
            now.lock().unwrap().clone_from(&after);
            fleets.look_again();
            let place = second.now_or_never();
            assert!(place.is_some_and(|place| place.is_some() == after.is_some()));
        }
    }
}
