//! The way of a Lambda deployment: alarms, alias, then three lifecycle events, of which the middle one shifts the traffic.
//!
//! Source: contract, codedeploy sections 6.3 to 6.6.

use super::appspec::LambdaSpec;
use super::effect::{Effect, Way};
use super::ending::{end, fail};
use super::fault::Fault;
use super::hook::{self, execution_id};
use super::lifecycle::Lifecycle;
use super::plan::{LambdaSource, LambdaWork, Work};
use super::state::{DeploymentState, Doing, Ending, LambdaTarget, Status, Target, TargetStatus};
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
    turn.state.started = Some(turn.now.max(turn.state.plan.created));
    turn.state.target = Some(Target::Lambda(LambdaTarget {
        spec,
        status: TargetStatus::Pending,
        updated: turn.now,
        lifecycle: Lifecycle::of(&[BEFORE, ALLOW, AFTER]),
        weight: 0,
        doing: Doing::LookingAtAlarms,
    }));
    turn.move_to(Status::InProgress);
    if turn.state.plan.rolls_back.is_some() {
        turn.tell("DeploymentRollback");
    }
    let names = turn.state.plan.alarms.names.clone();
    match names.is_empty() {
        true => check(turn),
        false => turn.ask(Effect::ReadAlarms { names }),
    }
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

/// A function could not be invoked.
pub(super) fn hook_refused(turn: &mut Turn, id: &str, fault: Fault) {
    if matches!(turn.state.doing(), Some(Doing::Hook { execution, .. }) if execution == id) {
        fail(turn, fault);
    }
}

/// No callback has come in time.
pub(super) fn hook_silent(turn: &mut Turn) {
    fail(turn, Fault::hook_silent());
}

/// The function that is waited for has called back.
pub(super) fn hook_answered(turn: &mut Turn, succeeded: bool) {
    match succeeded {
        true => event_succeeded(turn),
        false => fail(turn, Fault::hook_failed()),
    }
}

/// Gives the target this share of the traffic.
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

fn event_succeeded(turn: &mut Turn) {
    let now = turn.now;
    turn.lifecycle(|lifecycle| lifecycle.succeed(now));
    if !ends_if_pending(turn) {
        next_event(turn);
    }
}

/// What has waited for the running thing to end comes now.
fn ends_if_pending(turn: &mut Turn) -> bool {
    match turn.state.pending.take() {
        Some(ending) => {
            end(turn, ending);
            true
        }
        None => false,
    }
}

fn next_event(turn: &mut Turn) {
    let (mut begun, now) = (None, turn.now);
    turn.target(|target| {
        target.status = TargetStatus::InProgress;
        begun = target.lifecycle.begin(now);
    });
    match begun.as_deref() {
        None => end(turn, Ending::Succeeded),
        Some(ALLOW) => allow_traffic(turn),
        Some(name) => run_hook(turn, name),
    }
}

/// A rollback of what never touched the alias leaves the alias alone.
fn allow_traffic(turn: &mut Turn) {
    match is_still(&turn.state) {
        true => weighs(turn, ALL),
        false => shift(turn, routing(&turn.state).first()),
    }
}

/// An event without a hook succeeds at once.
fn run_hook(turn: &mut Turn, event: &str) {
    let plan = &turn.state.plan;
    let target = turn.state.lambda();
    let Some(function) = target.and_then(|target| hook_of(&target.spec, event)) else {
        return event_succeeded(turn);
    };
    let execution = execution_id(&plan.seed, event);
    let effect = Effect::InvokeHook {
        function: function.to_owned(),
        execution: execution.clone(),
        role: plan.service_role.clone(),
    };
    let until = turn.now + hook::LONGEST;
    turn.wait_for(Doing::Hook { execution, until });
    turn.ask(effect);
}

fn work(state: &DeploymentState) -> Option<&LambdaWork> {
    match &state.plan.work {
        Work::Lambda(work) => Some(work),
        Work::Server(_) => None,
    }
}

fn is_still(state: &DeploymentState) -> bool {
    matches!(
        work(state).map(|work| &work.source),
        Some(LambdaSource::Restore { moved: false, .. })
    )
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
