//! Tells listeners in this process about created objects, after they are durable.

use crate::companions::{ObjectCreated, ObjectListener};
use std::sync::{Arc, PoisonError, RwLock};

/// The listeners. Clones share them.
#[derive(Clone, Default)]
pub struct News {
    listeners: Arc<RwLock<Vec<Arc<dyn ObjectListener>>>>,
}

impl News {
    pub fn listen(&self, listener: Arc<dyn ObjectListener>) {
        let mut listeners = self
            .listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.push(listener);
    }

    pub fn tell(&self, news: &[ObjectCreated]) {
        // Not held while they work: a listener may start to listen to more.
        let listeners = self
            .listeners
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for created in news {
            listeners
                .iter()
                .for_each(|listener| listener.object_created(created));
        }
    }
}
