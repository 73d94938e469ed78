//! The modelled exceptions in AWS's own wording, once.
//!
//! Source: contract, codebuild sections 0 and 1.2.

use super::names::{self, Kind, project_arn};
use crate::aws::Scope;
use crate::engine::build::commands::run_command::NotRun;
use codebuild_api::error::*;
use codebuild_api::model::{ServerType, SourceType};

pub fn project_not_found(scope: &Scope, name: &str) -> ResourceNotFoundException {
    let arn = arn_of(scope, name);
    ResourceNotFoundException::new(format!("Project cannot be found: {arn}"))
}

/// ListBuildsForProject words it differently.
pub fn no_such_project(scope: &Scope, name: &str) -> ResourceNotFoundException {
    let arn = arn_of(scope, name);
    ResourceNotFoundException::new(format!("The provided project {arn} does not exist"))
}

/// Requests may name a project by its ARN, which may be one of another account or region.
fn arn_of(scope: &Scope, name: &str) -> String {
    match name.starts_with("arn:") {
        true => name.to_owned(),
        false => project_arn(scope, name),
    }
}

pub fn project_exists(scope: &Scope, name: &str) -> ResourceAlreadyExistsException {
    let arn = project_arn(scope, name);
    ResourceAlreadyExistsException::new(format!("Project already exists : {arn}"))
}

pub fn build_not_found(id: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Build cannot be found: {id}"))
}

pub fn invalid_build_id() -> InvalidInputException {
    InvalidInputException::new("Invalid build ID provided")
}

pub fn retry_in_progress() -> InvalidInputException {
    InvalidInputException::new("Cannot retry an in progress build")
}

pub fn batch_not_found(id: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Build batch cannot be found: {id}"))
}

pub fn invalid_batch_id() -> InvalidInputException {
    InvalidInputException::new("Invalid build batch ID provided")
}

pub fn batch_retry_in_progress() -> InvalidInputException {
    InvalidInputException::new("Cannot retry an in progress build batch")
}

pub fn batch_not_failed() -> InvalidInputException {
    InvalidInputException::new("Cannot retry a build batch that did not fail")
}

pub fn invalid_batchspec(what: &str) -> InvalidInputException {
    InvalidInputException::new(format!("Invalid buildspec for a build batch: {what}"))
}

pub fn no_batch_config(project: &str) -> InvalidInputException {
    InvalidInputException::new(format!(
        "Project {project} has no buildBatchConfig: set one on the project, or give buildBatchConfigOverride"
    ))
}

pub fn no_batch_role(project: &str) -> InvalidInputException {
    InvalidInputException::new(format!(
        "The buildBatchConfig of project {project} has no serviceRole, which a batch needs"
    ))
}

pub fn sandbox_not_found(id: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Sandbox cannot be found: {id}"))
}

pub fn command_refused(id: &str, why: NotRun) -> InvalidInputException {
    InvalidInputException::new(format!("Cannot run a command in sandbox {id}: {why}"))
}

pub fn no_session_manager(id: &str) -> InvalidInputException {
    InvalidInputException::new(format!(
        "Sandbox {id} has no session to connect to: slipway has no Session Manager; run commands with StartCommandExecution"
    ))
}

pub fn role_not_assumable(role: &str) -> InvalidInputException {
    InvalidInputException::new(format!(
        "CodeBuild is not authorized to perform: sts:AssumeRole on {role}"
    ))
}

pub fn role_of_another_account() -> InvalidInputException {
    InvalidInputException::new(
        "Invalid service role: Service role account ID does not match caller's account",
    )
}

pub fn token_reused(token: &str) -> InvalidInputException {
    InvalidInputException::new(format!(
        "Request parameter mismatch for idempotency token {token}"
    ))
}

pub fn too_many_running(limit: i32) -> AccountLimitExceededException {
    AccountLimitExceededException::new(format!(
        "Cannot have more than {limit} concurrent builds for the project"
    ))
}

pub fn invalid_page(token: &str) -> InvalidInputException {
    InvalidInputException::new(format!("Invalid next token provided: {token}"))
}

pub fn invalid_arn(text: &str, kind: Kind) -> InvalidInputException {
    let word = kind.word;
    InvalidInputException::new(format!(
        "Invalid ARN provided: '{text}' is not the ARN of a {word}"
    ))
}

pub fn project_has_builds_and_policy(scope: &Scope, name: &str) -> InvalidInputException {
    let arn = project_arn(scope, name);
    InvalidInputException::new(format!(
        "Project {arn} has builds and a resource policy: delete the policy with DeleteResourcePolicy first"
    ))
}

pub fn report_group_exists(scope: &Scope, name: &str) -> ResourceAlreadyExistsException {
    let arn = names::report_group_arn(scope, name);
    ResourceAlreadyExistsException::new(format!("Report group already exists : {arn}"))
}

pub fn report_group_not_found(arn: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Report group cannot be found: {arn}"))
}

pub fn report_group_has_reports(arn: &str) -> InvalidInputException {
    InvalidInputException::new(format!(
        "Report group {arn} has reports: delete them first, or set deleteReports"
    ))
}

pub fn report_not_found(arn: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Report cannot be found: {arn}"))
}

/// DescribeCodeCoverages declares no other error.
pub fn no_such_report(arn: &str) -> InvalidInputException {
    InvalidInputException::new(format!("Report cannot be found: {arn}"))
}

pub fn no_webhooks(kind: SourceType) -> InvalidInputException {
    InvalidInputException::new(format!(
        "Source type {} does not support webhooks",
        kind.as_str()
    ))
}

pub fn webhook_exists(scope: &Scope, project: &str) -> ResourceAlreadyExistsException {
    let arn = project_arn(scope, project);
    ResourceAlreadyExistsException::new(format!("Webhook already exists for project: {arn}"))
}

pub fn webhook_not_found(scope: &Scope, project: &str) -> ResourceNotFoundException {
    let arn = project_arn(scope, project);
    ResourceNotFoundException::new(format!("Webhook cannot be found for project: {arn}"))
}

pub fn no_access_token(server: ServerType) -> ResourceNotFoundException {
    let server = names::server(server);
    ResourceNotFoundException::new(format!(
        "Could not find access token for server type {server}"
    ))
}

/// Of sources that are asked with what the console has stored.
pub fn not_connected(server: ServerType) -> InvalidInputException {
    let host = match server {
        ServerType::Github => "GitHub",
        ServerType::GithubEnterprise => "GitHub Enterprise",
        ServerType::Bitbucket => "Bitbucket",
        ServerType::Gitlab | ServerType::GitlabSelfManaged => "GitLab",
    };
    InvalidInputException::new(format!(
        "No Access token found, please visit AWS CodeBuild console to connect to {host}"
    ))
}

pub fn credentials_exist(arn: &str) -> ResourceAlreadyExistsException {
    ResourceAlreadyExistsException::new(format!("Source credentials already exist: {arn}"))
}

pub fn credentials_not_found(arn: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Source credentials cannot be found: {arn}"))
}

pub fn no_policy_here(arn: &str) -> InvalidInputException {
    InvalidInputException::new(format!(
        "Invalid ARN provided: '{arn}' is not the ARN of a project or report group"
    ))
}

pub fn resource_not_found(arn: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Resource cannot be found: {arn}"))
}

pub fn policy_not_found(arn: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Resource policy cannot be found: {arn}"))
}

pub fn fleet_exists(scope: &Scope, name: &str, id: &str) -> ResourceAlreadyExistsException {
    let arn = names::fleet_arn(scope, name, id);
    ResourceAlreadyExistsException::new(format!("Fleet already exists : {arn}"))
}

pub fn fleet_not_found(arn: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!("Fleet cannot be found: {arn}"))
}

pub fn invalid(text: impl Into<String>) -> InvalidInputException {
    InvalidInputException::new(text)
}
