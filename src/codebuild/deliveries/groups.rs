//! Whether the filters of a webhook let news pass (contract, codebuild section 12.2).
//!
//! Patterns are searched, not matched whole. News that lack what a filter looks at do not pass it.

use super::news::News;
use codebuild_api::model::{self, WebhookFilter, WebhookFilterType};
use regex::{Regex, RegexBuilder};

/// What one pattern may need in memory.
const LARGEST: usize = 1 << 20;

/// What starts a build where nothing is said.
const USUAL: [&str; 4] = [
    "PUSH",
    "PULL_REQUEST_CREATED",
    "PULL_REQUEST_UPDATED",
    "PULL_REQUEST_REOPENED",
];

/// Any group lets news pass whose filters all do.
pub fn pass(webhook: &model::Webhook, news: &News) -> bool {
    let groups = webhook.filter_groups.as_deref().unwrap_or_default();
    match groups.is_empty() {
        true => USUAL.contains(&&*news.event) && on_branch(webhook.branch_filter.as_deref(), news),
        false => groups
            .iter()
            .any(|group| group.iter().all(|filter| passes(filter, news))),
    }
}

/// Whether it depends on what the payload does not tell: a group that lets the news pass but for filters that look at changed paths
/// or at the message of a pull request's newest commit.
pub fn is_open(webhook: &model::Webhook, news: &News) -> bool {
    let untold = |filter: &WebhookFilter| match filter.r#type {
        WebhookFilterType::FilePath => news.files.is_none(),
        WebhookFilterType::CommitMessage => news.message.is_none(),
        _ => false,
    };
    let mut groups = webhook.filter_groups.iter().flatten();
    let may_pass = |group: &Vec<WebhookFilter>| {
        group
            .iter()
            .all(|filter| untold(filter) || passes(filter, news))
    };
    news.request.is_some() && groups.any(may_pass)
}

fn on_branch(pattern: Option<&str>, news: &News) -> bool {
    let branch = news.head.strip_prefix("refs/heads/");
    match (pattern, branch) {
        (None, _) => true,
        (Some(pattern), Some(branch)) => is_found(pattern, branch),
        (Some(_), None) => false,
    }
}

pub fn passes(filter: &WebhookFilter, news: &News) -> bool {
    let excluded = filter.exclude_matched_pattern == Some(true);
    let found = match filter.r#type {
        WebhookFilterType::Event => Some(is_listed(&filter.pattern, &news.event)),
        WebhookFilterType::FilePath => files(&filter.pattern, news),
        kind => value(kind, news).map(|value| is_found(&filter.pattern, value)),
    };
    found.is_some_and(|found| found != excluded)
}

/// Any path that matches; with an exclusion, the filter passes if no path does.
fn files(pattern: &str, news: &News) -> Option<bool> {
    let files = news.files.as_ref()?;
    let regex = compiled(pattern)?;
    Some(files.iter().any(|file| regex.is_match(file)))
}

fn value(kind: WebhookFilterType, news: &News) -> Option<&str> {
    match kind {
        WebhookFilterType::HeadRef => Some(&news.head),
        WebhookFilterType::BaseRef => news.base.as_deref(),
        WebhookFilterType::ActorAccountId => Some(&news.actor),
        WebhookFilterType::CommitMessage => news.message.as_deref(),
        WebhookFilterType::TagName => news.tag.as_deref(),
        WebhookFilterType::ReleaseName => news.release.as_deref(),
        WebhookFilterType::RepositoryName => Some(&news.repository),
        WebhookFilterType::OrganizationName => news.organization.as_deref(),
        WebhookFilterType::WorkflowName
        | WebhookFilterType::Event
        | WebhookFilterType::FilePath => None,
    }
}

/// A comma list, with spaces if somebody likes them.
fn is_listed(list: &str, event: &str) -> bool {
    list.split(',').any(|one| one.trim() == event)
}

fn is_found(pattern: &str, text: &str) -> bool {
    compiled(pattern).is_some_and(|regex| regex.is_match(text))
}

/// Patterns were checked when they were stored; one that cannot be compiled finds nothing.
fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(LARGEST).build().ok()
}
