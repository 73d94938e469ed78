//! One filter: everything it names must fit, each list by any of its patterns.

use super::event::{PullRequest, PullRequestNews, Push, Reference};
use super::glob::Glob;

/// `includes` and `excludes`. Excludes win; without includes everything fits that is not excluded.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    pub includes: Vec<Glob>,
    pub excludes: Vec<Glob>,
}

/// A filter of pushes. A definition has tags, or branches, or branches and files.
#[derive(Clone, Debug, Default)]
pub struct PushFilter {
    pub tags: Option<Patterns>,
    pub branches: Option<Patterns>,
    pub files: Option<Patterns>,
}

/// A filter of pull requests.
#[derive(Clone, Debug, Default)]
pub struct PullRequestFilter {
    /// Any when empty.
    pub events: Vec<PullRequestNews>,
    /// Of the branch that the pull request is to be merged into.
    pub branches: Option<Patterns>,
    pub files: Option<Patterns>,
}

impl Patterns {
    pub fn fit(&self, name: &str) -> bool {
        let any = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(name));
        let included = self.includes.is_empty() || any(&self.includes);
        included && !any(&self.excludes)
    }

    /// Each file is judged alone: one that fits is enough.
    fn fit_any(&self, files: &[String]) -> bool {
        files.iter().any(|file| self.fit(file))
    }
}

impl PushFilter {
    pub fn matches(&self, push: &Push) -> bool {
        match (&push.reference, &self.tags) {
            (Reference::Tag(tag), Some(tags)) => tags.fit(tag),
            (Reference::Tag(_), None) | (Reference::Branch(_), Some(_)) => false,
            (Reference::Branch(branch), None) => {
                let fits = all(&self.branches, |branches| branches.fit(branch));
                // A branch that was just made has no changed files yet.
                fits && all(&self.files, |files| {
                    !push.created && files.fit_any(&push.files)
                })
            }
        }
    }
}

impl PullRequestFilter {
    pub fn matches(&self, pull: &PullRequest) -> bool {
        let told = self.events.is_empty() || self.events.contains(&pull.news);
        let destination = &pull.destination_branch;
        told && all(&self.branches, |branches| branches.fit(destination))
            && all(&self.files, |files| files.fit_any(&pull.files))
    }
}

/// What is not named fits.
fn all(patterns: &Option<Patterns>, fits: impl Fn(&Patterns) -> bool) -> bool {
    patterns.as_ref().is_none_or(fits)
}
