//! Modelled exceptions in AWS's words.
//!
//! Which of them an operation answers follows from what it reads, and the reads are shared: so all of them are lifted as errors that
//! any operation may answer. Witness: the API reference and recorded answers; sentences that name slipway are ours.

use crate::server::fault::Invalid;
use elbv2_api::error::*;
use slipway_runtime::CommonError;

macro_rules! lifted {
    ($exception:ident, $($text:tt)+) => {
        CommonError::new($exception::new(format!($($text)+)))
    };
}

/// `ValidationError`.
pub fn invalid(text: impl Into<String>) -> CommonError {
    CommonError::new(Invalid::new(text))
}

pub fn no_balancer(arn: &str) -> CommonError {
    lifted!(
        LoadBalancerNotFoundException,
        "Load balancer '{arn}' not found"
    )
}

pub fn no_balancers() -> CommonError {
    lifted!(
        LoadBalancerNotFoundException,
        "One or more load balancers not found"
    )
}

pub fn no_group() -> CommonError {
    lifted!(
        TargetGroupNotFoundException,
        "One or more target groups not found"
    )
}

pub fn no_listener() -> CommonError {
    lifted!(ListenerNotFoundException, "One or more listeners not found")
}

pub fn no_rule() -> CommonError {
    lifted!(RuleNotFoundException, "One or more rules not found")
}

pub fn no_certificate(arn: &str) -> CommonError {
    lifted!(
        CertificateNotFoundException,
        "Certificate '{arn}' not found"
    )
}

/// `what`: `load balancer`, `target group`, `listener`, `listener rule`.
pub fn not_an_arn(what: &str, arn: &str) -> CommonError {
    invalid(format!("'{arn}' is not a valid {what} ARN"))
}

pub fn balancer_exists(name: &str) -> CommonError {
    lifted!(
        DuplicateLoadBalancerNameException,
        "A load balancer with the same name '{name}' exists, but with different settings"
    )
}

pub fn group_exists(name: &str) -> CommonError {
    lifted!(
        DuplicateTargetGroupNameException,
        "A target group with the same name '{name}' exists, but with different settings"
    )
}

pub fn listener_exists(balancer: &str) -> CommonError {
    lifted!(
        DuplicateListenerException,
        "A listener already exists on this port for this load balancer '{balancer}'"
    )
}

pub fn priority_in_use(priority: u32) -> CommonError {
    lifted!(
        PriorityInUseException,
        "Priority '{priority}' is currently in use"
    )
}

pub fn group_in_use(arn: &str) -> CommonError {
    lifted!(
        ResourceInUseException,
        "Target group '{arn}' is currently in use by a listener or a rule"
    )
}

pub fn protected(arn: &str) -> CommonError {
    lifted!(
        OperationNotPermittedException,
        "Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
    )
}

/// `done`: `deleted` or `modified`.
pub fn default_rule(arn: &str, done: &str) -> CommonError {
    lifted!(
        OperationNotPermittedException,
        "Default rule '{arn}' cannot be {done}"
    )
}

pub fn other_balancer(group: &str) -> CommonError {
    lifted!(
        TargetGroupAssociationLimitException,
        "The following target groups cannot be associated with more than one load balancer: {group}"
    )
}

pub fn configuration(text: impl Into<String>) -> CommonError {
    CommonError::new(InvalidConfigurationRequestException::new(text))
}

pub fn target(text: impl Into<String>) -> CommonError {
    CommonError::new(InvalidTargetException::new(text))
}

pub fn subnet(text: impl Into<String>) -> CommonError {
    CommonError::new(InvalidSubnetException::new(text))
}

pub fn action(text: impl Into<String>) -> CommonError {
    CommonError::new(InvalidLoadBalancerActionException::new(text))
}

pub fn protocol(text: impl Into<String>) -> CommonError {
    CommonError::new(UnsupportedProtocolException::new(text))
}

pub fn incompatible(text: impl Into<String>) -> CommonError {
    CommonError::new(IncompatibleProtocolsException::new(text))
}

pub fn too_many_balancers() -> CommonError {
    lifted!(
        TooManyLoadBalancersException,
        "The maximum number of load balancers has been reached"
    )
}

pub fn too_many_groups() -> CommonError {
    lifted!(
        TooManyTargetGroupsException,
        "The maximum number of target groups has been reached"
    )
}

pub fn too_many_listeners(balancer: &str) -> CommonError {
    lifted!(
        TooManyListenersException,
        "The maximum number of listeners has been reached on load balancer '{balancer}'"
    )
}

pub fn too_many_rules(balancer: &str) -> CommonError {
    lifted!(
        TooManyRulesException,
        "The maximum number of rules has been reached on load balancer '{balancer}'"
    )
}

pub fn too_many_targets(group: &str) -> CommonError {
    lifted!(
        TooManyTargetsException,
        "The maximum number of targets has been reached for target group '{group}'"
    )
}

pub fn too_many_actions() -> CommonError {
    lifted!(
        TooManyActionsException,
        "The maximum number of actions per rule has been reached"
    )
}

pub fn too_many_tags() -> CommonError {
    lifted!(
        TooManyTagsException,
        "The maximum number of tags has been reached"
    )
}

pub fn duplicate_tags() -> CommonError {
    lifted!(
        DuplicateTagKeysException,
        "A tag key was specified more than once"
    )
}
