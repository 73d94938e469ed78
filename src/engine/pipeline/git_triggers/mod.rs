//! Git triggers of V2 pipelines: which pushes and pull requests start an execution (contract codepipeline §8.3).
//!
//! Pure: an event comes in, and either nothing or what is to start goes out. Whoever listens to a Git provider makes the events.
//!
//! - `glob`: patterns of names and paths.
//! - `event`: what happened in a repository.
//! - `filter`: one filter and its patterns.

mod event;
mod filter;
mod glob;

pub use event::{GitEvent, PullRequest, PullRequestNews, Push, Reference};
pub use filter::{Patterns, PullRequestFilter, PushFilter};
pub use glob::{Glob, GlobError};

/// A source action that listens to a Git repository.
#[derive(Clone, Debug)]
pub struct GitSource {
    /// The action's name.
    pub action: String,
    /// `BranchName` of its configuration.
    pub branch: String,
    /// `DetectChanges` is not `false`; counts only without a declared trigger.
    pub detects_changes: bool,
    /// The trigger declared for this action. It replaces the detection of changes.
    pub trigger: Option<GitTrigger>,
}

/// `gitConfiguration` of a trigger. Any of its filters is enough.
#[derive(Clone, Debug, Default)]
pub struct GitTrigger {
    pub push: Vec<PushFilter>,
    pub pull_request: Vec<PullRequestFilter>,
}

/// An execution that is to start; other sources of the pipeline take what is current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitStart {
    /// The source action that is pinned to the commit.
    pub action: String,
    pub commit: String,
    /// What the commit is taken from: for a pull request its source branch. A tag leaves `BranchName` without a value.
    pub reference: Reference,
}

/// What the event starts, if anything. A merge comes as two events, a closed pull request and a push, and may start twice.
pub fn decide(source: &GitSource, event: &GitEvent) -> Option<GitStart> {
    let starts = match (event, &source.trigger) {
        (GitEvent::Push(push), Some(trigger)) => trigger.push_starts(push, &source.branch),
        (GitEvent::Push(push), None) => source.detects_changes && is_to(push, &source.branch),
        (GitEvent::PullRequest(pull), Some(trigger)) => trigger.pull_request_starts(pull),
        (GitEvent::PullRequest(_), None) => false,
    };
    starts.then(|| start(source, event))
}

impl GitTrigger {
    /// A trigger without any filter is for pushes to the configured branch.
    fn push_starts(&self, push: &Push, branch: &str) -> bool {
        if self.push.is_empty() && self.pull_request.is_empty() {
            return is_to(push, branch);
        }
        self.push.iter().any(|filter| filter.matches(push))
    }

    fn pull_request_starts(&self, pull: &PullRequest) -> bool {
        self.pull_request.iter().any(|filter| filter.matches(pull))
    }
}

fn is_to(push: &Push, branch: &str) -> bool {
    push.reference == Reference::Branch(branch.to_owned())
}

fn start(source: &GitSource, event: &GitEvent) -> GitStart {
    let (commit, reference) = match event {
        GitEvent::Push(push) => (&push.commit, push.reference.clone()),
        GitEvent::PullRequest(pull) => {
            let branch = Reference::Branch(pull.source_branch.clone());
            (&pull.commit, branch)
        }
    };
    GitStart {
        action: source.action.clone(),
        commit: commit.clone(),
        reference,
    }
}

#[cfg(test)]
mod tests;
