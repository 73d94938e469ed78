//! Attempts of actions and rules: started, woken, finished, abandoned, timed out.
//!
//! An attempt ends once. News is matched by action execution id and only a running attempt hears it.

use super::change::ChangeState;
use super::event::{ActionToken, Alarm, Failure, Outcome, Success};
use super::execution::{ActionError, ErrorCode, SourceRevision};
use super::plan::{ActionPlan, Category, Gate, Mode, RetryMode};
use super::prepare::Start;
use super::providers::{self, alarm, codebuild, ecs};
use super::run::{ActionResult, ActionRun, ActionStatus, Job};
use super::state::{Live, Pipeline};
use super::turn::{Todo, Turn};
use super::{Effect, prepare, source};
use crate::aws::Time;
use crate::companions::containers::ServiceInfo;
use crate::engine::world::BuildEnd;

/// Actions of one PARALLEL execution that may run at the same time.
const MOST_PARALLEL: usize = 5;

/// Starts the actions of this run order that have not been tried in the stage the execution is in, as many as there is room
/// for.
pub(super) fn start_group(turn: &mut Turn, id: &str, order: u32) {
    let Some(live) = turn.live(id) else { return };
    let (Some(index), Some(run)) = (live.execution.inside(), live.execution.stage()) else {
        return;
    };
    let actions = live.plan.stages[index].actions.iter();
    let open =
        actions.filter(|action| action.run_order == order && run.action(&action.name).is_none());
    let names = open.map(|action| action.name.clone()).take(room(live));
    for name in names.collect::<Vec<String>>() {
        start(turn, id, None, &name);
    }
}

/// How many more actions of the execution may run now.
pub(super) fn room(live: &Live) -> usize {
    match live.execution.mode {
        Mode::Parallel => MOST_PARALLEL.saturating_sub(live.execution.running().count()),
        Mode::Superseded | Mode::Queued => usize::MAX,
    }
}

/// Begins an attempt of an action, or of a rule of `gate`.
pub(super) fn start(turn: &mut Turn, id: &str, gate: Option<Gate>, name: &str) {
    let now = turn.now;
    let Some(live) = turn.live(id) else { return };
    let Some((run, started)) = prepare::attempt(live, gate, name, now) else {
        return;
    };
    let Some(stage) = live.execution.stage_mut() else {
        return;
    };
    stage.tries.insert(prepare::place(gate, name), run.attempt);
    let action = run.id.clone();
    match gate.map(|gate| stage.gates.get_mut(&gate)) {
        None => stage.actions.push(run),
        Some(Some(gate)) => gate.rules.push(run),
        Some(None) => return,
    }
    turn.touched(&action);
    turn.changed(id);
    turn.tell_run(id, &action, ChangeState::Started);
    follow(turn, &action, started);
}

/// A provider has done its work, or could not.
pub(super) fn finish(turn: &mut Turn, token: &ActionToken, outcome: Outcome) {
    let now = turn.now;
    let Some(live) = turn.running(&token.0) else {
        return;
    };
    let id = live.execution.id.clone();
    match outcome {
        Outcome::Succeeded(success) => {
            let name = live.planned(&token.0).map(|action| action.name.clone());
            succeed(live, &token.0, success, now);
            source::recovered(&mut turn.pipeline, &name.unwrap_or_default());
            turn.tell_run(&id, &token.0, ChangeState::Succeeded);
        }
        Outcome::Failed(failure) => {
            fail(live, &token.0, failure, now);
            turn.tell_run(&id, &token.0, ChangeState::Failed);
        }
    }
    turn.todo.push_back(Todo::Settle(id));
}

/// What the attempt waits for exists.
pub(super) fn launched(turn: &mut Turn, token: &ActionToken, what: String, log: Option<String>) {
    let now = turn.now;
    // Where the log is may be told later than what is waited for.
    let known = |run: &ActionRun| {
        let told = log.is_none() || run.result.log_stream_arn == log;
        told && run.result.external_id.as_ref() == Some(&what)
    };
    if turn.peek(&token.0).is_none_or(known) {
        return;
    }
    let Some(live) = turn.running(&token.0) else {
        return;
    };
    let external_url = link(live, &token.0, &what);
    let Some(run) = live.execution.run_mut(&token.0) else {
        return;
    };
    run.updated = now;
    run.result = ActionResult {
        external_url,
        external_id: Some(what),
        log_stream_arn: log,
        ..ActionResult::default()
    };
}

/// The attempt's build has ended.
pub(super) fn build_finished(turn: &mut Turn, token: &ActionToken, build: BuildEnd) {
    launched(turn, token, build.id.clone(), build.log_stream_arn.clone());
    finish(turn, token, codebuild::outcome(build));
}

/// Somebody looked at the alarm that a rule asks for.
pub(super) fn alarm_seen(turn: &mut Turn, token: &ActionToken, seen: &Alarm) {
    let now = turn.now;
    let Some(run) = turn.peek(&token.0) else {
        return;
    };
    match alarm::seen(run, seen, now) {
        alarm::Verdict::Ended(outcome) => finish(turn, token, *outcome),
        alarm::Verdict::Wait(until) => {
            if run.wake == Some(until) {
                return;
            }
            let live = turn.running(&token.0);
            if let Some(run) = live.and_then(|live| live.execution.run_mut(&token.0)) {
                run.wake = Some(until);
            }
        }
    }
}

/// Somebody looked at the service that an action deploys to.
pub(super) fn service_seen(turn: &mut Turn, token: &ActionToken, seen: Option<&ServiceInfo>) {
    let ended = turn.peek(&token.0).and_then(|run| ecs::seen(run, seen));
    if let Some(outcome) = ended {
        finish(turn, token, outcome);
    }
}

/// Goes on with every attempt that wanted to be woken by now, and fails those whose time is over.
pub(super) fn look_at_clock(turn: &mut Turn) {
    let now = turn.now;
    let live = turn.pipeline.live.iter();
    let running = live.flat_map(|live| live.execution.running());
    let (late, rest): (Vec<&ActionRun>, Vec<&ActionRun>) =
        running.partition(|run| run.deadline <= now);
    let ids = |runs: &[&ActionRun]| runs.iter().map(|run| run.id.clone()).collect::<Vec<_>>();
    let woken = rest
        .into_iter()
        .filter(|run| run.wake.is_some_and(|wake| wake <= now));
    let (late, woken) = (ids(&late), ids(&woken.collect::<Vec<_>>()));
    for id in woken {
        wake(turn, &id);
    }
    for id in late {
        stop_build(turn, &id);
        let outcome = time_out_error(turn, &id).into();
        finish(turn, &ActionToken(id), outcome);
    }
}

/// When an attempt wants to be looked at next.
pub(super) fn next_look(run: &ActionRun) -> Time {
    run.wake.map_or(run.deadline, |wake| wake.min(run.deadline))
}

/// Gives up all running attempts of an execution; what providers do meanwhile goes on outside.
pub(super) fn abandon(turn: &mut Turn, id: &str, which: impl Fn(&ActionPlan) -> bool) {
    let Some(live) = turn.live(id) else { return };
    let running = live.execution.running();
    let chosen = running.filter(|run| live.planned(&run.id).is_some_and(&which));
    let ids: Vec<String> = chosen.map(|run| run.id.clone()).collect();
    for run in ids {
        give_up(turn, id, &run);
    }
}

/// Takes back the attempts that are to be made again: those that failed, or all.
pub(super) fn forget(live: &mut Live, mode: RetryMode) {
    let Some(stage) = live.execution.stages.last_mut() else {
        return;
    };
    stage.actions.retain(|run| match (mode, run.status) {
        (_, ActionStatus::InProgress) => true,
        (RetryMode::FailedActions, status) => status == ActionStatus::Succeeded,
        (RetryMode::AllActions, _) => false,
    });
}

/// Whether PutActionRevision, jobs and the like may name it: an attempt that a person or a worker answers.
pub(super) fn is_approval(action: &ActionPlan) -> bool {
    action.kind.category == Category::Approval
}

/// The running attempt of this job, in a pipeline.
pub(super) fn of_job<'a>(pipeline: &'a Pipeline, job: &str) -> Option<&'a ActionRun> {
    let live = pipeline.live.iter();
    let mut running = live.flat_map(|live| live.execution.running());
    running.find(|run| run.job.as_ref().is_some_and(|known| known.id == job))
}

/// Takes over what a provider began.
pub(super) fn follow(turn: &mut Turn, id: &str, started: Result<Start, ActionError>) {
    let start = match started {
        Ok(start) => start,
        Err(error) => return finish(turn, &ActionToken(id.to_owned()), error.into()),
    };
    let now = turn.now;
    let Some(live) = turn.running(id) else { return };
    let known = live.execution.run_mut(id).and_then(|run| run.job.as_ref());
    let number = known.map_or(1, |job| job.number + 1);
    let job = prepare::job_id(&live.execution, id, number);
    let limit = live
        .planned(id)
        .map(ActionPlan::time_limit)
        .unwrap_or_default();
    let Some(run) = live.execution.run_mut(id) else {
        return;
    };
    run.wake = start.wake;
    if let Some(deadline) = start.deadline {
        run.deadline = deadline.min(run.started + limit);
    }
    if let Some(continuation) = start.job {
        run.job = Some(Job {
            id: job,
            number,
            continuation,
            since: now,
        });
    }
    merge(&mut run.result, start.result);
    turn.effects.extend(start.effect);
    if let Some(success) = start.done {
        finish(
            turn,
            &ActionToken(id.to_owned()),
            Outcome::Succeeded(success),
        );
    }
}

fn wake(turn: &mut Turn, id: &str) {
    let now = turn.now;
    let Some(live) = turn.running(id) else { return };
    let Some(run) = live.execution.run_mut(id) else {
        return;
    };
    run.wake = None;
    let run = run.clone();
    if let Some(started) = prepare::woken(live, &run, now) {
        follow(turn, id, started);
    }
}

fn give_up(turn: &mut Turn, id: &str, run: &str) {
    let now = turn.now;
    let Some(live) = turn.running(run) else {
        return;
    };
    let is_approval = live.planned(run).is_some_and(is_approval);
    let Some(attempt) = live.execution.run_mut(run) else {
        return;
    };
    end(attempt, ActionStatus::Abandoned, now);
    if is_approval {
        attempt.result.summary = Some("The approval action has been canceled.".to_owned());
    }
    turn.tell_run(id, run, ChangeState::Abandoned);
}

fn succeed(live: &mut Live, id: &str, success: Success, now: Time) {
    let planned = live.planned(id);
    let (artifact, namespace) = planned
        .map(|plan| (plan.outputs.first().cloned(), plan.namespace.clone()))
        .unwrap_or_default();
    let execution = &mut live.execution;
    let Some(run) = execution.run_mut(id) else {
        return;
    };
    end(run, ActionStatus::Succeeded, now);
    merge(&mut run.result, success.result);
    run.variables = success.variables.clone();
    run.revision = success.revision.clone();
    let (name, outputs) = (run.name.clone(), run.outputs.clone());
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

/// What is newly known replaces what was known.
fn merge(known: &mut ActionResult, new: ActionResult) {
    *known = ActionResult {
        external_id: new.external_id.or(known.external_id.take()),
        external_url: new.external_url.or(known.external_url.take()),
        log_stream_arn: new.log_stream_arn.or(known.log_stream_arn.take()),
        summary: new.summary.or(known.summary.take()),
        percent: new.percent.or(known.percent),
        error: new.error,
    };
}

fn fail(live: &mut Live, id: &str, failure: Failure, now: Time) {
    let Some(run) = live.execution.run_mut(id) else {
        return;
    };
    end(run, ActionStatus::Failed, now);
    run.result.error = Some(failure.error);
    run.result.external_id = failure.external_id.or(run.result.external_id.take());
}

pub(super) fn end(run: &mut ActionRun, status: ActionStatus, now: Time) {
    run.status = status;
    run.updated = now;
    run.wake = None;
}

/// Nobody waits for the build of this attempt any more.
fn stop_build(turn: &mut Turn, id: &str) {
    let Some(live) = turn.running(id) else {
        return;
    };
    let stop = live
        .planned(id)
        .filter(|plan| providers::is_build(&plan.kind))
        .map(|plan| live.plan.scope_of(plan));
    let build = live
        .execution
        .run_mut(id)
        .and_then(|run| run.result.external_id.clone());
    if let (Some(scope), Some(build)) = (stop, build) {
        turn.effects.push(Effect::StopBuild { scope, build });
    }
}

fn time_out_error(turn: &mut Turn, id: &str) -> ActionError {
    let run = turn.peek(id).map(|run| run.deadline.since(run.started));
    let minutes = run.map_or(0, |limit| limit.as_secs() / 60);
    let message = format!("The action did not finish within its time limit of {minutes} minutes.");
    ActionError::new(ErrorCode::TimedOut, message)
}

fn link(live: &Live, run: &str, what: &str) -> Option<String> {
    let plan = live.planned(run)?;
    let region = live.plan.region_of(plan);
    match live.execution.running().find(|of| of.id == run) {
        Some(of) if ecs::is_ecs(plan) => Some(ecs::link(region, of)),
        _ => providers::link(&plan.kind, region, what),
    }
}
