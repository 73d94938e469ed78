//! Who wants to know when a row changes, so that nobody has to poll.
//!
//! Keys that nobody watches cost nothing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// The watchers of one driver.
pub struct Watchers<K>(Mutex<HashMap<K, watch::Sender<()>>>);

/// Tells when a row has changed.
pub struct Watch(watch::Receiver<()>);

impl<K> Default for Watchers<K> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash> Watchers<K> {
    pub fn watch(&self, key: K) -> Watch {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = senders.entry(key).or_insert_with(|| watch::Sender::new(()));
        Watch(sender.subscribe())
    }

    /// The row of this key has changed.
    pub fn tell(&self, key: &K) {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = senders.get(key) else {
            return;
        };
        if sender.send(()).is_err() {
            senders.remove(key);
        }
    }
}

impl Watch {
    /// Waits until the row has changed since this was called last, or since the watch began.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            // The driver is gone: nothing will ever change.
            std::future::pending::<()>().await;
        }
    }
}
