//! Waiting for news of several things at once, without asking again and again.
//!
//! Invariant: what has changed since the last look wakes the next wait, however many changes there were; a server that is gone
//! ends it with an error.

use super::api::{Running, running};
use super::caller::{CallError, Remote};
use futures::StreamExt;
use std::collections::HashMap;
use std::collections::HashSet;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What may be followed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Pipeline(String),
    Build(String),
    Deployment(String),
    Log { group: String, stream: String },
}

/// One connection per subject; all end when this is dropped.
pub struct Changes {
    remote: Remote,
    news: watch::Sender<News>,
    seen: watch::Receiver<News>,
    followed: HashMap<Subject, AbortHandle>,
}

#[derive(Default)]
struct News {
    running: Vec<Running>,
    lost: Option<CallError>,
}

impl Changes {
    pub fn new(remote: &Remote) -> Self {
        let (news, seen) = watch::channel(News::default());
        Self {
            remote: remote.clone(),
            news,
            seen,
            followed: HashMap::new(),
        }
    }

    /// Follows these and no others from now on. A new one counts as changed at once.
    pub fn follow(&mut self, subjects: impl IntoIterator<Item = Subject>) {
        let wanted: HashSet<Subject> = subjects.into_iter().collect();
        self.followed.retain(|subject, task| {
            let keep = wanted.contains(subject);
            if !keep {
                task.abort();
            }
            keep
        });
        for subject in wanted {
            if !self.followed.contains_key(&subject) {
                let work = listen(self.remote.clone(), subject.clone(), self.news.clone());
                let task = tokio::spawn(work).abort_handle();
                self.followed.insert(subject, task);
            }
        }
    }

    /// Waits until something has changed since this was called last.
    pub async fn next(&mut self) -> Result<(), CallError> {
        // The sender is ours: it cannot be gone.
        let _ = self.seen.changed().await;
        let mut lost = None;
        self.news.send_if_modified(|news| {
            lost = news.lost.take();
            false
        });
        lost.map_or(Ok(()), Err)
    }

    /// The running actions of the pipeline that is followed.
    pub fn running(&self) -> Vec<Running> {
        self.news.borrow().running.clone()
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.followed.values().for_each(AbortHandle::abort);
    }
}

async fn listen(remote: Remote, subject: Subject, news: watch::Sender<News>) {
    let lines = match remote.follow(&query(&subject)).await {
        Ok(lines) => lines,
        Err(error) => return news.send_modify(|news| news.lost = Some(error)),
    };
    let mut lines = std::pin::pin!(lines);
    while let Some(line) = lines.next().await {
        news.send_modify(|news| match line {
            Ok(line) if line.get("running").is_some() => news.running = running(&line),
            Ok(_) => {}
            Err(error) => news.lost = Some(error),
        });
    }
}

fn query(subject: &Subject) -> Vec<(&str, &str)> {
    match subject {
        Subject::Pipeline(name) => vec![("pipeline", name)],
        Subject::Build(id) => vec![("build", id)],
        Subject::Deployment(id) => vec![("deployment", id)],
        Subject::Log { group, stream } => vec![("log-group", group), ("log-stream", stream)],
    }
}
