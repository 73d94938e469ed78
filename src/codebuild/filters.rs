//! Filters of webhooks: which of them can be kept.
//!
//! Source: contract, codebuild section 12.2.

use super::errors::invalid;
use super::webhooks::Webhook;
use codebuild_api::error::InvalidInputException;
use codebuild_api::model::{ServerType, WebhookFilter, WebhookFilterType, WebhookScopeType};
use regex::RegexBuilder;

/// Filters of one webhook; every delivery looks at them all.
const MOST: usize = 1_000;
/// What one pattern may need in memory.
const LARGEST: usize = 1 << 20;

type Check = Result<(), InvalidInputException>;

/// Checks the branch filter and the filter groups of a webhook.
pub fn check(webhook: &Webhook) -> Check {
    let shown = &webhook.shown;
    if let Some(pattern) = &shown.branch_filter {
        expression("branch filter", pattern)?;
    }
    let groups = shown.filter_groups.as_deref().unwrap_or_default();
    if groups.iter().map(Vec::len).sum::<usize>() > MOST {
        return Err(invalid(format!(
            "Invalid webhook: filterGroups have more than {MOST} filters"
        )));
    }
    let scope = shown.scope_configuration.as_ref();
    let global = scope.is_some_and(|scope| scope.scope == WebhookScopeType::GithubGlobal);
    groups
        .iter()
        .try_for_each(|filters| group(webhook.server, global, filters))
}

fn group(server: ServerType, global: bool, filters: &[WebhookFilter]) -> Check {
    let is_event = |filter: &&WebhookFilter| filter.r#type == WebhookFilterType::Event;
    if !filters.iter().any(|filter| is_event(&filter)) {
        return Err(invalid(
            "Invalid webhook filter group: each group should have a filter of type EVENT",
        ));
    }
    for filter in filters {
        match is_event(&filter) {
            true => events(server, global, &filter.pattern)?,
            false => expression("filter", &filter.pattern)?,
        }
    }
    Ok(())
}

/// A comma list of events that the provider has.
fn events(server: ServerType, global: bool, pattern: &str) -> Check {
    for event in pattern.split(',').map(str::trim) {
        let Some((_, servers)) = EVENTS.iter().find(|(name, _)| *name == event) else {
            return Err(invalid(format!(
                "Invalid webhook filter: '{event}' is not an event"
            )));
        };
        if !servers.contains(&server) {
            return Err(invalid(format!(
                "Invalid webhook filter: {} has no event {event}",
                server.as_str()
            )));
        }
        if global && event != RUNNER_JOB {
            return Err(invalid(format!(
                "Invalid webhook filter: scope GITHUB_GLOBAL has no event {event}, only {RUNNER_JOB}"
            )));
        }
    }
    Ok(())
}

const RUNNER_JOB: &str = "WORKFLOW_JOB_QUEUED";

const ALL: &[ServerType] = &[
    ServerType::Bitbucket,
    ServerType::Github,
    ServerType::GithubEnterprise,
    ServerType::Gitlab,
    ServerType::GitlabSelfManaged,
];
const GIT_HUB_OR_LAB: &[ServerType] = &[
    ServerType::Github,
    ServerType::GithubEnterprise,
    ServerType::Gitlab,
    ServerType::GitlabSelfManaged,
];
const GITHUBS: &[ServerType] = &[ServerType::Github, ServerType::GithubEnterprise];
const GITHUB: &[ServerType] = &[ServerType::Github];

/// Events and the providers that have them.
const EVENTS: [(&str, &[ServerType]); 9] = [
    ("PUSH", ALL),
    ("PULL_REQUEST_CREATED", ALL),
    ("PULL_REQUEST_UPDATED", ALL),
    ("PULL_REQUEST_REOPENED", GIT_HUB_OR_LAB),
    ("PULL_REQUEST_MERGED", ALL),
    ("PULL_REQUEST_CLOSED", ALL),
    ("RELEASED", GITHUB),
    ("PRERELEASED", GITHUB),
    (RUNNER_JOB, GITHUBS),
];

fn expression(what: &str, pattern: &str) -> Check {
    let compiled = RegexBuilder::new(pattern).size_limit(LARGEST).build();
    compiled.map(drop).map_err(|error| {
        invalid(format!(
            "Invalid webhook {what}: '{pattern}' is not a regular expression: {error}"
        ))
    })
}
