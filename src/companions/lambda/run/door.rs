//! The Runtime API's inner side: what a function's process asks for and answers, one door per environment.
//!
//! Invariant: a door is found by its secret alone, which nobody but the process is told; a closed door is not found any more.

use crate::aws::ids;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// One invocation, as the process gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub request_id: String,
    pub arn: String,
    pub payload: Bytes,
    pub client_context: Option<String>,
    /// How long the function may take from now on.
    pub timeout: Duration,
}

/// What became known of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It is ready and asks for a job.
    Asked,
    Answered {
        request_id: String,
        body: Bytes,
        memory_kb: Option<u64>,
    },
    Failed {
        request_id: String,
        body: Bytes,
        /// `Lambda-Runtime-Function-Error-Type`.
        kind: Option<String>,
        memory_kb: Option<u64>,
    },
    InitFailed(Bytes),
    /// It is no more: how it ended, in AWS's words.
    Ended(String),
}

/// All doors of this server. Clones share them.
#[derive(Clone, Default)]
pub struct Doors(Arc<Mutex<HashMap<String, Door>>>);

/// One environment's door.
#[derive(Clone)]
pub struct Door {
    jobs: Arc<tokio::sync::Mutex<mpsc::Receiver<Job>>>,
    news: mpsc::Sender<News>,
}

/// What the environment keeps of its door. Dropping it closes the door.
pub struct Inside {
    pub secret: String,
    pub jobs: mpsc::Sender<Job>,
    pub news: mpsc::Receiver<News>,
    /// For what is known otherwise than by the door.
    pub tell: mpsc::Sender<News>,
    doors: Doors,
}

/// News that wait; a process that says more than is read is slowed down.
const AHEAD: usize = 16;

impl Doors {
    pub fn open(&self) -> Inside {
        let secret = ids::alphanumeric(32);
        let (jobs, taken) = mpsc::channel(1);
        let (tell, news) = mpsc::channel(AHEAD);
        let door = Door {
            jobs: Arc::new(tokio::sync::Mutex::new(taken)),
            news: tell.clone(),
        };
        self.all().insert(secret.clone(), door);
        Inside {
            secret,
            jobs,
            news,
            tell,
            doors: self.clone(),
        }
    }

    pub fn find(&self, secret: &str) -> Option<Door> {
        self.all().get(secret).cloned()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Door>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.doors.all().remove(&self.secret);
    }
}

impl Door {
    /// Waits for the next job; `None` when the environment is no more.
    pub async fn next(&self) -> Option<Job> {
        self.tell(News::Asked).await;
        self.jobs.lock().await.recv().await
    }

    /// False: nobody listens any more.
    pub async fn tell(&self, news: News) -> bool {
        self.news.send(news).await.is_ok()
    }
}
