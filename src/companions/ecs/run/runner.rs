//! Begins and ends the lives of tasks, and waits for the scheduler.
//!
//! Invariant: a task has one life; when `halt` returns, none is left and their containers are gone.

use super::super::companion::Ecs;
use super::super::rows::{ServiceKey, TaskKey};
use super::life::Life;
use crate::aws::Time;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a task that has stopped is shown. Witness: API reference, DescribeTasks: "at least one hour".
const SHOWN_FOR: Duration = Duration::from_secs(3600);

/// Clones share what runs.
#[derive(Clone, Default)]
pub struct Runner(Arc<Mutex<Running>>);

#[derive(Default)]
struct Running {
    /// Between `open` and `halt`.
    open: bool,
    /// Cancelled when a task is to stop.
    orders: HashMap<TaskKey, CancellationToken>,
    /// When the scheduler looks at a service again.
    wakes: HashMap<ServiceKey, Time>,
    /// Cancelled when the server ends.
    closing: CancellationToken,
    lives: TaskTracker,
}

impl Runner {
    /// Lets tasks begin; before that nothing runs.
    pub fn open(&self) {
        self.lock().open = true;
    }

    /// Begins a task's life; harmless when it has one, or has stopped.
    pub fn begin(&self, ecs: &Ecs, key: TaskKey) {
        let mut running = self.lock();
        if !running.open || running.orders.contains_key(&key) {
            return;
        }
        let order = CancellationToken::new();
        running.orders.insert(key.clone(), order.clone());
        let (runner, ecs, closing) = (self.clone(), ecs.clone(), running.closing.clone());
        running.lives.spawn(async move {
            let life = Life {
                ecs: &ecs,
                key: &key,
                order: &order,
                closing: &closing,
            };
            life.live().await;
            runner.lock().orders.remove(&key);
            if !closing.is_cancelled() {
                runner.forget_later(&ecs, key);
            }
        });
    }

    /// Lets a task stop. Its row says so already, for a life that is only beginning.
    pub fn end(&self, key: &TaskKey) {
        if let Some(order) = self.lock().orders.get(key) {
            order.cancel();
        }
    }

    /// Lets the scheduler look at a service at that time.
    pub fn wake(&self, ecs: &Ecs, key: ServiceKey, at: Time) {
        let mut running = self.lock();
        if !running.open || running.wakes.get(&key).is_some_and(|known| *known <= at) {
            return;
        }
        running.wakes.insert(key.clone(), at);
        let (runner, ecs, closing) = (self.clone(), ecs.clone(), running.closing.clone());
        running.lives.spawn(async move {
            let wait = (ecs.outside.wait)(at.since(ecs.now()));
            let over = closing.run_until_cancelled(wait).await.is_some();
            runner.awake(&key, at);
            if over {
                ecs.look(&key).await;
            }
        });
    }

    fn awake(&self, key: &ServiceKey, at: Time) {
        let mut running = self.lock();
        if running.wakes.get(key) == Some(&at) {
            running.wakes.remove(key);
        }
    }

    /// Removes the row of a task that has stopped, when it has been shown long enough.
    pub fn forget_later(&self, ecs: &Ecs, key: TaskKey) {
        let running = self.lock();
        if !running.open {
            return;
        }
        let (ecs, closing) = (ecs.clone(), running.closing.clone());
        running.lives.spawn(async move {
            let stopped = ecs.tables.tasks.get(&key).and_then(|task| task.stopped);
            let Some(stopped) = stopped else {
                return;
            };
            let wait = (ecs.outside.wait)((stopped + SHOWN_FOR).since(ecs.now()));
            if closing.run_until_cancelled(wait).await.is_some() {
                let forgotten = ecs.write::<_, ()>(move |tables, tx| {
                    tx.remove(&tables.tasks, &key);
                    Ok(())
                });
                // Nothing refuses it.
                let _ = forgotten.await;
            }
        });
    }

    /// Ends everything; containers are removed, rows stay as they are.
    pub async fn halt(&self) {
        let lives = {
            let mut running = self.lock();
            running.open = false;
            running.closing.cancel();
            running.lives.close();
            running.lives.clone()
        };
        lives.wait().await;
        *self.lock() = Running::default();
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
