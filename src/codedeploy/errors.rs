//! The modelled exceptions in AWS's own wording where it is known, once.
//!
//! Source: contract, codedeploy section 1.4; what is not listed there is in our words.

use crate::companions::balancing::{BalancerError, TargetGroupInfo};
use crate::companions::containers::ServiceRef;
use crate::engine::deployment::ecs::inspect::ONLY_ALB;
use codedeploy_api::error::*;
use codedeploy_api::model::ComputePlatform;

pub fn application_not_found(name: &str) -> ApplicationDoesNotExistException {
    ApplicationDoesNotExistException::new(format!("No application found for name: {name}"))
}

pub fn application_exists(name: &str) -> ApplicationAlreadyExistsException {
    ApplicationAlreadyExistsException::new(format!("Application name: {name} already exists"))
}

pub fn application_name_missing() -> ApplicationNameRequiredException {
    ApplicationNameRequiredException::new("Application name is missing")
}

pub fn too_many_applications(limit: usize) -> ApplicationLimitExceededException {
    ApplicationLimitExceededException::new(format!(
        "The account has reached the limit of {limit} applications in this region"
    ))
}

pub fn batch_too_large(given: usize, limit: usize) -> BatchLimitExceededException {
    BatchLimitExceededException::new(format!(
        "The request names {given} items; the most is {limit}"
    ))
}

pub fn group_not_found(name: &str) -> DeploymentGroupDoesNotExistException {
    DeploymentGroupDoesNotExistException::new(format!("No Deployment Group found for name: {name}"))
}

pub fn group_exists(name: &str) -> DeploymentGroupAlreadyExistsException {
    DeploymentGroupAlreadyExistsException::new(format!(
        "Deployment Group name: {name} already exists"
    ))
}

pub fn group_name_missing() -> DeploymentGroupNameRequiredException {
    DeploymentGroupNameRequiredException::new("Deployment Group name is missing")
}

pub fn too_many_groups(limit: usize) -> DeploymentGroupLimitExceededException {
    DeploymentGroupLimitExceededException::new(format!(
        "The application has reached the limit of {limit} deployment groups"
    ))
}

pub fn service_not_controlled() -> InvalidECSServiceException {
    InvalidECSServiceException::new(
        "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller",
    )
}

pub fn no_service(at: &ServiceRef) -> InvalidECSServiceException {
    InvalidECSServiceException::new(format!(
        "The ECS service '{}' of the cluster '{}' does not exist or is not active",
        at.service, at.cluster
    ))
}

pub fn no_target_group(why: &BalancerError) -> InvalidTargetGroupPairException {
    InvalidTargetGroupPairException::new(format!("The target groups cannot be used: {why}"))
}

pub fn target_types(
    first: &TargetGroupInfo,
    second: &TargetGroupInfo,
) -> InvalidTargetGroupPairException {
    InvalidTargetGroupPairException::new(format!(
        "The target groups have different target types: {} has {}, {} has {}",
        first.name, first.target_type, second.name, second.target_type
    ))
}

/// In AWS's words.
pub fn only_all_at_once() -> InvalidTrafficRoutingConfigurationException {
    InvalidTrafficRoutingConfigurationException::new(ONLY_ALB)
}

pub fn service_in_use(cluster: &str, service: &str) -> ECSServiceMappingLimitExceededException {
    ECSServiceMappingLimitExceededException::new(format!(
        "The ECS service '{service}' of the cluster '{cluster}' belongs to another deployment group"
    ))
}

pub fn role_missing() -> RoleRequiredException {
    RoleRequiredException::new("Role is missing")
}

pub fn role_not_assumable(role: &str) -> InvalidRoleException {
    InvalidRoleException::new(format!(
        "AWS CodeDeploy does not have the permissions required to assume the role {role}."
    ))
}

pub fn role_malformed(role: &str) -> InvalidRoleException {
    InvalidRoleException::new(format!("'{role}' is not the ARN of an IAM role"))
}

pub fn topic_not_usable(topic: &str, why: &str) -> InvalidTriggerConfigException {
    InvalidTriggerConfigException::new(format!("Topic ARN {topic} is not valid: {why}"))
}

pub fn no_auto_scaling_group(name: &str) -> InvalidAutoScalingGroupException {
    InvalidAutoScalingGroupException::new(format!(
        "The Auto Scaling group '{name}' does not exist: there is no Auto Scaling here"
    ))
}

pub fn config_not_found(name: &str) -> DeploymentConfigDoesNotExistException {
    DeploymentConfigDoesNotExistException::new(format!(
        "No deployment configuration found for name: {name}"
    ))
}

pub fn config_name_missing() -> DeploymentConfigNameRequiredException {
    DeploymentConfigNameRequiredException::new("Deployment config name is missing")
}

pub fn config_name_reserved(name: &str) -> InvalidDeploymentConfigNameException {
    InvalidDeploymentConfigNameException::new(format!(
        "The deployment configuration name '{name}' begins with CodeDeployDefault., which is reserved"
    ))
}

pub fn config_platform(
    name: &str,
    found: Option<ComputePlatform>,
    expected: ComputePlatform,
) -> InvalidDeploymentConfigNameException {
    let found = found.map_or("", ComputePlatform::as_str);
    let expected = expected.as_str();
    InvalidDeploymentConfigNameException::new(format!(
        "The compute platform {found} of the deployment configuration {name} does not match expected compute platform {expected}"
    ))
}

pub fn config_exists(name: &str) -> DeploymentConfigAlreadyExistsException {
    DeploymentConfigAlreadyExistsException::new(format!(
        "Deployment configuration name: {name} already exists"
    ))
}

pub fn config_in_use(name: &str) -> DeploymentConfigInUseException {
    DeploymentConfigInUseException::new(format!(
        "The deployment configuration {name} is named by a deployment group"
    ))
}

pub fn config_predefined(name: &str) -> InvalidOperationException {
    InvalidOperationException::new(format!(
        "The deployment configuration {name} is predefined and cannot be deleted"
    ))
}

pub fn too_many_configs(limit: usize) -> DeploymentConfigLimitExceededException {
    DeploymentConfigLimitExceededException::new(format!(
        "The account has reached the limit of {limit} custom deployment configurations"
    ))
}

pub fn invalid_token(token: &str) -> InvalidNextTokenException {
    InvalidNextTokenException::new(format!("The next token '{token}' is not valid"))
}

pub fn invalid_arn(text: &str) -> InvalidArnException {
    InvalidArnException::new(format!(
        "'{text}' is not the ARN of a CodeDeploy resource of this account and region"
    ))
}

pub fn arn_not_supported(text: &str) -> ArnNotSupportedException {
    ArnNotSupportedException::new(format!(
        "'{text}' is not the ARN of an application, deployment group or deployment configuration"
    ))
}

pub fn tags_missing() -> TagRequiredException {
    TagRequiredException::new("Tag is missing")
}

pub fn tag_too_long(key: &str) -> InvalidTagsToAddException {
    InvalidTagsToAddException::new(format!(
        "The tag with the key '{key}' is not valid: a key has 1 to 128 characters and a value at most 256"
    ))
}

pub fn system_tag(key: &str) -> InvalidTagsToAddException {
    InvalidTagsToAddException::new(format!(
        "The tag key '{key}' begins with aws:, which is reserved"
    ))
}

pub fn tag_given_twice(key: &str) -> InvalidTagsToAddException {
    InvalidTagsToAddException::new(format!("The tag key '{key}' is given more than once"))
}

pub fn too_many_tags(limit: usize) -> InvalidTagsToAddException {
    InvalidTagsToAddException::new(format!("A resource has at most {limit} tags"))
}

pub fn revision_not_found() -> RevisionDoesNotExistException {
    RevisionDoesNotExistException::new("The revision is not registered with the application")
}

pub fn revision_missing() -> RevisionRequiredException {
    RevisionRequiredException::new("RevisionLocation must be specified")
}

pub fn invalid_revision(why: &str) -> InvalidRevisionException {
    InvalidRevisionException::new(format!("The revision is not valid: {why}"))
}

pub fn description_too_long(limit: usize) -> DescriptionTooLongException {
    DescriptionTooLongException::new(format!("A description has at most {limit} characters"))
}

pub fn bucket_missing() -> BucketNameFilterRequiredException {
    BucketNameFilterRequiredException::new("s3KeyPrefix needs s3Bucket")
}

pub fn invalid_bucket(bucket: &str) -> InvalidBucketNameFilterException {
    InvalidBucketNameFilterException::new(format!("The bucket name '{bucket}' is not valid"))
}

pub fn invalid_prefix() -> InvalidKeyPrefixFilterException {
    InvalidKeyPrefixFilterException::new("A key prefix has at most 1024 bytes")
}

pub fn instance_name_missing() -> InstanceNameRequiredException {
    InstanceNameRequiredException::new("Instance name is missing")
}

pub fn invalid_instance_name(name: &str) -> InvalidInstanceNameException {
    InvalidInstanceNameException::new(format!(
        "The instance name '{name}' is not valid: it has 1 to 100 letters, digits and + = , . @ _ - and does not begin with i-"
    ))
}

pub fn instance_not_registered(name: &str) -> InstanceNotRegisteredException {
    InstanceNotRegisteredException::new(format!(
        "The on-premises instance {name} is not registered"
    ))
}

pub fn instance_registered(name: &str) -> InstanceNameAlreadyRegisteredException {
    InstanceNameAlreadyRegisteredException::new(format!(
        "The on-premises instance {name} is already registered"
    ))
}

pub fn too_many_instances(given: usize, limit: usize) -> InstanceLimitExceededException {
    InstanceLimitExceededException::new(format!(
        "The request names {given} instances; the most is {limit}"
    ))
}

pub fn iam_arn_missing() -> IamArnRequiredException {
    IamArnRequiredException::new(
        "IAM ARN is missing: one of iamUserArn and iamSessionArn is required",
    )
}

pub fn both_iam_arns() -> MultipleIamArnsProvidedException {
    MultipleIamArnsProvidedException::new("Only one of iamUserArn and iamSessionArn can be given")
}

pub fn invalid_user_arn(arn: &str) -> InvalidIamUserArnException {
    InvalidIamUserArnException::new(format!("'{arn}' is not the ARN of an IAM user"))
}

pub fn invalid_session_arn(arn: &str) -> InvalidIamSessionArnException {
    InvalidIamSessionArnException::new(format!("'{arn}' is not the ARN of a role's session"))
}

pub fn user_arn_used(arn: &str) -> IamUserArnAlreadyRegisteredException {
    IamUserArnAlreadyRegisteredException::new(format!(
        "The IAM user {arn} belongs to another registered instance"
    ))
}

pub fn session_arn_used(arn: &str) -> IamSessionArnAlreadyRegisteredException {
    IamSessionArnAlreadyRegisteredException::new(format!(
        "The IAM session {arn} belongs to another registered instance"
    ))
}

pub fn invalid_instance_tag(key: &str) -> InvalidTagException {
    InvalidTagException::new(format!(
        "The tag with the key '{key}' is not valid: a key has 1 to 128 characters and a value at most 256, and both are required"
    ))
}

pub fn too_many_instance_tags(name: &str, limit: usize) -> TagLimitExceededException {
    TagLimitExceededException::new(format!("The instance {name} can have at most {limit} tags"))
}

pub fn token_name_missing() -> GitHubAccountTokenNameRequiredException {
    GitHubAccountTokenNameRequiredException::new("Token name is missing")
}

pub fn token_not_found(name: &str) -> GitHubAccountTokenDoesNotExistException {
    GitHubAccountTokenDoesNotExistException::new(format!(
        "No GitHub account token found for name: {name}"
    ))
}

pub fn deployment_id_missing() -> DeploymentIdRequiredException {
    DeploymentIdRequiredException::new("Deployment ID is missing")
}

pub fn invalid_deployment_id(id: &str) -> InvalidDeploymentIdException {
    InvalidDeploymentIdException::new(format!(
        "The deployment ID '{id}' is not valid: it is d- and nine capital letters or digits"
    ))
}

pub fn deployment_not_found(id: &str) -> DeploymentDoesNotExistException {
    DeploymentDoesNotExistException::new(format!("The deployment {id} could not be found"))
}

pub fn deployment_completed(id: &str) -> DeploymentAlreadyCompletedException {
    DeploymentAlreadyCompletedException::new(format!("The deployment {id} is already completed"))
}

pub fn deployment_not_started(id: &str) -> DeploymentNotStartedException {
    DeploymentNotStartedException::new(format!("The deployment {id} has not started"))
}

pub fn deployment_active(group: &str, id: &str) -> DeploymentLimitExceededException {
    DeploymentLimitExceededException::new(format!(
        "The Deployment Group '{group}' already has an active Deployment '{id}'"
    ))
}

/// Our words.
pub fn too_many_deployments(limit: usize) -> DeploymentLimitExceededException {
    DeploymentLimitExceededException::new(format!(
        "The account has reached the limit of {limit} concurrent deployments in this region"
    ))
}

pub fn action_not_supported(id: &str) -> UnsupportedActionForDeploymentTypeException {
    UnsupportedActionForDeploymentTypeException::new(format!(
        "The action is not supported for the type of the deployment {id}"
    ))
}

/// Our words; the wait for somebody to continue has not begun, or is over.
pub fn not_ready(id: &str) -> DeploymentIsNotInReadyStateException {
    DeploymentIsNotInReadyStateException::new(format!(
        "The deployment {id} is not in the Ready state"
    ))
}

pub fn not_terminating(id: &str) -> InvalidDeploymentStatusException {
    InvalidDeploymentStatusException::new(format!(
        "The deployment {id} does not wait to terminate original instances"
    ))
}

pub fn termination_not_started(id: &str) -> DeploymentNotStartedException {
    DeploymentNotStartedException::new(format!(
        "The deployment {id} has not started to wait for the termination of original instances"
    ))
}

/// The older operations show no targets of this platform.
pub fn no_instances_of_ecs(id: &str) -> InvalidComputePlatformException {
    InvalidComputePlatformException::new(format!(
        "The deployment {id} is of the compute platform ECS, which has no instances; use GetDeploymentTarget, BatchGetDeploymentTargets or ListDeploymentTargets"
    ))
}

/// Our words.
pub fn no_classic_balancers(name: &str) -> InvalidLoadBalancerInfoException {
    InvalidLoadBalancerInfoException::new(format!(
        "slipway has no classic load balancers such as '{name}' (elbInfoList), so nothing was deployed. Put the instances into target groups and name those in targetGroupInfoList.",
    ))
}

/// Our words.
pub fn no_copied_groups() -> InvalidInputException {
    InvalidInputException::new(
        "slipway has no Auto Scaling groups that could be copied (COPY_AUTO_SCALING_GROUP), so nothing was deployed. Choose DISCOVER_EXISTING and name the replacement instances in targetInstances.",
    )
}

pub fn only_for_server(flag: &str) -> String {
    format!("{flag} is for the compute platform Server")
}

pub fn invalid_target_instances(why: &str) -> InvalidTargetInstancesException {
    InvalidTargetInstancesException::new(format!("The target instances are not valid: {why}"))
}

pub fn target_id_missing() -> DeploymentTargetIdRequiredException {
    DeploymentTargetIdRequiredException::new("Deployment target ID is missing")
}

pub fn target_not_found(id: &str) -> DeploymentTargetDoesNotExistException {
    DeploymentTargetDoesNotExistException::new(format!(
        "The deployment target {id} could not be found"
    ))
}

pub fn too_many_targets(given: usize, limit: usize) -> DeploymentTargetListSizeExceededException {
    DeploymentTargetListSizeExceededException::new(format!(
        "The request names {given} deployment targets; the most is {limit}"
    ))
}

pub fn instance_id_missing() -> InstanceIdRequiredException {
    InstanceIdRequiredException::new("Instance ID is missing")
}

pub fn instance_not_found(id: &str) -> InstanceDoesNotExistException {
    InstanceDoesNotExistException::new(format!("The instance {id} could not be found"))
}

pub fn invalid_instance_type(text: &str) -> InvalidInstanceTypeException {
    InvalidInstanceTypeException::new(format!(
        "The instance type '{text}' is not valid: it is Blue or Green"
    ))
}

pub fn invalid_target_status(text: &str) -> InvalidInstanceStatusException {
    InvalidInstanceStatusException::new(format!("The target status '{text}' is not valid"))
}

pub fn invalid_filter(name: &str) -> InvalidTargetFilterNameException {
    InvalidTargetFilterNameException::new(format!(
        "The target filter '{name}' is not valid: it is TargetStatus or ServerInstanceLabel"
    ))
}

pub fn no_instance_types(id: &str) -> InvalidDeploymentInstanceTypeException {
    InvalidDeploymentInstanceTypeException::new(format!(
        "The deployment {id} has no Blue and Green instances"
    ))
}

pub fn hook_execution_unknown(id: &str) -> InvalidLifecycleEventHookExecutionIdException {
    InvalidLifecycleEventHookExecutionIdException::new(format!(
        "The lifecycle event hook execution ID '{id}' is not valid"
    ))
}

pub fn hook_status(text: &str) -> InvalidLifecycleEventHookExecutionStatusException {
    InvalidLifecycleEventHookExecutionStatusException::new(format!(
        "The status '{text}' is not valid: it is Succeeded or Failed"
    ))
}

pub fn hook_over(id: &str) -> LifecycleEventAlreadyCompletedException {
    LifecycleEventAlreadyCompletedException::new(format!(
        "The lifecycle event of the hook execution '{id}' is already completed"
    ))
}

pub fn invalid_time_range() -> InvalidTimeRangeException {
    InvalidTimeRangeException::new("The time range is not valid: it ends before it starts")
}

pub fn invalid_app_spec(why: &str) -> InvalidRevisionException {
    InvalidRevisionException::new(format!("The AppSpec file is not valid: {why}"))
}
