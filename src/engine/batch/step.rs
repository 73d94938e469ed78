//! News of a batch → its next state and what is to be done: one match, one line per arm.

use super::Batches;
use super::event::{ChildEnded, Event, GroupToken};
use super::groups::go_on;
use super::spec::{BATCHSPEC, BatchSpec};
use super::state::{BatchState, Group, GroupStatus, Phase, PhaseStatus};
use super::turn::Turn;
use crate::aws::Time;
use crate::engine::Step;
use crate::engine::build::state::{ArtifactResult, BuildStatus, Context};

/// What the event leads to.
pub fn step(state: BatchState, now: Time, event: Event) -> Step<Batches> {
    let mut turn = Turn::new(state, now);
    match event {
        Event::BuildLaunched(token, build) => launched(&mut turn, &token, build),
        Event::BuildRefused(token, why) => refused(&mut turn, &token, why),
        Event::BuildFinished(token, ended) => finished(&mut turn, &token, *ended),
        Event::ArtifactsCombined(phase, results) => combined(&mut turn, phase, results),
        Event::CombiningFailed(phase, why) => combining_failed(&mut turn, phase, why),
        Event::Ticked => ticked(&mut turn),
    }
    turn.done()
}

fn launched(turn: &mut Turn, token: &GroupToken, build: String) {
    let Some(group) = turn.state.running(token) else {
        return;
    };
    group.current.status = GroupStatus::Running;
    group.current.build = Some(build);
    if token.group == BATCHSPEC && turn.state.current() == Phase::Submitted {
        turn.enter(Phase::DownloadBatchspec, PhaseStatus::Succeeded, None);
    }
}

fn refused(turn: &mut Turn, token: &GroupToken, why: String) {
    let Some(group) = turn.state.running(token) else {
        return;
    };
    group.current.status = GroupStatus::Ended(BuildStatus::Failed);
    turn.blame(Context::new("CLIENT_ERROR", why.clone()));
    match token.group == BATCHSPEC {
        true => turn.fail(PhaseStatus::Failed, Some(Context::new("CLIENT_ERROR", why))),
        false => go_on(turn),
    }
}

fn finished(turn: &mut Turn, token: &GroupToken, ended: ChildEnded) {
    // It may end before it is told that it was started.
    launched(turn, token, ended.id.clone());
    let Some(group) = turn.state.running(token) else {
        return;
    };
    group.current.status = GroupStatus::Ended(ended.status);
    group.current.artifacts.clone_from(&ended.artifacts);
    match token.group == BATCHSPEC {
        true => read(turn, ended),
        false => go_on(turn),
    }
}

/// The buildspec was read, or was not.
fn read(turn: &mut Turn, ended: ChildEnded) {
    let Some(spec) = ended
        .batchspec
        .filter(|_| ended.status == BuildStatus::Succeeded)
    else {
        return turn.fail(PhaseStatus::Failed, ended.failure);
    };
    if let Some(why) = turn.state.plan.refusal(&spec) {
        return turn.fail(PhaseStatus::Failed, Some(why));
    }
    turn.state.resolved_source_version = ended.resolved_source_version;
    plan_groups(&mut turn.state, spec);
    turn.enter(Phase::InProgress, PhaseStatus::Succeeded, None);
    go_on(turn);
}

/// Groups that are there from before a retry keep what they remember.
fn plan_groups(state: &mut BatchState, spec: BatchSpec) {
    state.fast_fail = spec.fast_fail;
    let mut before = std::mem::take(&mut state.groups);
    let mut take = |name: &str| {
        let at = before.iter().position(|group| group.identifier == name)?;
        Some(before.remove(at))
    };
    state.groups.extend(take(BATCHSPEC));
    for task in spec.tasks {
        let known = take(&task.identifier);
        let mut group = known.unwrap_or_else(|| Group::new(task.identifier.clone(), None));
        group.task = Some(task);
        state.groups.push(group);
    }
}

fn combines(turn: &Turn, phase: usize) -> bool {
    turn.state.current() == Phase::CombineArtifacts && turn.state.phases.len() == phase
}

fn combined(turn: &mut Turn, phase: usize, results: Vec<ArtifactResult>) {
    if combines(turn, phase) {
        turn.state.artifacts = results;
        turn.finish(
            Phase::Succeeded,
            PhaseStatus::Succeeded,
            None,
            BuildStatus::Succeeded,
        );
    }
}

fn combining_failed(turn: &mut Turn, phase: usize, why: Context) {
    if combines(turn, phase) {
        turn.fail(PhaseStatus::Failed, Some(why));
    }
}

/// The trailing blank of the message is AWS's, of builds.
fn ticked(turn: &mut Turn) {
    let deadline = turn.state.deadline();
    if deadline.is_some_and(|deadline| deadline <= turn.now) {
        turn.abandon();
        let why = Context::new("BUILD_TIMED_OUT", "Build has timed out. ");
        turn.finish(
            Phase::Failed,
            PhaseStatus::TimedOut,
            Some(why),
            BuildStatus::TimedOut,
        );
    }
}
