//! What can happen to a deployment, in the past tense.
//!
//! Everything happens once per deployment but for looks at alarms; each piece of news names what it is about, and does nothing
//! where that is not waited for.

use super::appspec::LambdaSpec;
use super::ecs;
use super::effect::Traffic;
use super::fault::Fault;
use super::server::order::Candidate;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The AppSpec is understood, or is not.
    SpecRead(Result<LambdaSpec, Fault>),
    /// Somebody looked at alarms, some or all.
    AlarmsSeen(Vec<AlarmSeen>),
    /// The alias is as the AppSpec says, or is not.
    AliasChecked(Result<(), Fault>),
    /// The function of a hook was not invoked.
    HookRefused { execution: String, fault: Fault },
    /// The alias was changed, or was not.
    Shifted { to: u32, result: Result<(), Fault> },
    /// The instances are known, or cannot be.
    InstancesFound(Result<Vec<Candidate>, Fault>),
    /// An instance's traffic was moved, or was not; the text is for people.
    TrafficMoved {
        instance: String,
        way: Traffic,
        result: Result<(), String>,
    },
    /// Original instances were ended; why some were not, for people.
    InstancesTerminated { messages: Vec<String> },
    /// News of a deployment to ECS.
    Ecs(ecs::event::Event),
    /// What the deployment belongs to was deleted.
    Orphaned(Owner),
    /// A deadline may have come.
    Ticked,
}

/// An alarm as somebody saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmSeen {
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`; `None`: there is no such alarm.
    pub state: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Application,
    Group,
}
