//! The events AllowTestTraffic and AllowTraffic: listeners lead to the replacement, and it becomes the primary task set; or back.
//!
//! Source: contract, codedeploy sections 7.4 and 7.5.

use super::effect::{Effect, Route};
use super::plan::EcsWork;
use super::target::Color;
use super::way::{LONGEST, look, production, restore, work};
use crate::engine::deployment::ending::fail;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::sequence::{ends_if_pending, event_succeeded};
use crate::engine::deployment::state::Doing;
use crate::engine::deployment::traffic::{ALL, Routing};
use crate::engine::deployment::turn::Turn;

/// The test listener goes to where the traffic is to go.
pub(super) fn test(turn: &mut Turn) {
    let Some(work) = work(&turn.state) else {
        return;
    };
    let (needed, to) = match restore(work) {
        Some(restore) => (restore.tested, 0),
        None => (true, ALL),
    };
    let setting = turn.state.ecs().and_then(|target| target.setting.as_ref());
    let route = setting.and_then(|setting| {
        let listener = setting.test.clone()?;
        Some(Route {
            listener,
            ..production(setting)
        })
    });
    match route.filter(|_| needed) {
        Some(route) => {
            turn.wait_for(Doing::ShiftingTest { to });
            turn.ask_ecs(Effect::Test { route, to });
        }
        None => event_succeeded(turn),
    }
}

pub(super) fn tested(turn: &mut Turn, to: u32, result: Result<(), Fault>) {
    if turn.state.doing() != Some(&Doing::ShiftingTest { to }) {
        return;
    }
    match result {
        Ok(()) => event_succeeded(turn),
        Err(fault) => fail(turn, fault),
    }
}

pub(super) fn allow(turn: &mut Turn) {
    let Some(work) = work(&turn.state) else {
        return;
    };
    let (needed, to) = match restore(work) {
        Some(restore) => (restore.shifted, 0),
        None => (true, work.routing.first()),
    };
    match needed {
        true => shift(turn, to),
        false => event_succeeded(turn),
    }
}

/// Gives the replacement this share of the production traffic.
pub(in crate::engine::deployment) fn shift(turn: &mut Turn, to: u32) {
    let setting = turn.state.ecs().and_then(|target| target.setting.as_ref());
    let Some(route) = setting.map(production) else {
        return;
    };
    let alarms = turn.state.plan.alarms.clone();
    turn.wait_for(Doing::Shifting { to });
    turn.ask_ecs(Effect::Shift { route, to, alarms });
}

pub(super) fn shifted(turn: &mut Turn, to: u32, result: Result<(), Fault>) {
    if turn.state.doing() != Some(&Doing::Shifting { to }) {
        return;
    }
    if let Err(fault) = result {
        return fail(turn, fault);
    }
    turn.ecs(|target| target.weight = to);
    let Some(work) = work(&turn.state) else {
        return;
    };
    let next = match restore(work) {
        Some(_) => None,
        None => Routing::next(work.routing, to),
    };
    let at_once = comes_at_once(work);
    match next {
        Some((wait, next)) => {
            let until = turn.now + wait;
            turn.wait_for(Doing::Waiting { until, next });
            ends_if_pending(turn);
        }
        None if ends_if_pending(turn) => {}
        None if at_once => settle(turn),
        None => promote(turn),
    }
}

/// All the traffic comes in one step, and it is the first that the replacement gets.
fn comes_at_once(work: &EcsWork) -> bool {
    restore(work).is_none() && !work.routing.is_gradual()
}

/// Behind a network load balancer the targets of the replacement are checked only from now on: it has to be well with its traffic.
fn settle(turn: &mut Turn) {
    let until = turn.now + LONGEST;
    turn.wait_for(Doing::Settling { until });
    look(turn);
}

/// The task set that has all the traffic becomes the primary one.
pub(super) fn promote(turn: &mut Turn) {
    let Some(work) = work(&turn.state) else {
        return;
    };
    let (place, back) = (work.place.clone(), restore(work).cloned());
    let task_set = match back {
        Some(back) if !back.promoted => return event_succeeded(turn),
        Some(back) => Some(back.setting.blue),
        None => {
            let green = turn.state.ecs().and_then(|target| target.set(Color::Green));
            green.map(|green| green.id.clone())
        }
    };
    let Some(task_set) = task_set else {
        return fail(turn, Fault::replacement_unhealthy());
    };
    turn.ecs(|target| target.progress.promoted = true);
    turn.wait_for(Doing::Promoting);
    turn.ask_ecs(Effect::Promote { place, task_set });
}

pub(super) fn promoted(turn: &mut Turn, result: Result<(), Fault>) {
    if turn.state.doing() != Some(&Doing::Promoting) {
        return;
    }
    match result {
        Ok(()) => event_succeeded(turn),
        Err(fault) => fail(turn, fault),
    }
}
