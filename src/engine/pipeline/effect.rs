//! What a pipeline can ask of the world.
//!
//! Each effect carries all it needs, so that performing it again, even after a restart, does the same again.

use super::event::ActionToken;
use super::ids::Seed;
use super::plan::Plan;
use crate::aws::Scope;
use crate::companions::ObjectRef;
use crate::engine::world::{BuildSource, BuildTarget, BuildVariable};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A wish to the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Copy a revision into the artifact store.
    FetchSource(Box<FetchSource>),
    /// Start a build; its end is told later.
    LaunchBuild(Box<LaunchBuild>),
    /// Nobody waits for this build any more.
    StopBuild { scope: Scope, build: String },
    /// Write an artifact, or what is in it, into a bucket.
    DeployToS3(Box<DeployToS3>),
    /// See whether a watched source has a new revision.
    LookAtSource {
        plan: Arc<Plan>,
        action: String,
        seed: Seed,
    },
}

/// What every action's effect carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub token: ActionToken,
    /// The pipeline's account, the action's region.
    pub scope: Scope,
    /// The pipeline's role.
    pub role_arn: String,
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
