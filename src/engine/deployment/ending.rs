//! The end of a deployment: what becomes of its target, who is told, and whether it is rolled back.
//!
//! Invariant: while the world is being changed nothing ends: what a rollback sets back must be at rest. Source: contract,
//! codedeploy sections 5.3 to 5.7.

use super::ecs::removal;
use super::effect::{Effect, Ended};
use super::fault::Fault;
use super::rollback;
use super::server;
use super::state::{Doing, Ending, Status, TargetStatus};
use super::turn::Turn;

/// Ends the deployment now.
pub(super) fn end(turn: &mut Turn, ending: Ending) {
    let status = ending.status();
    let fault = ending.fault();
    close_target(turn, &ending, fault.as_ref());
    turn.state.completed = Some(turn.now.max(turn.state.plan.created));
    turn.state.error = fault;
    turn.state.pending = None;
    turn.state.rolled_back_by = rollback::follows(&turn.state, &ending);
    turn.move_to(status);
    turn.tell(match status {
        Status::Failed => "DeploymentFailure",
        Status::Stopped => "DeploymentStop",
        _ => "DeploymentSuccess",
    });
    removal::discard(turn);
    if let Some(id) = turn.state.rolled_back_by.clone() {
        turn.ask(Effect::RollBack { id });
    }
    if let Some(listener) = turn.state.plan.listener.clone() {
        let ended = Ended::of(&turn.state);
        turn.ask(Effect::TellPipeline { listener, ended });
    }
}

/// What runs has failed. A stop that has waited for it comes first.
pub(super) fn fail(turn: &mut Turn, fault: Fault) {
    let ending = turn.state.pending.take();
    end(turn, ending.unwrap_or(Ending::Failed(fault)));
}

/// Ends the deployment as soon as nothing is being changed. What was decided first stays.
pub(super) fn end_when_quiet(turn: &mut Turn, ending: Ending) {
    if turn.state.is_over() {
        return;
    }
    if turn.state.fleet().is_some() {
        return server::run::end_when_quiet(turn, ending);
    }
    match turn.state.doing().is_some_and(Doing::is_change) {
        true => {
            turn.state.pending.get_or_insert(ending);
        }
        false => end(turn, ending),
    }
}

/// The running event is broken off, those behind it are not reached.
fn close_target(turn: &mut Turn, ending: &Ending, fault: Option<&Fault>) {
    let now = turn.now;
    let why = fault.map_or("", |fault| fault.message.as_str());
    let failed = matches!(ending, Ending::Failed(_) | Ending::Orphaned(_));
    server::run::close(turn, why);
    turn.parts(|parts| {
        *parts.doing = Doing::Nothing;
        let was_running = parts.lifecycle.running().is_some();
        parts.lifecycle.break_off(now, why);
        *parts.status = match (parts.lifecycle.is_succeeded(), was_running || failed) {
            (true, _) => TargetStatus::Succeeded,
            (false, true) => TargetStatus::Failed,
            (false, false) => TargetStatus::Skipped,
        };
    });
}

impl Ending {
    fn status(&self) -> Status {
        match self {
            Self::Succeeded => Status::Succeeded,
            Self::Failed(_) | Self::Orphaned(_) => Status::Failed,
            Self::Alarmed(_) | Self::TimedOut(_) | Self::Requested { .. } => Status::Stopped,
        }
    }

    fn fault(&self) -> Option<Fault> {
        match self {
            Self::Succeeded => None,
            Self::Failed(fault)
            | Self::Orphaned(fault)
            | Self::Alarmed(fault)
            | Self::TimedOut(fault) => Some(fault.clone()),
            Self::Requested { .. } => Some(Fault::stopped_by_user()),
        }
    }
}
