//! Load balancers as engines see them: target groups, and what listeners and their rules forward to.
//!
//! Invariant: no verb here needs more than the rights of the managed policy `AWSCodeDeployRoleForECS` (DescribeTargetGroups,
//! DescribeListeners, ModifyListener, DescribeRules, ModifyRule).

use crate::aws::Scope;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A target group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroupInfo {
    pub arn: String,
    pub name: String,
    /// `instance`, `ip`, `lambda` or `alb`.
    pub target_type: String,
}

/// A listener of a load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListenerInfo {
    pub arn: String,
    /// The load balancer's kind: `application`, `network` or `gateway`.
    pub kind: String,
    /// What its default action forwards to; `None`: it does not forward.
    pub forward: Option<Forward>,
}

/// A rule of a listener that is not its default action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleInfo {
    pub arn: String,
    /// As of a listener.
    pub forward: Option<Forward>,
}

/// A forward action, whether it names one target group or weighs several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forward {
    pub groups: Vec<GroupWeight>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupWeight {
    pub target_group_arn: String,
    /// From 0 to 999; a share of the sum. The only group of a plain forward has 1.
    pub weight: u32,
}

/// Why a load balancer could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BalancerError {
    #[error("Elastic Load Balancing is not served by this server")]
    NotServed,
    #[error("the target group {0} does not exist")]
    NoSuchTargetGroup(String),
    #[error("the listener {0} does not exist")]
    NoSuchListener(String),
    #[error("the rule {0} does not exist")]
    NoSuchRule(String),
    /// The load balancer does not want it; in its words.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Failed(String),
}

/// Load balancers. Everything is durable, and new requests go the new way, when it returns.
#[async_trait]
pub trait Balancers: Send + Sync + 'static {
    /// The target groups of these names, in the order asked for; one that is missing is an error.
    async fn target_groups(
        &self,
        scope: &Scope,
        names: &[String],
    ) -> Result<Vec<TargetGroupInfo>, BalancerError>;
    async fn listener(&self, scope: &Scope, arn: &str) -> Result<ListenerInfo, BalancerError>;
    /// A listener's rules in the order of their priorities, without its default action.
    async fn rules(&self, scope: &Scope, listener: &str) -> Result<Vec<RuleInfo>, BalancerError>;
    /// Replaces what a listener's default action forwards to; actions before it, such as logins, stay. One group becomes a plain
    /// forward, several a weighted one without stickiness.
    async fn set_listener_forward(
        &self,
        scope: &Scope,
        listener: &str,
        forward: Forward,
    ) -> Result<(), BalancerError>;
    /// The same of a rule.
    async fn set_rule_forward(
        &self,
        scope: &Scope,
        rule: &str,
        forward: Forward,
    ) -> Result<(), BalancerError>;
}

/// Nothing is served: every verb says so.
pub struct NoBalancers;

#[async_trait]
impl Balancers for NoBalancers {
    async fn target_groups(
        &self,
        _: &Scope,
        _: &[String],
    ) -> Result<Vec<TargetGroupInfo>, BalancerError> {
        Err(BalancerError::NotServed)
    }

    async fn listener(&self, _: &Scope, _: &str) -> Result<ListenerInfo, BalancerError> {
        Err(BalancerError::NotServed)
    }

    async fn rules(&self, _: &Scope, _: &str) -> Result<Vec<RuleInfo>, BalancerError> {
        Err(BalancerError::NotServed)
    }

    async fn set_listener_forward(
        &self,
        _: &Scope,
        _: &str,
        _: Forward,
    ) -> Result<(), BalancerError> {
        Err(BalancerError::NotServed)
    }

    async fn set_rule_forward(&self, _: &Scope, _: &str, _: Forward) -> Result<(), BalancerError> {
        Err(BalancerError::NotServed)
    }
}
