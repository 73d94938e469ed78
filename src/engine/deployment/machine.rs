//! The deployment as a machine the driver can run.
//!
//! Nothing is lost with the server: every effect may be performed again. Each instance of a fleet is stored by itself.

use super::ecs;
use super::effect::Effect;
use super::event::Event;
use super::fault::Fault;
use super::record::Record;
use super::server::fleet::Instance;
use super::state::DeploymentState;
use super::step::step;
use crate::aws::{Scope, Time};
use crate::engine::{Machine, Step};
use std::sync::Arc;

/// One deployment, keyed by scope and deployment id.
#[derive(Debug)]
pub struct Deployment;

/// Scope and deployment id.
pub type Key = (Scope, String);

impl Machine for Deployment {
    const NAME: &'static str = "deployment";
    type Key = Key;
    type State = DeploymentState;
    type Part = Arc<Instance>;
    type Event = Event;
    type Effect = Effect;
    type Record = Record;

    fn step(state: DeploymentState, now: Time, event: Event) -> Step<Self> {
        step(state, now, event)
    }

    fn deadline(state: &DeploymentState) -> Option<Time> {
        state.deadline()
    }

    fn tick() -> Event {
        Event::Ticked
    }

    fn interrupted(_: &Effect) -> Option<Event> {
        None
    }

    fn parts(state: &DeploymentState) -> &[Arc<Instance>] {
        state.fleet().map_or(&[], |fleet| &fleet.instances)
    }

    fn parts_mut(state: &mut DeploymentState) -> Option<&mut Vec<Arc<Instance>>> {
        state.fleet_mut().map(|fleet| &mut fleet.instances)
    }

    fn broken(effect: &Effect, what: &str) -> Option<Event> {
        let fault = Fault::internal(what);
        match effect {
            Effect::ReadSpec { .. } => Some(Event::SpecRead(Err(fault))),
            Effect::CheckAlias { .. } => Some(Event::AliasChecked(Err(fault))),
            Effect::InvokeHook { execution, .. } => Some(Event::HookRefused {
                execution: execution.clone(),
                fault,
            }),
            Effect::Shift { to, .. } => Some(Event::Shifted {
                to: *to,
                result: Err(fault),
            }),
            Effect::FindInstances { .. } => Some(Event::InstancesFound(Err(fault))),
            Effect::MoveTraffic { instance, way, .. } => Some(Event::TrafficMoved {
                instance: instance.clone(),
                way: *way,
                result: Err(fault.message),
            }),
            Effect::TerminateInstances { .. } => Some(Event::InstancesTerminated {
                messages: vec![fault.message],
            }),
            Effect::Ecs(effect) => ecs::broken(effect, fault).map(Event::Ecs),
            Effect::ReadAlarms { .. }
            | Effect::Publish { .. }
            | Effect::RollBack { .. }
            | Effect::TellPipeline { .. } => None,
        }
    }
}
