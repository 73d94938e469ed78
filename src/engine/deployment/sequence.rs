//! Lifecycle events of one target, one after the other, and the hooks that some of them have.
//!
//! What an event does beside its hook is of the platform, whose files are named here and nowhere else.

use super::ecs::{removal, shift, way};
use super::effect::Effect;
use super::ending::{end, fail};
use super::fault::Fault;
use super::hook::{self, execution_id};
use super::lambda;
use super::state::{DeploymentState, Doing, Ending, Target, TargetStatus};
use super::turn::Turn;

/// The function that an event's hook calls.
pub fn hook_of<'a>(state: &'a DeploymentState, event: &str) -> Option<&'a str> {
    match state.target.as_ref()? {
        Target::Lambda(target) => lambda::hook_of(&target.spec, event),
        Target::Ecs(target) => way::hook_of(&target.spec, event),
        Target::Server(_) => None,
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

/// The running event has come to its end.
pub(super) fn event_succeeded(turn: &mut Turn) {
    let now = turn.now;
    turn.lifecycle(|lifecycle| lifecycle.succeed(now));
    if !ends_if_pending(turn) {
        next_event(turn);
    }
}

/// What has waited for the running thing to end comes now.
pub(super) fn ends_if_pending(turn: &mut Turn) -> bool {
    match turn.state.pending.take() {
        Some(ending) => {
            end(turn, ending);
            true
        }
        None => false,
    }
}

/// The next event begins, unless something is waited for before it.
pub(super) fn next_event(turn: &mut Turn) {
    if way::waits(turn) {
        return;
    }
    let (mut begun, now) = (None, turn.now);
    turn.parts(|parts| {
        *parts.status = TargetStatus::InProgress;
        begun = parts.lifecycle.begin(now);
    });
    let is_ecs = turn.state.ecs().is_some();
    match begun.as_deref() {
        Some(event) if is_ecs => way::begun(turn, event),
        Some(event) => lambda::begun(turn, event),
        None if is_ecs => removal::all_succeeded(turn),
        None => end(turn, Ending::Succeeded),
    }
}

/// The next share of the traffic is due.
pub(super) fn shift(turn: &mut Turn, to: u32) {
    match turn.state.ecs() {
        Some(_) => shift::shift(turn, to),
        None => lambda::shift(turn, to),
    }
}

/// An event without a hook succeeds at once.
pub(super) fn run_hook(turn: &mut Turn, event: &str) {
    let plan = &turn.state.plan;
    let Some(function) = hook_of(&turn.state, event) else {
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
