//! A buildspec that was understood.

use crate::engine::build::cache::Action;
use crate::engine::build::reports::Format;
use crate::engine::build::state::{OnFailure, Phase};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buildspec {
    pub version: Version,
    /// For all phases that do not say otherwise.
    pub run_as: Option<String>,
    pub env: Env,
    /// The phases that are there, in life-cycle order.
    pub phases: Vec<PhaseSpec>,
    pub artifacts: Option<ArtifactsBlock>,
    /// In the order of the file.
    pub reports: Vec<ReportSpec>,
    pub cache: CacheSpec,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Each command has its own shell; nothing survives from one to the next.
    V01,
    /// One shell for the whole build, as far as directory and variables go.
    V02,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub struct Env {
    /// `None`: `sh`.
    pub shell: Option<String>,
    pub variables: Vec<(String, String)>,
    /// Variable and name of the parameter.
    pub parameter_store: Vec<(String, String)>,
    /// Variable and reference of the secret.
    pub secrets_manager: Vec<(String, String)>,
    /// Names only, valid in a shell.
    pub exported: Vec<String>,
    /// `git` in commands wants the build's credentials.
    pub git_credentials: bool,
}

impl std::fmt::Debug for Env {
    /// Values may be secrets and stay out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("Env")
            .field("shell", &self.shell)
            .field("variables", &names)
            .field("parameter_store", &self.parameter_store)
            .field("secrets_manager", &self.secrets_manager)
            .field("exported", &self.exported)
            .finish()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseSpec {
    pub phase: Phase,
    pub run_as: Option<String>,
    pub on_failure: Option<FailureRule>,
    /// Runtime and version, as written.
    pub runtimes: Vec<(String, String)>,
    pub commands: Vec<String>,
    pub finally: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureRule {
    Abort,
    Continue,
    /// Repeat the whole build: how often at most, and for which messages.
    Retry {
        count: u32,
        pattern: Option<String>,
    },
}

impl FailureRule {
    /// What the rule means for the phases of this build.
    pub fn transition(&self) -> OnFailure {
        match self {
            FailureRule::Continue => OnFailure::Continue,
            FailureRule::Abort | FailureRule::Retry { .. } => OnFailure::Abort,
        }
    }
}

/// The block `artifacts` with its secondary ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactsBlock {
    pub primary: ArtifactsSpec,
    /// By identifier, in the order of the file.
    pub secondary: Vec<(String, ArtifactsSpec)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactsSpec {
    pub files: Vec<String>,
    pub exclude: Vec<String>,
    /// Evaluated by a shell when it is needed.
    pub name: Option<String>,
    /// A directory or a pattern of directories.
    pub base_directory: Option<String>,
    pub discard_paths: bool,
    /// Keep symbolic links instead of following them; zips only.
    pub enable_symlinks: bool,
    pub s3_prefix: Option<String>,
}

/// The report files of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportSpec {
    /// A name or the ARN of a group.
    pub group: String,
    pub format: Format,
    pub files: Vec<String>,
    /// A directory or a pattern of directories.
    pub base_directory: Option<String>,
    pub discard_paths: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheSpec {
    pub paths: Vec<String>,
    pub key: Option<String>,
    pub fallback_keys: Vec<String>,
    pub action: Action,
}

impl Buildspec {
    pub fn phase(&self, phase: Phase) -> Option<&PhaseSpec> {
        self.phases.iter().find(|spec| spec.phase == phase)
    }
}
