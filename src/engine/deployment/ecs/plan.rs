//! What a deployment to ECS is to do.

use crate::companions::containers::ServiceRef;
use crate::engine::deployment::appspec::EcsSpec;
use crate::engine::deployment::plan::RevisionObject;
use crate::engine::deployment::traffic::Routing;
use serde::{Deserialize, Serialize};

use super::target::Setting;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcsWork {
    pub source: EcsSource,
    pub routing: Routing,
    /// Plain names.
    pub place: ServiceRef,
    pub pair: Pair,
    /// Minutes for which a person may hold the traffic back; `None`: it moves without being asked.
    pub ready_wait: Option<u32>,
    /// Minutes for which the original task set is kept.
    pub termination_wait: u32,
}

/// Two target groups and what leads to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Names, in no order that means anything.
    pub groups: [String; 2],
    /// ARN of the production listener.
    pub production: String,
    /// ARN of the test listener.
    pub test: Option<String>,
}

/// Where a deployment learns what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EcsSource {
    /// The AppSpec came with the request.
    Given(EcsSpec),
    /// The AppSpec is to be read.
    Object(RevisionObject),
    /// A rollback.
    Restore(Box<Restore>),
}

/// How far the deployment came that is rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restore {
    pub spec: EcsSpec,
    pub setting: Setting,
    /// The deployment that created the replacement task set.
    pub of: String,
    /// The test listener may lead to the replacement.
    pub tested: bool,
    /// The production listener may.
    pub shifted: bool,
    /// The replacement may be the primary task set.
    pub promoted: bool,
    /// The percentage of traffic that the replacement had.
    pub weight: u32,
}
