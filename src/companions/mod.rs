//! The neighbours the engines lean on, as one narrow trait in engine words.
//!
//! Knows neither services nor engines. `embedded.rs` answers the trait with the companions in this folder, in process.

pub mod balancing;
pub mod cloudwatch;
pub mod containers;
pub mod ec2;
pub mod ecs;
pub mod elbv2;
pub mod embedded;
pub mod events;
pub mod iam;
pub mod lambda;
pub mod logs;
pub mod rights;
pub mod s3;
pub mod secretsmanager;
pub mod sns;
pub mod ssm;
pub mod sts;

mod alarms;
mod functions;
mod instances;
mod objects;
mod publishing;
mod roles;
mod values;

pub use alarms::{AlarmChanged, AlarmInfo, AlarmListener};
pub use balancing::Balancers;
pub use containers::Containers;
pub use functions::{AliasError, AliasInfo, AliasShift, FunctionError};
pub use instances::{InstanceInfo, LoadBalancers, TagFilter};
pub use objects::{
    BucketInfo, ByteStream, LogLine, ObjectCreated, ObjectError, ObjectInfo, ObjectListener,
    ObjectMeta, ObjectRef,
};
pub use publishing::{PublishError, Publisher};
pub use roles::{RoleError, SessionCredentials, SessionLimits, SessionWish};
pub use values::{SecretValue, ValueError};

use crate::aws::Scope;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

/// What engines may ask of their neighbours.
#[async_trait]
pub trait Companions: Send + Sync + 'static {
    async fn bucket(&self, name: &str) -> Result<BucketInfo, ObjectError>;
    async fn stat_object(&self, who: &Scope, at: &ObjectRef) -> Result<ObjectInfo, ObjectError>;
    async fn read_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError>;
    /// Visible whole or not at all.
    async fn write_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
        meta: ObjectMeta,
        body: ByteStream,
    ) -> Result<ObjectInfo, ObjectError>;
    /// Current objects under `prefix` in key order, at most `limit`, beginning after the key `after`.
    async fn list_objects(
        &self,
        who: &Scope,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError>;
    fn listen_objects(&self, listener: Arc<dyn ObjectListener>);

    /// Creates group and stream where they are absent.
    async fn open_log_stream(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
    ) -> Result<(), ObjectError>;
    /// Appends in order; visible to readers when it returns.
    async fn append_log(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
        lines: Vec<LogLine>,
    ) -> Result<(), ObjectError>;

    /// Whether `who` (a service such as `codebuild.amazonaws.com`, or the ARN of another role) may assume the role.
    async fn check_role(&self, role_arn: &str, who: &str) -> Result<(), RoleError>;
    /// Credentials of a session of a role, for a build or a job.
    async fn assume_role(&self, wish: SessionWish) -> Result<SessionCredentials, RoleError>;

    /// Publishes a message to a topic; yields the message's id.
    async fn publish(
        &self,
        scope: &Scope,
        topic_arn: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError>;
    /// The alarms of these names that exist, in the order asked for.
    async fn alarms(&self, scope: &Scope, names: &[String]) -> Vec<AlarmInfo>;
    /// Where no alarm ever changes, nobody is told.
    fn listen_alarms(&self, _listener: Arc<dyn AlarmListener>) {}

    /// Invokes a function without waiting for what comes of it.
    async fn invoke_function(
        &self,
        scope: &Scope,
        function: &str,
        payload: Bytes,
    ) -> Result<(), FunctionError>;

    /// The alias of a function; the function by name or ARN.
    async fn function_alias(
        &self,
        _scope: &Scope,
        _function: &str,
        _alias: &str,
    ) -> Result<AliasInfo, AliasError> {
        Err(AliasError::NoSuchFunction)
    }
    /// Whether a published version of a function exists.
    async fn check_function_version(
        &self,
        _scope: &Scope,
        _function: &str,
        _version: &str,
    ) -> Result<(), AliasError> {
        Err(AliasError::NoSuchFunction)
    }
    /// Changes where an alias points; durable when it returns.
    async fn shift_alias(
        &self,
        _scope: &Scope,
        _function: &str,
        _alias: &str,
        _shift: AliasShift,
    ) -> Result<AliasInfo, AliasError> {
        Err(AliasError::NoSuchFunction)
    }

    /// Services of Amazon ECS; where they are not served, every verb says so.
    fn containers(&self) -> &dyn Containers {
        &containers::NoContainers
    }
    /// Load balancers; where they are not served, every verb says so.
    fn balancers(&self) -> &dyn Balancers {
        &balancing::NoBalancers
    }

    /// The value of a parameter of Systems Manager, by name or ARN, decrypted.
    async fn parameter(&self, _scope: &Scope, name: &str) -> Result<SecretValue, ValueError> {
        Err(ValueError::NotFound(name.to_owned()))
    }
    /// The text of a secret, by name or ARN, of a stage or a version (`AWSCURRENT` when neither is named).
    async fn secret(
        &self,
        _scope: &Scope,
        id: &str,
        _stage: Option<&str>,
        _version: Option<&str>,
    ) -> Result<SecretValue, ValueError> {
        Err(ValueError::NotFound(id.to_owned()))
    }

    /// A service role's right, such as `ecs:DescribeServices`, is used for what is asked next. For whoever wants to know which rights a
    /// role needs.
    fn asked_by_role(&self, _scope: &Scope, _right: &str) {}

    // Instances of EC2 and what is in front of them, for deployments of the compute platform Server.

    /// The instances, running or stopped, that match a filter of each group; no group matches none. The error is for people.
    async fn instances(
        &self,
        _scope: &Scope,
        _filters: &[Vec<TagFilter>],
    ) -> Result<Vec<InstanceInfo>, String> {
        Ok(Vec::new())
    }
    /// Ends the instance for good; harmless when it is gone. The error is for people.
    async fn terminate_instance(&self, _scope: &Scope, id: &str) -> Result<(), String> {
        Err(format!(
            "there are no instances of EC2 here, so {id} cannot be terminated"
        ))
    }
    /// Takes the instance out of all of these; returns when none sends it anything any more. Harmless when it is in none.
    async fn block_instance(
        &self,
        _scope: &Scope,
        _balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        Err(format!(
            "there are no load balancers here from which {instance} can be taken"
        ))
    }
    /// Puts the instance into all of these; returns when each finds it healthy. Harmless when it is there.
    async fn allow_instance(
        &self,
        _scope: &Scope,
        _balancers: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        Err(format!(
            "there are no load balancers here that {instance} can be put behind"
        ))
    }
}
