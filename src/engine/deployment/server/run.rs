//! The way of a deployment to instances: who they are, alarms, then batch after batch, event after event.
//!
//! Source: contract, codedeploy sections 5.7 and 8.1 to 8.4.

use super::batch::Next;
use super::events::{ALLOW, is_of_the_previous_revision, is_ours};
use super::fleet::{Doing, Fleet, Instance, LONGEST_EVENT, MOST, Phase, SILENCE};
use super::order::{Candidate, order};
use super::plan::{ServerWork, Style};
use super::report::{Code, Report};
use super::{notification, shift, zones};
use crate::engine::deployment::alarm;
use crate::engine::deployment::color::Color;
use crate::engine::deployment::effect::{Effect, Traffic};
use crate::engine::deployment::ending::end;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::state::{DeploymentState, Ending, Status, Target, TargetStatus};
use crate::engine::deployment::turn::Turn;
use std::sync::Arc;

/// The instances are known: work begins, unless it cannot.
pub(in super::super) fn found(turn: &mut Turn, result: Result<Vec<Candidate>, Fault>) {
    if turn.state.status != Status::Created {
        return;
    }
    let Some(work) = work(&turn.state).cloned() else {
        return;
    };
    let found = result.and_then(|found| {
        let found = order(found, &work);
        check(&found, &work, &turn.state.plan.group).map_or(Ok(found), Err)
    });
    match found {
        Err(fault) => end(turn, Ending::Failed(fault)),
        Ok(found) => begin(turn, found, &work),
    }
}

/// Why nothing can be done with these instances.
fn check(found: &[Candidate], work: &ServerWork, group: &str) -> Option<Fault> {
    let lacks = |color| found.iter().all(|one| one.label != Some(color));
    let lacks_one = match &work.style {
        Style::BlueGreen(None) => return Some(Fault::blue_green_missing(group)),
        Style::BlueGreen(_) if work.balancers.is_none() => {
            return Some(Fault::balancers_missing(group));
        }
        Style::BlueGreen(Some(of)) => !of.back && (lacks(Color::Blue) || lacks(Color::Green)),
        Style::InPlace => false,
    };
    if found.is_empty() || lacks_one {
        return Some(Fault::no_instances());
    }
    (found.len() > MOST).then(|| Fault::too_many_instances(found.len(), MOST))
}

fn begin(turn: &mut Turn, found: Vec<Candidate>, work: &ServerWork) {
    let installed = found.iter().filter(|one| one.label != Some(Color::Blue));
    let out_of_reach = !work.goes_back() && work.minimum.is_out_of_reach(installed.count());
    let zones = work.zones;
    let out_of_reach = out_of_reach || zones.is_some_and(|of| zones::are_out_of_reach(&found, of));
    let fleet = Fleet::of(found, work, turn.now);
    let target = Target::Server(Box::new(fleet));
    if !out_of_reach {
        return alarm::begin(turn, target);
    }
    turn.state.started = Some(turn.now.max(turn.state.plan.created));
    turn.state.target = Some(target);
    end(turn, Ending::Failed(Fault::health_out_of_reach()));
}

/// The alarms are quiet.
pub(in super::super) fn calm(turn: &mut Turn) {
    let back = work(&turn.state).is_some_and(ServerWork::goes_back);
    let Some(fleet) = turn.state.fleet_mut() else {
        return;
    };
    if fleet.phase == Phase::LookingAtAlarms {
        fleet.phase = match back {
            true => Phase::Allowing,
            false => Phase::Deploying,
        };
        go_on(turn);
    }
}

/// Begins what may begin; ends the deployment when nothing more can.
pub(super) fn go_on(turn: &mut Turn) {
    if turn.state.pending.is_some() {
        return settle(turn);
    }
    let (Some(work), Some(fleet)) = (work(&turn.state), turn.state.fleet()) else {
        return;
    };
    let all = match fleet.phase {
        Phase::Deploying => false,
        Phase::Allowing => work.goes_back(),
        Phase::Blocking => true,
        _ => return,
    };
    let next = match all {
        true => fleet.next_of_all(work.minimum),
        false => fleet.next(work.minimum, work.zones),
    };
    match next {
        Next::Start(more) => {
            for number in fleet.pending(more) {
                start(turn, number);
            }
        }
        Next::Wait => {}
        Next::Broken if fleet.instances.iter().any(|one| one.is_at_work()) => {}
        Next::Broken => end(turn, Ending::Failed(Fault::too_few_healthy())),
        Next::Done if work.zones.is_some_and(|of| !zones::is_met(fleet, of)) => {
            end(turn, Ending::Failed(Fault::too_few_healthy()));
        }
        Next::Done => match zones::follow(turn) {
            Some(zones) => zones::rest(turn, zones),
            None if all || fleet.is_met(work.minimum) => shift::through(turn),
            None => end(turn, Ending::Failed(Fault::too_few_healthy())),
        },
    }
}

/// The turn of an instance has come, for the first time or again.
fn start(turn: &mut Turn, number: usize) {
    let mut was = TargetStatus::Pending;
    change(turn, number, |one| {
        was = std::mem::replace(&mut one.status, TargetStatus::InProgress);
    });
    if was == TargetStatus::Pending {
        notification::tell(turn, number, "InstanceStart");
    }
    next_event(turn, number);
}

/// What was decided comes as soon as nobody carries anything out any more.
fn settle(turn: &mut Turn) {
    if turn.state.fleet().is_some_and(Fleet::is_executing) {
        return;
    }
    if let Some(ending) = turn.state.pending.take() {
        end(turn, ending);
    }
}

/// Ends the deployment as soon as nobody carries anything out. What was decided first stays.
pub(in super::super) fn end_when_quiet(turn: &mut Turn, ending: Ending) {
    turn.state.pending.get_or_insert(ending);
    settle(turn);
}

fn next_event(turn: &mut Turn, number: usize) {
    let now = turn.now;
    let fleet = turn.state.fleet();
    let one = fleet.and_then(|fleet| fleet.instances.get(number));
    if fleet
        .zip(one)
        .is_some_and(|(fleet, one)| fleet.is_ready(one))
    {
        change(turn, number, |one| one.status = TargetStatus::Ready);
        return notification::tell(turn, number, "InstanceReady");
    }
    let mut begun = None;
    change(turn, number, |one| {
        begun = one.lifecycle.begin(now);
        one.doing = match begun.as_deref() {
            None => Doing::Nothing,
            Some(event) if is_ours(event) => Doing::Balancing {
                until: now + LONGEST_EVENT,
            },
            Some(_) => Doing::Queued {
                until: now + SILENCE,
            },
        };
        if begun.is_none() {
            one.status = TargetStatus::Succeeded;
        }
    });
    match begun {
        None => notification::tell(turn, number, "InstanceSuccess"),
        Some(event) if is_ours(&event) => balance(turn, number, event),
        Some(_) => {}
    }
}

fn balance(turn: &mut Turn, number: usize, event: String) {
    let balancers = work(&turn.state).and_then(|work| work.balancers.clone());
    let Some(one) = turn
        .state
        .fleet()
        .and_then(|fleet| fleet.instances.get(number))
    else {
        return;
    };
    let way = match event == ALLOW {
        true => Traffic::Allow,
        false => Traffic::Block,
    };
    let effect = Effect::MoveTraffic {
        instance: one.id.clone(),
        way,
        balancers: balancers.unwrap_or_default(),
    };
    turn.ask(effect);
}

/// Traffic was moved, or was not.
pub(in super::super) fn traffic_moved(
    turn: &mut Turn,
    instance: &str,
    way: Traffic,
    result: Result<(), String>,
) {
    let Some(fleet) = turn.state.fleet() else {
        return;
    };
    let Some(number) = fleet.instances.iter().position(|one| one.id == instance) else {
        return;
    };
    let one = &fleet.instances[number];
    let running = one.lifecycle.running().map(|event| event.name.as_str());
    if matches!(one.doing, Doing::Balancing { .. }) && running == Some(way.event()) {
        let report = match result {
            Ok(()) => Report::success(),
            Err(why) => Report::unknown(why),
        };
        event_ended(turn, number, report);
    }
}

/// The running event of an instance has ended; what follows from it.
pub(super) fn event_ended(turn: &mut Turn, number: usize, report: Report) {
    let now = turn.now;
    let ignores = work(&turn.state).is_some_and(|work| work.ignore_stop_failures);
    let mut goes_on = true;
    change(turn, number, |one| {
        let running = one.lifecycle.running().map(|event| event.name.clone());
        let running = running.unwrap_or_default();
        if report.code == Code::Success {
            one.keep(report);
            one.lifecycle.succeed(now);
        } else if ignores && is_of_the_previous_revision(&running) {
            let why = report.message.clone();
            one.keep(report);
            one.lifecycle.fail(now, &why);
        } else {
            one.fail(now, report);
            goes_on = false;
        }
        one.doing = Doing::Nothing;
    });
    match goes_on {
        false => notification::tell(turn, number, "InstanceFailure"),
        // The last event has none after it, whatever else is to come.
        true if turn.state.pending.is_none() || is_through(turn, number) => {
            next_event(turn, number);
        }
        true => {}
    }
    go_on(turn);
}

fn is_through(turn: &Turn, number: usize) -> bool {
    let one = turn
        .state
        .fleet()
        .and_then(|fleet| fleet.instances.get(number));
    one.is_some_and(|one| one.lifecycle.is_ended())
}

/// Deadlines of instances and zones.
pub(in super::super) fn ticked(turn: &mut Turn) {
    let count = turn.state.fleet().map_or(0, |fleet| fleet.instances.len());
    for number in 0..count {
        instance_ticked(turn, number);
    }
    zones::wake(turn);
    shift::wake(turn);
    go_on(turn);
}

fn instance_ticked(turn: &mut Turn, number: usize) {
    let now = turn.now;
    let Some(one) = turn
        .state
        .fleet()
        .and_then(|fleet| fleet.instances.get(number))
    else {
        return;
    };
    match one.doing {
        Doing::Queued { until } | Doing::Given { until, .. } if until <= now => {
            event_ended(turn, number, Report::silent());
        }
        Doing::Given { again, until } if again <= now => {
            change(turn, number, |one| one.doing = Doing::Queued { until });
        }
        Doing::Acknowledged { until } | Doing::Balancing { until } if until <= now => {
            let event = one.lifecycle.running().map(|event| event.name.clone());
            let report = Report::took_too_long(&event.unwrap_or_default());
            event_ended(turn, number, report);
        }
        _ => {}
    }
}

/// The end of the deployment: everything that runs is broken off.
pub(in super::super) fn close(turn: &mut Turn, why: &str) {
    let now = turn.now;
    let failed = turn.state.fleet_mut().map(|fleet| fleet.close(now, why));
    for number in failed.unwrap_or_default() {
        notification::tell(turn, number, "InstanceFailure");
    }
}

pub(super) fn change(turn: &mut Turn, number: usize, change: impl FnOnce(&mut Instance)) {
    let now = turn.now;
    let fleet = turn.state.fleet_mut();
    if let Some(one) = fleet.and_then(|fleet| fleet.instances.get_mut(number)) {
        let one = Arc::make_mut(one);
        change(one);
        one.updated = now;
    }
}

pub(super) fn work(state: &DeploymentState) -> Option<&ServerWork> {
    match &state.plan.work {
        Work::Server(work) => Some(work),
        _ => None,
    }
}

impl Instance {
    /// Whether it has begun and not ended.
    fn is_at_work(&self) -> bool {
        self.status == TargetStatus::InProgress
    }
}
