//! What can happen to a batch, in the past tense.
//!
//! News of a build names its group and attempt: news of an earlier attempt, or of a build that has ended, changes nothing.

use super::spec::BatchSpec;
use crate::engine::build::state::{ArtifactResult, BuildStatus, Context};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The build was started.
    BuildLaunched(GroupToken, String),
    /// No build could be started, and why.
    BuildRefused(GroupToken, String),
    BuildFinished(GroupToken, Box<ChildEnded>),
    /// The artifacts lie together; the number is that of the phase that asked.
    ArtifactsCombined(usize, Vec<ArtifactResult>),
    CombiningFailed(usize, Context),
    /// A deadline may have come.
    Ticked,
}

/// Which attempt of which group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupToken {
    pub group: String,
    pub attempt: u32,
}

/// The batch that a build belongs to, and its place there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The batch's id.
    pub batch: String,
    pub token: GroupToken,
}

/// What a batch learns of one of its builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildEnded {
    /// `project:uuid`.
    pub id: String,
    pub status: BuildStatus,
    /// Why its first failed phase failed.
    pub failure: Option<Context>,
    pub resolved_source_version: Option<String>,
    /// Of the build that read the buildspec.
    pub batchspec: Option<BatchSpec>,
    pub artifacts: Vec<ArtifactResult>,
}

impl Membership {
    /// Whether the build reads the buildspec for the others.
    pub fn reads_batchspec(&self) -> bool {
        self.token.group == super::spec::BATCHSPEC
    }
}
