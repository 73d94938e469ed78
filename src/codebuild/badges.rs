//! Build badges: how a project's newest build on a branch ended, as a picture for everybody (contract codebuild §2).
//!
//! Invariant: whoever asks learns one of four words and nothing else of the project.

// Differs from AWS: `badgeRequestUrl` names AWS's host; this server answers the same query at `/_slipway/badges`.

use super::CodeBuild;
use super::settings::Settings;
use super::store::ProjectKey;
use crate::engine::build::state::BuildStatus;
use crate::store::Direction;
use codebuild_api::model::{EnvironmentVariable, Project};

/// So many of the newest builds are looked through for one of the branch.
const LOOKED_AT: usize = 100;
/// What the badge's own URL calls the branch of builds that name none.
const DEFAULT: &str = "master";

/// The word on the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    Passing,
    Failing,
    InProgress,
    /// There is no such badge, or no build of the branch.
    Unknown,
}

/// The badge behind the `uuid` of a badge's URL, of a branch or a tag.
pub fn badge(service: &CodeBuild, uuid: &str, branch: Option<&str>) -> Badge {
    let branch = branch.unwrap_or(DEFAULT);
    let newest = project(service, uuid).and_then(|key| newest(service, &key, branch));
    match newest {
        None => Badge::Unknown,
        Some(BuildStatus::InProgress) => Badge::InProgress,
        Some(BuildStatus::Succeeded) => Badge::Passing,
        Some(_) => Badge::Failing,
    }
}

/// The `uuid` of a project's badge, while it has one.
pub fn uuid(project: &Project) -> Option<String> {
    let url = project.badge.as_ref()?.badge_request_url.as_ref()?;
    let (_, after) = url.split_once("uuid=")?;
    after.split('&').next().map(str::to_owned)
}

fn project(service: &CodeBuild, asked: &str) -> Option<ProjectKey> {
    let tables = &service.tables;
    let key = tables.project_of_badge(asked)?;
    let row = tables.projects.get(&key)?;
    // The index may be older or newer than the row.
    (uuid(&row).as_deref() == Some(asked)).then_some(key)
}

fn newest(service: &CodeBuild, (scope, name): &ProjectKey, branch: &str) -> Option<BuildStatus> {
    let at = |number| (scope.clone(), name.clone(), number);
    let numbers = &service.tables.numbers;
    let newest = numbers.range(at(0)..=at(u64::MAX), Direction::Backward, LOOKED_AT);
    let newest = newest.unwrap_or_else(|fault| fault.raise());
    newest.into_iter().find_map(|(_, id)| {
        let settings = service.tables.settings.get(&(scope.clone(), id.clone()));
        let settings = settings.unwrap_or_else(|fault| fault.raise())?;
        let of_branch = branch_of(&settings).unwrap_or(DEFAULT) == branch;
        let state = of_branch.then(|| service.state(scope, &id)).flatten()?;
        Some(state.status)
    })
}

/// What a build is of: the branch that was pushed, else the version it was asked for. A pull request's branch may be a
/// stranger's, so that its builds are of the pull request.
fn branch_of(settings: &Settings) -> Option<&str> {
    let variables = settings.environment.environment_variables.as_deref();
    let variables = variables.unwrap_or_default();
    let pushed = named(variables, "CODEBUILD_WEBHOOK_HEAD_REF");
    let requested = named(variables, "CODEBUILD_WEBHOOK_BASE_REF").is_some();
    let version = settings.source_version.as_deref();
    let of = pushed.filter(|_| !requested).or(version)?;
    let short = of.strip_prefix("refs/heads/");
    let short = short.or_else(|| of.strip_prefix("refs/tags/"));
    Some(short.unwrap_or(of)).filter(|of| !of.is_empty())
}

fn named<'a>(variables: &'a [EnvironmentVariable], name: &str) -> Option<&'a str> {
    let found = variables.iter().find(|variable| variable.name == name)?;
    Some(found.value.as_str())
}

impl Badge {
    /// The picture. Nothing in it comes from a customer.
    pub fn svg(self) -> String {
        let (word, color, width) = match self {
            Badge::Passing => ("passing", "#2e8540", 54),
            Badge::Failing => ("failing", "#c22f2f", 46),
            Badge::InProgress => ("in progress", "#1f6fb2", 74),
            Badge::Unknown => ("unknown", "#6b6b6b", 62),
        };
        let (whole, middle) = (40 + width, 40 + width / 2);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="build: {word}"><title>build: {word}</title><rect width="40" height="20" fill="#444444"/><rect x="40" width="{width}" height="20" fill="{color}"/><g fill="#ffffff" font-family="Verdana,sans-serif" font-size="11" text-anchor="middle"><text x="20" y="14">build</text><text x="{middle}" y="14">{word}</text></g></svg>"##
        )
    }
}
