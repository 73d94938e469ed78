//! What can happen to a build, in the past tense.
//!
//! A phase happens once per build, so the phase an event speaks of is its attempt number: news about another phase than the
//! running one changes nothing.

use super::command_run::CommandRan;
use super::reports::Report;
use super::retry::RetryRule;
use super::state::{ArtifactResult, Context, OnFailure, Phase, PhaseStatus};
use crate::engine::batch::spec::BatchSpec;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// There is room: the build leaves the queue.
    Admitted,
    /// The sandbox runs and the log is open.
    Provisioned,
    /// Sources are in place, the buildspec is understood.
    SourceReady(SourceReady),
    /// INSTALL, PRE_BUILD, BUILD or POST_BUILD succeeded.
    CommandsSucceeded(Phase),
    /// The files of one report group were read, while UPLOAD_ARTIFACTS runs.
    Reported(Box<Report>),
    ArtifactsUploaded(Vec<ArtifactResult>),
    /// The log is written; the exported variables, if the buildspec has any.
    Finalized(Option<Vec<(String, String)>>),
    /// The command with this id ran in the sandbox.
    CommandRan(String, CommandRan),
    PhaseFailed(Phase, Failure),
    /// The server was restarted while this phase ran, or the sandbox is not to be found any more.
    SandboxLost(Phase),
    /// A deadline may have come.
    Ticked,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceReady {
    pub resolved_version: Option<String>,
    pub on_failure: BTreeMap<Phase, OnFailure>,
    /// Phases whose failure is worth another build.
    pub retries: BTreeMap<Phase, RetryRule>,
    /// Of the build that reads it for a batch.
    pub batchspec: Option<BatchSpec>,
}

/// Why a phase failed, and whose fault it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub blame: Blame,
    pub context: Context,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The customer's source, commands or settings: FAILED.
    Customer,
    /// The platform: FAULT, and the build is over.
    Platform,
}

impl Failure {
    /// A failure the customer can do something about.
    pub fn customer(code: &str, message: impl Into<String>) -> Self {
        Self {
            blame: Blame::Customer,
            context: Context::new(code, message),
        }
    }

    /// A failure of the platform.
    pub fn platform(message: impl Into<String>) -> Self {
        Self {
            blame: Blame::Platform,
            context: Context::new("INTERNAL_SERVICE_ERROR", message),
        }
    }

    /// Wrong settings, sources that cannot be had, uploads refused.
    pub fn client(message: impl Into<String>) -> Self {
        Self::customer("CLIENT_ERROR", message)
    }

    /// A buildspec that cannot be found or understood.
    pub fn yaml(message: impl Into<String>) -> Self {
        Self::customer("YAML_FILE_ERROR", message)
    }

    pub fn status(&self) -> PhaseStatus {
        match self.blame {
            Blame::Customer => PhaseStatus::Failed,
            Blame::Platform => PhaseStatus::Fault,
        }
    }
}
