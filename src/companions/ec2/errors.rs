//! EC2's errors, of which its model has none, in AWS's words.

use slipway_runtime::smithy::TraitMap;
use slipway_runtime::{CommonError, error_traits, message_error};
use std::sync::LazyLock;

static ABSENT: LazyLock<TraitMap> =
    LazyLock::new(|| error_traits("client", "InvalidInstanceID.NotFound"));
static MALFORMED: LazyLock<TraitMap> =
    LazyLock::new(|| error_traits("client", "InvalidInstanceID.Malformed"));
static OTHER: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "InvalidID"));
static VALUE: LazyLock<TraitMap> =
    LazyLock::new(|| error_traits("client", "InvalidParameterValue"));
static MISSING: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "MissingParameter"));
static DRY: LazyLock<TraitMap> = LazyLock::new(|| error_traits("client", "DryRunOperation"));
static FAILED: LazyLock<TraitMap> = LazyLock::new(|| error_traits("server", "InternalError"));

message_error!("slipway", "InstanceNotFound", absent, InstanceNotFound, "InvalidInstanceID.NotFound", 400, fault: false, &super::ABSENT);
message_error!("slipway", "InstanceIdMalformed", malformed, InstanceIdMalformed, "InvalidInstanceID.Malformed", 400, fault: false, &super::MALFORMED);
message_error!("slipway", "OtherId", other, OtherId, "InvalidID", 400, fault: false, &super::OTHER);
message_error!("slipway", "ParameterValue", value, ParameterValue, "InvalidParameterValue", 400, fault: false, &super::VALUE);
message_error!("slipway", "ParameterMissing", missing, ParameterMissing, "MissingParameter", 400, fault: false, &super::MISSING);
message_error!("slipway", "DryRun", dry, DryRun, "DryRunOperation", 412, fault: false, &super::DRY);
message_error!("slipway", "EngineFailed", failed, EngineFailed, "InternalError", 500, fault: true, &super::FAILED);

pub fn no_instances(ids: &[&str]) -> CommonError {
    CommonError::new(InstanceNotFound::new(match ids {
        [id] => format!("The instance ID '{id}' does not exist"),
        ids => format!("The instance IDs '{}' do not exist", ids.join(", ")),
    }))
}

pub fn malformed_id(id: &str) -> CommonError {
    CommonError::new(InstanceIdMalformed::new(format!("Invalid id: \"{id}\"")))
}

/// Of something else than an instance.
pub fn other_id(id: &str) -> CommonError {
    CommonError::new(OtherId::new(format!("The ID '{id}' is not valid")))
}

pub fn no_filter(name: &str) -> CommonError {
    CommonError::new(ParameterValue::new(format!(
        "The filter '{name}' is invalid"
    )))
}

pub fn missing(name: &str) -> CommonError {
    CommonError::new(ParameterMissing::new(format!(
        "The request must contain the parameter {name}"
    )))
}

pub fn tag(text: impl Into<String>) -> CommonError {
    CommonError::new(ParameterValue::new(text))
}

pub fn dry_run() -> CommonError {
    CommonError::new(DryRun::new(
        "Request would have succeeded, but DryRun flag is set.",
    ))
}

pub fn failed(text: impl Into<String>) -> CommonError {
    CommonError::new(EngineFailed::new(text))
}
