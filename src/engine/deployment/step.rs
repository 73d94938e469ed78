//! News of a deployment → its next state and what is to be done: one match, one line per arm.
//!
//! News that does not fit what the deployment is doing changes nothing, so late and repeated news are harmless.

use super::Deployment;
use super::alarm;
use super::appspec::LambdaSpec;
use super::ecs::{install, removal, seen, way};
use super::ending::{end, end_when_quiet};
use super::event::{Event, Owner};
use super::fault::Fault;
use super::lambda;
use super::sequence;
use super::server;
use super::state::{DeploymentState, Doing, Ending, Status};
use super::turn::Turn;
use crate::aws::Time;
use crate::engine::Step;

/// What the event leads to.
pub fn step(state: DeploymentState, now: Time, event: Event) -> Step<Deployment> {
    let mut turn = Turn::new(state, now);
    match event {
        Event::SpecRead(spec) => spec_read(&mut turn, spec),
        Event::AlarmsSeen(seen) => alarm::seen(&mut turn, &seen),
        Event::AliasChecked(result) => lambda::checked(&mut turn, result),
        Event::HookRefused { execution, fault } => {
            sequence::hook_refused(&mut turn, &execution, fault)
        }
        Event::Shifted { to, result } => lambda::shifted(&mut turn, to, result),
        Event::InstancesFound(found) => server::run::found(&mut turn, found),
        Event::TrafficMoved {
            instance,
            way,
            result,
        } => server::run::traffic_moved(&mut turn, &instance, way, result),
        Event::InstancesTerminated { messages } => {
            server::shift::terminated(&mut turn, messages);
        }
        Event::Ecs(event) => seen::step(&mut turn, event),
        Event::Orphaned(owner) => orphaned(&mut turn, owner),
        Event::Ticked => ticked(&mut turn),
    }
    turn.step()
}

fn spec_read(turn: &mut Turn, spec: Result<LambdaSpec, Fault>) {
    if turn.state.status != Status::Created {
        return;
    }
    match spec {
        Ok(spec) => lambda::begin(turn, spec),
        Err(fault) => end(turn, Ending::Failed(fault)),
    }
}

fn orphaned(turn: &mut Turn, owner: Owner) {
    let plan = &turn.state.plan;
    let fault = match owner {
        Owner::Application => Fault::application_missing(&plan.application),
        Owner::Group => Fault::group_missing(&plan.group),
    };
    end_when_quiet(turn, Ending::Orphaned(fault));
}

fn ticked(turn: &mut Turn) {
    let due = turn.state.deadline().is_some_and(|time| time <= turn.now);
    if !due {
        return;
    }
    if turn.state.ends_by() <= turn.now {
        let fault = Fault::took_too_long(turn.state.longest_hours());
        if turn.state.fleet().is_some() {
            return end(turn, Ending::Failed(fault));
        }
        return end_when_quiet(turn, Ending::Failed(fault));
    }
    if turn.state.fleet().is_some() {
        return server::run::ticked(turn);
    }
    if turn.state.sick_until().is_some_and(|time| time <= turn.now) {
        return install::sick(turn);
    }
    match turn.state.doing() {
        Some(Doing::Hook { .. }) => sequence::hook_silent(turn),
        Some(Doing::Waiting { next, .. }) => sequence::shift(turn, *next),
        Some(Doing::Installing { .. } | Doing::Settling { .. }) => install::not_installed(turn),
        Some(Doing::Ready { .. }) => way::not_continued(turn),
        Some(Doing::Retiring { .. }) => removal::remove(turn),
        Some(Doing::Draining { .. }) => removal::not_drained(turn),
        _ => (),
    }
}
