//! `Store`: the handle by which everything is written.

use super::job::Write;
use super::queue::Message;
use super::{StoreError, Txn, WriteError};
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// An open store. A cheap clone; dropping the last one finishes what is queued and waits for it.
#[derive(Clone)]
pub struct Store {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub instance: String,
    pub folder: Utf8PathBuf,
    pub queue: Option<Sender<Message>>,
    pub thread: Mutex<Option<JoinHandle<()>>>,
    /// Removed when the store is closed, or with it; after the writer has ended.
    pub temporary: Mutex<Option<TempDir>>,
}

impl Store {
    /// Runs `function` on the writer thread over the current rows, pending ones included, and commits what it changed. `Ok` means
    /// durable and visible to every reader; an error means that nothing was changed. The function must be quick and pure: all
    /// writers wait for it. A panic inside it is an error of this write only. Dropping the future does not take the write back.
    pub async fn write<T, E, F>(&self, function: F) -> Result<T, WriteError<E>>
    where
        F: FnOnce(&mut Txn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Write(Box::new(Write::new(function, reply))))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Empties every table, after what is queued; the instance stays.
    pub async fn reset(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Reset(reply))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Waits until everything queued is durable and answered, then releases the files and the lock; a temporary folder goes. Later writes are refused
    /// with `Closed`; live tables stay readable.
    pub async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Message::Close(reply)).is_ok() {
            let _ = answer.await;
        }
        let temporary = self.inner.temporary.lock();
        let temporary = temporary.unwrap_or_else(PoisonError::into_inner).take();
        // Somebody may hold a handle to the end of the process.
        let _ = tokio::task::spawn_blocking(|| drop(temporary)).await;
    }

    /// Where files that belong to rows may be kept (bodies of objects); a temporary folder with `Location::Memory`.
    pub fn folder(&self) -> &Utf8Path {
        &self.inner.folder
    }

    /// The data folder's identity: random, made once, never changed. Containers carry it as a label.
    pub fn instance(&self) -> &str {
        &self.inner.instance
    }

    fn send(&self, message: Message) -> Result<(), StoreError> {
        let queue = self.inner.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(message).map_err(|_| StoreError::Closed)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue = None;
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(thread) = thread.take() else { return };
        // A write's function may hold the last handle: then this *is* the writer thread.
        if thread.thread().id() != std::thread::current().id() {
            let _ = thread.join();
        }
    }
}
