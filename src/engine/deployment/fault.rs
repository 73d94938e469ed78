//! Why a deployment did not succeed, in AWS's codes and words, once.
//!
//! Source: contract, codedeploy section 5.6; what is not listed there is in our words, and where it knows no code (a time-out, a
//! listener, a hook that cannot be invoked) the nearest one is our reading. No code is outside of the model's enum.

use serde::{Deserialize, Serialize};

/// `errorInformation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    pub code: ErrorCode,
    pub message: String,
}

/// The codes that deployments of the platforms built so far end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorCode {
    AlarmActive,
    ApplicationMissing,
    DeploymentGroupMissing,
    EcsUpdateError,
    ElasticLoadBalancingInvalid,
    HealthConstraints,
    HealthConstraintsInvalid,
    HookExecutionFailure,
    IamRoleMissing,
    IamRolePermissions,
    InternalError,
    InvalidEcsService,
    InvalidLambdaConfiguration,
    InvalidLambdaFunction,
    InvalidRevision,
    ManualStop,
    MissingBlueGreenDeploymentConfiguration,
    MissingElbInformation,
    NoInstances,
    OverMaxInstances,
    RevisionMissing,
    Timeout,
}

impl ErrorCode {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlarmActive => "ALARM_ACTIVE",
            Self::ApplicationMissing => "APPLICATION_MISSING",
            Self::DeploymentGroupMissing => "DEPLOYMENT_GROUP_MISSING",
            Self::EcsUpdateError => "ECS_UPDATE_ERROR",
            Self::ElasticLoadBalancingInvalid => "ELASTIC_LOAD_BALANCING_INVALID",
            Self::HealthConstraints => "HEALTH_CONSTRAINTS",
            Self::HealthConstraintsInvalid => "HEALTH_CONSTRAINTS_INVALID",
            Self::HookExecutionFailure => "HOOK_EXECUTION_FAILURE",
            Self::IamRoleMissing => "IAM_ROLE_MISSING",
            Self::IamRolePermissions => "IAM_ROLE_PERMISSIONS",
            Self::InternalError => "INTERNAL_ERROR",
            Self::InvalidEcsService => "INVALID_ECS_SERVICE",
            Self::InvalidLambdaConfiguration => "INVALID_LAMBDA_CONFIGURATION",
            Self::InvalidLambdaFunction => "INVALID_LAMBDA_FUNCTION",
            Self::InvalidRevision => "INVALID_REVISION",
            Self::ManualStop => "MANUAL_STOP",
            Self::MissingBlueGreenDeploymentConfiguration => {
                "MISSING_BLUE_GREEN_DEPLOYMENT_CONFIGURATION"
            }
            Self::MissingElbInformation => "MISSING_ELB_INFORMATION",
            Self::NoInstances => "NO_INSTANCES",
            Self::OverMaxInstances => "OVER_MAX_INSTANCES",
            Self::RevisionMissing => "REVISION_MISSING",
            Self::Timeout => "TIMEOUT",
        }
    }
}

impl Fault {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The angle brackets are AWS's.
    pub fn alarms_active<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<String> = names.into_iter().map(|name| format!("<{name}>")).collect();
        Self::new(
            ErrorCode::AlarmActive,
            format!(
                "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected \
                 deployments have been stopped. Activated alarms: {}",
                names.join(" ")
            ),
        )
    }

    /// Alarms that cannot be watched stop a deployment unless the group says otherwise.
    pub fn alarms_missing<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<String> = names.into_iter().map(|name| format!("<{name}>")).collect();
        Self::new(
            ErrorCode::AlarmActive,
            format!(
                "The deployment was stopped because the status of these alarms could not be retrieved from Amazon CloudWatch: {}",
                names.join(" ")
            ),
        )
    }

    pub fn hook_failed() -> Self {
        Self::new(
            ErrorCode::HookExecutionFailure,
            "The deployment failed because one or more of the lifecycle event validation functions failed.",
        )
    }

    pub fn hook_silent() -> Self {
        Self::new(
            ErrorCode::Timeout,
            "The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour \
             after a deployment hook is invoked.",
        )
    }

    pub fn took_too_long(hours: u64) -> Self {
        Self::new(
            ErrorCode::Timeout,
            format!("The deployment timed out: it was not finished after {hours} hours."),
        )
    }

    pub fn stopped_by_user() -> Self {
        Self::new(
            ErrorCode::ManualStop,
            "The deployment was stopped by the user.",
        )
    }

    pub fn role_missing(group: &str) -> Self {
        Self::new(
            ErrorCode::IamRoleMissing,
            format!("IAM Role is missing for deployment group: {group}"),
        )
    }

    /// `service` is AWS's label, such as `AWSLambda`.
    pub fn not_permitted(role: &str, service: &str) -> Self {
        Self::new(
            ErrorCode::IamRolePermissions,
            format!(
                "The IAM role {role} does not give you permission to perform operations in the following AWS service: {service}. \
                 Contact your AWS administrator if you need help."
            ),
        )
    }

    pub fn application_missing(name: &str) -> Self {
        Self::new(
            ErrorCode::ApplicationMissing,
            format!("The application {name} was deleted while the deployment was running."),
        )
    }

    pub fn group_missing(name: &str) -> Self {
        Self::new(
            ErrorCode::DeploymentGroupMissing,
            format!("The deployment group {name} was deleted while the deployment was running."),
        )
    }

    pub fn invalid_revision(why: impl std::fmt::Display) -> Self {
        Self::new(
            ErrorCode::InvalidRevision,
            format!("The AppSpec file is not valid: {why}"),
        )
    }

    pub fn revision_missing(why: impl std::fmt::Display) -> Self {
        Self::new(
            ErrorCode::RevisionMissing,
            format!("The revision cannot be read: {why}"),
        )
    }

    pub fn configuration(why: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidLambdaConfiguration, why)
    }

    pub fn function(why: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidLambdaFunction, why)
    }

    pub fn no_instances() -> Self {
        Self::new(
            ErrorCode::NoInstances,
            "The deployment failed because no instances were found for your deployment group. Check your deployment group settings \
             to make sure the tags for your Amazon EC2 instances or Auto Scaling groups correctly identify the instances you want to \
             deploy to, and then try again.",
        )
    }

    pub fn blue_green_missing(group: &str) -> Self {
        Self::new(
            ErrorCode::MissingBlueGreenDeploymentConfiguration,
            format!(
                "The deployment group {group} has no blueGreenDeploymentConfiguration, which a BLUE_GREEN deployment needs."
            ),
        )
    }

    pub fn balancers_missing(group: &str) -> Self {
        Self::new(
            ErrorCode::MissingElbInformation,
            format!(
                "A BLUE_GREEN deployment moves traffic: the deployment group {group} needs the option WITH_TRAFFIC_CONTROL and a \
                 loadBalancerInfo."
            ),
        )
    }

    pub fn too_many_instances(found: usize, most: usize) -> Self {
        Self::new(
            ErrorCode::OverMaxInstances,
            format!(
                "The deployment group has {found} instances; a deployment can have at most {most}."
            ),
        )
    }

    pub fn too_few_healthy() -> Self {
        Self::new(
            ErrorCode::HealthConstraints,
            "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are \
             available for deployment, or some instances in your deployment group are experiencing problems.",
        )
    }

    pub fn health_out_of_reach() -> Self {
        Self::new(
            ErrorCode::HealthConstraintsInvalid,
            "The deployment can’t start because the minimum number of healthy instances, as defined by your deployment \
             configuration, are not available.",
        )
    }

    pub fn replacement_slow() -> Self {
        Self::new(
            ErrorCode::Timeout,
            "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 \
             minutes.",
        )
    }

    pub fn replacement_unhealthy() -> Self {
        Self::new(
            ErrorCode::EcsUpdateError,
            "CodeDeploy detected that the replacement task set is unhealthy.",
        )
    }

    pub fn not_continued(minutes: u32) -> Self {
        Self::new(
            ErrorCode::Timeout,
            format!(
                "The deployment timed out while waiting for a notification to continue. This time out period is {minutes} minutes."
            ),
        )
    }

    /// Of the ECS service of a deployment group.
    pub fn service(why: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidEcsService, why)
    }

    pub fn service_update(why: impl Into<String>) -> Self {
        Self::new(ErrorCode::EcsUpdateError, why)
    }

    pub fn balancing(why: impl std::fmt::Display) -> Self {
        Self::new(
            ErrorCode::ElasticLoadBalancingInvalid,
            format!("The ELB could not be updated due to the following error: {why}"),
        )
    }

    pub fn internal(what: &str) -> Self {
        Self::new(
            ErrorCode::InternalError,
            format!("An internal error ended the deployment: {what}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract codedeploy §5.6, the rows whose words are known; what `…` stands for there is left out.
    #[test]
    fn faults_have_the_words_of_aws() {
        for (fault, code, message) in [
            (
                Fault::hook_failed(),
                "HOOK_EXECUTION_FAILURE",
                "The deployment failed because one or more of the lifecycle event validation functions failed.",
            ),
            (
                Fault::hook_silent(),
                "TIMEOUT",
                "The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.",
            ),
            (
                Fault::not_permitted("arn", "AWSLambda"),
                "IAM_ROLE_PERMISSIONS",
                "The IAM role arn does not give you permission to perform operations in the following AWS service: AWSLambda. Contact your AWS administrator if you need help.",
            ),
            (
                Fault::replacement_slow(),
                "TIMEOUT",
                "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.",
            ),
            (
                Fault::not_continued(30),
                "TIMEOUT",
                "The deployment timed out while waiting for a notification to continue. This time out period is 30 minutes.",
            ),
            (
                Fault::replacement_unhealthy(),
                "ECS_UPDATE_ERROR",
                "CodeDeploy detected that the replacement task set is unhealthy.",
            ),
            (
                Fault::too_few_healthy(),
                "HEALTH_CONSTRAINTS",
                "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, or some instances in your deployment group are experiencing problems.",
            ),
            (
                Fault::health_out_of_reach(),
                "HEALTH_CONSTRAINTS_INVALID",
                // The apostrophe is a typographic one.
                "The deployment can\u{2019}t start because the minimum number of healthy instances, as defined by your deployment configuration, are not available.",
            ),
            (
                Fault::no_instances(),
                "NO_INSTANCES",
                "The deployment failed because no instances were found for your deployment group. Check your deployment group settings to make sure the tags for your Amazon EC2 instances or Auto Scaling groups correctly identify the instances you want to deploy to, and then try again.",
            ),
            (
                Fault::role_missing("group"),
                "IAM_ROLE_MISSING",
                "IAM Role is missing for deployment group: group",
            ),
            (
                Fault::stopped_by_user(),
                "MANUAL_STOP",
                "The deployment was stopped by the user.",
            ),
        ] {
            assert_eq!(
                (fault.code.as_str(), fault.message.as_str()),
                (code, message)
            );
        }
    }
}
