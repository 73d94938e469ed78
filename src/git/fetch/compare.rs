//! What a version changes, seen from the branch it is to go to.

use super::super::refs::Target;
use super::{Git, GitError, Wanted, Work};
use std::time::Duration;

/// What was changed since the two sides parted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Paths; those that were removed are among them.
    pub files: Vec<String>,
    /// Of the newest commit.
    pub message: String,
}

impl Git {
    /// The version of `wanted`, compared with `base`, another version of the same repository. Nothing is checked out.
    pub async fn compare(
        &self,
        wanted: &Wanted,
        base: &str,
        patience: Duration,
    ) -> Result<Compared, GitError> {
        let folder = tempfile::Builder::new().prefix("slipway-git-").tempdir()?;
        let comparison = async {
            let work = self.work(folder.path(), wanted)?;
            work.compare(base).await
        };
        let late = |_| GitError::TooSlow(patience);
        tokio::time::timeout(patience, Box::pin(comparison))
            .await
            .map_err(late)?
    }
}

impl Work<'_> {
    async fn compare(&self, base: &str) -> Result<Compared, GitError> {
        let offered = self.offered().await?;
        let target = |version: Option<&str>| offered.target(version).ok_or(GitError::NoReference);
        let (head, base) = (target(self.wanted.version.as_deref())?, target(Some(base))?);
        self.begin().await?;
        let head = self.commit(&head).await?;
        let base = self.commit(&base).await?;
        let range = format!("{base}...{head}");
        let changed = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z"];
        let changed = self.git(&[&changed[..], &[&range, "--"]].concat()).await?;
        let files = changed.split('\0').filter(|path| !path.is_empty());
        let message = self.git(&["log", "-1", "--format=%B", &head, "--"]).await?;
        Ok(Compared {
            files: files.map(str::to_owned).collect(),
            message: message.trim_end().to_owned(),
        })
    }

    /// The id of a commit that is here then.
    async fn commit(&self, target: &Target) -> Result<String, GitError> {
        let found = self.bring_all(target).await?;
        let id = format!("{found}^{{commit}}");
        let id = self.git(&["rev-parse", "--verify", &id]).await?;
        Ok(id.trim().to_owned())
    }
}
