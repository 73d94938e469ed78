//! Where new work waits while too many steps are under way.
//!
//! A step is under way from the news that leads to it until the effects it yields begin: the writer's queue, the commit and all
//! switches of tasks are in it. News of work that has begun never waits here.
//!
//! Invariants: who waits is let in in order, and not for ever: every so many steps let somebody in, however many are under way.

use super::pace::Pace;
use crate::engine::clock::Stopwatch;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// After so many steps one who waits is let in in any case.
const ANYHOW: usize = 16;

/// Clones are the same door.
#[derive(Clone)]
pub(super) struct Door(Arc<Mutex<Hall>>);

struct Hall {
    pace: Pace,
    under_way: usize,
    waiting: VecDeque<oneshot::Sender<Passage>>,
    /// Steps since somebody was let in, while somebody waits.
    passed: usize,
}

/// A step that is under way until this is dropped.
pub(super) struct Passage {
    door: Door,
    /// None: nobody has taken it.
    begun: Option<Stopwatch>,
}

impl Door {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Hall {
            pace: Pace::new(),
            under_way: 0,
            waiting: VecDeque::new(),
            passed: 0,
        })))
    }

    /// For what has begun already.
    pub fn pass(&self) -> Passage {
        self.hall().under_way += 1;
        self.passage().begin()
    }

    /// For new work: waits its turn.
    pub async fn wait(&self) -> Passage {
        let turn = {
            let mut hall = self.hall();
            if hall.waiting.is_empty() && hall.has_room() {
                hall.under_way += 1;
                None
            } else {
                let (sender, turn) = oneshot::channel();
                hall.waiting.push_back(sender);
                Some(turn)
            }
        };
        let passage = match turn {
            None => Ok(self.passage()),
            Some(turn) => turn.await,
        };
        passage.map_or_else(|_| self.pass(), Passage::begin)
    }

    /// Counted already.
    fn passage(&self) -> Passage {
        let door = self.clone();
        Passage { door, begun: None }
    }

    fn hall(&self) -> MutexGuard<'_, Hall> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hall {
    fn has_room(&self) -> bool {
        self.under_way < self.pace.room()
    }

    /// Who comes in now. Counts as under way.
    fn next(&mut self) -> Option<oneshot::Sender<Passage>> {
        if !self.has_room() && self.passed < ANYHOW {
            return None;
        }
        while let Some(next) = self.waiting.pop_front() {
            if !next.is_closed() {
                self.passed = 0;
                self.under_way += 1;
                return Some(next);
            }
        }
        None
    }
}

impl Passage {
    fn begin(mut self) -> Self {
        self.begun = Some(Stopwatch::start());
        self
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        let took = self.begun.map(|begun| begun.elapsed());
        let mut hall = self.door.hall();
        hall.under_way -= 1;
        if let Some(took) = took {
            let crowded = !hall.waiting.is_empty();
            hall.passed = if crowded { hall.passed + 1 } else { 0 };
            hall.pace.learn(took, crowded);
        }
        while let Some(next) = hall.next() {
            drop(hall);
            // Who has gone away drops it, and the next one comes in.
            let _ = next.send(self.door.passage());
            hall = self.door.hall();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn new_work_waits_while_there_is_no_room_and_keeps_its_order() {
        let door = Door::new();
        let room = door.hall().pace.room();
        let mut under_way: Vec<Passage> = (0..room).map(|_| door.pass()).collect();
        let (mut first, mut second) = (Box::pin(door.wait()), Box::pin(door.wait()));
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        under_way.pop();
        assert!((&mut second).now_or_never().is_none());
        let first = first.now_or_never().expect("its turn");
        drop(first);
        assert!(second.now_or_never().is_some());
    }

    #[test]
    fn work_that_has_begun_never_waits_and_new_work_not_for_ever() {
        let door = Door::new();
        let under_way: Vec<Passage> = (0..1000).map(|_| door.pass()).collect();
        let mut new = Box::pin(door.wait());
        assert!((&mut new).now_or_never().is_none());
        for _ in 0..ANYHOW - 1 {
            drop(door.pass());
            assert!((&mut new).now_or_never().is_none());
        }
        drop(door.pass());
        assert!(new.now_or_never().is_some());
        drop(under_way);
    }

    #[test]
    fn who_goes_away_takes_no_room() {
        let door = Door::new();
        let room = door.hall().pace.room();
        let under_way: Vec<Passage> = (0..room).map(|_| door.pass()).collect();
        let (mut gone, mut late) = (Box::pin(door.wait()), Box::pin(door.wait()));
        let mut last = Box::pin(door.wait());
        for waiting in [&mut gone, &mut late, &mut last] {
            assert!(waiting.now_or_never().is_none());
        }
        drop(gone);
        drop(under_way);
        // Let in, and never taken.
        drop(late);
        assert!(last.now_or_never().is_some());
        assert_eq!(door.hall().under_way, 0);
    }
}
