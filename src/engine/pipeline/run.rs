//! One attempt of an action or of a rule: what it was given, what it made, how it ended.
//!
//! An attempt ends once. What is tried again is another attempt with another id.

use super::execution::{ArtifactAt, Revision};
use crate::aws::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All but the first are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ActionStatus {
    InProgress,
    Succeeded,
    Failed,
    Abandoned,
}

/// One attempt of an action or of a rule.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRun {
    pub name: String,
    /// The action execution id: news carries it, and so news about an older attempt finds nothing.
    pub id: String,
    /// Counts attempts of this action in this execution, from 1.
    pub attempt: u32,
    pub status: ActionStatus,
    pub started: Time,
    pub updated: Time,
    /// When it will have taken too long.
    pub deadline: Time,
    /// The configuration with variables resolved; as declared when they could not be.
    pub resolved: Arc<BTreeMap<String, String>>,
    pub inputs: Vec<ArtifactAt>,
    /// Allotted at the start, made when it has succeeded.
    pub outputs: Vec<ArtifactAt>,
    pub variables: BTreeMap<String, String>,
    pub revision: Option<Revision>,
    pub result: ActionResult,
    /// When it wants to be looked at before its deadline.
    #[serde(default)]
    pub wake: Option<Time>,
    /// The job that a worker or a function does for it now.
    #[serde(default)]
    pub job: Option<Job>,
    /// Who answered an approval.
    #[serde(default)]
    pub updated_by: Option<String>,
}

/// A job of an attempt: each continuation is a job of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    pub id: String,
    /// Counts the jobs of an attempt from 1.
    pub number: u32,
    /// What the job before gave to go on with.
    pub continuation: Option<String>,
    pub since: Time,
}

/// What a provider said about an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    pub external_id: Option<String>,
    pub external_url: Option<String>,
    pub summary: Option<String>,
    pub error: Option<ActionError>,
    pub log_stream_arn: Option<String>,
    /// As far as a job worker said.
    #[serde(default)]
    pub percent: Option<i32>,
}

/// Why an action failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionError {
    pub code: ErrorCode,
    pub message: String,
}

/// `errorDetails.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorCode {
    JobFailed,
    ConfigurationError,
    PermissionError,
    TimedOut,
    SystemUnavailable,
    RevisionOutOfSync,
    RevisionUnavailable,
}

impl ActionStatus {
    pub fn is_final(self) -> bool {
        self != Self::InProgress
    }
}

impl ErrorCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JobFailed => "JobFailed",
            Self::ConfigurationError => "ConfigurationError",
            Self::PermissionError => "PermissionError",
            Self::TimedOut => "TimedOut",
            Self::SystemUnavailable => "SystemUnavailable",
            Self::RevisionOutOfSync => "RevisionOutOfSync",
            Self::RevisionUnavailable => "RevisionUnavailable",
        }
    }
}

impl ActionError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ConfigurationError, message)
    }
}

impl std::fmt::Debug for ActionRun {
    /// Values of configuration and variables may be secrets and stay out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActionRun")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("attempt", &self.attempt)
            .field("status", &self.status)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}
