//! The neighbours as the service role of a deployment group reaches them: each call by the name of the action that it is at AWS.
//!
//! Invariant: a call goes out only under its action, and what is no action of a deployment is refused. The actions are those of the
//! managed policies AWSCodeDeployRoleForECS, AWSCodeDeployRoleForLambda and AWSCodeDeployRole, so that whoever gives a role just these
//! can deploy; there is no `ecs:DescribeTaskSets`, and `elasticloadbalancing:DescribeTargetHealth` is asked for instances alone.

use super::balancing::{
    BalancerError, Balancers, Forward, ListenerInfo, RuleInfo, TargetGroupInfo,
};
use super::containers::{
    Containers, ServiceError, ServiceInfo, ServiceRef, TaskSetInfo, TaskSetWish,
};
use super::{
    AlarmInfo, AliasError, AliasInfo, AliasShift, BucketInfo, ByteStream, Companions,
    FunctionError, InstanceInfo, LoadBalancers, LogLine, ObjectError, ObjectInfo, ObjectListener,
    ObjectMeta, ObjectRef, PublishError, RoleError, SessionCredentials, SessionWish, TagFilter,
};
use crate::aws::Scope;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

/// An action of AWS that a deployment may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    CreateTaskSet,
    DeleteTaskSet,
    DeregisterTargets,
    DescribeAlarms,
    DescribeInstances,
    DescribeListeners,
    DescribeRules,
    DescribeServices,
    DescribeTargetGroups,
    DescribeTargetHealth,
    GetAlias,
    GetObject,
    GetObjectVersion,
    GetProvisionedConcurrencyConfig,
    InvokeFunction,
    ModifyListener,
    ModifyRule,
    Publish,
    RegisterTargets,
    TerminateInstances,
    UpdateAlias,
    UpdateServicePrimaryTaskSet,
}

impl Right {
    /// As policies name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateTaskSet => "ecs:CreateTaskSet",
            Self::DeleteTaskSet => "ecs:DeleteTaskSet",
            Self::DeregisterTargets => "elasticloadbalancing:DeregisterTargets",
            Self::DescribeAlarms => "cloudwatch:DescribeAlarms",
            Self::DescribeInstances => "ec2:DescribeInstances",
            Self::DescribeListeners => "elasticloadbalancing:DescribeListeners",
            Self::DescribeRules => "elasticloadbalancing:DescribeRules",
            Self::DescribeServices => "ecs:DescribeServices",
            Self::DescribeTargetGroups => "elasticloadbalancing:DescribeTargetGroups",
            Self::DescribeTargetHealth => "elasticloadbalancing:DescribeTargetHealth",
            Self::GetAlias => "lambda:GetAlias",
            Self::GetObject => "s3:GetObject",
            Self::GetObjectVersion => "s3:GetObjectVersion",
            Self::GetProvisionedConcurrencyConfig => "lambda:GetProvisionedConcurrencyConfig",
            Self::InvokeFunction => "lambda:InvokeFunction",
            Self::ModifyListener => "elasticloadbalancing:ModifyListener",
            Self::ModifyRule => "elasticloadbalancing:ModifyRule",
            Self::Publish => "sns:Publish",
            Self::RegisterTargets => "elasticloadbalancing:RegisterTargets",
            Self::TerminateInstances => "ec2:TerminateInstances",
            Self::UpdateAlias => "lambda:UpdateAlias",
            Self::UpdateServicePrimaryTaskSet => "ecs:UpdateServicePrimaryTaskSet",
        }
    }
}

/// The door that deployments have to their neighbours; clones are the same door.
#[derive(Clone)]
pub struct Rights(Arc<dyn Companions>);

/// What is said of a call that is no right of a deployment.
const NO_RIGHT: &str = "deployments have no right to this";

impl Rights {
    pub fn new(companions: Arc<dyn Companions>) -> Self {
        Self(companions)
    }

    /// Those who answer, once they have heard by which right they are asked.
    fn by(&self, scope: &Scope, right: Right) -> &dyn Companions {
        self.0.asked_by_role(scope, right.as_str());
        &*self.0
    }
}

#[async_trait]
impl Containers for Rights {
    async fn service(&self, scope: &Scope, at: &ServiceRef) -> Result<ServiceInfo, ServiceError> {
        let asked = self.by(scope, Right::DescribeServices).containers();
        asked.service(scope, at).await
    }

    async fn create_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        wish: TaskSetWish,
    ) -> Result<TaskSetInfo, ServiceError> {
        let asked = self.by(scope, Right::CreateTaskSet).containers();
        asked.create_task_set(scope, at, wish).await
    }

    async fn set_primary_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError> {
        let asked = self
            .by(scope, Right::UpdateServicePrimaryTaskSet)
            .containers();
        asked.set_primary_task_set(scope, at, task_set).await
    }

    async fn delete_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError> {
        let asked = self.by(scope, Right::DeleteTaskSet).containers();
        asked.delete_task_set(scope, at, task_set).await
    }

    async fn task_definition(&self, _: &Scope, _: &str) -> Result<serde_json::Value, ServiceError> {
        Err(ServiceError::Refused(NO_RIGHT.to_owned()))
    }

    async fn register_task_definition(
        &self,
        _: &Scope,
        _: serde_json::Value,
    ) -> Result<String, ServiceError> {
        Err(ServiceError::Refused(NO_RIGHT.to_owned()))
    }

    async fn update_service(
        &self,
        _: &Scope,
        _: &ServiceRef,
        _: &str,
    ) -> Result<ServiceInfo, ServiceError> {
        Err(ServiceError::Refused(NO_RIGHT.to_owned()))
    }
}

#[async_trait]
impl Balancers for Rights {
    async fn target_groups(
        &self,
        scope: &Scope,
        names: &[String],
    ) -> Result<Vec<TargetGroupInfo>, BalancerError> {
        let asked = self.by(scope, Right::DescribeTargetGroups).balancers();
        asked.target_groups(scope, names).await
    }

    async fn listener(&self, scope: &Scope, arn: &str) -> Result<ListenerInfo, BalancerError> {
        let asked = self.by(scope, Right::DescribeListeners).balancers();
        asked.listener(scope, arn).await
    }

    async fn rules(&self, scope: &Scope, listener: &str) -> Result<Vec<RuleInfo>, BalancerError> {
        let asked = self.by(scope, Right::DescribeRules).balancers();
        asked.rules(scope, listener).await
    }

    async fn set_listener_forward(
        &self,
        scope: &Scope,
        listener: &str,
        forward: Forward,
    ) -> Result<(), BalancerError> {
        let asked = self.by(scope, Right::ModifyListener).balancers();
        asked.set_listener_forward(scope, listener, forward).await
    }

    async fn set_rule_forward(
        &self,
        scope: &Scope,
        rule: &str,
        forward: Forward,
    ) -> Result<(), BalancerError> {
        let asked = self.by(scope, Right::ModifyRule).balancers();
        asked.set_rule_forward(scope, rule, forward).await
    }
}

#[async_trait]
impl Companions for Rights {
    fn containers(&self) -> &dyn Containers {
        self
    }

    fn balancers(&self) -> &dyn Balancers {
        self
    }

    async fn read_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
        let right = match at.version {
            Some(_) => Right::GetObjectVersion,
            None => Right::GetObject,
        };
        self.by(who, right).read_object(who, at).await
    }

    async fn publish(
        &self,
        scope: &Scope,
        topic_arn: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError> {
        let asked = self.by(scope, Right::Publish);
        asked.publish(scope, topic_arn, subject, message).await
    }

    async fn alarms(&self, scope: &Scope, names: &[String]) -> Vec<AlarmInfo> {
        self.by(scope, Right::DescribeAlarms)
            .alarms(scope, names)
            .await
    }

    async fn invoke_function(
        &self,
        scope: &Scope,
        function: &str,
        payload: Bytes,
    ) -> Result<(), FunctionError> {
        let asked = self.by(scope, Right::InvokeFunction);
        asked.invoke_function(scope, function, payload).await
    }

    async fn function_alias(
        &self,
        scope: &Scope,
        function: &str,
        alias: &str,
    ) -> Result<AliasInfo, AliasError> {
        let asked = self.by(scope, Right::GetAlias);
        asked.function_alias(scope, function, alias).await
    }

    /// A role may not look at versions, but at their provisioned concurrency: a version that is not there has another error than one
    /// that has none.
    async fn check_function_version(
        &self,
        scope: &Scope,
        function: &str,
        version: &str,
    ) -> Result<(), AliasError> {
        let asked = self.by(scope, Right::GetProvisionedConcurrencyConfig);
        asked.check_function_version(scope, function, version).await
    }

    async fn shift_alias(
        &self,
        scope: &Scope,
        function: &str,
        alias: &str,
        shift: AliasShift,
    ) -> Result<AliasInfo, AliasError> {
        let asked = self.by(scope, Right::UpdateAlias);
        asked.shift_alias(scope, function, alias, shift).await
    }

    async fn instances(
        &self,
        scope: &Scope,
        filters: &[Vec<TagFilter>],
    ) -> Result<Vec<InstanceInfo>, String> {
        let asked = self.by(scope, Right::DescribeInstances);
        asked.instances(scope, filters).await
    }

    async fn terminate_instance(&self, scope: &Scope, id: &str) -> Result<(), String> {
        let asked = self.by(scope, Right::TerminateInstances);
        asked.terminate_instance(scope, id).await
    }

    /// Taken out, and looked at until it has drained.
    async fn block_instance(
        &self,
        scope: &Scope,
        balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        self.by(scope, Right::DescribeTargetGroups);
        self.by(scope, Right::DescribeTargetHealth);
        let asked = self.by(scope, Right::DeregisterTargets);
        asked.block_instance(scope, balancers, instance).await
    }

    /// Put in, and looked at until it is healthy.
    async fn allow_instance(
        &self,
        scope: &Scope,
        balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        self.by(scope, Right::DescribeTargetGroups);
        self.by(scope, Right::DescribeTargetHealth);
        let asked = self.by(scope, Right::RegisterTargets);
        asked.allow_instance(scope, balancers, instance).await
    }

    /// No right of the role: the service looks whether it may take the role on.
    async fn check_role(&self, role_arn: &str, who: &str) -> Result<(), RoleError> {
        self.0.check_role(role_arn, who).await
    }

    // What follows is no right of a deployment.

    async fn bucket(&self, name: &str) -> Result<BucketInfo, ObjectError> {
        Err(ObjectError::AccessDenied(name.to_owned()))
    }

    async fn stat_object(&self, _: &Scope, at: &ObjectRef) -> Result<ObjectInfo, ObjectError> {
        Err(ObjectError::AccessDenied(at.key.clone()))
    }

    async fn write_object(
        &self,
        _: &Scope,
        at: &ObjectRef,
        _: ObjectMeta,
        _: ByteStream,
    ) -> Result<ObjectInfo, ObjectError> {
        Err(ObjectError::AccessDenied(at.key.clone()))
    }

    async fn list_objects(
        &self,
        _: &Scope,
        bucket: &str,
        _: &str,
        _: Option<&str>,
        _: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        Err(ObjectError::AccessDenied(bucket.to_owned()))
    }

    fn listen_objects(&self, listener: Arc<dyn ObjectListener>) {
        self.0.listen_objects(listener);
    }

    async fn open_log_stream(&self, _: &Scope, group: &str, _: &str) -> Result<(), ObjectError> {
        Err(ObjectError::AccessDenied(group.to_owned()))
    }

    async fn append_log(
        &self,
        _: &Scope,
        group: &str,
        _: &str,
        _: Vec<LogLine>,
    ) -> Result<(), ObjectError> {
        Err(ObjectError::AccessDenied(group.to_owned()))
    }

    async fn assume_role(&self, _: SessionWish) -> Result<SessionCredentials, RoleError> {
        Err(RoleError::Failed(NO_RIGHT.to_owned()))
    }
}
