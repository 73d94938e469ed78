//! What the contracts say a request that breaks the model is answered, put together from the oracle's violations.
//!
//! Invariant: written from the contracts' tables; shares nothing with the services' `violations.rs`.

use super::wire::Refusal;
use crate::support::expected::Violation;
use crate::support::model::{Model, Operation};

/// What an answer has to say.
#[derive(Debug, Clone)]
pub enum Expected {
    /// Code, and the message's parts after `<n> validation error(s) detected: `, in any order.
    Joined {
        code: &'static str,
        entries: Vec<String>,
    },
    /// Code and the whole message.
    Sentence { code: &'static str, message: String },
    /// Code, and what the message has to name.
    Naming { code: String, value: String },
}

impl Expected {
    /// Compares; panics with `context`.
    pub fn check(&self, refusal: &Refusal, context: &str) {
        match self {
            Expected::Joined { code, entries } => {
                let errors = if entries.len() == 1 {
                    "error"
                } else {
                    "errors"
                };
                let head = format!("{} validation {errors} detected: ", entries.len());
                let tail = refusal.message.strip_prefix(&head);
                let tail = tail
                    .unwrap_or_else(|| panic!("{context}: {refusal:?} does not start with {head}"));
                let mut said: Vec<_> = tail.split("; ").collect();
                let mut wanted: Vec<_> = entries.iter().map(String::as_str).collect();
                said.sort_unstable();
                wanted.sort_unstable();
                assert_eq!((refusal.code.as_str(), said), (*code, wanted), "{context}");
            }
            Expected::Sentence { code, message } => {
                assert_eq!(
                    (refusal.code.as_str(), &refusal.message),
                    (*code, message),
                    "{context}"
                );
            }
            Expected::Naming { code, value } => {
                assert_eq!(&refusal.code, code, "{context}: {refusal:?}");
                assert!(
                    refusal.message.contains(value),
                    "{context}: {refusal:?} does not name {value}"
                );
            }
        }
    }
}

/// The answer of `model`'s service to these violations, at least one.
pub fn expected(model: &Model, operation: Operation<'_>, violations: &[Violation]) -> Expected {
    match model.service {
        "codepipeline" => codepipeline(violations),
        "codebuild" => codebuild(operation.name, violations),
        "codedeploy" => codedeploy(model, operation, violations),
        other => panic!("no dialect of {other}"),
    }
}

/// Contract codepipeline §1.4.
fn codepipeline(violations: &[Violation]) -> Expected {
    let entry = |v: &Violation| {
        format!(
            "Value at '{}' failed to satisfy constraint: {}",
            v.path, v.text
        )
    };
    Expected::Joined {
        code: "ValidationException",
        entries: violations.iter().map(entry).collect(),
    }
}

/// Contract codebuild §0, §1.1 and §1.2.
fn codebuild(operation: &str, violations: &[Violation]) -> Expected {
    let code = "InvalidInputException";
    if let [single] = violations
        && let Some(message) = codebuild_time(single).or_else(|| {
            let of_projects = ["CreateProject", "UpdateProject"].contains(&operation);
            codebuild_sentence(single).filter(|_| of_projects)
        })
    {
        return Expected::Sentence { code, message };
    }
    let entry = |v: &Violation| {
        let value = match (&v.value, v.text.as_str()) {
            (Some(value), _) => format!("Value '{value}'"),
            (None, "Member must not be null") => "Value null".to_owned(),
            (None, _) => "Value".to_owned(),
        };
        format!(
            "{value} at '{}' failed to satisfy constraint: {}",
            v.path, v.text
        )
    };
    Expected::Joined {
        code,
        entries: violations.iter().map(entry).collect(),
    }
}

/// Contract codebuild §0: captured; that builds and batches have the text, too, is our reading.
fn codebuild_time(violation: &Violation) -> Option<String> {
    let members = [
        "timeoutInMinutes",
        "timeoutInMinutesOverride",
        "buildTimeoutInMinutesOverride",
    ];
    let is_range = violation.text.starts_with("Member must have value ");
    (is_range && members.contains(&violation.path.as_str()))
        .then(|| "Invalid timeout. Should be between 5 minutes and 36 hours".to_owned())
}

fn codebuild_sentence(violation: &Violation) -> Option<String> {
    let is_enum = violation
        .text
        .starts_with("Member must satisfy enum value set");
    let is_pattern = violation
        .text
        .starts_with("Member must satisfy regular expression pattern");
    let value = violation.value.as_deref().unwrap_or_default();
    Some(match violation.path.as_str() {
        "name" if is_pattern => {
            "Only alphanumeric characters, dash, and underscore are supported".to_owned()
        }
        "source.type" if is_enum => "Invalid type provided: Project source type".to_owned(),
        "artifacts.type" if is_enum => "Invalid type provided: Artifact type".to_owned(),
        "environment.type" if is_enum => format!("Invalid type provided: {value}"),
        "environment.computeType" if is_enum => format!("Invalid compute type provided: {value}"),
        _ => return None,
    })
}

/// Contract codedeploy §1.3: member, exception where it is missing or empty, exception where it is wrong. `-`: cannot happen.
const CODEDEPLOY: &[(&str, &str, &str)] = &[
    (
        "ResourceArn",
        "ResourceArnRequiredException",
        "InvalidArnException",
    ),
    ("TagKeys", "TagRequiredException", "-"),
    ("Tags", "TagRequiredException", "-"),
    (
        "applicationName",
        "ApplicationNameRequiredException",
        "InvalidApplicationNameException",
    ),
    (
        "applicationNames",
        "ApplicationNameRequiredException",
        "InvalidApplicationNameException",
    ),
    (
        "newApplicationName",
        "ApplicationNameRequiredException",
        "InvalidApplicationNameException",
    ),
    (
        "autoRollbackConfiguration",
        "-",
        "InvalidAutoRollbackConfigException",
    ),
    (
        "blueGreenDeploymentConfiguration",
        "-",
        "InvalidBlueGreenDeploymentConfigurationException",
    ),
    ("computePlatform", "-", "InvalidComputePlatformException"),
    ("deployed", "-", "InvalidDeployedStateFilterException"),
    (
        "deploymentConfigName",
        "DeploymentConfigNameRequiredException",
        "InvalidDeploymentConfigNameException",
    ),
    (
        "deploymentGroupName",
        "DeploymentGroupNameRequiredException",
        "InvalidDeploymentGroupNameException",
    ),
    (
        "deploymentGroupNames",
        "DeploymentGroupNameRequiredException",
        "InvalidDeploymentGroupNameException",
    ),
    (
        "currentDeploymentGroupName",
        "DeploymentGroupNameRequiredException",
        "InvalidDeploymentGroupNameException",
    ),
    (
        "newDeploymentGroupName",
        "DeploymentGroupNameRequiredException",
        "InvalidDeploymentGroupNameException",
    ),
    ("deploymentId", "DeploymentIdRequiredException", "-"),
    ("deploymentIds", "DeploymentIdRequiredException", "-"),
    // Newer than the table; the operation's only general exception.
    ("deploymentMode", "-", "InvalidInputException"),
    ("deploymentStyle", "-", "InvalidDeploymentStyleException"),
    (
        "deploymentWaitType",
        "-",
        "InvalidDeploymentWaitTypeException",
    ),
    // Newer than the table; the exception that the model gives for it.
    (
        "ec2DeploymentOptions",
        "-",
        "InvalidAutoScalingGroupProcessToSuspendException",
    ),
    ("ec2TagFilters", "-", "InvalidEC2TagException"),
    ("ec2TagSet", "-", "InvalidEC2TagException"),
    (
        "fileExistsBehavior",
        "-",
        "InvalidFileExistsBehaviorException",
    ),
    (
        "includeOnlyStatuses",
        "-",
        "InvalidDeploymentStatusException",
    ),
    ("instanceId", "InstanceIdRequiredException", "-"),
    ("instanceIds", "InstanceIdRequiredException", "-"),
    ("instanceName", "InstanceNameRequiredException", "-"),
    ("instanceNames", "InstanceNameRequiredException", "-"),
    (
        "instanceStatusFilter",
        "-",
        "InvalidInstanceStatusException",
    ),
    ("instanceTypeFilter", "-", "InvalidInstanceTypeException"),
    (
        "minimumHealthyHosts",
        "-",
        "InvalidMinimumHealthyHostValueException",
    ),
    ("onPremisesInstanceTagFilters", "-", "InvalidTagException"),
    ("onPremisesTagSet", "-", "InvalidTagException"),
    ("outdatedInstancesStrategy", "-", "InvalidInputException"),
    (
        "registrationStatus",
        "-",
        "InvalidRegistrationStatusException",
    ),
    (
        "revision",
        "RevisionRequiredException",
        "InvalidRevisionException",
    ),
    (
        "revisions",
        "RevisionRequiredException",
        "InvalidRevisionException",
    ),
    ("serviceRoleArn", "RoleRequiredException", "-"),
    ("sortBy", "-", "InvalidSortByException"),
    ("sortOrder", "-", "InvalidSortOrderException"),
    (
        "status",
        "-",
        "InvalidLifecycleEventHookExecutionStatusException",
    ),
    ("tagFilters", "-", "InvalidTagFilterException"),
    ("tags", "TagRequiredException", "-"),
    ("targetFilters", "-", "InvalidTargetFilterNameException"),
    ("targetId", "DeploymentTargetIdRequiredException", "-"),
    ("targetIds", "DeploymentTargetIdRequiredException", "-"),
    ("targetInstances", "-", "InvalidTargetInstancesException"),
    (
        "trafficRoutingConfig",
        "-",
        "InvalidTrafficRoutingConfigurationException",
    ),
    (
        "triggerConfigurations",
        "-",
        "InvalidTriggerConfigException",
    ),
    (
        "zonalConfig",
        "-",
        "InvalidZonalDeploymentConfigurationException",
    ),
];

/// Contract codedeploy §1.3 to §1.5: missing members of the request in the model's order, then broken ones in that order, then
/// what structures below it break.
fn codedeploy(model: &Model, operation: Operation<'_>, violations: &[Violation]) -> Expected {
    let input = model.shape(operation.input().expect("each operation has an input"));
    let position = |v: &Violation| {
        input
            .members
            .iter()
            .position(|(name, _)| name == v.member())
    };
    let is_absent_member = |v: &Violation| is_missing(v) && v.path == v.member();
    let rank = |v: &&Violation| (v.is_nested(), !is_absent_member(v), position(v));
    let first = violations
        .iter()
        .min_by_key(rank)
        .expect("at least one violation");
    let row = CODEDEPLOY
        .iter()
        .find(|(member, _, _)| *member == first.member());
    let (_, missing, invalid) =
        row.unwrap_or_else(|| panic!("{}: {first:?} is in no row", operation.name));
    let code = if is_missing(first) {
        *missing
    } else {
        *invalid
    };
    assert!(
        operation.errors().any(|listed| listed == code),
        "{}: does not list {code} for {first:?}",
        operation.name
    );
    match (code, first.path.as_str()) {
        ("DeploymentGroupNameRequiredException", _) => Expected::Sentence {
            code,
            message: "Deployment Group name is missing".to_owned(),
        },
        ("RevisionRequiredException", _) => Expected::Sentence {
            code,
            message: "RevisionLocation must be specified".to_owned(),
        },
        (_, "deploymentStyle.deploymentOption") => {
            let message =
                "Deployment option can only be WITH_TRAFFIC_CONTROL or WITHOUT_TRAFFIC_CONTROL"
                    .to_owned();
            Expected::Sentence { code, message }
        }
        // A missing value cannot be named.
        _ if is_missing(first) => Expected::Naming {
            code: code.to_owned(),
            value: " is missing".to_owned(),
        },
        _ => Expected::Naming {
            code: code.to_owned(),
            value: first.value.clone().unwrap_or_else(|| first.path.clone()),
        },
    }
}

/// Absent or empty, in the request itself.
fn is_missing(violation: &Violation) -> bool {
    let empty = violation.text.contains("greater than or equal to")
        && violation.value.as_deref() == Some("");
    (violation.text == "Member must not be null" || empty) && !violation.is_nested()
}
