//! Modelled exceptions in AWS's words.
//!
//! Witness: answers of the real service as clients print them; contract codedeploy §7.2; otherwise "our reading".

use ecs_api::error::*;

pub fn no_cluster() -> ClusterNotFoundException {
    ClusterNotFoundException::new("Cluster not found.")
}

pub fn no_service() -> ServiceNotFoundException {
    ServiceNotFoundException::new("Service not found.")
}

pub fn inactive_service() -> ServiceNotActiveException {
    ServiceNotActiveException::new("Service was not ACTIVE.")
}

pub fn no_set() -> TaskSetNotFoundException {
    TaskSetNotFoundException::new("The specified task set was not found.")
}

pub fn invalid(text: impl Into<String>) -> InvalidParameterException {
    InvalidParameterException::new(text)
}

pub fn client(text: impl Into<String>) -> ClientException {
    ClientException::new(text)
}

/// Of what looks at a definition.
pub fn cannot_describe() -> ClientException {
    client("Unable to describe task definition.")
}

/// Of what would run a definition.
pub fn no_definition() -> ClientException {
    client("TaskDefinition not found.")
}

pub fn inactive_definition() -> ClientException {
    client("TaskDefinition is inactive")
}

pub fn no_task() -> InvalidParameterException {
    invalid("The referenced task was not found.")
}

pub fn bad_token() -> InvalidParameterException {
    invalid("Invalid token.")
}

pub fn no_network() -> InvalidParameterException {
    invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
}

pub fn unwanted_network() -> InvalidParameterException {
    invalid("Network Configuration is not valid for the given networkMode of this task definition.")
}

pub fn no_group(arn: &str) -> InvalidParameterException {
    invalid(format!(
        "The target group with targetGroupArn {arn} does not exist."
    ))
}

/// An update of what CodeDeploy alone changes.
pub fn belongs_to_code_deploy(what: &str) -> InvalidParameterException {
    invalid(format!(
        "Unable to update {what} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment."
    ))
}

/// The same of an EXTERNAL controller; our reading.
pub fn belongs_to_task_sets(what: &str) -> InvalidParameterException {
    invalid(format!(
        "Unable to update {what} on services with an EXTERNAL deployment controller. Use CreateTaskSet to run another one."
    ))
}

pub fn no_task_sets() -> InvalidParameterException {
    invalid("Task sets are for services with a CODE_DEPLOY or EXTERNAL deployment controller.")
}

/// What this server does not do.
pub fn unsupported(what: &str) -> UnsupportedFeatureException {
    UnsupportedFeatureException::new(format!("slipway does not offer {what}."))
}

pub fn no_resource() -> InvalidParameterException {
    invalid("Identifier is for a resource that does not exist, or of another type.")
}
