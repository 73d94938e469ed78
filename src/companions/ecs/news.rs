//! Listeners in this process, told of services that have changed.
//!
//! Invariant: they are told after the change is durable.

use super::rows::ServiceKey;
use crate::companions::containers::{ServiceChanged, ServiceListener, ServiceRef};
use std::sync::{Arc, PoisonError, RwLock};

/// Clones share their listeners.
#[derive(Clone, Default)]
pub struct News(Arc<RwLock<Vec<Arc<dyn ServiceListener>>>>);

impl News {
    pub fn listen(&self, listener: Arc<dyn ServiceListener>) {
        let listeners = self.0.write();
        let mut listeners = listeners.unwrap_or_else(PoisonError::into_inner);
        listeners.push(listener);
    }

    pub fn tell(&self, key: &ServiceKey) {
        // Not held while they work: a listener may start to listen to more.
        let listeners = self.0.read();
        let listeners = listeners.unwrap_or_else(PoisonError::into_inner).clone();
        let news = ServiceChanged {
            scope: key.0.clone(),
            at: ServiceRef {
                cluster: key.1.clone(),
                service: key.2.clone(),
            },
        };
        for listener in listeners {
            listener.service_changed(&news);
        }
    }
}
