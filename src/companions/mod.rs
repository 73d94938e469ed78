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
pub mod s3;
pub mod secretsmanager;
pub mod sns;
pub mod ssm;
pub mod sts;

pub use balancing::Balancers;
pub use containers::Containers;

use crate::aws::{Account, Region, Scope, Time};
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A body as a stream of chunks; never collected in memory.
pub type ByteStream = BoxStream<'static, std::io::Result<Bytes>>;

/// Where an object is: bucket, key and, for a fixed version, its id.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ObjectRef {
    pub bucket: String,
    pub key: String,
    pub version: Option<String>,
}

/// What is known about a stored object without reading it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ObjectInfo {
    pub key: String,
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    /// Absent in a bucket that never had versioning.
    pub version: Option<String>,
    pub modified: Time,
    pub metadata: BTreeMap<String, String>,
}

/// How an object is to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ObjectMeta {
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_encoding: Option<String>,
    pub canned_acl: Option<String>,
    /// KMS key id or ARN for SSE-KMS; `Some("")` means the account's default key.
    pub kms_key: Option<String>,
    pub metadata: BTreeMap<String, String>,
}

/// A bucket as the engines see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketInfo {
    pub name: String,
    pub owner: Account,
    pub region: Region,
    /// Versioning is enabled (not suspended).
    pub versioned: bool,
}

/// Why an object could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    #[error("no such bucket: {0}")]
    NoSuchBucket(String),
    #[error("no such key: {0}")]
    NoSuchKey(String),
    #[error("access denied to {0}")]
    AccessDenied(String),
    /// Disk full, broken connection and the like; the text is for people.
    #[error("{0}")]
    Failed(String),
}

/// An object became visible in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectCreated {
    pub owner: Account,
    pub region: Region,
    pub bucket: String,
    pub object: ObjectInfo,
}

/// One line of a log and when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub time: Time,
    /// Ends with `\n` when the writer's line did.
    pub message: String,
}

/// Temporary credentials that our front layer resolves to an account and a session.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SessionCredentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    pub expires: Time,
}

impl std::fmt::Debug for SessionCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionCredentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// A session that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionWish {
    pub role_arn: String,
    /// Who assumes the role: a service such as `codebuild.amazonaws.com`, or the ARN of another role.
    pub by: String,
    /// The session's name.
    pub name: String,
    pub lasts: Duration,
    /// `None`: the session may do all that the role may.
    pub limits: Option<SessionLimits>,
}

/// What a session may do, where that is less than its role may: read and write these objects, and ask who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SessionLimits {
    /// Buckets and keys.
    pub objects: Vec<(String, String)>,
}

impl SessionLimits {
    pub fn allow(&self, bucket: &str, key: &str) -> bool {
        let mut objects = self.objects.iter();
        objects.any(|(of, known)| (of.as_str(), known.as_str()) == (bucket, key))
    }
}

/// Why a role could not be assumed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    #[error("role {0} does not exist")]
    NoSuchRole(String),
    #[error("role {0} does not trust {1}")]
    NotTrusted(String, String),
    #[error("{0}")]
    Failed(String),
}

/// Why a message was not published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error("the topic does not exist")]
    NoSuchTopic,
    /// Such as a FIFO topic where a message of this kind cannot go.
    #[error("the topic cannot take the message")]
    InvalidTopic,
    #[error("{0}")]
    Failed(String),
}

/// An alarm as engines see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmInfo {
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
}

/// An alias of a function as engines see it.
#[derive(Clone, Debug, PartialEq)]
pub struct AliasInfo {
    /// The alias's ARN.
    pub arn: String,
    /// `FunctionVersion`.
    pub version: String,
    /// `RoutingConfig.AdditionalVersionWeights`: a share of the calls from 0 to 1 by version.
    pub weights: BTreeMap<String, f64>,
    /// `RevisionId`: a new one with each change.
    pub revision: String,
}

/// Where an alias is to point from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct AliasShift {
    pub version: String,
    /// Empty: all calls go to `version`.
    pub weights: BTreeMap<String, f64>,
    /// Refused when the alias has another revision by now.
    pub revision: Option<String>,
}

/// Why an alias could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AliasError {
    #[error("the function does not exist")]
    NoSuchFunction,
    #[error("the alias does not exist")]
    NoSuchAlias,
    #[error("the version does not exist")]
    NoSuchVersion,
    /// Somebody else changed the alias in between.
    #[error("the alias was changed in between")]
    Changed,
    #[error("{0}")]
    Failed(String),
}

/// Why a value of a parameter or a secret could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("{0} does not exist")]
    NotFound(String),
    #[error("{0}")]
    Failed(String),
}

/// A value that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(pub String);

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// Why a function was not invoked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    #[error("the function does not exist")]
    NoSuchFunction,
    #[error("{0}")]
    AccessDenied(String),
    #[error("{0}")]
    Failed(String),
}

/// An alarm has come from one state into another; states as in `AlarmInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmChanged {
    pub scope: Scope,
    pub name: String,
    pub old: String,
    pub new: String,
}

/// Receives news of changed alarms, after the change is durable; returns quickly (it hands the news on).
pub trait AlarmListener: Send + Sync + 'static {
    fn alarm_changed(&self, news: &AlarmChanged);
}

/// Publishes to topics.
#[async_trait]
pub trait Publisher: Send + Sync + 'static {
    /// Durable when it returns the message's id; deliveries to subscribers follow. An empty subject is none.
    async fn publish(
        &self,
        scope: &Scope,
        topic_arn: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError>;
}

/// Receives news of created objects, after the put is durable; returns quickly (it hands the news on).
pub trait ObjectListener: Send + Sync + 'static {
    fn object_created(&self, news: &ObjectCreated);
}

/// What a tag of an instance has to be like.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TagFilter {
    Key(String),
    Value(String),
    Both(String, String),
}

impl TagFilter {
    pub fn matches(&self, tags: &BTreeMap<String, String>) -> bool {
        match self {
            Self::Key(key) => tags.contains_key(key),
            Self::Value(value) => tags.values().any(|of| of == value),
            Self::Both(key, value) => tags.get(key).is_some_and(|of| of == value),
        }
    }
}

/// An instance of EC2 as engines see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceInfo {
    /// `i-…`
    pub id: String,
    pub arn: String,
    /// `running`, `stopped`, …
    pub state: String,
    /// Availability zone.
    pub zone: Option<String>,
    pub tags: BTreeMap<String, String>,
}

/// Load balancers that an instance is behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoadBalancers {
    /// Names of target groups.
    pub target_groups: Vec<String>,
    /// Names of classic load balancers.
    pub classic: Vec<String>,
}

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
