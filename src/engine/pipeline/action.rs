//! Attempts of actions: started, finished, abandoned, timed out.
//!
//! An attempt ends once. News is matched by action execution id and only a running attempt hears it.

use super::event::{ActionToken, Failure, Outcome, Success};
use super::execution::{
    ActionError, ActionResult, ActionRun, ActionStatus, ErrorCode, Execution, SourceRevision,
};
use super::plan::ActionPlan;
use super::providers::{self, codebuild};
use super::state::Live;
use super::turn::{Todo, Turn};
use super::{Effect, prepare, source};
use crate::aws::{Scope, Time};
use crate::engine::world::BuildEnd;

/// Starts all actions of this run order that have not been run in the stage the execution is in.
pub(super) fn start_group(turn: &mut Turn, id: &str, order: u32) {
    let Some(live) = turn.live(id) else { return };
    let (Some(index), Some(run)) = (live.execution.inside(), live.execution.stage()) else {
        return;
    };
    let actions = live.plan.stages[index].actions.iter();
    let open =
        actions.filter(|action| action.run_order == order && run.action(&action.name).is_none());
    let names: Vec<String> = open.map(|action| action.name.clone()).collect();
    for name in names {
        start(turn, id, &name);
    }
}

/// A provider has done its work, or could not.
pub(super) fn finish(turn: &mut Turn, token: &ActionToken, outcome: Outcome) {
    let now = turn.now;
    let Some((live, index)) = turn.running(&token.0) else {
        return;
    };
    let id = live.execution.id.clone();
    match outcome {
        Outcome::Succeeded(success) => {
            let name = planned(live, index).map(|action| action.name.clone());
            succeed(live, index, success, now);
            source::recovered(&mut turn.pipeline, &name.unwrap_or_default());
        }
        Outcome::Failed(failure) => fail(live, index, failure, now),
    }
    turn.todo.push_back(Todo::Settle(id));
}

/// The action's build exists.
pub(super) fn launched(turn: &mut Turn, token: &ActionToken, build: String, log: Option<String>) {
    let now = turn.now;
    if turn
        .peek(&token.0)
        .is_none_or(|run| run.result.external_id.as_ref() == Some(&build))
    {
        return;
    }
    let Some((live, index)) = turn.running(&token.0) else {
        return;
    };
    let external_url = link(live, index, &build);
    let Some(run) = attempt(&mut live.execution, index) else {
        return;
    };
    run.updated = now;
    run.result = ActionResult {
        external_url,
        external_id: Some(build),
        log_stream_arn: log,
        ..ActionResult::default()
    };
}

/// The action's build has ended.
pub(super) fn build_finished(turn: &mut Turn, token: &ActionToken, build: BuildEnd) {
    launched(turn, token, build.id.clone(), build.log_stream_arn.clone());
    finish(turn, token, codebuild::outcome(build));
}

/// Fails every attempt whose time is over.
pub(super) fn time_out(turn: &mut Turn) {
    let now = turn.now;
    let running = turn
        .pipeline
        .live
        .iter()
        .flat_map(|live| live.execution.running());
    let late = running.filter(|run| run.deadline <= now);
    let late: Vec<String> = late.map(|run| run.id.clone()).collect();
    for id in late {
        stop_build(turn, &id);
        let outcome = time_out_error(turn, &id).into();
        finish(turn, &ActionToken(id), outcome);
    }
}

/// Gives up all running attempts of an execution; what providers do meanwhile goes on outside.
pub(super) fn abandon(turn: &mut Turn, id: &str) {
    let now = turn.now;
    let Some(live) = turn.live(id) else { return };
    let ids: Vec<String> = live.execution.running().map(|run| run.id.clone()).collect();
    for id in ids {
        let Some((live, index)) = turn.running(&id) else {
            continue;
        };
        if let Some(run) = attempt(&mut live.execution, index) {
            end(run, ActionStatus::Abandoned, now);
        }
    }
}

fn start(turn: &mut Turn, id: &str, name: &str) {
    let now = turn.now;
    let Some(live) = turn.live(id) else { return };
    let Some((run, effect)) = prepare::attempt(live, name, now) else {
        return;
    };
    let Some(stage) = live.execution.stage_mut() else {
        return;
    };
    stage.actions.push(run.clone());
    turn.started(&run);
    turn.changed(id);
    match effect {
        Ok(effect) => turn.effects.push(effect),
        Err(error) => finish(turn, &ActionToken(run.id), error.into()),
    }
}

fn succeed(live: &mut Live, index: usize, success: Success, now: Time) {
    let source =
        planned(live, index).map(|plan| (plan.outputs.first().cloned(), plan.namespace.clone()));
    let execution = &mut live.execution;
    let Some(run) = attempt(execution, index) else {
        return;
    };
    end(run, ActionStatus::Succeeded, now);
    run.result = ActionResult {
        external_id: success.result.external_id.or(run.result.external_id.take()),
        external_url: success
            .result
            .external_url
            .or(run.result.external_url.take()),
        log_stream_arn: success
            .result
            .log_stream_arn
            .or(run.result.log_stream_arn.take()),
        ..success.result
    };
    run.variables = success.variables.clone();
    run.revision = success.revision.clone();
    let (name, outputs) = (run.name.clone(), run.outputs.clone());
    let (artifact, namespace) = source.unwrap_or_default();
    for output in outputs {
        execution.artifacts.insert(output.name.clone(), output);
    }
    if let Some(namespace) = namespace {
        execution.outputs.insert(namespace, success.variables);
    }
    if let Some(revision) = success.revision {
        execution.revisions.retain(|known| known.action != name);
        let revision = SourceRevision {
            action: name,
            artifact,
            revision,
        };
        execution.revisions.push(revision);
    }
}

fn fail(live: &mut Live, index: usize, failure: Failure, now: Time) {
    let Some(run) = attempt(&mut live.execution, index) else {
        return;
    };
    end(run, ActionStatus::Failed, now);
    run.result.error = Some(failure.error);
    run.result.external_id = failure.external_id.or(run.result.external_id.take());
}

fn end(run: &mut ActionRun, status: ActionStatus, now: Time) {
    run.status = status;
    run.updated = now;
}

/// Nobody waits for the build of this attempt any more.
fn stop_build(turn: &mut Turn, id: &str) {
    let Some((live, index)) = turn.running(id) else {
        return;
    };
    let stop = planned(live, index)
        .filter(|plan| providers::is_codebuild(&plan.kind))
        .map(|plan| {
            let region = live.plan.region_of(plan).clone();
            Scope::new(live.plan.scope.account.clone(), region)
        });
    let build = attempt(&mut live.execution, index).and_then(|run| run.result.external_id.clone());
    if let (Some(scope), Some(build)) = (stop, build) {
        turn.effects.push(Effect::StopBuild { scope, build });
    }
}

fn time_out_error(turn: &mut Turn, id: &str) -> ActionError {
    let planned = turn
        .running(id)
        .and_then(|(live, index)| planned(live, index));
    let minutes = planned.map_or(0, |plan| plan.time_limit().as_secs() / 60);
    let message = format!("The action did not finish within its time limit of {minutes} minutes.");
    ActionError::new(ErrorCode::TimedOut, message)
}

fn link(live: &Live, index: usize, build: &str) -> Option<String> {
    let plan = planned(live, index)?;
    Some(codebuild::link(live.plan.region_of(plan), build))
}

/// The attempt at this place in the stage the execution is in.
fn attempt(execution: &mut Execution, index: usize) -> Option<&mut ActionRun> {
    execution.stage_mut()?.actions.get_mut(index)
}

/// What was declared for the attempt at this place.
fn planned(live: &Live, index: usize) -> Option<&ActionPlan> {
    let stage = live.plan.stages.get(live.execution.inside()?)?;
    let run = live.execution.stage()?.actions.get(index)?;
    stage.action(&run.name)
}
