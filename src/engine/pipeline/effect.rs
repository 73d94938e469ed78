//! What a pipeline can ask of the world.
//!
//! Each effect carries all it needs, so that performing it again, even after a restart, does the same again.

use super::commands::SourceOverride;
use super::event::ActionToken;
use super::execution::{ArtifactAt, ExecutionStatus, Listener};
use super::ids::Seed;
use super::plan::{ActionKind, Plan};
use crate::aws::{Scope, Time};
use crate::companions::ObjectRef;
use crate::companions::containers::ServiceRef;
use crate::engine::world::{BatchWish, BuildSource, BuildTarget, BuildVariable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The service that assumes roles of pipelines.
pub const SERVICE: &str = "codepipeline.amazonaws.com";

/// A wish to the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Copy a revision into the artifact store.
    FetchSource(Box<FetchSource>),
    /// Start a build; its end is told later.
    LaunchBuild(Box<LaunchBuild>),
    /// Run the commands of an action or a rule; their end is told as a build's.
    RunCommands(Box<RunCommands>),
    /// Nobody waits for this build any more.
    StopBuild { scope: Scope, build: String },
    /// Hand a job to a function; its result comes back as a job's.
    InvokeFunction(Box<InvokeFunction>),
    /// Start a deployment; its end is told later.
    LaunchDeployment(Box<LaunchDeployment>),
    /// Register a task definition and start a deployment of it; its end is told later.
    DeployTaskSet(Box<DeployTaskSet>),
    /// Let a service of ECS run new images; what becomes of it is told later.
    DeployService(Box<DeployService>),
    /// Start an execution of another pipeline; its end is told later.
    LaunchPipeline(Box<LaunchPipeline>),
    /// An execution that an action of another pipeline waits for is over.
    TellParent {
        parent: Listener,
        execution: String,
        status: ExecutionStatus,
    },
    /// Tell people that an approval waits for them.
    NotifyApproval(Box<NotifyApproval>),
    /// See whether the custom type that a worker is to do a job of is still there.
    LookForType { order: Order, kind: ActionKind },
    /// See how an alarm stands that a rule asks for.
    ReadAlarm { order: Order, alarm: String },
    /// Write an artifact, or what is in it, into a bucket.
    DeployToS3(Box<DeployToS3>),
    /// See whether a watched source has a new revision.
    LookAtSource {
        plan: Arc<Plan>,
        action: String,
        seed: Seed,
    },
}

impl Effect {
    /// Whose attempt it is for, if an attempt waits for it.
    pub fn order(&self) -> Option<&Order> {
        match self {
            Self::FetchSource(job) => Some(&job.order),
            Self::LaunchBuild(job) => Some(&job.order),
            Self::RunCommands(job) => Some(&job.order),
            Self::InvokeFunction(job) => Some(&job.order),
            Self::LaunchDeployment(job) => Some(&job.order),
            Self::DeployTaskSet(job) => Some(&job.order),
            Self::DeployService(job) => Some(&job.order),
            Self::LaunchPipeline(job) => Some(&job.order),
            Self::NotifyApproval(job) => Some(&job.order),
            Self::LookForType { order, .. } | Self::ReadAlarm { order, .. } => Some(order),
            Self::DeployToS3(job) => Some(&job.order),
            Self::StopBuild { .. } | Self::TellParent { .. } | Self::LookAtSource { .. } => None,
        }
    }
}

/// What every action's effect carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub token: ActionToken,
    /// Where the action works: the account of its role, its region.
    pub scope: Scope,
    /// The pipeline's role.
    pub role_arn: String,
    /// The action's own role, which the pipeline's role assumes.
    #[serde(default)]
    pub own_role_arn: Option<String>,
}

impl Order {
    /// The role that acts.
    pub fn actor(&self) -> &str {
        self.own_role_arn.as_deref().unwrap_or(&self.role_arn)
    }

    /// Who assumes the role that acts.
    pub fn assumed_by(&self) -> &str {
        match &self.own_role_arn {
            Some(_) => &self.role_arn,
            None => SERVICE,
        }
    }
}

/// An S3 source action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchSource {
    pub order: Order,
    /// Without a version: the current one.
    pub from: ObjectRef,
    pub into: BuildTarget,
}

/// A CodeBuild action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchBuild {
    pub order: Order,
    pub pipeline: String,
    pub project: String,
    pub sources: Vec<BuildSource>,
    pub primary: String,
    pub outputs: Vec<BuildTarget>,
    pub variables: Vec<BuildVariable>,
    pub buildspec: Option<String>,
    pub service_role: Option<String>,
    /// A batch of builds is wanted.
    #[serde(default)]
    pub batch: Option<BatchWish>,
}

/// A Commands action or rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCommands {
    pub order: Order,
    pub pipeline: String,
    pub execution: String,
    pub stage: String,
    pub action: String,
    pub commands: Vec<String>,
    /// The first one is where the commands run.
    pub sources: Vec<BuildSource>,
    pub output: Option<BuildTarget>,
    /// Patterns of the files that go into the output.
    pub files: Vec<String>,
    pub variables: Vec<BuildVariable>,
    /// Names of variables to read at the end.
    pub exported: Vec<String>,
    /// `LINUX_CONTAINER` and the like, as configured.
    pub environment: Option<String>,
    pub compute: Option<String>,
    /// How long they may take.
    #[serde(default = "minutes")]
    pub minutes: u32,
}

/// Effects of an earlier form do not say it.
fn minutes() -> u32 {
    55
}

/// A Lambda action or rule; one job of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvokeFunction {
    pub order: Order,
    pub function: String,
    pub job: String,
    pub configuration: BTreeMap<String, String>,
    pub inputs: Vec<JobArtifact>,
    pub outputs: Vec<JobArtifact>,
    pub continuation: Option<String>,
    /// The store's key, when it declares one.
    pub kms_key: Option<String>,
}

/// An artifact as jobs see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobArtifact {
    pub at: ArtifactAt,
    /// The source revision that it carries.
    pub revision: Option<String>,
}

/// A CodeDeploy action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchDeployment {
    pub order: Order,
    pub pipeline: String,
    pub application: String,
    pub group: String,
    /// A zip that holds an AppSpec file.
    pub revision: ObjectRef,
}

/// A CodeDeployToECS action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployTaskSet {
    pub order: Order,
    pub pipeline: String,
    pub application: String,
    pub group: String,
    /// Templates of the task definition and of the AppSpec.
    pub definition: FileAt,
    pub app_spec: FileAt,
    /// Names that stand for images in the task definition, and where the images are told.
    pub images: Vec<(String, FileAt)>,
}

/// A file in an input artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAt {
    /// The artifact's name.
    pub artifact: String,
    pub at: ObjectRef,
    pub path: String,
}

/// An ECS action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployService {
    pub order: Order,
    pub artifact: ObjectRef,
    /// The file of image definitions in it.
    pub file: String,
    pub place: ServiceRef,
}

/// An action that runs another pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPipeline {
    pub order: Order,
    /// The pipeline that asks, for the trigger's detail.
    pub pipeline: String,
    pub name: String,
    pub seed: Seed,
    /// Names and values.
    pub variables: Vec<(String, String)>,
    pub revisions: Vec<SourceOverride>,
}

/// The message that asks for an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyApproval {
    pub order: Order,
    pub topic: String,
    pub pipeline: String,
    pub stage: String,
    pub action: String,
    pub expires: Time,
    pub link: Option<String>,
    pub data: Option<String>,
}

/// An S3 deploy action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployToS3 {
    pub order: Order,
    pub artifact: ObjectRef,
    pub bucket: String,
    /// With placeholders filled in. Extracted: a prefix.
    pub object_key: Option<String>,
    pub extract: bool,
    pub canned_acl: Option<String>,
    pub cache_control: Option<String>,
    pub kms_key: Option<String>,
}
