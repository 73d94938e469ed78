//! Exceptions in AWS's words.
//!
//! Witness: answers of the real service as clients print them; otherwise "our reading".

use super::find::Absent;
use crate::server::fault;
use crate::store::{StoreError, WriteError};
use slipway_runtime::CommonError;
use ssm_api::error::*;

pub fn invalid<E: From<CommonError>>(text: impl Into<String>) -> E {
    CommonError::from(fault::Invalid::new(text)).into()
}

pub fn reserved<E: From<CommonError>>(name: &str) -> E {
    let text = format!("No access to reserved parameter name: {name}.");
    CommonError::from(fault::AccessDenied::new(text)).into()
}

/// Our reading: the real service says nothing but the code.
pub fn no_parameter(name: &str) -> ParameterNotFound {
    ParameterNotFound::new(format!("Parameter {name} not found."))
}

pub fn no_version(name: &str, selector: &str) -> ParameterVersionNotFound {
    let kind = match selector.bytes().all(|byte| byte.is_ascii_digit()) {
        true => "version",
        false => "label",
    };
    ParameterVersionNotFound::new(format!(
        "Systems Manager could not find {kind} {selector} of {name}. Verify the {kind} and try again."
    ))
}

/// What an operation that knows both exceptions says of what is not there.
pub fn absent<E>(absent: Absent, asked: &str) -> E
where
    E: From<ParameterNotFound> + From<ParameterVersionNotFound> + From<CommonError>,
{
    match absent {
        Absent::Parameter => no_parameter(asked).into(),
        Absent::Version(selector) => {
            let name = asked.strip_suffix(&format!(":{selector}")).unwrap_or(asked);
            no_version(name, &selector).into()
        }
        Absent::Store(error) => storage(error),
    }
}

pub fn exists() -> ParameterAlreadyExists {
    ParameterAlreadyExists::new(
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    )
}

pub fn pattern_mismatch(pattern: &str) -> ParameterPatternMismatchException {
    ParameterPatternMismatchException::new(format!(
        "Parameter value, cannot be validated against allowedPattern: {pattern}"
    ))
}

pub fn no_resource(id: &str) -> InvalidResourceId {
    InvalidResourceId::new(format!(
        "The resource ID \"{id}\" is not valid. Verify that the resource ID is correct and try again."
    ))
}

pub fn not_a_parameter(kind: &str) -> InvalidResourceType {
    InvalidResourceType::new(format!(
        "The resource type {kind} is not valid here: slipway has resources of type Parameter only."
    ))
}

pub fn too_many_tags() -> TooManyTagsError {
    TooManyTagsError::new("The maximum number of tags for a resource is 50.")
}

pub fn invalid_token() -> InvalidNextToken {
    InvalidNextToken::new("The specified token isn't valid.")
}

/// The store failed; the text says how.
pub fn storage<E: From<CommonError>>(error: StoreError) -> E {
    CommonError::from(fault::InternalFailure::new(error.to_string())).into()
}

pub fn write<E: From<CommonError>>(error: WriteError<E>) -> E {
    error.fold(|refusal| refusal, storage)
}
