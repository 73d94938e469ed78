//! Modelled exceptions in AWS's words.
//!
//! Witness: answers of the real service, as recorded in public test suites; sentences that name slipway are ours.

use sns_api::error::*;

pub fn no_topic() -> NotFoundException {
    NotFoundException::new("Topic does not exist")
}

pub fn no_subscription() -> NotFoundException {
    NotFoundException::new("Subscription does not exist")
}

/// What tags' operations say of an ARN that names nothing.
pub fn no_resource() -> ResourceNotFoundException {
    ResourceNotFoundException::new("Resource does not exist")
}

/// `Invalid parameter: <what>`.
pub fn invalid(what: impl std::fmt::Display) -> InvalidParameterException {
    InvalidParameterException::new(format!("Invalid parameter: {what}"))
}

pub fn short_arn(member: &str, parts: usize) -> InvalidParameterException {
    invalid(format!(
        "{member} Reason: An ARN must have at least 6 elements, not {parts}"
    ))
}

pub fn invalid_token() -> InvalidParameterException {
    InvalidParameterException::new("Invalid token")
}

pub fn invalid_value(text: impl Into<String>) -> InvalidParameterValueException {
    InvalidParameterValueException::new(text)
}

pub fn too_many_tags() -> TagLimitExceededException {
    TagLimitExceededException::new("Could not complete request: tag quota of per resource exceeded")
}

pub fn too_many_topics() -> TopicLimitExceededException {
    TopicLimitExceededException::new("The account has the most topics there may be.")
}

pub fn too_many_subscriptions(most: usize) -> SubscriptionLimitExceededException {
    SubscriptionLimitExceededException::new(format!(
        "The topic has {most} subscriptions, the most that slipway takes."
    ))
}

pub fn too_many_deliveries(most: usize) -> InternalErrorException {
    InternalErrorException::new(format!(
        "{most} deliveries are still to be made, the most that slipway keeps; see that the endpoints answer, then publish again."
    ))
}
