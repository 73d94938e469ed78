//! What a batch can ask of the world, in the imperative.
//!
//! Each effect carries all it needs, and performing it again does the same again.

use super::event::GroupToken;
use super::plan::Combined;
use super::spec::Task;
use super::state::{BatchState, Phase};
use crate::aws::Scope;
use crate::engine::build::state::{ArtifactResult, BuildStatus, Context};
use crate::engine::world::{BuildEnd, BuildFault, BuildListener, BuildVerdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Start one of the builds; its end is told later.
    LaunchBuild(Box<LaunchBuild>),
    /// Nobody waits for this build any more.
    StopBuild { scope: Scope, build: String },
    /// Put the artifacts of all builds together.
    CombineArtifacts(Box<Combine>),
    /// Tell the pipeline that waits how the batch ended.
    TellPipeline {
        listener: BuildListener,
        ended: Box<BatchEnded>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchBuild {
    pub scope: Scope,
    /// The batch's id, whose settings the build has.
    pub batch: String,
    pub token: GroupToken,
    /// The part of the build's id after the colon.
    pub uuid: String,
    /// `None`: it reads the buildspec.
    pub task: Option<Task>,
    /// The version of the primary source that the buildspec came from.
    pub source_version: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Combine {
    pub scope: Scope,
    pub uuid: String,
    /// How many phases there are while this one runs: news for another is late.
    pub phase: usize,
    pub places: Vec<Place>,
}

/// One place, and the artifacts that go there; of two files with one name the later wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub into: Combined,
    /// In the order of the groups.
    pub parts: Vec<ArtifactResult>,
}

/// What a pipeline learns of a finished batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchEnded {
    /// `project:uuid`.
    pub id: String,
    pub status: BuildStatus,
    pub failure: Option<(Phase, Context)>,
}

impl BatchEnded {
    pub fn of(batch: &BatchState) -> Self {
        Self {
            id: batch.plan.id(),
            status: batch.status,
            failure: batch.failure(),
        }
    }

    /// In the words that engines share. A batch exports no variables.
    pub fn news(&self) -> BuildEnd {
        BuildEnd {
            id: self.id.clone(),
            verdict: self.verdict(),
            log_stream_arn: None,
        }
    }

    fn verdict(&self) -> BuildVerdict {
        if self.status == BuildStatus::Succeeded {
            return BuildVerdict::Succeeded {
                exported: BTreeMap::new(),
            };
        }
        let failure = self.failure.clone();
        let (phase, context) = failure.unwrap_or((Phase::Failed, Context::default()));
        BuildVerdict::Failed(BuildFault {
            status: self.status.as_str().to_owned(),
            phase: phase.as_str().to_owned(),
            code: context.code,
            message: context.message,
        })
    }
}
