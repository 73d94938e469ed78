//! News of a service: what its task sets look like now, and what that means for what the deployment waits for.
//!
//! Whoever tells has looked at the service; what is seen counts, and seeing the same again changes nothing. Source: contract,
//! codedeploy sections 5.6 and 7.4.

use super::event::Event;
use super::target::{Color, SetSeen};
use super::way::{self, restore, work};
use super::{install, removal, shift};
use crate::aws::Scope;
use crate::companions::containers::TaskSetInfo;
use crate::engine::deployment::ending::end_when_quiet;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::state::{DeploymentState, Doing, Ending};
use crate::engine::deployment::turn::Turn;

/// One match for all news of this platform.
pub(in crate::engine::deployment) fn step(turn: &mut Turn, event: Event) {
    match event {
        Event::SpecRead(spec) => way::spec_read(turn, *spec),
        Event::Inspected(result) => way::inspected(turn, *result),
        Event::Created(result) => install::created(turn, result),
        Event::Seen(sets) => seen(turn, sets),
        Event::Tested { to, result } => shift::tested(turn, to, result),
        Event::Shifted { to, result } => shift::shifted(turn, to, result),
        Event::Promoted(result) => shift::promoted(turn, result),
        Event::Removed(result) => removal::removed(turn, result),
    }
}

fn seen(turn: &mut Turn, sets: Option<Vec<TaskSetInfo>>) {
    let Some(target) = turn.state.ecs() else {
        return;
    };
    if target.setting.is_none() {
        return;
    }
    let Some(sets) = sets else {
        let fault = Fault::service(format!(
            "The Amazon ECS service {} was deleted during the deployment.",
            target.place.service
        ));
        return end_when_quiet(turn, Ending::Failed(fault));
    };
    let before = target.set(Color::Green).cloned();
    let now = both(&turn.state, &sets);
    if now != target.sets {
        turn.ecs(|target| target.sets = now);
    }
    decide(turn, before.as_ref());
}

/// The original and the replacement among a service's task sets.
fn both(state: &DeploymentState, sets: &[TaskSetInfo]) -> Vec<SetSeen> {
    let Some(setting) = state.ecs().and_then(|target| target.setting.as_ref()) else {
        return Vec::new();
    };
    let restored = work(state).and_then(restore);
    let creator = restored.map_or(&state.plan.id, |restore| &restore.of);
    let color = |set: &TaskSetInfo| match set.external_id.as_ref() {
        _ if set.id == setting.blue => Some(Color::Blue),
        Some(id) if id == creator => Some(Color::Green),
        _ => None,
    };
    let seen = sets
        .iter()
        .filter_map(|set| Some(SetSeen::of(color(set)?, set)));
    let mut seen: Vec<_> = seen.collect();
    seen.sort_by_key(|set| set.color == Color::Green);
    seen
}

fn decide(turn: &mut Turn, before: Option<&SetSeen>) {
    let Some(target) = turn.state.ecs() else {
        return;
    };
    let leaving = match work(&turn.state).and_then(restore) {
        Some(_) => Color::Green,
        None => Color::Blue,
    };
    match target.doing {
        Doing::Installing { .. } => {
            let green = target.set(Color::Green);
            match green {
                Some(green) if green.is_up() => install::installed(turn),
                None if before.is_some() => lost(turn),
                _ => {}
            }
        }
        Doing::Draining { .. } if target.set(leaving).is_none() => removal::finish(turn),
        _ if leaving == Color::Blue && target.progress.installed => {
            check(turn, before);
            settle(turn);
        }
        _ => {}
    }
}

/// What has all of its traffic, and is well with it, goes on.
fn settle(turn: &mut Turn) {
    let target = turn.state.ecs();
    let waits = target.filter(|target| matches!(target.doing, Doing::Settling { .. }));
    let green = waits.and_then(|target| target.set(Color::Green));
    if green.is_some_and(SetSeen::is_up) {
        shift::promote(turn);
    }
}

fn lost(turn: &mut Turn) {
    install::sick(turn);
}

/// A replacement that ran is gone, or has none of its tasks left. Those may come back: a server that ends takes all tasks with it.
fn check(turn: &mut Turn, before: Option<&SetSeen>) {
    let Some(target) = turn.state.ecs() else {
        return;
    };
    let green = target.set(Color::Green);
    if before.is_some() && green.is_none_or(|green| green.status == "DRAINING") {
        return lost(turn);
    }
    let is_empty = green.is_some_and(|green| green.running == 0 && green.desired > 0);
    let since = is_empty.then(|| target.sick_since.unwrap_or(turn.now));
    if since != target.sick_since {
        turn.ecs(|target| target.sick_since = since);
    }
}

/// The services that a live deployment has news of. For an index, so that the news finds it.
pub fn watched(state: &DeploymentState) -> Vec<(Scope, String, String)> {
    let place = work(state).map(|work| work.place.clone());
    let place = place.into_iter();
    place
        .map(|place| (state.plan.scope.clone(), place.cluster, place.service))
        .collect()
}
