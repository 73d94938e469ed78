//! Modelled exceptions, and those that the model does not list for an operation but AWS answers.
//!
//! Witness: API reference; the wordings are our reading.

use crate::server::fault::Invalid;
use cloudwatch_api::error::*;
use slipway_runtime::CommonError;

pub fn no_alarm(name: &str) -> ResourceNotFound {
    ResourceNotFound::new(format!("Alarm {name} does not exist"))
}

pub fn no_resource(arn: &str) -> ResourceNotFoundException {
    ResourceNotFoundException {
        message: format!("{arn} does not exist"),
        resource_type: Some("Alarm".to_owned()),
        resource_id: Some(arn.to_owned()),
    }
}

/// `ValidationError`.
pub fn invalid(text: impl Into<String>) -> CommonError {
    Invalid::new(text).into()
}

pub fn invalid_token() -> InvalidNextToken {
    InvalidNextToken::new("The next token is invalid.")
}

pub fn bad_data() -> InvalidFormatFault {
    InvalidFormatFault::new("StateReasonData is not valid JSON.")
}

pub fn too_many_alarms(most: usize) -> LimitExceededFault {
    LimitExceededFault::new(format!("There may be no more than {most} alarms."))
}
