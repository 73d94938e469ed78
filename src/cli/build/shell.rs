//! `--shell-on-failure`: a shell at the place where a command has failed.
//!
//! The engine rings; whoever shows the build opens, so that nothing is written over the shell.

use crate::cli::progress::Progress;
use crate::engine::build::perform::bystander::{Bystander, FailedAt};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, oneshot};

/// The engine's side.
pub struct Bell(mpsc::Sender<Visit>);

/// The terminal's side.
pub struct Doors {
    visits: mpsc::Receiver<Visit>,
    /// A person is at the shell: what is interrupted is meant for the shell.
    pub attended: Arc<AtomicBool>,
}

/// A place where something failed; who waits for the answer goes on when it comes.
pub struct Visit {
    at: FailedAt,
    over: oneshot::Sender<()>,
}

pub fn pair() -> (Arc<Bell>, Doors) {
    let (sender, visits) = mpsc::channel(1);
    let attended = Arc::new(AtomicBool::new(false));
    (Arc::new(Bell(sender)), Doors { visits, attended })
}

#[async_trait]
impl Bystander for Bell {
    async fn command_failed(&self, at: FailedAt) {
        let (over, is_over) = oneshot::channel();
        // Nobody shows the build any more: nobody wants a shell.
        if self.0.send(Visit { at, over }).await.is_ok() {
            let _ = is_over.await;
        }
    }
}

impl Doors {
    /// The next place where a command fails.
    pub async fn next(&mut self) -> Visit {
        match self.visits.recv().await {
            Some(visit) => visit,
            None => std::future::pending().await,
        }
    }

    /// Opens the shell, and returns when the person has left it.
    pub async fn open(&self, visit: Visit, progress: &Progress) {
        let Visit { at, over } = visit;
        progress.note(&format!(
            "A command of {} has failed. This is a shell where it ran; the build goes on when you leave it (exit).",
            at.build
        ));
        progress.hide(true);
        self.attended.store(true, Ordering::Relaxed);
        let attended = at.sandbox.attend(&at.shell).await;
        self.attended.store(false, Ordering::Relaxed);
        progress.hide(false);
        if let Err(error) = attended {
            progress.note(&format!("There is no shell: {error}"));
        }
        let _ = over.send(());
    }
}
