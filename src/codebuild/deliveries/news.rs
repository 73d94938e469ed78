//! What a delivery tells, in words that all providers share.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// One event at a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// As filters of type EVENT name it, such as `PUSH`.
    pub event: Cow<'static, str>,
    /// `refs/heads/…` or `refs/tags/…`.
    pub head: String,
    /// Where a pull request is to go.
    pub base: Option<String>,
    /// The sender's id at the provider.
    pub actor: String,
    /// Changed paths; `None`: the payload does not tell them.
    pub files: Option<Vec<String>>,
    /// The newest commit's message; `None`: the payload does not tell it.
    pub message: Option<String>,
    /// The source version to build.
    pub version: String,
    /// `branch/x`, `tag/x` or `pr/N`.
    pub trigger: String,
    pub previous: Option<String>,
    pub merge: Option<String>,
    /// A release's tag and title.
    pub tag: Option<String>,
    pub release: Option<String>,
    pub repository: String,
    pub organization: Option<String>,
    /// To clone from.
    pub clone: Option<String>,
    /// Of a pull request.
    pub request: Option<Request>,
    /// The newest commit of a pull request.
    pub commit: Option<String>,
    /// Its number, as the provider counts.
    pub number: Option<String>,
}

/// Who wants to bring a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The change comes from another repository.
    pub from_fork: bool,
    /// The provider says that the author may write here; `None`: it does not say.
    pub trusted: Option<bool>,
}

/// Somebody's words about a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The pull request's.
    pub number: String,
    pub text: String,
    /// The provider says that its author may write here.
    pub trusted: bool,
}

/// What a payload comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    News(Box<News>),
    Comment(Comment),
    /// Nothing that a build could come of; why, for people.
    Ignored(String),
}

impl Read {
    pub fn ignored(why: impl Into<String>) -> Self {
        Read::Ignored(why.into())
    }
}

/// A text of a payload, by JSON pointer.
pub fn text(payload: &Value, pointer: &str) -> Option<String> {
    let found = payload.pointer(pointer)?;
    match found {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The same, empty when it is absent.
pub fn known(payload: &Value, pointer: &str) -> String {
    text(payload, pointer).unwrap_or_default()
}

/// `branch/x` of `refs/heads/x`, `tag/x` of `refs/tags/x`.
pub fn trigger(head: &str) -> String {
    match (
        head.strip_prefix("refs/heads/"),
        head.strip_prefix("refs/tags/"),
    ) {
        (Some(branch), _) => format!("branch/{branch}"),
        (None, Some(tag)) => format!("tag/{tag}"),
        (None, None) => head.to_owned(),
    }
}

/// The paths that a list of commits names, each once.
pub fn files(commits: Option<&Value>) -> Option<Vec<String>> {
    let commits = commits?.as_array()?;
    let lists = commits
        .iter()
        .flat_map(|commit| ["added", "removed", "modified"].map(|of| commit.get(of)));
    let names = lists.flatten().filter_map(Value::as_array).flatten();
    let mut names: Vec<String> = names.filter_map(Value::as_str).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    Some(names)
}

/// An id that names no commit: the other side of a branch that was made or deleted.
pub fn is_nothing(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte == b'0')
}
