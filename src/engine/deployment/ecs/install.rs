//! The event Install: the replacement task set is created, and waited for until it is well.
//!
//! Both target groups stand behind an application load balancer's listener before the task set is created, as they do at AWS, so that
//! what the load balancer finds is part of the task set's being steady, whatever the routing. A network load balancer leads to one
//! group only; what it finds is known after the shift (`shift`, Settling). Source: contract, codedeploy sections 3.4.1 (what was
//! observed) and 7.4 row 2.

use super::effect::Effect;
use super::way::{LONGEST, look, production, restore, work};
use crate::engine::deployment::ending::{end_when_quiet, fail};
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::sequence::{ends_if_pending, event_succeeded};
use crate::engine::deployment::state::{Doing, Ending};
use crate::engine::deployment::turn::Turn;

pub(super) fn install(turn: &mut Turn) {
    let Some(work) = work(&turn.state) else {
        return;
    };
    if restore(work).is_some() {
        return event_succeeded(turn);
    }
    let place = work.place.clone();
    let Some((spec, route)) = turn.state.ecs().and_then(|target| {
        let route = production(target.setting.as_ref()?);
        Some((Box::new(target.spec.clone()), route))
    }) else {
        return;
    };
    let id = turn.state.plan.id.clone();
    turn.ecs(|target| target.progress.created = true);
    turn.wait_for(Doing::CreatingTasks);
    turn.ask_ecs(Effect::Create {
        place,
        spec,
        route,
        id,
    });
}

/// The replacement is there, and is waited for until it is well.
pub(super) fn created(turn: &mut Turn, result: Result<(), Fault>) {
    if turn.state.doing() != Some(&Doing::CreatingTasks) {
        return;
    }
    match result {
        Err(fault) => fail(turn, fault),
        Ok(()) if ends_if_pending(turn) => {}
        Ok(()) => {
            let until = turn.now + LONGEST;
            turn.wait_for(Doing::Installing { until });
            look(turn);
        }
    }
}

/// The replacement runs and is well.
pub(super) fn installed(turn: &mut Turn) {
    turn.ecs(|target| target.progress.installed = true);
    event_succeeded(turn);
}

pub(in crate::engine::deployment) fn not_installed(turn: &mut Turn) {
    fail(turn, Fault::replacement_slow());
}

/// The replacement has had no running task for too long.
pub(in crate::engine::deployment) fn sick(turn: &mut Turn) {
    end_when_quiet(turn, Ending::Failed(Fault::replacement_unhealthy()));
}
