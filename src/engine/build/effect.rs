//! What a build can ask of the world, in the imperative.
//!
//! Effects of one build are performed one after the other, except `Release`, which may come at any moment and ends whatever
//! still runs.

use super::command_run::CommandRun;
use super::plan::BuildPlan;
use super::state::{BuildState, BuildStatus, Context, Phase};
use crate::engine::batch::event::{ChildEnded, Membership};
use crate::engine::world::{BuildEnd, BuildFault, BuildListener, BuildVerdict};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Wait for room, then say `Admitted`.
    AwaitCapacity,
    /// Open the log, assume the role, start the sandbox.
    Provision { plan: Box<BuildPlan> },
    /// Fetch the sources, find and read the buildspec.
    DownloadSource,
    /// Run the commands of one phase; `succeeding`: no phase has failed so far.
    RunCommands { phase: Phase, succeeding: bool },
    /// Keep the sandbox for commands until it is released.
    KeepSandbox,
    /// Run a command in the sandbox, then say `CommandRan`.
    RunCommand(Box<CommandRun>),
    /// Pack and upload what the buildspec names.
    UploadArtifacts { succeeding: bool },
    /// Read the exported variables and bring the log to its end.
    Finalize,
    /// End every process, close the log, remove the sandbox.
    Release,
    /// Tell who waits for this build how it ended.
    TellPipeline {
        listener: BuildListener,
        ended: Box<BuildEnded>,
    },
    /// Start the build again as a new one with this UUID.
    Retry { uuid: String },
    /// Tell the batch that the build is part of how it ended.
    TellBatch {
        member: Membership,
        ended: Box<ChildEnded>,
    },
}

/// What a pipeline learns of a finished build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildEnded {
    /// `project:uuid`.
    pub id: String,
    pub status: BuildStatus,
    /// The first phase that did not succeed, and why.
    pub failure: Option<(Phase, Context)>,
    pub exported: Vec<(String, String)>,
    pub log_stream_arn: Option<String>,
}

/// What a batch learns of a finished build.
pub fn child_ended(build: &BuildState) -> ChildEnded {
    ChildEnded {
        id: build.plan.id(),
        status: build.status,
        failure: build.failure().map(|(_, _, context)| context),
        resolved_source_version: build.resolved_source_version.clone(),
        batchspec: build.batchspec.clone(),
        artifacts: build.artifacts.clone(),
    }
}

impl BuildEnded {
    pub fn of(build: &BuildState) -> Self {
        Self {
            id: build.plan.id(),
            status: build.status,
            failure: build.failure().map(|(phase, _, context)| (phase, context)),
            exported: build.exported.clone().unwrap_or_default(),
            log_stream_arn: build.log_stream_arn(),
        }
    }

    /// In the words that engines share.
    pub fn news(&self) -> BuildEnd {
        BuildEnd {
            id: self.id.clone(),
            verdict: self.verdict(),
            log_stream_arn: self.log_stream_arn.clone(),
        }
    }

    fn verdict(&self) -> BuildVerdict {
        if self.status == BuildStatus::Succeeded {
            let exported = self.exported.iter().cloned().collect();
            return BuildVerdict::Succeeded { exported };
        }
        let (phase, context) = self
            .failure
            .clone()
            .unwrap_or((Phase::Completed, Context::default()));
        BuildVerdict::Failed(BuildFault {
            status: self.status.as_str().to_owned(),
            phase: phase.as_str().to_owned(),
            code: context.code,
            message: context.message,
        })
    }
}
