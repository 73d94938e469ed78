//! The log of a running build, line by line as it is written.

use super::progress::Progress;
use super::throwaway::Throwaway;
use crate::companions::logs::Follower;
use std::collections::BTreeMap;

/// Follows at most one build; before `follow` there is nothing to show.
#[derive(Default)]
pub struct BuildLog {
    build: Option<String>,
    follower: Option<Follower>,
}

impl BuildLog {
    /// Follows the log of this build, `project:uuid`; again is harmless.
    pub fn follow(&mut self, server: &Throwaway, build: &str) {
        if self.build.as_deref() == Some(build) {
            return;
        }
        let (project, uuid) = build.split_once(':').unwrap_or((build, ""));
        let group = format!("/aws/codebuild/{project}");
        self.follower = Some(server.app.logs.follow(&server.scope(), &group, uuid));
        self.build = Some(build.to_owned());
    }

    /// Waits for lines and shows them.
    pub async fn show(&mut self, _: &Throwaway, progress: &Progress) -> anyhow::Result<()> {
        let Some(follower) = &mut self.follower else {
            return std::future::pending().await;
        };
        for line in follower.next().await? {
            progress.log(&line.message);
        }
        Ok(())
    }

    /// Shows what has been written and not been shown yet.
    pub async fn drain(&mut self, _: &Throwaway, progress: &Progress) -> anyhow::Result<()> {
        let Some(follower) = &mut self.follower else {
            return Ok(());
        };
        loop {
            let lines = follower.read()?;
            if lines.is_empty() {
                return Ok(());
            }
            for line in lines {
                progress.log(&line.message);
            }
        }
    }
}

/// Follows many builds; each line begins with the name of its build.
#[derive(Default)]
pub struct BuildLogs(BTreeMap<String, Named>);

struct Named {
    build: String,
    follower: Follower,
}

impl BuildLogs {
    /// Follows this build under this name in place of an earlier one; again is harmless.
    pub fn follow(&mut self, server: &Throwaway, name: &str, build: &str) {
        if self.0.get(name).is_some_and(|known| known.build == build) {
            return;
        }
        let (project, uuid) = build.split_once(':').unwrap_or((build, ""));
        let group = format!("/aws/codebuild/{project}");
        let named = Named {
            build: build.to_owned(),
            follower: server.app.logs.follow(&server.scope(), &group, uuid),
        };
        self.0.insert(name.to_owned(), named);
    }

    /// Waits for lines of any of them and shows them.
    pub async fn show(&mut self, progress: &Progress) -> anyhow::Result<()> {
        if self.0.is_empty() {
            return std::future::pending().await;
        }
        let width = self.width();
        let next = self.0.iter_mut().map(|(name, named)| {
            Box::pin(async move { (name.clone(), named.follower.next().await) })
        });
        let ((name, lines), ..) = futures::future::select_all(next).await;
        for line in lines? {
            progress.log(&format!("{name:width$} | {}", line.message));
        }
        Ok(())
    }

    /// Shows what has been written and not been shown yet.
    pub fn drain(&mut self, progress: &Progress) -> anyhow::Result<()> {
        let width = self.width();
        for (name, named) in &mut self.0 {
            loop {
                let lines = named.follower.read()?;
                if lines.is_empty() {
                    break;
                }
                for line in lines {
                    progress.log(&format!("{name:width$} | {}", line.message));
                }
            }
        }
        Ok(())
    }

    fn width(&self) -> usize {
        self.0.keys().map(String::len).max().unwrap_or_default()
    }
}
