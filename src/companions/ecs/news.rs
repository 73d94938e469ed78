//! Listeners in this process, told of services that have changed.

use super::rows::ServiceKey;
use std::sync::{Arc, Mutex, PoisonError};

/// Hears of a service whose sets, tasks or counts have changed, after the change is durable; returns quickly.
pub type Listener = Arc<dyn Fn(&ServiceKey) + Send + Sync>;

/// Clones share their listeners.
#[derive(Clone, Default)]
pub struct News(Arc<Mutex<Vec<Listener>>>);

impl News {
    pub fn listen(&self, listener: Listener) {
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.push(listener);
    }

    pub fn tell(&self, key: &ServiceKey) {
        let listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let listeners = listeners.clone();
        for listener in listeners {
            listener(key);
        }
    }
}
