//! Answers given outside handlers, as errors of the same kind as the modelled ones, so that every protocol can render them.
//!
//! Invariant: each message names what was asked or what is wrong, and nothing of the server's inside.

use crate::aws::constraint::sentence;
use slipway_runtime::smithy::{HttpModeledError, TraitMap};
use slipway_runtime::{CommonError, Violation, Violations, error_traits, message_error};
use std::sync::LazyLock;

// Clients of query services know these errors by other codes (IAM and STS API references, "Common errors").
static UNKNOWN: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "InvalidAction"));
static MALFORMED: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "MalformedInput"));
static EXPIRED: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "ExpiredToken"));
static INVALID: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "ValidationError"));
static DENIED: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "AccessDenied"));

message_error!("slipway", "UnknownOperationException", unknown, UnknownOperation, "UnknownOperationException", 400, fault: false, &super::UNKNOWN);
message_error!("slipway", "NotImplementedException", unbuilt, NotImplemented, "NotImplementedException", 501, fault: true, &slipway_runtime::SERVER_ERROR);
message_error!("slipway", "SerializationException", malformed, Serialization, "SerializationException", 400, fault: false, &super::MALFORMED);
message_error!("slipway", "RequestEntityTooLargeException", oversized, TooLarge, "RequestEntityTooLargeException", 413, fault: false, &slipway_runtime::CLIENT_ERROR);
message_error!("slipway", "RequestTimeoutException", slow, Timeout, "RequestTimeoutException", 408, fault: false, &slipway_runtime::CLIENT_ERROR);
message_error!("slipway", "ExpiredTokenException", expired, ExpiredToken, "ExpiredTokenException", 403, fault: false, &super::EXPIRED);
message_error!("slipway", "AccessDeniedException", denied, AccessDenied, "AccessDeniedException", 403, fault: false, &super::DENIED);
message_error!("slipway", "ResourceNotFoundException", absent, NotFound, "ResourceNotFoundException", 404, fault: false, &slipway_runtime::CLIENT_ERROR);
// Those of CodeDeploy's command service, which has no model (contract codedeploy §8.8).
message_error!("slipway", "ClientException", client, Client, "ClientException", 400, fault: false, &slipway_runtime::CLIENT_ERROR);
message_error!("slipway", "ServerException", server, Server, "ServerException", 500, fault: true, &slipway_runtime::SERVER_ERROR);
message_error!("slipway", "ValidationException", invalid, Invalid, "ValidationException", 400, fault: false, &super::INVALID);
message_error!("slipway", "InternalFailure", internal, InternalFailure, "InternalFailure", 500, fault: true, &slipway_runtime::SERVER_ERROR);

impl InternalFailure {
    /// What the sender may know about a bug of ours; the log has the rest under the request's id.
    pub fn of(request_id: &str) -> Self {
        Self::new(format!(
            "An internal error occurred; the server's log has it under request id {request_id}."
        ))
    }
}

/// The general wording of broken constraints, for services without one of their own.
pub fn broken(_operation: &'static str, violations: Violations) -> Box<dyn HttpModeledError> {
    Box::new(Invalid::new(sentence(&violations.into_vec(), head)))
}

/// The same in the words of query services, which write members in lower camel case whatever the model says.
pub fn broken_query(_operation: &'static str, violations: Violations) -> Box<dyn HttpModeledError> {
    let mut violations = violations.into_vec();
    for violation in &mut violations {
        violation.path = lower_camel(&violation.path);
    }
    Box::new(Invalid::new(sentence(&violations, head)))
}

fn head(violation: &Violation) -> String {
    match &violation.value {
        Some(value) => format!("Value '{value}' at '{}'", violation.path),
        None => format!("Value at '{}'", violation.path),
    }
}

fn lower_camel(path: &str) -> String {
    let steps = path.split('.').map(|step| {
        let mut letters = step.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    steps.collect::<Vec<_>>().join(".")
}

macro_rules! common {
    ($($name:ident),+) => {
        $(impl From<$name> for CommonError {
            fn from(error: $name) -> Self {
                CommonError::new(error)
            }
        })+
    };
}

// What handlers may answer beside what the model lists for their operation.
common!(AccessDenied, InternalFailure, Invalid, NotImplemented);
