//! Modelled exceptions in AWS's words.
//!
//! Witness: answers of the real service, as recorded in public test suites; otherwise "our reading".

use crate::server::fault;
use crate::store::{StoreError, WriteError};
use logs_api::error::*;
use slipway_runtime::CommonError;

pub fn no_group() -> ResourceNotFoundException {
    ResourceNotFoundException::new("The specified log group does not exist.")
}

pub fn no_stream() -> ResourceNotFoundException {
    ResourceNotFoundException::new("The specified log stream does not exist.")
}

/// What tags' operations say of an ARN that names nothing.
pub fn no_resource() -> ResourceNotFoundException {
    ResourceNotFoundException::new("The specified resource does not exist.")
}

pub fn group_exists() -> ResourceAlreadyExistsException {
    ResourceAlreadyExistsException::new("The specified log group already exists")
}

pub fn stream_exists() -> ResourceAlreadyExistsException {
    ResourceAlreadyExistsException::new("The specified log stream already exists")
}

pub fn invalid(text: impl Into<String>) -> InvalidParameterException {
    InvalidParameterException::new(text)
}

pub fn invalid_token() -> InvalidParameterException {
    invalid("The specified nextToken is invalid.")
}

/// Our reading.
pub fn protected() -> ValidationException {
    ValidationException::new(
        "The specified log group has deletion protection enabled and cannot be deleted.",
    )
}

/// Our reading.
pub fn too_many_tags() -> String {
    "The maximum number of tags for a resource is 50.".to_owned()
}

/// The store failed; the text says how.
pub fn storage<E: From<CommonError>>(error: StoreError) -> E {
    CommonError::from(fault::InternalFailure::new(error.to_string())).into()
}

pub fn write<E: From<CommonError>>(error: WriteError<E>) -> E {
    error.fold(|refusal| refusal, storage)
}
