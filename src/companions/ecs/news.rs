//! Listeners in this process, told of services that have changed.
//!
//! Invariant: they are told after the change is durable.

use super::rows::ServiceKey;
use std::sync::{Arc, PoisonError, RwLock};

/// Hears of a service whose sets, tasks or counts have changed; returns quickly.
pub type Listener = Arc<dyn Fn(&ServiceKey) + Send + Sync>;

/// Clones share their listeners.
#[derive(Clone, Default)]
pub struct News(Arc<RwLock<Vec<Listener>>>);

impl News {
    pub fn listen(&self, listener: Listener) {
        let listeners = self.0.write();
        let mut listeners = listeners.unwrap_or_else(PoisonError::into_inner);
        listeners.push(listener);
    }

    pub fn tell(&self, key: &ServiceKey) {
        // Not held while they work: a listener may start to listen to more.
        let listeners = self.0.read();
        let listeners = listeners.unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener(key);
        }
    }
}
