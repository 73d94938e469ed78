//! After the last event: the task set that is left over is kept for a while, deleted, and drains.
//!
//! Source: contract, codedeploy section 7.4 rows 9 and 10.

use super::effect::{Effect, Which};
use super::way::{LONGEST, look, of_minutes, restore, work};
use crate::engine::deployment::ending::end;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::sequence::ends_if_pending;
use crate::engine::deployment::state::{Doing, Ending, TargetStatus};
use crate::engine::deployment::turn::Turn;

/// All events have succeeded: the target has too, and one task set is left over.
pub(in crate::engine::deployment) fn all_succeeded(turn: &mut Turn) {
    let Some(work) = work(&turn.state) else {
        return;
    };
    let (wait, back) = (work.termination_wait, restore(work).is_some());
    turn.ecs(|target| {
        target.status = TargetStatus::Succeeded;
        target.progress.retiring = !back;
    });
    match back || wait == 0 {
        true => remove(turn),
        false => {
            let until = turn.now + of_minutes(wait);
            turn.wait_for(Doing::Retiring { until });
        }
    }
}

/// The task set that is left over goes: the original one, or the replacement that is rolled back.
pub(in crate::engine::deployment) fn remove(turn: &mut Turn) {
    let Some(work) = work(&turn.state) else {
        return;
    };
    let place = work.place.clone();
    let which = match restore(work) {
        Some(restore) => Some(Which::Of(restore.of.clone())),
        None => {
            let setting = turn.state.ecs().and_then(|target| target.setting.as_ref());
            setting.map(|setting| Which::Id(setting.blue.clone()))
        }
    };
    let Some(which) = which else { return };
    turn.ecs(|target| target.progress.removed = true);
    turn.wait_for(Doing::Removing);
    turn.ask_ecs(Effect::Remove { place, which });
}

/// It drains; one that cannot be deleted is told of, and spoils nothing.
pub(super) fn removed(turn: &mut Turn, result: Result<(), Fault>) {
    if turn.state.doing() != Some(&Doing::Removing) {
        return;
    }
    if let Err(fault) = result {
        turn.ecs(|target| target.messages.push(fault.message));
        return finish(turn);
    }
    let until = turn.now + LONGEST;
    turn.wait_for(Doing::Draining { until });
    if !ends_if_pending(turn) {
        look(turn);
    }
}

pub(in crate::engine::deployment) fn not_drained(turn: &mut Turn) {
    let what = "A task set was not drained in time; Amazon ECS goes on to remove it.";
    turn.ecs(|target| target.messages.push(what.to_owned()));
    finish(turn);
}

/// Nothing is left to do.
pub(super) fn finish(turn: &mut Turn) {
    if !ends_if_pending(turn) {
        end(turn, Ending::Succeeded);
    }
}

/// After an end: a replacement that never got traffic is of no use, unless a rollback is to remove it.
pub(in crate::engine::deployment) fn discard(turn: &mut Turn) {
    let Some(target) = turn.state.ecs() else {
        return;
    };
    let useless = target.progress.created && !target.progress.installed;
    if useless && turn.state.rolled_back_by.is_none() {
        let place = target.place.clone();
        let which = Which::Of(turn.state.plan.id.clone());
        turn.ask_ecs(Effect::Discard { place, which });
    }
}
