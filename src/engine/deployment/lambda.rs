//! The way of a Lambda deployment: alarms, alias, then three lifecycle events, of which the middle one shifts the traffic.
//!
//! Source: contract, codedeploy sections 6.3 to 6.6.

use super::alarm;
use super::appspec::LambdaSpec;
use super::effect::{Effect, Way};
use super::ending::fail;
use super::fault::Fault;
use super::lifecycle::Lifecycle;
use super::plan::{LambdaSource, LambdaWork, Work};
use super::sequence::{ends_if_pending, event_succeeded, next_event, run_hook};
use super::state::{DeploymentState, Doing, LambdaTarget, Target, TargetStatus};
use super::traffic::{ALL, Routing};
use super::turn::Turn;

pub const BEFORE: &str = "BeforeAllowTraffic";
pub const ALLOW: &str = "AllowTraffic";
pub const AFTER: &str = "AfterAllowTraffic";

/// The function that an event's hook calls.
pub fn hook_of<'a>(spec: &'a LambdaSpec, event: &str) -> Option<&'a str> {
    match event {
        BEFORE => spec.before_allow_traffic.as_deref(),
        AFTER => spec.after_allow_traffic.as_deref(),
        _ => None,
    }
}

/// The AppSpec is known: work begins, and the target is there with all its events.
pub(super) fn begin(turn: &mut Turn, spec: LambdaSpec) {
    if work(&turn.state).is_none() {
        return;
    }
    let target = LambdaTarget {
        spec,
        status: TargetStatus::Pending,
        updated: turn.now,
        lifecycle: Lifecycle::of(&[BEFORE, ALLOW, AFTER]),
        weight: 0,
        doing: Doing::LookingAtAlarms,
    };
    alarm::begin(turn, Target::Lambda(Box::new(target)));
}

/// The alarms are quiet: the alias is looked at, unless it is to be left alone.
pub(super) fn check(turn: &mut Turn) {
    if is_still(&turn.state) {
        return next_event(turn);
    }
    let Some(way) = way(&turn.state) else { return };
    turn.wait_for(Doing::CheckingAlias);
    turn.ask(Effect::CheckAlias { way: Box::new(way) });
}

/// The alias was looked at.
pub(super) fn checked(turn: &mut Turn, result: Result<(), Fault>) {
    if turn.state.doing() != Some(&Doing::CheckingAlias) {
        return;
    }
    match result {
        Ok(()) => next_event(turn),
        Err(fault) => fail(turn, fault),
    }
}

/// Gives the target this share of the traffic. No function has provisioned concurrency here, so that none is waited for.
pub(super) fn shift(turn: &mut Turn, to: u32) {
    let alarms = turn.state.plan.alarms.clone();
    let Some(way) = way(&turn.state) else { return };
    turn.wait_for(Doing::Shifting { to });
    let way = Box::new(way);
    turn.ask(Effect::Shift { way, to, alarms });
}

/// The alias was changed, or was not.
pub(super) fn shifted(turn: &mut Turn, to: u32, result: Result<(), Fault>) {
    if turn.state.doing() != Some(&Doing::Shifting { to }) {
        return;
    }
    match result {
        Ok(()) => weighs(turn, to),
        Err(fault) => fail(turn, fault),
    }
}

/// The target has this share from now on.
fn weighs(turn: &mut Turn, percent: u32) {
    turn.target(|target| target.weight = percent);
    match routing(&turn.state).next(percent) {
        None => event_succeeded(turn),
        Some((wait, next)) => {
            let until = turn.now + wait;
            turn.wait_for(Doing::Waiting { until, next });
            ends_if_pending(turn);
        }
    }
}

/// An event has begun.
pub(super) fn begun(turn: &mut Turn, event: &str) {
    match event {
        ALLOW => allow_traffic(turn),
        name => run_hook(turn, name),
    }
}

/// A rollback of what never touched the alias leaves the alias alone.
fn allow_traffic(turn: &mut Turn) {
    match is_still(&turn.state) {
        true => weighs(turn, ALL),
        false => shift(turn, routing(&turn.state).first()),
    }
}

fn work(state: &DeploymentState) -> Option<&LambdaWork> {
    match &state.plan.work {
        Work::Lambda(work) => Some(work),
        _ => None,
    }
}

fn is_still(state: &DeploymentState) -> bool {
    let source = work(state).map(|work| &work.source);
    matches!(source, Some(LambdaSource::Restore { moved: false, .. }))
}

fn routing(state: &DeploymentState) -> Routing {
    work(state).map_or(Routing::AllAtOnce, |work| work.routing)
}

fn way(state: &DeploymentState) -> Option<Way> {
    let spec = &state.lambda()?.spec;
    Some(Way {
        function: spec.function.clone(),
        alias: spec.alias.clone(),
        current: spec.current.clone(),
        target: spec.target.clone(),
        back: matches!(work(state)?.source, LambdaSource::Restore { .. }),
        gradual: routing(state).is_gradual(),
    })
}
