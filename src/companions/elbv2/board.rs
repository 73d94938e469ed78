//! What is live: sockets that listen, targets that are looked at, and how to tell who keeps them.
//!
//! Invariant: written by the keeper alone; locks are held for a look at a map, never across an await.

use super::keeper::Message;
use super::outside::Life;
use super::pool::Pool;
use super::routes::Routes;
use super::rows::{GroupKey, ListenerKey};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Clones are the same board.
#[derive(Clone, Default)]
pub struct Board(Arc<Inner>);

#[derive(Default)]
struct Inner {
    pools: Mutex<HashMap<GroupKey, Arc<Pool>>>,
    open: Mutex<HashMap<ListenerKey, Open>>,
    shift: Mutex<Option<Shift>>,
    news: watch::Sender<()>,
}

/// A listener that listens, or could not.
#[derive(Clone)]
pub struct Open {
    /// As it was asked for.
    pub port: u16,
    pub secure: bool,
    /// Where it listens; otherwise why it does not, for people.
    pub at: Result<SocketAddr, String>,
    pub routes: watch::Sender<Arc<Routes>>,
    life: Life,
}

impl Open {
    pub fn new(
        (port, secure): (u16, bool),
        at: Result<SocketAddr, String>,
        routes: watch::Sender<Arc<Routes>>,
        life: Life,
    ) -> Self {
        Self {
            port,
            secure,
            at,
            routes,
            life,
        }
    }

    /// Listens no longer, and leaves its port free.
    pub async fn close(&self) {
        if self.at.is_ok() {
            self.life.end().await;
        }
    }
}

/// The time from `resume` to `halt`.
#[derive(Clone)]
pub struct Shift {
    pub inbox: mpsc::UnboundedSender<Message>,
    pub end: CancellationToken,
    /// The keeper, who makes the tasks below.
    pub keeper: TaskTracker,
    /// Those who look after targets.
    pub tasks: TaskTracker,
}

impl Board {
    pub fn pool(&self, key: &GroupKey) -> Option<Arc<Pool>> {
        lock(&self.0.pools).get(key).cloned()
    }

    /// The pool of a group, new if it is not there.
    pub fn pool_or_new(&self, key: GroupKey) -> Arc<Pool> {
        let mut pools = lock(&self.0.pools);
        let new = || Arc::new(Pool::new(key.clone()));
        pools.entry(key.clone()).or_insert_with(new).clone()
    }

    pub fn forget_pool(&self, key: &GroupKey) -> Option<Arc<Pool>> {
        lock(&self.0.pools).remove(key)
    }

    pub fn open(&self, key: &ListenerKey) -> Option<Open> {
        lock(&self.0.open).get(key).cloned()
    }

    pub fn put_open(&self, key: ListenerKey, open: Open) {
        lock(&self.0.open).insert(key, open);
    }

    pub fn forget_open(&self, key: &ListenerKey) -> Option<Open> {
        lock(&self.0.open).remove(key)
    }

    pub fn shift(&self) -> Option<Shift> {
        lock(&self.0.shift).clone()
    }

    pub fn begin(&self, shift: Shift) {
        *lock(&self.0.shift) = Some(shift);
    }

    /// Ends the shift and forgets what was live; gives the listeners that are still to be closed.
    pub fn end(&self) -> Vec<Open> {
        *lock(&self.0.shift) = None;
        for (_, pool) in lock(&self.0.pools).drain() {
            for member in pool.members().iter() {
                member.end.cancel();
            }
        }
        lock(&self.0.open).drain().map(|(_, open)| open).collect()
    }

    /// Tells who waits for news of targets.
    pub fn tell(&self) {
        self.0.news.send_replace(());
    }

    pub fn news(&self) -> watch::Receiver<()> {
        self.0.news.subscribe()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
