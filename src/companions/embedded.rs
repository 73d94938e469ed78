//! The companions in this process, as the one trait that engines know.
//!
//! Invariant: each verb is a line; what it does is the companion's.

use super::cloudwatch::CloudWatch;
use super::containers::Containers;
use super::ec2::Ec2;
use super::ecs::Ecs;
use super::elbv2::Elbv2;
use super::iam::{Iam, RoleArn};
use super::lambda::Lambda;
use super::logs::Logs;
use super::s3::S3;
use super::secretsmanager::SecretsManager;
use super::sns::Sns;
use super::ssm::Ssm;
use super::sts::{Assumed, Sts};
use super::{
    AlarmInfo, AlarmListener, AliasError, AliasInfo, AliasShift, Balancers, BucketInfo, ByteStream,
    Companions, FunctionError, InstanceInfo, LoadBalancers, LogLine, ObjectError, ObjectInfo,
    ObjectListener, ObjectMeta, ObjectRef, PublishError, Publisher, RoleError, SecretValue,
    SessionCredentials, SessionWish, TagFilter, ValueError,
};
use crate::aws::{Scope, Time};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

/// The companions of this server.
#[derive(Clone)]
pub struct Embedded {
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    pub s3: S3,
    pub logs: Logs,
    pub iam: Iam,
    pub sts: Sts,
    pub secretsmanager: SecretsManager,
    pub sns: Sns,
    pub ssm: Ssm,
    pub cloudwatch: CloudWatch,
    pub lambda: Lambda,
    pub ecs: Ecs,
    pub elbv2: Elbv2,
    pub ec2: Ec2,
}

#[async_trait]
impl Companions for Embedded {
    async fn bucket(&self, name: &str) -> Result<BucketInfo, ObjectError> {
        self.s3.bucket_info(name)
    }

    async fn stat_object(&self, who: &Scope, at: &ObjectRef) -> Result<ObjectInfo, ObjectError> {
        self.s3.stat_object(who, at, (self.now)())
    }

    async fn read_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
        self.s3.read_object(who, at, (self.now)())
    }

    async fn write_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
        meta: ObjectMeta,
        body: ByteStream,
    ) -> Result<ObjectInfo, ObjectError> {
        let now = (self.now)();
        self.s3.write_object(who, at, meta, body, now).await
    }

    async fn list_objects(
        &self,
        who: &Scope,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        let now = (self.now)();
        self.s3
            .list_object_infos(who, bucket, prefix, after, limit, now)
    }

    fn listen_objects(&self, listener: Arc<dyn ObjectListener>) {
        self.s3.listen_objects(listener);
    }

    async fn open_log_stream(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
    ) -> Result<(), ObjectError> {
        self.logs
            .open_stream(scope, group, stream, (self.now)())
            .await
    }

    async fn append_log(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
        lines: Vec<LogLine>,
    ) -> Result<(), ObjectError> {
        self.logs
            .append(scope, group, stream, lines, (self.now)())
            .await
    }

    async fn check_role(&self, role_arn: &str, who: &str) -> Result<(), RoleError> {
        self.iam.trusting_role(role_arn, who).map(drop)
    }

    async fn assume_role(&self, wish: SessionWish) -> Result<SessionCredentials, RoleError> {
        let absent = || RoleError::NoSuchRole(wish.role_arn.clone());
        let arn = RoleArn::parse(&wish.role_arn).ok_or_else(absent)?;
        let role = self.iam.trusting_role(&wish.role_arn, &wish.by)?;
        let begun = self.sts.begin(Assumed {
            account: arn.account,
            role: role.name.clone(),
            role_id: role.id.clone(),
            name: wish.name,
            begins: (self.now)(),
            lasts: wish.lasts,
            limits: wish.limits,
        });
        begun
            .await
            .map_err(|error| RoleError::Failed(error.to_string()))
    }

    async fn publish(
        &self,
        scope: &Scope,
        topic_arn: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError> {
        Publisher::publish(&self.sns, scope, topic_arn, subject, message).await
    }

    async fn alarms(&self, scope: &Scope, names: &[String]) -> Vec<AlarmInfo> {
        self.cloudwatch.alarms(scope, names)
    }

    fn listen_alarms(&self, listener: Arc<dyn AlarmListener>) {
        self.cloudwatch.listen_alarms(listener);
    }

    async fn invoke_function(
        &self,
        scope: &Scope,
        function: &str,
        payload: Bytes,
    ) -> Result<(), FunctionError> {
        self.lambda.invoke_event(scope, function, payload).await
    }

    async fn function_alias(
        &self,
        scope: &Scope,
        function: &str,
        alias: &str,
    ) -> Result<AliasInfo, AliasError> {
        self.lambda.alias_info(scope, function, alias)
    }

    async fn check_function_version(
        &self,
        scope: &Scope,
        function: &str,
        version: &str,
    ) -> Result<(), AliasError> {
        self.lambda.check_published(scope, function, version)
    }

    async fn shift_alias(
        &self,
        scope: &Scope,
        function: &str,
        alias: &str,
        shift: AliasShift,
    ) -> Result<AliasInfo, AliasError> {
        self.lambda.shift(scope, function, alias, shift).await
    }

    fn containers(&self) -> &dyn Containers {
        &self.ecs
    }

    fn balancers(&self) -> &dyn Balancers {
        &self.elbv2
    }

    async fn instances(
        &self,
        scope: &Scope,
        filters: &[Vec<TagFilter>],
    ) -> Result<Vec<InstanceInfo>, String> {
        self.ec2.tagged(scope, filters).await
    }

    async fn terminate_instance(&self, scope: &Scope, id: &str) -> Result<(), String> {
        self.ec2.terminate(scope, id).await
    }

    async fn block_instance(
        &self,
        scope: &Scope,
        balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        self.elbv2.block(scope, balancers, instance).await
    }

    async fn allow_instance(
        &self,
        scope: &Scope,
        balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        self.elbv2.allow(scope, balancers, instance).await
    }

    fn asked_by_role(&self, _scope: &Scope, right: &str) {
        tracing::debug!(right, "a deployment uses a right of its service role");
    }

    async fn parameter(&self, scope: &Scope, name: &str) -> Result<SecretValue, ValueError> {
        self.ssm.value(scope, name)
    }

    async fn secret(
        &self,
        scope: &Scope,
        id: &str,
        stage: Option<&str>,
        version: Option<&str>,
    ) -> Result<SecretValue, ValueError> {
        let now = (self.now)();
        self.secretsmanager.text(scope, id, stage, version, now)
    }
}
