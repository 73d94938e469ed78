//! Tells listeners in this process about changed alarms, after the change is durable.

use crate::companions::{AlarmChanged, AlarmListener};
use std::sync::{Arc, PoisonError, RwLock};

/// The listeners. Clones share them.
#[derive(Clone, Default)]
pub struct News {
    listeners: Arc<RwLock<Vec<Arc<dyn AlarmListener>>>>,
}

impl News {
    pub fn listen(&self, listener: Arc<dyn AlarmListener>) {
        let listeners = self.listeners.write();
        let mut listeners = listeners.unwrap_or_else(PoisonError::into_inner);
        listeners.push(listener);
    }

    pub fn tell(&self, news: &AlarmChanged) {
        // Not held while they work: a listener may start to listen to more.
        let listeners = self.listeners.read();
        let listeners = listeners.unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener.alarm_changed(news);
        }
    }
}
