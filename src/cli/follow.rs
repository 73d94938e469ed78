//! The log of a running build, line by line as it is written.

use super::progress::Progress;
use super::throwaway::Throwaway;
use crate::companions::logs::Follower;

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
        for line in follower.read()? {
            progress.log(&line.message);
        }
        Ok(())
    }
}
