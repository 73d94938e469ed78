//! Which groups may begin, which never will, and when all have ended.

use super::effect::{Combine, Effect, Place};
use super::plan::Combined;
use super::state::{BatchState, Group, GroupStatus, Phase, PhaseStatus};
use super::turn::Turn;
use crate::engine::build::state::{ArtifactResult, BuildStatus};

/// After something has changed among the groups: gives up what cannot run, starts what can, ends the phase after the last.
pub fn go_on(turn: &mut Turn) {
    if turn.state.current() != Phase::InProgress {
        return;
    }
    give_up(&mut turn.state);
    if turn.state.fast_fail && turn.state.groups.iter().any(Group::is_bad) {
        give_up_all(turn);
    }
    start(turn);
    let ended = |state: &BatchState| state.groups.iter().all(|group| group.current.has_ended());
    if ended(&turn.state) {
        end(turn);
    }
}

/// What waits for a build that went wrong never runs, and neither does what waits for that.
fn give_up(state: &mut BatchState) {
    loop {
        let bad = state.groups.iter().filter(|group| group.is_bad());
        let bad: Vec<String> = bad.map(|group| group.identifier.clone()).collect();
        let lost = state.groups.iter_mut().filter(|group| {
            group.current.status == GroupStatus::Pending
                && group.depends_on().iter().any(|on| bad.contains(on))
        });
        let mut changed = false;
        for group in lost {
            group.current.status = GroupStatus::Ended(BuildStatus::Stopped);
            changed = true;
        }
        if !changed {
            return;
        }
    }
}

/// Nothing begins any more, and what runs is asked to stop; it is asked again at the next failure, which is harmless.
fn give_up_all(turn: &mut Turn) {
    for group in &mut turn.state.groups {
        if group.current.status == GroupStatus::Pending {
            group.current.status = GroupStatus::Ended(BuildStatus::Stopped);
        }
    }
    turn.stop_builds();
}

fn start(turn: &mut Turn) {
    let state = &turn.state;
    let good = |name: &String| {
        let group = state.group(name);
        group.is_some_and(Group::is_good)
    };
    let ready = state.groups.iter().filter(|group| {
        group.current.status == GroupStatus::Pending && group.depends_on().iter().all(good)
    });
    let ready: Vec<String> = ready.map(|group| group.identifier.clone()).collect();
    for name in ready {
        turn.launch(&name);
    }
}

fn end(turn: &mut Turn) {
    if turn.state.groups.iter().any(Group::is_bad) {
        let why = turn.blamed();
        return turn.fail(PhaseStatus::ClientError, why);
    }
    turn.enter(Phase::CombineArtifacts, PhaseStatus::Succeeded, None);
    let combine = combine(&turn.state);
    match combine.places.is_empty() {
        false => turn.ask(Effect::CombineArtifacts(Box::new(combine))),
        true => turn.finish(
            Phase::Succeeded,
            PhaseStatus::Succeeded,
            None,
            BuildStatus::Succeeded,
        ),
    }
}

/// What goes where; places that nothing goes to are left out.
fn combine(state: &BatchState) -> Combine {
    let places = state.plan.combined.iter().map(|into| Place {
        parts: parts(state, into),
        into: into.clone(),
    });
    Combine {
        scope: state.plan.scope.clone(),
        uuid: state.plan.uuid.clone(),
        phase: state.phases.len(),
        places: places.filter(|place| !place.parts.is_empty()).collect(),
    }
}

fn parts(state: &BatchState, into: &Combined) -> Vec<ArtifactResult> {
    let groups = state.groups.iter();
    let artifacts = groups.flat_map(|group| &group.current.artifacts);
    artifacts
        .filter(|part| part.identifier == into.identifier)
        .cloned()
        .collect()
}
