//! A world that stops answering: what a server sees that is killed after something was changed and before it heard of it.

use std::future::pending;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Counts changes of the world.
#[derive(Default)]
pub struct Silence {
    /// Changes until nothing is answered any more; `None`: all are.
    left: Mutex<Option<usize>>,
    fallen: watch::Sender<bool>,
}

impl Silence {
    /// The change of this number, from 1 on, is made and not answered, and no later one is.
    pub fn after(&self, change: usize) {
        *self.left.lock().unwrap() = Some(change);
    }

    /// Waits until something was not answered.
    pub async fn fell(&self) {
        let mut fallen = self.fallen.subscribe();
        fallen.wait_for(|fallen| *fallen).await.unwrap();
    }

    /// From now on everything is answered.
    pub fn end(&self) {
        *self.left.lock().unwrap() = None;
        self.fallen.send_replace(false);
    }

    /// After a change: returns, or does not.
    pub async fn keep(&self) {
        let is_silent = {
            let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(left) = &mut *left {
                *left = left.saturating_sub(1);
            }
            *left == Some(0)
        };
        if is_silent {
            self.fallen.send_replace(true);
            pending::<()>().await;
        }
    }
}
