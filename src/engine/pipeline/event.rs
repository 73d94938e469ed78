//! What can happen to a pipeline: news from performers, from builds, from sources and from the clock.
//!
//! News about an action carries the attempt's id; about anything but a running attempt it changes nothing.

use super::execution::{ActionError, ActionResult, Revision};
use super::ids::Seed;
use super::plan::Plan;
use crate::aws::Time;
use crate::companions::containers::ServiceInfo;
use crate::engine::world::BuildEnd;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// News for a pipeline.
#[derive(Clone, Debug)]
pub enum Event {
    /// A deadline has come.
    Tick,
    /// A provider has done its work, or could not.
    ActionFinished {
        token: ActionToken,
        outcome: Box<Outcome>,
    },
    /// What the action waits for exists: a build, a deployment, an execution of another pipeline.
    Launched {
        token: ActionToken,
        id: String,
        log_stream_arn: Option<String>,
    },
    /// The action's build has ended.
    BuildFinished {
        token: ActionToken,
        build: Box<BuildEnd>,
    },
    /// Somebody looked at a source that is watched.
    SourceSeen(Box<SourceLook>),
    /// Somebody looked at the alarm that a rule asks for.
    AlarmSeen { token: ActionToken, alarm: Alarm },
    /// Somebody looked at the service that the action deploys to; `None`: it is gone.
    ServiceSeen {
        token: ActionToken,
        service: Option<Box<ServiceInfo>>,
    },
}

/// What a look at an alarm showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    Absent,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    State(String),
}

/// Names one attempt of one action: its action execution id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionToken(pub String);

/// How an attempt ended.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "events carry it in a box of its own"
)]
pub enum Outcome {
    Succeeded(Success),
    Failed(Failure),
}

/// What an attempt yields.
#[derive(Clone, Debug, Default)]
pub struct Success {
    pub result: ActionResult,
    pub variables: BTreeMap<String, String>,
    pub revision: Option<Revision>,
}

/// Why an attempt failed, with what is known all the same.
#[derive(Clone, Debug)]
pub struct Failure {
    pub error: ActionError,
    pub external_id: Option<String>,
}

/// What somebody saw who looked at a watched source.
#[derive(Clone, Debug)]
pub struct SourceLook {
    /// What an execution that follows is to run.
    pub plan: Arc<Plan>,
    pub action: String,
    /// For the execution that may follow.
    pub seed: Seed,
    pub seen: Result<Seen, ActionError>,
}

/// The current revision of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub revision: String,
    pub modified: Time,
}

impl From<ActionError> for Outcome {
    fn from(error: ActionError) -> Self {
        Self::Failed(Failure {
            error,
            external_id: None,
        })
    }
}
