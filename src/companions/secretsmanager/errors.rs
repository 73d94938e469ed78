//! Exceptions in AWS's words.
//!
//! Witness: answers of the real service as clients print them; otherwise "our reading".

use crate::server::fault;
use crate::store::{StoreError, WriteError};
use secretsmanager_api::error::*;
use slipway_runtime::CommonError;

pub fn no_secret() -> ResourceNotFoundException {
    ResourceNotFoundException::new("Secrets Manager can't find the specified secret.")
}

pub fn no_version(id: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!(
        "Secrets Manager can't find the specified secret value for VersionId: {id}"
    ))
}

pub fn no_stage(stage: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!(
        "Secrets Manager can't find the specified secret value for staging label: {stage}"
    ))
}

pub fn other_stage() -> InvalidRequestException {
    InvalidRequestException::new(
        "You provided a VersionStage that is not associated to the provided VersionId.",
    )
}

pub fn exists(name: &str) -> ResourceExistsException {
    ResourceExistsException::new(format!(
        "The operation failed because the secret {name} already exists."
    ))
}

pub fn version_exists() -> ResourceExistsException {
    ResourceExistsException::new(
        "You can't modify an existing version, you can only create a new version.",
    )
}

pub fn deleted() -> InvalidRequestException {
    InvalidRequestException::new(
        "You can't perform this operation on the secret because it was marked for deletion.",
    )
}

pub fn name_deleted() -> InvalidRequestException {
    InvalidRequestException::new(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
}

pub fn invalid(text: impl Into<String>) -> InvalidParameterException {
    InvalidParameterException::new(text)
}

pub fn invalid_request(text: impl Into<String>) -> InvalidRequestException {
    InvalidRequestException::new(text)
}

pub fn invalid_token() -> InvalidNextTokenException {
    InvalidNextTokenException::new("The NextToken value is invalid.")
}

/// The store failed; the text says how.
pub fn storage<E: From<CommonError>>(error: StoreError) -> E {
    CommonError::from(fault::InternalFailure::new(error.to_string())).into()
}

pub fn write<E: From<CommonError>>(error: WriteError<E>) -> E {
    error.fold(|refusal| refusal, storage)
}
