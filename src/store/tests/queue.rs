//! The order of the queue, and what stands alone in it.

use super::*;
use crate::store::job::Job;
use crate::store::queue::{Alone, Message, Queue};
use proptest::prelude::*;
use std::sync::{Arc, Mutex, mpsc};
use tokio::sync::oneshot;

/// What a test does to a queue.
#[derive(Clone, Copy, Debug)]
enum Act {
    Queue,
    Alone,
    Take,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![6 => Just(Act::Queue), 1 => Just(Act::Alone), 5 => Just(Act::Take)]
}

/// Leaves its number when it is answered.
struct Numbered(usize, Arc<Mutex<Vec<usize>>>);

impl Job for Numbered {
    fn run(&mut self, _: &mut Txn) -> bool {
        true
    }

    fn answer(self: Box<Self>, _: Option<&StoreError>) {
        self.1.lock().unwrap().push(self.0);
    }
}

fn take(queue: &mut Queue, alone: &mut usize) {
    if let Some(job) = queue.next() {
        job.answer(None);
    }
    if let Some(next) = queue.alone() {
        assert!(matches!(next, Alone::Reset(_)));
        *alone += 1;
    }
}

proptest! {
    #[test]
    fn order_is_kept_and_nothing_passes_what_stands_alone(acts in prop::collection::vec(act(), 1..200)) {
        let (sender, receiver) = mpsc::channel();
        let mut queue = Queue::new(receiver);
        let taken = Arc::<Mutex<Vec<usize>>>::default();
        // Of each write, how many stood alone before it; of each taken one, how many of them had been taken.
        let (mut before, mut seen) = (Vec::new(), Vec::new());
        let (mut alone_queued, mut alone_taken) = (0, 0);
        for act in acts {
            match act {
                Act::Queue => {
                    let job = Box::new(Numbered(before.len(), taken.clone()));
                    before.push(alone_queued);
                    sender.send(Message::Write(job)).ok().unwrap();
                }
                Act::Alone => {
                    alone_queued += 1;
                    sender.send(Message::Reset(oneshot::channel().0)).ok().unwrap();
                }
                Act::Take => {
                    let already = alone_taken;
                    take(&mut queue, &mut alone_taken);
                    seen.resize(taken.lock().unwrap().len(), already);
                }
            }
        }
        drop(sender);
        while queue.wait() {
            let already = alone_taken;
            take(&mut queue, &mut alone_taken);
            seen.resize(taken.lock().unwrap().len(), already);
        }
        prop_assert_eq!(&*taken.lock().unwrap(), &(0..before.len()).collect::<Vec<_>>());
        prop_assert_eq!(seen, before);
        prop_assert_eq!(alone_taken, alone_queued);
    }
}
