//! From replacements that are installed to originals that are gone: a wait, traffic to the ones, none to the others, another wait.
//!
//! A rollback only moves traffic, the other way. Source: contract, codedeploy sections 5.8, 8.2 and 8.3.

use super::fleet::{Instance, Originals, Phase};
use super::run::{go_on, work};
use crate::aws::Time;
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::color::Color;
use crate::engine::deployment::commands::continue_deployment::{Wait, WaitRefused};
use crate::engine::deployment::effect::Effect;
use crate::engine::deployment::ending::end;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::state::{DeploymentState, Ending, Status, TargetStatus};
use crate::engine::deployment::turn::Turn;
use std::sync::Arc;
use std::time::Duration;

/// The phase is through: the next one begins, or everything is done.
pub(super) fn through(turn: &mut Turn) {
    let of = work(&turn.state).and_then(|work| work.blue_green().cloned());
    let phase = turn.state.fleet().map(|fleet| fleet.phase);
    match (of, phase) {
        (Some(of), Some(Phase::Deploying)) => match of.ready_wait {
            Some(minutes) => hold(turn, minutes),
            None => enter(turn, Phase::Allowing),
        },
        (Some(_), Some(Phase::Allowing)) => enter(turn, Phase::Blocking),
        (Some(of), Some(Phase::Blocking)) => match of.termination_wait.filter(|_| !of.back) {
            Some(minutes) => retire(turn, minutes),
            None => end(turn, Ending::Succeeded),
        },
        _ => end(turn, Ending::Succeeded),
    }
}

/// Ends a wait that somebody need not wait for.
pub(in super::super) fn continue_deployment(
    state: &DeploymentState,
    now: Time,
    wait: Wait,
) -> Result<Step<Deployment>, WaitRefused> {
    if work(state).and_then(|work| work.blue_green()).is_none() {
        return Err(WaitRefused::Unsupported);
    }
    let mut turn = Turn::new(state.clone(), now);
    match (wait, state.fleet().map(|fleet| fleet.phase)) {
        (Wait::Ready, Some(Phase::Ready { .. })) => {
            turn.move_to(Status::InProgress);
            enter(&mut turn, Phase::Allowing);
        }
        (Wait::Termination, Some(Phase::Retiring { .. })) => terminate(&mut turn),
        _ => return Err(WaitRefused::NotWaiting),
    }
    Ok(turn.step())
}

/// It has waited long enough.
pub(super) fn wake(turn: &mut Turn) {
    let now = turn.now;
    match turn.state.fleet().map(|fleet| fleet.phase) {
        Some(Phase::Ready { until }) if until <= now => {
            let of = work(&turn.state).and_then(|work| work.blue_green());
            let minutes = of.and_then(|of| of.ready_wait).unwrap_or_default();
            end(turn, Ending::TimedOut(Fault::not_continued(minutes)));
        }
        Some(Phase::Retiring { until }) if until <= now => terminate(turn),
        _ => {}
    }
}

/// The original instances were ended; those that could not be spoil nothing.
pub(in super::super) fn terminated(turn: &mut Turn, messages: Vec<String>) {
    let Some(fleet) = turn.state.fleet_mut() else {
        return;
    };
    if fleet.phase != Phase::Terminating {
        return;
    }
    fleet.messages.extend(messages);
    let ending = turn.state.pending.take();
    end(turn, ending.unwrap_or(Ending::Succeeded));
}

fn enter(turn: &mut Turn, phase: Phase) {
    if let Some(fleet) = turn.state.fleet_mut() {
        fleet.phase = phase;
    }
    go_on(turn);
}

fn hold(turn: &mut Turn, minutes: u32) {
    let until = turn.now + of_minutes(minutes);
    if let Some(fleet) = turn.state.fleet_mut() {
        fleet.phase = Phase::Ready { until };
    }
    turn.move_to(Status::Ready);
    turn.tell("DeploymentReady");
}

fn retire(turn: &mut Turn, minutes: u32) {
    let until = turn.now + of_minutes(minutes);
    let Some(fleet) = turn.state.fleet_mut() else {
        return;
    };
    fleet.originals = Originals::Retiring;
    match minutes {
        0 => terminate(turn),
        _ => fleet.phase = Phase::Retiring { until },
    }
}

fn terminate(turn: &mut Turn) {
    let Some(fleet) = turn.state.fleet_mut() else {
        return;
    };
    fleet.phase = Phase::Terminating;
    fleet.originals = Originals::Terminated;
    let replaced = |one: &&Arc<Instance>| {
        one.label == Some(Color::Blue) && one.status == TargetStatus::Succeeded
    };
    let instances = fleet.instances.iter().filter(replaced);
    let instances = instances.map(|one| one.id.clone()).collect();
    turn.ask(Effect::TerminateInstances { instances });
}

fn of_minutes(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}
