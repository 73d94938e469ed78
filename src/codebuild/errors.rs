//! The modelled exceptions in AWS's own wording, once.
//!
//! Source: contract, codebuild sections 0 and 1.2.

use super::names::project_arn;
use crate::aws::Scope;
use codebuild_api::error::*;

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

pub fn invalid(text: impl Into<String>) -> InvalidInputException {
    InvalidInputException::new(text)
}
