//! New work gives way to work that is under way, but not for ever, and order is kept within each lane.

use super::*;
use crate::store::job::Job;
use crate::store::queue::{Alone, Lane, Message, Queue};
use proptest::prelude::*;
use std::sync::{Arc, Mutex, mpsc};
use tokio::sync::oneshot;

/// A write that leaves its name when it is run.
fn named<T: Send + 'static>(
    name: T,
    log: &Arc<Mutex<Vec<T>>>,
) -> impl FnOnce(&mut Txn) -> Result<(), ()> + Send + 'static {
    let log = log.clone();
    move |_| {
        log.lock().unwrap().push(name);
        Ok(())
    }
}

#[tokio::test]
async fn what_begins_new_work_gives_way() {
    let w = open(Location::Memory).unwrap();
    let log = Arc::default();
    let (go, wait) = mpsc::channel::<()>();
    let held = w.store.write(move |_| wait.recv().map_err(|_| ()));
    let later = w.store.write_later(named("later", &log));
    let first = w.store.write(named("first", &log));
    let second = w.store.write(named("second", &log));
    let release = async { go.send(()).unwrap() };
    let (held, later, first, second, ()) = tokio::join!(held, later, first, second, release);
    held.unwrap();
    let all = [later, first, second];
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(*log.lock().unwrap(), ["first", "second", "later"]);
}

#[tokio::test]
async fn new_work_is_in_each_batch_however_much_else_there_is() {
    const OTHERS: usize = 5_000;
    let w = open(Location::Memory).unwrap();
    let log = Arc::default();
    let (go, wait) = mpsc::channel::<()>();
    let held = w.store.write(move |_| wait.recv().map_err(|_| ()));
    let new: Vec<_> = (0..3)
        .map(|number| w.store.write_later(named(number, &log)))
        .collect();
    let others: Vec<_> = (0..OTHERS)
        .map(|_| w.store.write(named(usize::MAX, &log)))
        .collect();
    let release = async { go.send(()).unwrap() };
    let all = (
        futures::future::join_all(new),
        futures::future::join_all(others),
    );
    let (held, ..) = tokio::join!(held, all.0, all.1, release);
    held.unwrap();
    let log = log.lock().unwrap();
    let at = |number: usize| log.iter().position(|name| *name == number).unwrap();
    for number in 0..3 {
        // A batch has at most 1,024 writes and one more.
        assert!(
            at(number) <= (number + 1) * 1_025,
            "{number} is at {}",
            at(number)
        );
    }
}

/// What a test queues and takes.
#[derive(Clone, Copy, Debug)]
enum Act {
    Queue(bool),
    Alone,
    Take(bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => any::<bool>().prop_map(Act::Queue),
        1 => Just(Act::Alone),
        5 => prop::bool::weighted(0.7).prop_map(Act::Take),
    ]
}

struct Named(usize, Arc<Mutex<Vec<usize>>>);

impl Job for Named {
    fn run(&mut self, _: &mut Txn) -> bool {
        true
    }

    fn answer(self: Box<Self>, _: Option<&StoreError>) {
        self.1.lock().unwrap().push(self.0);
    }
}

proptest! {
    #[test]
    fn each_lane_keeps_its_order_and_nothing_passes_what_stands_alone(acts in prop::collection::vec(act(), 1..200)) {
        let (sender, receiver) = mpsc::channel();
        let mut queue = Queue::new(receiver);
        let taken = Arc::<Mutex<Vec<usize>>>::default();
        // By number: its lane, and how many stood alone before it.
        let mut queued = Vec::new();
        let (mut alone_queued, mut alone_taken) = (0, 0);
        let mut order = Vec::new();
        let mut take = |queue: &mut Queue, lane: Lane| {
            if let Some((_, job)) = queue.next(lane) {
                job.answer(None);
            }
            if let Some(alone) = queue.alone() {
                assert!(matches!(alone, Alone::Reset(_)));
                alone_taken += 1;
            }
            let mut now = taken.lock().unwrap();
            let now: &mut Vec<usize> = &mut now;
            order.append(now);
        };
        for act in acts {
            match act {
                Act::Queue(is_first) => {
                    let lane = if is_first { Lane::First } else { Lane::Later };
                    let job = Box::new(Named(queued.len(), taken.clone()));
                    queued.push((lane, alone_queued));
                    let message = Message::Write(lane, std::time::Instant::now(), job);
                    sender.send(message).ok().unwrap();
                }
                Act::Alone => {
                    alone_queued += 1;
                    sender.send(Message::Reset(oneshot::channel().0)).ok().unwrap();
                }
                Act::Take(true) => take(&mut queue, Lane::First),
                Act::Take(false) => take(&mut queue, Lane::Later),
            }
        }
        drop(sender);
        while queue.wait() {
            take(&mut queue, Lane::First);
            take(&mut queue, Lane::Later);
        }
        prop_assert_eq!(order.len(), queued.len());
        for lane in [Lane::First, Lane::Later] {
            let of_lane = |number: &&usize| queued[**number].0 == lane;
            prop_assert!(order.iter().filter(of_lane).is_sorted());
        }
        for pair in order.windows(2) {
            prop_assert!(queued[pair[0]].1 <= queued[pair[1]].1, "{:?}", order);
        }
        prop_assert_eq!(alone_taken, alone_queued);
    }
}
