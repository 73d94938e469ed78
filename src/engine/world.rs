//! All that performers may reach: companions, sandboxes, and the other engines, in engine words.
//!
//! No generated types and no service: the product's implementation is `src/world.rs`, tests bring their own.

use super::EffectId;
use super::build;
use super::build::git::SourceLogin;
use super::build::perform::FleetRoom;
use super::build::reports::{Group, GroupRefused, Wanted};
use super::deployment::server::order::Candidate;
use super::deployment::server::plan::Selection;
use super::{batch, pipeline};
use crate::aws::Scope;
use crate::companions::{Companions, ObjectRef};
use crate::sandbox::{self, Sandboxes};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the engines' performers may reach.
#[async_trait]
pub trait World: Send + Sync + 'static {
    fn companions(&self) -> &Arc<dyn Companions>;
    fn sandboxes(&self) -> &Arc<dyn Sandboxes>;

    /// The URL of this server for commands inside a sandbox of this kind; `None` when it cannot be reached from there.
    fn build_endpoint(&self, kind: sandbox::Kind) -> Option<String>;

    /// Starts a build of a CodeBuild project, or a batch of builds. The same effect id starts nothing new and answers with the same build.
    async fn launch_build(&self, request: BuildRequest) -> Result<LaunchedBuild, LaunchRefused>;

    /// Runs the commands of an action or a rule in a build's sandbox. The same effect id starts nothing new.
    async fn launch_commands(
        &self,
        request: CommandsRequest,
    ) -> Result<LaunchedBuild, LaunchRefused>;

    /// Creates a deployment of a CodeDeploy application; yields its id. The same effect id creates nothing new.
    async fn launch_deployment(
        &self,
        request: DeploymentRequest,
    ) -> Result<String, DeploymentRefused>;

    /// Starts an execution of another pipeline; yields its id. The same effect id starts nothing new.
    async fn launch_pipeline(&self, request: PipelineRequest) -> Result<String, PipelineRefused>;

    /// Begins the deployment of this id, which rolls another one back; harmless when it has begun.
    async fn begin_rollback(&self, _: &Scope, _: &str) {}

    /// The instances of a deployment's group that are selected, with what is known of them. The error is for people.
    async fn instances(
        &self,
        _: &Scope,
        _deployment: &str,
        _: &Selection,
    ) -> Result<Vec<Candidate>, String> {
        Ok(Vec::new())
    }

    /// Starts a finished build again under this UUID; the same one again starts nothing new.
    async fn retry_build(&self, _: &Scope, build_id: &str, _: &str) {
        tracing::warn!(build_id, "nobody here retries builds");
    }

    /// Asks a build or a batch of builds to stop; harmless when it has ended or never was.
    async fn stop_build(&self, scope: &Scope, build_id: &str);

    /// Starts one of a batch's builds; yields its id. The same attempt again starts nothing new.
    async fn launch_batch_build(
        &self,
        job: batch::effect::LaunchBuild,
    ) -> Result<String, LaunchRefused> {
        Err(LaunchRefused::Refused(format!(
            "there are no batches here, so {} starts no builds",
            job.batch
        )))
    }

    /// Hands news to a batch; returns when it is durable. Harmless when the batch is over.
    async fn tell_batch(&self, _: &batch::Key, _: batch::Event) {}

    /// The report group that a build wants.
    async fn report_group(&self, _: &Scope, wanted: Wanted) -> Result<Group, GroupRefused> {
        let name = wanted.name;
        Err(GroupRefused::Refused(format!(
            "there are no report groups here, so {name} is none"
        )))
    }

    /// The fleet that a build waits for; `None`: it runs wherever there is room.
    fn fleet_room(&self, _build: &build::Key) -> Option<FleetRoom> {
        None
    }

    /// What is stored in this account and region for a provider of sources, such as `GITHUB`.
    async fn source_login(&self, _: &Scope, _provider: &str) -> Option<SourceLogin> {
        None
    }

    /// Hands news to a pipeline; returns when it is durable. Harmless when the pipeline is gone.
    async fn tell_pipeline(&self, key: &pipeline::Key, event: pipeline::Event);

    /// Whether workers may poll for jobs of this custom action type.
    fn has_action_type(&self, _: &Scope, _: &pipeline::plan::ActionKind) -> bool {
        true
    }

    /// The current definition of a pipeline, as engines see it.
    fn pipeline_plan(&self, key: &pipeline::Key) -> Option<Arc<pipeline::Plan>>;
}

/// A build that an action of a pipeline asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildRequest {
    pub effect: EffectId,
    /// The pipeline's account, the action's region.
    pub scope: Scope,
    pub project: String,
    /// At least one; the build's sources in place of the project's own.
    pub sources: Vec<BuildSource>,
    /// The artifact among `sources` that becomes `CODEBUILD_SRC_DIR`.
    pub primary: String,
    /// Where the build's artifacts go in place of the project's own; one is the buildspec's `artifacts`, several are its
    /// `secondary-artifacts` by name.
    pub outputs: Vec<BuildTarget>,
    /// Come before the project's variables of the same name.
    pub variables: Vec<BuildVariable>,
    pub buildspec: Option<String>,
    pub service_role: Option<String>,
    /// Start a batch of builds instead.
    pub batch: Option<BatchWish>,
    /// `codepipeline/<pipeline>`.
    pub initiator: String,
    /// Whom to tell when the build has ended: `World::tell_pipeline` with `Event::BuildFinished`.
    pub listener: BuildListener,
}

/// How an action wants its batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchWish {
    /// All artifacts go into the one output. Otherwise every build has outputs of its own: `<identifier>`, and
    /// `<identifier>_<secondary artifact>`.
    pub combine: bool,
}

/// Commands that an action or a rule of a pipeline runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandsRequest {
    pub effect: EffectId,
    /// What to run where, with which files.
    pub commands: pipeline::effect::RunCommands,
    /// Whom to tell when they have ended, as of a build.
    pub listener: BuildListener,
}

/// A deployment that an action of a pipeline asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentRequest {
    pub effect: EffectId,
    /// The pipeline's account, the action's region.
    pub scope: Scope,
    pub application: String,
    pub group: String,
    pub revision: DeploymentRevision,
    /// `codepipeline/<pipeline>`.
    pub initiator: String,
    /// Whom to tell when it has ended: `World::tell_pipeline` with the outcome that `codedeploy::outcome` makes of it.
    pub listener: BuildListener,
}

/// What an action deploys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeploymentRevision {
    /// A zip with an AppSpec file.
    Bundle(ObjectRef),
    /// The text of an AppSpec file.
    AppSpec(String),
}

/// How a deployment ended, as told to the pipeline that waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentEnd {
    /// `d-…`.
    pub id: String,
    /// What went wrong; `None`: it succeeded.
    pub failure: Option<String>,
}

/// Why a deployment was not created; the text is for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeploymentRefused {
    /// The application or the group does not exist.
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Refused(String),
}

/// An execution that an action of another pipeline asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelineRequest {
    pub effect: EffectId,
    /// The account and region of the pipeline to run.
    pub scope: Scope,
    pub name: String,
    pub seed: pipeline::Seed,
    /// The caller as the trigger's detail shows it.
    pub caller_arn: String,
    pub variables: Vec<(String, String)>,
    pub revisions: Vec<pipeline::commands::SourceOverride>,
    /// Whom to tell when it has ended: `World::tell_pipeline` with the outcome that `nested::outcome` makes of it.
    pub listener: pipeline::execution::Listener,
}

/// Why no execution was started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PipelineRefused {
    #[error("pipeline {0} does not exist")]
    NoSuchPipeline(String),
    /// What the service said; the text is for people.
    #[error("{0}")]
    Refused(String),
}

/// One source of a build, an artifact of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildSource {
    pub artifact: String,
    pub at: ObjectRef,
    /// The source revision that the artifact carries: a version id, a commit.
    pub revision: Option<String>,
}

/// Where one artifact of a build is to be written, as a zip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildTarget {
    pub artifact: String,
    pub bucket: String,
    pub key: String,
    /// As in `ObjectMeta::kms_key`.
    pub kms_key: Option<String>,
}

/// An environment variable given by the pipeline.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildVariable {
    pub name: String,
    pub value: String,
    pub kind: VariableKind,
}

impl std::fmt::Debug for BuildVariable {
    /// The value may be a secret and stays out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BuildVariable")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Where a variable's value comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VariableKind {
    #[default]
    Plaintext,
    ParameterStore,
    SecretsManager,
}

/// The action that waits for a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildListener {
    pub pipeline: pipeline::Key,
    pub token: pipeline::ActionToken,
}

/// A build that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchedBuild {
    /// `<project>:<uuid>`.
    pub id: String,
    pub log_stream_arn: Option<String>,
}

/// Why a build was not started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaunchRefused {
    #[error("project {0} does not exist")]
    NoSuchProject(String),
    /// What the service said; the text is for people.
    #[error("{0}")]
    Refused(String),
}

/// How a build ended, as told to the pipeline that waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildEnd {
    pub id: String,
    pub verdict: BuildVerdict,
    pub log_stream_arn: Option<String>,
}

/// Success with what it yields, or what went wrong where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildVerdict {
    /// Values of the buildspec's `exported-variables`.
    Succeeded {
        exported: BTreeMap<String, String>,
    },
    Failed(BuildFault),
}

/// What went wrong in a build, in CodeBuild's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildFault {
    /// `FAILED`, `FAULT`, `TIMED_OUT`, `STOPPED`.
    pub status: String,
    /// Such as `BUILD`.
    pub phase: String,
    /// Such as `COMMAND_EXECUTION_ERROR`.
    pub code: String,
    pub message: String,
}
