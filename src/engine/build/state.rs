//! What has happened: the phases of a build, how they ended, and what the build left behind.
//!
//! Exactly one phase runs until the build is complete; each phase begins when the one before it ends.

use super::command_run::CommandRun;
use super::plan::BuildPlan;
use super::retry::RetryRule;
use crate::aws::arn::Arn;
use crate::aws::{Scope, Time};
use crate::engine::batch::spec::BatchSpec;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A live or finished build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildState {
    pub plan: BuildPlan,
    pub status: BuildStatus,
    /// In the order they began; the last one runs unless it is COMPLETED.
    pub phases: Vec<PhaseRecord>,
    /// From PROVISIONING on.
    pub logs: Option<LogLocations>,
    /// From the end of DOWNLOAD_SOURCE on; absent when there is none.
    pub resolved_source_version: Option<String>,
    /// What the buildspec says about failing phases; from the end of DOWNLOAD_SOURCE on.
    pub on_failure: BTreeMap<Phase, OnFailure>,
    /// Phases whose failure is worth another build.
    #[serde(default)]
    pub retries: BTreeMap<Phase, RetryRule>,
    /// Id of the build that follows this one by itself.
    #[serde(default)]
    pub next_retry: Option<String>,
    /// What the buildspec says about the batch, of the build that reads it.
    #[serde(default)]
    pub batchspec: Option<BatchSpec>,
    /// Commands of a sandbox that have not ended; the first one runs.
    #[serde(default)]
    pub commands: Vec<CommandRun>,
    /// The number of the newest command.
    #[serde(default)]
    pub commanded: u64,
    /// What was uploaded, the primary artifacts first.
    pub artifacts: Vec<ArtifactResult>,
    /// Ids of its reports, `group:uuid`.
    #[serde(default)]
    pub reports: Vec<String>,
    /// Absent unless the buildspec exports variables and the build came to its end.
    pub exported: Option<Vec<(String, String)>>,
    /// When the build completed.
    pub end: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    Submitted,
    Queued,
    Provisioning,
    DownloadSource,
    /// Of sandboxes only.
    RunSandbox,
    Install,
    PreBuild,
    Build,
    PostBuild,
    UploadArtifacts,
    Finalizing,
    Completed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseRecord {
    pub phase: Phase,
    pub start: Time,
    /// Absent while the phase runs, and for COMPLETED for ever.
    pub end: Option<PhaseEnd>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseEnd {
    pub time: Time,
    pub status: PhaseStatus,
    /// `Some` with two empty texts for success from PROVISIONING on; `None` where the wire shows no contexts at all.
    pub context: Option<Context>,
}

/// Why a phase ended as it did, in AWS's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    pub code: String,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhaseStatus {
    Succeeded,
    Failed,
    Fault,
    TimedOut,
    Stopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuildStatus {
    InProgress,
    Succeeded,
    Failed,
    Fault,
    TimedOut,
    Stopped,
}

/// What a failing phase leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnFailure {
    /// Straight to FINALIZING.
    Abort,
    /// The next phase runs.
    Continue,
}

/// Where the log is; absent parts are switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLocations {
    pub cloudwatch: Option<LogStream>,
    /// `bucket/[prefix/]<uuid>.gz`.
    pub s3: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStream {
    pub group: String,
    pub stream: String,
}

/// One uploaded artifact; checksums are lower-case hex and empty for folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactResult {
    /// `None` for the primary artifacts.
    pub identifier: Option<String>,
    /// ARN of the object or folder.
    pub location: String,
    pub md5: String,
    pub sha256: String,
}

impl BuildState {
    /// The phase that runs, or COMPLETED.
    pub fn current(&self) -> Phase {
        self.phases
            .last()
            .map_or(Phase::Submitted, |record| record.phase)
    }

    pub fn is_complete(&self) -> bool {
        self.current() == Phase::Completed
    }

    pub fn phase(&self, phase: Phase) -> Option<&PhaseRecord> {
        self.phases.iter().find(|record| record.phase == phase)
    }

    /// No phase has failed so far: `CODEBUILD_BUILD_SUCCEEDING`.
    pub fn is_succeeding(&self) -> bool {
        let ends = self.phases.iter().filter_map(|record| record.end.as_ref());
        ends.into_iter()
            .all(|end| end.status == PhaseStatus::Succeeded)
    }

    /// The first phase that did not succeed, and why.
    pub fn failure(&self) -> Option<(Phase, PhaseStatus, Context)> {
        self.phases.iter().find_map(|record| {
            let end = record.end.as_ref()?;
            let failed = end.status != PhaseStatus::Succeeded;
            failed.then(|| {
                (
                    record.phase,
                    end.status,
                    end.context.clone().unwrap_or_default(),
                )
            })
        })
    }

    /// ARN of the log stream, once there is one.
    pub fn log_stream_arn(&self) -> Option<String> {
        self.logs.as_ref()?.stream_arn(&self.plan.scope)
    }

    /// When the running phase has taken too long.
    pub fn deadline(&self) -> Option<Time> {
        let start = |phase| self.phase(phase).map(|record| record.start);
        match self.current() {
            Phase::Submitted | Phase::Completed => None,
            Phase::Queued => start(Phase::Queued).map(|at| at + self.plan.queued_timeout()),
            _ => start(Phase::Provisioning).map(|at| at + self.plan.timeout()),
        }
    }
}

impl LogLocations {
    /// ARN of the log stream, when there is one.
    pub fn stream_arn(&self, scope: &Scope) -> Option<String> {
        let LogStream { group, stream } = self.cloudwatch.as_ref()?;
        let resource = format!("log-group:{group}:log-stream:{stream}");
        Some(Arn::regional("logs", scope, resource).to_string())
    }
}

impl PhaseRecord {
    /// Absent while the phase runs and for COMPLETED; the wire shows whole seconds.
    pub fn duration(&self) -> Option<Duration> {
        let end = self.end.as_ref()?;
        Some(end.time.since(self.start))
    }
}

impl Phase {
    /// The phase that runs commands of the buildspec under this key.
    pub fn of_buildspec(key: &str) -> Option<Phase> {
        match key {
            "install" => Some(Phase::Install),
            "pre_build" => Some(Phase::PreBuild),
            "build" => Some(Phase::Build),
            "post_build" => Some(Phase::PostBuild),
            _ => None,
        }
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Submitted => "SUBMITTED",
            Phase::Queued => "QUEUED",
            Phase::Provisioning => "PROVISIONING",
            Phase::DownloadSource => "DOWNLOAD_SOURCE",
            Phase::RunSandbox => "RUN_SANDBOX",
            Phase::Install => "INSTALL",
            Phase::PreBuild => "PRE_BUILD",
            Phase::Build => "BUILD",
            Phase::PostBuild => "POST_BUILD",
            Phase::UploadArtifacts => "UPLOAD_ARTIFACTS",
            Phase::Finalizing => "FINALIZING",
            Phase::Completed => "COMPLETED",
        }
    }
}

impl PhaseStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            PhaseStatus::Succeeded => "SUCCEEDED",
            PhaseStatus::Failed => "FAILED",
            PhaseStatus::Fault => "FAULT",
            PhaseStatus::TimedOut => "TIMED_OUT",
            PhaseStatus::Stopped => "STOPPED",
        }
    }
}

impl BuildStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            BuildStatus::InProgress => "IN_PROGRESS",
            BuildStatus::Succeeded => "SUCCEEDED",
            BuildStatus::Failed => "FAILED",
            BuildStatus::Fault => "FAULT",
            BuildStatus::TimedOut => "TIMED_OUT",
            BuildStatus::Stopped => "STOPPED",
        }
    }
}

impl Context {
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}
