//! Webhooks of projects: what is asked for, its rules, and how it is shown.
//!
//! Invariant: a stored webhook keeps every rule here; it has filter groups or a branch filter, never both.
//!
//! Source: contract, codebuild sections 3.5, 12.1 and 12.2.

// Differs from AWS: a webhook is registered at no provider, and its `url` is made up: whoever wants deliveries has the provider send them to `payloadUrl`.
// Differs from AWS: webhooks of buildType RUNNER_BUILDKITE_BUILD are refused; there is no runner here for Buildkite's jobs.

use super::deliveries::approval::WaitingList;
use super::errors::{self, invalid};
use super::service::CodeBuild;
use super::store::ProjectKey;
use crate::aws::{Time, ids};
use crate::server::call::Call;
use codebuild_api::error::InvalidInputException;
use codebuild_api::input::{CreateWebhookInput, UpdateWebhookInput};
use codebuild_api::model::{self, *};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The location of projects whose repository is known only when a delivery comes.
pub const ANY_REPOSITORY: &str = "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION";
const SECRET: usize = 40;
const TOKEN: usize = 64;

type Check = Result<(), InvalidInputException>;

/// A project's webhook.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// Who sends deliveries.
    pub server: ServerType,
    /// The opaque end of the payload URL.
    pub token: String,
    /// What deliveries are signed with; Bitbucket signs none.
    pub secret: Option<String>,
    /// Without what is above.
    pub shown: model::Webhook,
    /// Pull requests that wait for an approval.
    #[serde(default)]
    pub waiting: WaitingList,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook")
            .field("server", &self.server)
            .field("shown", &self.shown)
            .finish_non_exhaustive()
    }
}

/// The provider that a source's webhook is registered at.
pub fn server(source: SourceType) -> Option<ServerType> {
    match source {
        SourceType::Github => Some(ServerType::Github),
        SourceType::GithubEnterprise => Some(ServerType::GithubEnterprise),
        SourceType::Bitbucket => Some(ServerType::Bitbucket),
        SourceType::Gitlab => Some(ServerType::Gitlab),
        SourceType::GitlabSelfManaged => Some(ServerType::GitlabSelfManaged),
        SourceType::Codecommit
        | SourceType::Codepipeline
        | SourceType::NoSource
        | SourceType::S3 => None,
    }
}

/// Whether the service must have a credential to register it. GitHub Enterprise's and manual ones are registered by people.
pub fn needs_credential(source: &ProjectSource, input: &CreateWebhookInput) -> bool {
    let own = source
        .auth
        .as_ref()
        .is_some_and(|auth| auth.r#type != SourceAuthType::Oauth);
    let by_hand =
        input.manual_creation == Some(true) || source.r#type == SourceType::GithubEnterprise;
    !own && !by_hand
}

/// The webhook a customer asks for.
pub fn created(
    now: Time,
    source: &ProjectSource,
    input: CreateWebhookInput,
) -> Result<Webhook, InvalidInputException> {
    let Some(server) = server(source.r#type) else {
        return Err(errors::no_webhooks(source.r#type));
    };
    exclusive(input.branch_filter.as_ref(), input.filter_groups.as_ref())?;
    let token = ids::alphanumeric(TOKEN);
    let manual = input.manual_creation == Some(true);
    let by_service = !manual && server != ServerType::GithubEnterprise;
    let scope = input.scope_configuration.map(scoped);
    let location = source.location.as_deref().unwrap_or_default();
    let url = by_service.then(|| provider_url(server, location, scope.as_ref(), &token));
    let async_made = matches!(server, ServerType::Gitlab | ServerType::GitlabSelfManaged);
    let has_secret = server != ServerType::Bitbucket;
    let webhook = Webhook {
        server,
        token,
        secret: has_secret.then(|| ids::alphanumeric(SECRET)),
        waiting: WaitingList::default(),
        shown: model::Webhook {
            url,
            branch_filter: input.branch_filter.filter(|filter| !filter.is_empty()),
            filter_groups: groups(input.filter_groups),
            build_type: input.build_type,
            manual_creation: manual.then_some(true),
            last_modified_secret: has_secret.then(|| now.wire()),
            scope_configuration: scope,
            status: async_made.then_some(WebhookStatus::Active),
            pull_request_build_policy: Some(policy(server, input.pull_request_build_policy)),
            ..model::Webhook::default()
        },
    };
    check(&webhook)?;
    check_scope(&webhook, location)?;
    Ok(webhook)
}

/// The webhook with what the request has in place of its own.
pub fn updated(
    now: Time,
    mut webhook: Webhook,
    input: UpdateWebhookInput,
) -> Result<Webhook, InvalidInputException> {
    exclusive(input.branch_filter.as_ref(), input.filter_groups.as_ref())?;
    let shown = &mut webhook.shown;
    // An empty branch filter takes the groups' place as any other does: whoever gives up all groups says so.
    if let Some(filter) = input.branch_filter {
        shown.branch_filter = Some(filter).filter(|filter| !filter.is_empty());
        shown.filter_groups = None;
    }
    if input.filter_groups.is_some() {
        shown.filter_groups = groups(input.filter_groups);
        if shown.filter_groups.is_some() {
            shown.branch_filter = None;
        }
    }
    if input.build_type.is_some() {
        shown.build_type = input.build_type;
    }
    if let Some(given) = input.pull_request_build_policy {
        shown.pull_request_build_policy = Some(policy(webhook.server, Some(given)));
    }
    if input.rotate_secret == Some(true) && webhook.secret.is_some() {
        webhook.secret = Some(ids::alphanumeric(SECRET));
        shown.last_modified_secret = Some(now.wire());
    }
    check(&webhook)?;
    Ok(webhook)
}

impl Webhook {
    /// As projects and answers show it, without the secret. `origin` is this server's URL.
    pub fn wire(&self, origin: &str) -> model::Webhook {
        let token = &self.token;
        model::Webhook {
            payload_url: Some(format!("{origin}/webhooks?t={token}&v=1")),
            ..self.shown.clone()
        }
    }

    /// As it is shown once to whoever registers it by hand, with the secret.
    pub fn told(&self, origin: &str) -> model::Webhook {
        let by_hand =
            self.server == ServerType::GithubEnterprise || self.shown.manual_creation == Some(true);
        model::Webhook {
            secret: self.secret.clone().filter(|_| by_hand),
            ..self.wire(origin)
        }
    }
}

impl CodeBuild {
    /// The project as it is shown: with its webhook.
    pub fn shown(&self, call: &Call, key: &ProjectKey, project: Project) -> Project {
        let webhook = self.tables.webhooks.get(key);
        Project {
            webhook: webhook.map(|webhook| webhook.wire(&call.app.origin())),
            ..project
        }
    }
}

fn exclusive(branch: Option<&String>, groups: Option<&Vec<Vec<WebhookFilter>>>) -> Check {
    let both = branch.is_some_and(|filter| !filter.is_empty())
        && groups.is_some_and(|groups| !groups.is_empty());
    match both {
        true => Err(invalid(
            "Invalid webhook: branchFilter and filterGroups exclude each other",
        )),
        false => Ok(()),
    }
}

/// Every filter says whether it is turned round; no groups are none at all.
fn groups(groups: Option<Vec<Vec<WebhookFilter>>>) -> Option<Vec<Vec<WebhookFilter>>> {
    let mut groups = groups.filter(|groups| !groups.is_empty())?;
    for filter in groups.iter_mut().flatten() {
        filter.exclude_matched_pattern.get_or_insert(false);
    }
    Some(groups)
}

fn scoped(scope: ScopeConfiguration) -> ScopeConfiguration {
    ScopeConfiguration {
        domain: scope.domain.filter(|domain| !domain.is_empty()),
        ..scope
    }
}

/// Who may let builds of pull requests start, with the provider's own roles when none are given.
fn policy(server: ServerType, given: Option<PullRequestBuildPolicy>) -> PullRequestBuildPolicy {
    let all = PullRequestBuildCommentApproval::AllPullRequests;
    let mut policy = given.unwrap_or_else(|| PullRequestBuildPolicy::new(all));
    if policy.requires_comment_approval != PullRequestBuildCommentApproval::Disabled {
        policy
            .approver_roles
            .get_or_insert_with(|| approvers(server));
    }
    policy
}

fn approvers(server: ServerType) -> Vec<PullRequestBuildApproverRole> {
    use PullRequestBuildApproverRole as Role;
    match server {
        ServerType::Github | ServerType::GithubEnterprise => {
            vec![Role::GithubWrite, Role::GithubMaintain, Role::GithubAdmin]
        }
        ServerType::Gitlab | ServerType::GitlabSelfManaged => vec![
            Role::GitlabDeveloper,
            Role::GitlabMaintainer,
            Role::GitlabOwner,
        ],
        ServerType::Bitbucket => vec![Role::BitbucketWrite, Role::BitbucketAdmin],
    }
}

/// Where the provider would keep it.
fn provider_url(
    server: ServerType,
    location: &str,
    scope: Option<&ScopeConfiguration>,
    token: &str,
) -> String {
    let (host, repository) = parts(location);
    let digest = Sha256::digest(token);
    let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    match (server, scope) {
        (ServerType::Github | ServerType::GithubEnterprise, Some(scope)) => {
            format!("https://api.github.com/orgs/{}/hooks/{number}", scope.name)
        }
        (ServerType::Github | ServerType::GithubEnterprise, None) => {
            format!("https://api.github.com/repos/{repository}/hooks/{number}")
        }
        (ServerType::Bitbucket, _) => {
            format!("https://api.bitbucket.org/2.0/repositories/{repository}/hooks/{number}")
        }
        (ServerType::Gitlab | ServerType::GitlabSelfManaged, scope) => {
            let (kind, name) = match scope {
                Some(scope) => ("groups", scope.name.as_str()),
                None => ("projects", repository),
            };
            let name = name.replace('/', "%2F");
            format!("https://{host}/api/v4/{kind}/{name}/hooks/{number}")
        }
    }
}

/// Host and repository of a clone URL; GitLab's own host when there is none.
fn parts(location: &str) -> (&str, &str) {
    let rest = location
        .split_once("://")
        .map_or(location, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or(("gitlab.com", rest));
    let host = host.rsplit('@').next().unwrap_or(host);
    let path = path.trim_end_matches('/');
    (host, path.strip_suffix(".git").unwrap_or(path))
}

fn check(webhook: &Webhook) -> Check {
    let shown = &webhook.shown;
    if shown.build_type == Some(WebhookBuildType::RunnerBuildkiteBuild) {
        return Err(invalid(
            "Invalid webhook: buildType RUNNER_BUILDKITE_BUILD is not available here; use BUILD or BUILD_BATCH",
        ));
    }
    if shown.manual_creation == Some(true) && webhook.server != ServerType::Github {
        return Err(invalid(
            "Invalid webhook: manualCreation is for source type GITHUB only",
        ));
    }
    super::filters::check(webhook)?;
    let roles = shown
        .pull_request_build_policy
        .iter()
        .flat_map(|policy| policy.approver_roles.iter().flatten());
    let known = word(webhook.server);
    match roles
        .copied()
        .find(|role| !role.as_str().starts_with(known))
    {
        Some(role) => Err(invalid(format!(
            "Invalid pull request build policy: approver role {} is not one of {}",
            role.as_str(),
            webhook.server.as_str()
        ))),
        None => Ok(()),
    }
}

fn word(server: ServerType) -> &'static str {
    match server {
        ServerType::Github | ServerType::GithubEnterprise => "GITHUB_",
        ServerType::Gitlab | ServerType::GitlabSelfManaged => "GITLAB_",
        ServerType::Bitbucket => "BITBUCKET_",
    }
}

/// Webhooks of organisations, groups and whole GitHub.
fn check_scope(webhook: &Webhook, location: &str) -> Check {
    let Some(scope) = webhook.shown.scope_configuration.as_ref() else {
        return Ok(());
    };
    let kind = scope.scope.as_str();
    if !kind.starts_with(word(webhook.server)) {
        return Err(invalid(format!(
            "Invalid webhook: scope {kind} is not one of {}",
            webhook.server.as_str()
        )));
    }
    if kind.starts_with("GITHUB_") && location != ANY_REPOSITORY {
        return Err(invalid(format!(
            "Invalid webhook: scope {kind} needs the source location {ANY_REPOSITORY}"
        )));
    }
    if scope.scope == WebhookScopeType::GithubGlobal && webhook.shown.manual_creation != Some(true)
    {
        return Err(invalid(
            "Invalid webhook: scope GITHUB_GLOBAL needs manualCreation",
        ));
    }
    Ok(())
}
