//! The commands that an agent carries out at one time.
//!
//! Invariant: one that is given twice is done once, and there are never more than [`MOST_AT_ONCE`].

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

pub const MOST_AT_ONCE: usize = 16;

/// A command that is being carried out, as long as this lives.
pub struct Busy<'a>(&'a Mutex<HashSet<String>>, &'a str);

impl<'a> Busy<'a> {
    /// `None`: it is being carried out already.
    pub fn mark(all: &'a Mutex<HashSet<String>>, id: &'a str) -> Option<Self> {
        let mut marked = all.lock().unwrap_or_else(PoisonError::into_inner);
        match marked.insert(id.to_owned()) {
            true => Some(Self(all, id)),
            false => None,
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut marked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        marked.remove(self.1);
    }
}

/// The commands that run.
#[derive(Default)]
pub struct Running(FuturesUnordered<BoxFuture<'static, ()>>);

impl Running {
    pub fn start(&mut self, command: impl Future<Output = ()> + Send + 'static) {
        self.0.push(command.boxed());
    }

    /// Goes on with them while something else is done, which waits while there are too many. `None`: it is time to stop.
    pub async fn beside<T>(
        &mut self,
        other: impl Future<Output = T>,
        stop: &CancellationToken,
    ) -> Option<T> {
        let mut other = std::pin::pin!(other);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                Some(()) = self.0.next(), if !self.0.is_empty() => {}
                done = &mut other, if self.0.len() < MOST_AT_ONCE => return Some(done),
            }
        }
    }

    pub async fn finish(mut self) {
        while self.0.next().await.is_some() {}
    }
}
