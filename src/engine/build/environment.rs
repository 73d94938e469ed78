//! The variables every command of a build finds.
//!
//! One name has one value: `CODEBUILD_…` is the engine's, then come the project's and StartBuild's variables, the buildspec's, and
//! what the engine only suggests.

use super::logs;
use super::plan::{BuildPlan, Source};
use super::source::{Directories, shown_version};
use crate::aws::arn::Arn;
use crate::companions::SessionCredentials;
use crate::git::address::shown;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What is only known when the sandbox stands.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// As the commands see them.
    pub directories: Directories,
    pub home: String,
    /// URL of this server, for `AWS_ENDPOINT_URL`.
    pub endpoint: Option<String>,
    /// Of the service role.
    pub credentials: Option<SessionCredentials>,
    pub resolved_source_version: Option<String>,
    /// Identifiers of file systems and where they are.
    pub file_systems: Vec<(String, String)>,
}

/// The customer's variables with their values, wherever these were kept.
#[derive(Clone, Default)]
pub struct Given {
    /// The project's and StartBuild's.
    pub project: Vec<(String, String)>,
    pub buildspec: Vec<(String, String)>,
}

/// The whole environment, sorted by name. `CODEBUILD_BUILD_SUCCEEDING` changes later, in the scripts.
pub fn environment(plan: &BuildPlan, given: Given, around: &Surroundings) -> Vec<(String, String)> {
    let mut all = BTreeMap::new();
    all.extend(suggested(plan, around));
    all.extend(given.buildspec);
    all.extend(given.project);
    all.retain(|name, value| is_settable(name) && !value.contains('\0'));
    all.extend(reserved(plan, around));
    all.into_iter().collect()
}

/// No shell and no process could hold such a name.
fn is_settable(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

type Variables = Vec<(String, String)>;

fn named<const N: usize>(pairs: [(&str, &str); N]) -> Variables {
    let pairs = pairs.into_iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn suggested(plan: &BuildPlan, around: &Surroundings) -> Variables {
    let region = plan.scope.region.as_str();
    let mut all = named([
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_EXECUTION_ENV", "AWS_ECS_EC2"),
        ("CI", "true"),
        ("GOPATH", around.directories.root.as_str()),
        ("HOME", &around.home),
    ]);
    all.extend(credentials(around.credentials.as_ref()));
    all.extend(
        around
            .endpoint
            .iter()
            .map(|url| ("AWS_ENDPOINT_URL".to_owned(), url.clone())),
    );
    all
}

// Differs from AWS: builds get their role's credentials as plain variables; there is no container credentials endpoint.
fn credentials(session: Option<&SessionCredentials>) -> Variables {
    session.map_or_else(Vec::new, |session| {
        named([
            ("AWS_ACCESS_KEY_ID", &session.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", &session.secret_access_key),
            ("AWS_SESSION_TOKEN", &session.session_token),
        ])
    })
}

fn reserved(plan: &BuildPlan, around: &Surroundings) -> Variables {
    let scope = &plan.scope;
    let project = Arn::regional("codebuild", scope, format!("project/{}", plan.project));
    let mut all = named([
        ("CODEBUILD_BUILD_ARN", &plan.arn()),
        ("CODEBUILD_BUILD_ID", &plan.id()),
        ("CODEBUILD_BUILD_IMAGE", &plan.environment.image),
        ("CODEBUILD_BUILD_NUMBER", &plan.number.to_string()),
        ("CODEBUILD_BUILD_SUCCEEDING", "1"),
        ("CODEBUILD_BUILD_URL", &build_url(plan)),
        ("CODEBUILD_CONTAINER_NAME", "default"),
        ("CODEBUILD_GOPATH", around.directories.root.as_str()),
        ("CODEBUILD_INITIATOR", &plan.initiator),
        ("CODEBUILD_KMS_KEY_ID", &plan.encryption_key),
        ("CODEBUILD_LAST_EXIT", "0"),
        ("CODEBUILD_LOG_PATH", &log_path(plan)),
        ("CODEBUILD_PROJECT_ARN", &project.to_string()),
        ("CODEBUILD_PROJECT_UUID", &project_uuid(&project)),
        ("CODEBUILD_START_TIME", &plan.start.millis().to_string()),
    ]);
    all.extend(public_url(plan));
    let member = plan.batch.iter();
    all.extend(member.map(|member| {
        let group = member.token.group.clone();
        ("CODEBUILD_BATCH_BUILD_IDENTIFIER".to_owned(), group)
    }));
    let file_systems = around.file_systems.iter();
    all.extend(file_systems.map(|(identifier, path)| {
        let name = format!("CODEBUILD_{}", identifier.to_ascii_uppercase());
        (name, path.clone())
    }));
    all.extend(sources(plan, around));
    all
}

/// The same for the same project.
fn project_uuid(project: &Arn) -> String {
    let digest = Sha256::digest(project.to_string());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// Of public projects.
fn public_url(plan: &BuildPlan) -> Option<(String, String)> {
    let alias = plan.public_alias.as_ref()?;
    let (region, id) = (&plan.scope.region, plan.id());
    let url = format!("https://{region}.codebuild.aws.amazon.com/project/{alias}/build/{id}");
    Some(("CODEBUILD_PUBLIC_BUILD_URL".to_owned(), url))
}

fn build_url(plan: &BuildPlan) -> String {
    let region = &plan.scope.region;
    let id = plan.id();
    format!(
        "https://{region}.console.aws.amazon.com/codebuild/home?region={region}#/builds/{id}/view/new"
    )
}

/// The name of the log stream, even if the log goes elsewhere.
fn log_path(plan: &BuildPlan) -> String {
    let stream = logs::locations(plan).cloudwatch.map(|at| at.stream);
    stream.unwrap_or_else(|| plan.uuid.clone())
}

fn sources(plan: &BuildPlan, around: &Surroundings) -> Variables {
    let mut all = one_source("", &plan.source, plan.source_version.as_deref(), plan);
    all.push((
        "CODEBUILD_SRC_DIR".to_owned(),
        around.directories.primary.to_string(),
    ));
    let resolved = around.resolved_source_version.iter();
    all.extend(resolved.map(|version| {
        (
            "CODEBUILD_RESOLVED_SOURCE_VERSION".to_owned(),
            version.clone(),
        )
    }));
    for (source, (id, dir)) in plan
        .secondary_sources
        .iter()
        .zip(&around.directories.secondary)
    {
        let suffix = format!("_{id}");
        all.extend(one_source(
            &suffix,
            &source.source,
            source.version.as_deref(),
            plan,
        ));
        all.push((format!("CODEBUILD_SRC_DIR{suffix}"), dir.to_string()));
    }
    all
}

fn one_source(suffix: &str, source: &Source, version: Option<&str>, plan: &BuildPlan) -> Variables {
    let given = version.map(str::to_owned);
    let (url, version) = match source {
        Source::Nothing => (None, given),
        Source::S3 { location } => {
            let arn = || plan.s3_arn(location);
            (Some(location.clone()), Some(given.unwrap_or_else(arn)))
        }
        Source::Pipeline(input) => (None, Some(artifact_arn(plan, input))),
        Source::Git { location, .. } => (Some(shown(location)), given),
    };
    let url = url.map(|url| (format!("CODEBUILD_SOURCE_REPO_URL{suffix}"), url));
    let version = version.map(|version| (format!("CODEBUILD_SOURCE_VERSION{suffix}"), version));
    url.into_iter().chain(version).collect()
}

fn artifact_arn(plan: &BuildPlan, input: &crate::engine::world::BuildSource) -> String {
    let mut at = input.at.clone();
    at.version = None;
    shown_version(plan, &at)
}
