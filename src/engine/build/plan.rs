//! What to build: everything a build needs to know, resolved when it is started.
//!
//! A plan never changes. Values of environment variables may be secrets and stay out of `Debug`.

use super::retry::AutoRetry;
use super::state::Phase;
use crate::aws::arn::{Arn, partition_of};
use crate::aws::{Scope, Time};
use crate::engine::batch::event::Membership;
use crate::engine::batch::spec::Shard;
use crate::engine::world::{BuildListener, BuildSource, BuildTarget};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One build from its first breath: project settings and overrides already merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildPlan {
    pub scope: Scope,
    #[serde(default)]
    pub purpose: Purpose,
    /// The project's name, which commands without a project have as `codepipeline/<pipeline>`.
    pub project: String,
    /// The part of the build id after the colon: a lower-case UUID.
    pub uuid: String,
    /// 1, 2, 3, … per project.
    pub number: u64,
    /// A user name, `role/session`, `codepipeline/<pipeline>`, …
    pub initiator: String,
    /// ARN of the role whose credentials the commands get.
    pub service_role: String,
    /// The role that assumes that one; `None`: the service does.
    #[serde(default)]
    pub assumed_by: Option<String>,
    pub source: Source,
    /// The version asked for: StartBuild's, else the project's. Absent: the newest.
    pub source_version: Option<String>,
    pub secondary_sources: Vec<SecondarySource>,
    /// The override, else the project's: inline text, a path or the ARN of an S3 object. `None`: `buildspec.yml`.
    pub buildspec: Option<String>,
    pub environment: Environment,
    /// `None` for NO_ARTIFACTS.
    pub artifacts: Option<Artifacts>,
    pub secondary_artifacts: Vec<SecondaryArtifacts>,
    pub cache: Cache,
    pub logs: LogDestinations,
    /// Counted from the end of QUEUED.
    pub timeout_minutes: u32,
    pub queued_timeout_minutes: u32,
    /// Key or alias ARN.
    pub encryption_key: String,
    /// The pipeline that waits for the end.
    pub listener: Option<BuildListener>,
    /// Its place among automatic retries.
    #[serde(default)]
    pub retry: AutoRetry,
    /// The batch that the build is part of.
    #[serde(default)]
    pub batch: Option<Membership>,
    /// The last phase that runs commands; nothing is uploaded after it. `None`: all of them run.
    #[serde(default)]
    pub until: Option<Phase>,
    /// Breakpoints hold it.
    #[serde(default)]
    pub debug: bool,
    /// Its part of the tests that a batch's equal builds share.
    #[serde(default)]
    pub shard: Option<Shard>,
    /// Repositories are kept from one build to the next with the same text.
    #[serde(default)]
    pub source_cache: Option<String>,
    /// Under which a public project shows itself.
    #[serde(default)]
    pub public_alias: Option<String>,
    pub start: Time,
}

/// Whose work a build is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A project's: people see it among the builds.
    #[default]
    Project,
    /// Commands of a pipeline's action or rule: only the pipeline knows of it, and the role is the action's or the pipeline's.
    Commands,
    /// A place for commands of whoever holds it; no phases of a buildspec run.
    Sandbox,
}

/// Where the primary or a secondary source comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// NO_SOURCE.
    Nothing,
    /// `bucket/key` of a zip, or `bucket/prefix/` for a tree of objects.
    S3 { location: String },
    /// An input artifact of a pipeline: a zip.
    Pipeline(BuildSource),
    /// A repository; `provider` is the source type such as `GITHUB`.
    Git {
        provider: String,
        location: String,
        #[serde(default)]
        how: GitHow,
    },
}

/// How a repository is to be fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitHow {
    /// `gitCloneDepth` as given.
    pub depth: u32,
    pub submodules: bool,
    /// Certificates of the host are not looked at.
    pub insecure: bool,
    pub auth: GitAuth,
}

/// Whom the host of a repository is asked as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GitAuth {
    /// With what the account has stored for the provider, if anything.
    #[default]
    Account,
    /// Through a connection, by ARN.
    Connection(String),
    /// With a secret, by ARN.
    Secret(String),
}

/// A source beside the primary one; the identifier names its directory variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondarySource {
    pub identifier: String,
    pub source: Source,
    pub version: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// `LINUX_CONTAINER`, …
    pub kind: String,
    /// `BUILD_GENERAL1_SMALL`, …
    pub compute: String,
    pub image: String,
    pub privileged: bool,
    /// Project variables and overrides, merged by name.
    pub variables: Vec<Variable>,
    /// Name or ARN of the secret that the image's registry is asked with.
    #[serde(default)]
    pub registry: Option<String>,
    #[serde(default)]
    pub file_systems: Vec<FileSystemLocation>,
    /// It runs on a fleet.
    #[serde(default)]
    pub reserved: bool,
    /// ARN of the object with certificates that hosts of repositories are trusted by, beside the usual ones.
    #[serde(default)]
    pub certificate: Option<String>,
    /// The layers of a Docker engine inside are kept for later builds of this owner, until the generation changes.
    #[serde(default)]
    pub layers: Option<KeptLayers>,
}

/// A file system as the project names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSystemLocation {
    /// Its path is in `CODEBUILD_<IDENTIFIER>`.
    pub identifier: Option<String>,
    /// `fs-id.efs.<region>.amazonaws.com:/dir`.
    pub location: String,
    pub mount_point: String,
}

/// LOCAL_DOCKER_LAYER_CACHE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLayers {
    pub owner: String,
    pub generation: String,
}

pub use crate::engine::world::{BuildVariable as Variable, VariableKind};

/// Where the outputs go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Artifacts {
    S3(S3Artifacts),
    /// An output artifact of a pipeline: always one zip.
    Pipeline(BuildTarget),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3Artifacts {
    pub bucket: String,
    /// May be empty.
    pub path: String,
    /// namespaceType BUILD_ID.
    pub build_id_folder: bool,
    pub name: String,
    pub packaging: Packaging,
    /// The buildspec's `name` replaces `name`.
    pub override_name: bool,
    pub encryption_disabled: bool,
    pub bucket_owner_access: BucketOwnerAccess,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packaging {
    /// A folder of objects (`NONE`).
    #[default]
    Folder,
    Zip,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BucketOwnerAccess {
    #[default]
    Unset,
    ReadOnly,
    Full,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondaryArtifacts {
    pub identifier: String,
    pub artifacts: Artifacts,
}

/// What the project says about caching.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cache {
    #[default]
    Off,
    /// As older rows have it, without a place: nothing is cached.
    S3,
    /// The same.
    Local,
    At(CachePlace),
}

/// Where caches are kept, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachePlace {
    pub store: CacheStore,
    /// Builds with the same text share their caches.
    pub owner: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CacheStore {
    /// `bucket[/prefix]`, or the same as an ARN.
    S3 { location: String },
    /// A folder of this server.
    Local,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogDestinations {
    /// `None`: disabled.
    pub cloudwatch: Option<CloudWatchLogs>,
    /// `None`: disabled.
    pub s3: Option<S3Logs>,
}

/// Names as the project gives them; `None` for the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudWatchLogs {
    pub group: Option<String>,
    pub stream_prefix: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3Logs {
    /// `bucket[/prefix]`, or the same as an ARN.
    pub location: String,
    pub encryption_disabled: bool,
    pub bucket_owner_access: BucketOwnerAccess,
}

impl BuildPlan {
    /// Whether the build only reads the buildspec of a batch.
    pub fn reads_batchspec(&self) -> bool {
        let member = self.batch.as_ref();
        member.is_some_and(Membership::reads_batchspec)
    }

    /// `project:uuid`.
    pub fn id(&self) -> String {
        format!("{}:{}", self.project, self.uuid)
    }

    /// The row's key.
    pub fn key(&self) -> (Scope, String) {
        (self.scope.clone(), self.id())
    }

    pub fn arn(&self) -> String {
        Arn::regional("codebuild", &self.scope, format!("build/{}", self.id())).to_string()
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_minutes) * 60)
    }

    pub fn queued_timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.queued_timeout_minutes) * 60)
    }

    /// ARN of an object or a prefix in S3.
    pub fn s3_arn(&self, location: &str) -> String {
        s3_arn(&self.scope, location)
    }

    /// Where the primary artifacts go, as far as it is known before the build has named them.
    pub fn artifacts_location(&self) -> Option<String> {
        let artifacts = self.artifacts.as_ref()?;
        Some(artifacts.location(self))
    }
}

impl Artifacts {
    /// The ARN BatchGetBuilds shows, with the configured name.
    pub fn location(&self, plan: &BuildPlan) -> String {
        match self {
            Artifacts::S3(target) => target.location(plan, &target.name),
            Artifacts::Pipeline(at) => plan.s3_arn(&format!("{}/{}", at.bucket, at.key)),
        }
    }
}

impl S3Artifacts {
    /// `[path/][<uuid>/]<name>`; the name `/` is the root: then the key ends with a slash or is empty.
    pub fn key(&self, uuid: &str, name: &str) -> String {
        let path = self.path.trim_matches('/');
        let folder = if self.build_id_folder { uuid } else { "" };
        let name = if name == "/" { "" } else { name };
        let folders = [path, folder].into_iter().filter(|part| !part.is_empty());
        let mut key: String = folders.map(|part| format!("{part}/")).collect();
        key.push_str(name);
        key
    }

    /// The ARN of `key` in this bucket.
    pub fn location(&self, plan: &BuildPlan, name: &str) -> String {
        plan.s3_arn(&format!("{}/{}", self.bucket, self.key(&plan.uuid, name)))
    }
}

impl BucketOwnerAccess {
    /// The canned ACL an upload carries.
    pub fn canned_acl(self) -> Option<&'static str> {
        match self {
            BucketOwnerAccess::Unset => None,
            BucketOwnerAccess::ReadOnly => Some("bucket-owner-read"),
            BucketOwnerAccess::Full => Some("bucket-owner-full-control"),
        }
    }
}

/// `arn:aws:s3:::<location>` in the partition of the scope.
pub fn s3_arn(scope: &Scope, location: &str) -> String {
    format!(
        "arn:{}:s3:::{location}",
        partition_of(scope.region.as_str())
    )
}
