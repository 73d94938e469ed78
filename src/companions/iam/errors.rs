//! Modelled exceptions in AWS's words.

use iam_api::error::*;

pub fn no_role(name: &str) -> NoSuchEntityException {
    NoSuchEntityException::new(format!("The role with name {name} cannot be found."))
}

pub fn no_policy(arn: &str) -> NoSuchEntityException {
    NoSuchEntityException::new(format!("Policy {arn} was not found."))
}

pub fn not_attachable(arn: &str) -> NoSuchEntityException {
    NoSuchEntityException::new(format!("Policy {arn} does not exist or is not attachable."))
}

pub fn no_version(arn: &str, version: &str) -> NoSuchEntityException {
    NoSuchEntityException::new(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

pub fn no_inline(name: &str) -> NoSuchEntityException {
    NoSuchEntityException::new(format!("The role policy with name {name} cannot be found."))
}

pub fn role_exists(name: &str) -> EntityAlreadyExistsException {
    EntityAlreadyExistsException::new(format!("Role with name {name} already exists."))
}

pub fn policy_exists(name: &str) -> EntityAlreadyExistsException {
    EntityAlreadyExistsException::new(format!(
        "A policy called {name} already exists. Duplicate names are not allowed."
    ))
}

pub fn bad_arn(arn: &str) -> InvalidInputException {
    InvalidInputException::new(format!("ARN {arn} is not valid."))
}

pub fn malformed(why: &str) -> MalformedPolicyDocumentException {
    MalformedPolicyDocumentException::new(why)
}

pub fn quota(name: &str, most: usize) -> LimitExceededException {
    LimitExceededException::new(format!("Cannot exceed quota for {name}: {most}"))
}

pub fn conflict(why: &str) -> DeleteConflictException {
    DeleteConflictException::new(why)
}
