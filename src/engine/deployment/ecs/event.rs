//! What can happen to a deployment to ECS, in the past tense.

use super::target::Setting;
use crate::companions::containers::TaskSetInfo;
use crate::engine::deployment::appspec::EcsSpec;
use crate::engine::deployment::fault::Fault;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The AppSpec is understood, or is not.
    SpecRead(Box<Result<EcsSpec, Fault>>),
    /// Service, target groups and listeners are as a deployment needs them, or are not. With the original task set.
    Inspected(Box<Result<(Setting, TaskSetInfo), Fault>>),
    /// The replacement task set is there, or is not.
    Created(Result<(), Fault>),
    /// Somebody looked at the service; `None`: there is no such service any more.
    Seen(Option<Vec<TaskSetInfo>>),
    /// The test listener leads to the replacement by this percentage, or does not.
    Tested { to: u32, result: Result<(), Fault> },
    /// The production listener does, or does not.
    Shifted { to: u32, result: Result<(), Fault> },
    /// The primary task set is another one, or is not.
    Promoted(Result<(), Fault>),
    /// A task set is being deleted, or cannot be.
    Removed(Result<(), Fault>),
}
