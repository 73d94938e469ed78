//! What happened in a Git repository, in no provider's words.

/// News of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitEvent {
    Push(Push),
    PullRequest(PullRequest),
}

/// Commits came to a branch, or a tag was set. Deletions are no pushes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    pub reference: Reference,
    /// The push made the branch.
    pub created: bool,
    /// The newest commit pushed, or the one the tag is on.
    pub commit: String,
    /// Paths of files that were added, changed or removed.
    pub files: Vec<String>,
}

/// A name without `refs/heads/` or `refs/tags/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    Branch(String),
    Tag(String),
}

/// Something happened to a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    pub news: PullRequestNews,
    pub source_branch: String,
    pub destination_branch: String,
    /// The head of the source branch.
    pub commit: String,
    /// Paths of files that differ between the two branches.
    pub files: Vec<String>,
}

/// `OPEN`, `UPDATED`, `CLOSED`. Bitbucket does not tell of pull requests that are closed without a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullRequestNews {
    Opened,
    Updated,
    Closed,
}
