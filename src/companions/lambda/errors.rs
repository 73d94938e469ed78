//! Modelled exceptions in AWS's words.
//!
//! Witness: the API reference, the developer guide, and answers of the real service as public test suites record them; sentences
//! that name slipway are ours.

use crate::aws::Scope;
use crate::server::fault::Invalid;
use lambda_api::error::*;
use lambda_api::model::ThrottleReason;

macro_rules! of_user {
    ($($name:ident => $error:ident),+ $(,)?) => {
        $(fn $name(message: impl Into<String>) -> $error {
            $error {
                r#type: Some("User".to_owned()),
                ..$error::new(message)
            }
        })+
    };
}

of_user! {
    not_found => ResourceNotFoundException,
    invalid_value => InvalidParameterValueException,
    conflict => ResourceConflictException,
    precondition => PreconditionFailedException,
    too_large => RequestTooLargeException,
    no_content => InvalidRequestContentException,
    no_provisioned => ProvisionedConcurrencyConfigNotFoundException,
    no_runtime => InvalidRuntimeException,
}

pub fn no_function(arn: &str) -> ResourceNotFoundException {
    not_found(format!("Function not found: {arn}"))
}

pub fn other_region(region: &str, scope: &Scope) -> ResourceNotFoundException {
    not_found(format!(
        "Functions from '{region}' are not reachable in this region ('{}')",
        scope.region
    ))
}

pub fn no_alias(arn: &str) -> ResourceNotFoundException {
    not_found(format!("Cannot find alias arn: {arn}"))
}

pub fn no_policy() -> ResourceNotFoundException {
    not_found("The resource you requested does not exist.")
}

pub fn no_statement(sid: &str) -> ResourceNotFoundException {
    not_found(format!("Statement {sid} is not found in resource policy."))
}

pub fn no_event_config(arn: &str) -> ResourceNotFoundException {
    not_found(format!(
        "The function {arn} doesn't have an EventInvokeConfig"
    ))
}

pub fn no_provisioned_concurrency() -> ProvisionedConcurrencyConfigNotFoundException {
    no_provisioned("No Provisioned Concurrency Config found for this function")
}

pub fn function_exists(name: &str) -> ResourceConflictException {
    conflict(format!("Function already exist: {name}"))
}

pub fn alias_exists(arn: &str) -> ResourceConflictException {
    conflict(format!("Alias already exists: {arn}"))
}

pub fn statement_exists(sid: &str) -> ResourceConflictException {
    conflict(format!(
        "The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing statement."
    ))
}

pub fn version_in_use(version: &str, alias: &str) -> ResourceConflictException {
    conflict(format!(
        "Version {version} cannot be deleted because the alias '{alias}' points to it."
    ))
}

pub fn other_revision() -> PreconditionFailedException {
    precondition(
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    )
}

pub fn invalid(text: impl Into<String>) -> InvalidParameterValueException {
    invalid_value(text)
}

/// What slipway does not do and a request would have it do.
pub fn not_offered(what: &str) -> InvalidParameterValueException {
    invalid_value(format!(
        "slipway does not offer {what} of Lambda functions."
    ))
}

pub fn other_qualifier() -> InvalidParameterValueException {
    invalid_value(
        "The derived qualifier from the function name does not match the specified qualifier.",
    )
}

pub fn qualified() -> InvalidParameterValueException {
    invalid_value(
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
    )
}

pub fn role_not_assumed() -> InvalidParameterValueException {
    invalid_value("The role defined for the function cannot be assumed by Lambda.")
}

pub fn bad_zip() -> InvalidParameterValueException {
    invalid_value(
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    )
}

pub fn empty_zip() -> InvalidParameterValueException {
    invalid_value("Uploaded file must be a non-empty zip")
}

pub fn large_zip(most: u64) -> InvalidParameterValueException {
    invalid_value(format!("Unzipped size must be smaller than {most} bytes"))
}

pub fn no_code() -> InvalidParameterValueException {
    invalid_value("Please provide a source for function code.")
}

pub fn two_codes() -> InvalidParameterValueException {
    invalid_value("Please do not provide other FunctionCode parameters when providing a ZipFile.")
}

pub fn no_object(code: &str, message: &str) -> InvalidParameterValueException {
    invalid_value(format!(
        "Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
    ))
}

pub fn latest_stays() -> InvalidParameterValueException {
    invalid_value("$LATEST version cannot be deleted without deleting the function.")
}

pub fn alias_in_place_of_version() -> InvalidParameterValueException {
    invalid_value("Deletion of aliases is not currently supported.")
}

pub fn latest_is_not_shared() -> InvalidParameterValueException {
    invalid_value("$LATEST is not supported for an alias pointing to more than 1 version")
}

pub fn version_twice(version: &str) -> InvalidParameterValueException {
    invalid_value(format!(
        "Invalid function version {version}. Function version {version} is already included in routing configuration."
    ))
}

pub fn too_many_weights() -> InvalidParameterValueException {
    invalid_value("Number of items in AdditionalVersionWeights cannot be greater than 1")
}

pub fn other_code(given: &str, latest: &str) -> InvalidParameterValueException {
    invalid_value(format!(
        "CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({latest}). Please try again with the CodeSHA256 in $LATEST."
    ))
}

pub fn reserved_names(names: &str) -> InvalidParameterValueException {
    invalid_value(format!(
        "Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {names}"
    ))
}

pub fn large_environment() -> InvalidParameterValueException {
    invalid_value(
        "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
    )
}

pub fn too_many_tags() -> InvalidParameterValueException {
    invalid_value("The number of tags exceeds the limit of 50.")
}

pub fn bad_marker() -> InvalidParameterValueException {
    invalid_value("Invalid value for Marker: it was not given by this list.")
}

pub fn throttled(reserved: bool) -> TooManyRequestsException {
    TooManyRequestsException {
        r#type: Some("User".to_owned()),
        reason: Some(match reserved {
            true => ThrottleReason::ReservedFunctionConcurrentInvocationLimitExceeded,
            false => ThrottleReason::ConcurrentInvocationLimitExceeded,
        }),
        ..TooManyRequestsException::new("Rate Exceeded.")
    }
}

pub fn large_payload(most: usize) -> RequestTooLargeException {
    too_large(format!(
        "Request must be smaller than {most} bytes for the InvokeFunction operation"
    ))
}

pub fn bad_payload(why: &str) -> InvalidRequestContentException {
    no_content(format!("Could not parse request body into json: {why}"))
}

pub fn cannot_run(why: &str) -> InvalidRuntimeException {
    no_runtime(why)
}

pub fn failed(why: &str) -> ServiceException {
    ServiceException {
        r#type: Some("Service".to_owned()),
        ..ServiceException::new(why)
    }
}

/// A name that the model's pattern lets through.
pub fn long_name(value: &str, most: usize) -> Invalid {
    Invalid::new(format!(
        "1 validation error detected: Value '{value}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to {most}"
    ))
}

/// The pattern of aliases, which tells them from versions.
pub fn numeric_alias(value: &str) -> Invalid {
    Invalid::new(format!(
        "1 validation error detected: Value '{value}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
    ))
}
