//! What there is and what is wanted, to what is to be started and stopped.
//!
//! Invariant: a rollout never has more tasks than the maximum that its service allows, nor stops running ones below the minimum.
//! Nothing here knows rows, clocks or ids of its own.

use super::super::rows::Standing;
use crate::aws::Time;

/// What a service wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    pub desired: u32,
    /// Its sets replace each other, as deployments do; otherwise each set is for itself.
    pub rolls: bool,
    /// Percent of the desired count that is to keep running, and that may be there at most, while it rolls.
    pub minimum: u32,
    pub maximum: u32,
    /// The service is being deleted.
    pub ends: bool,
}

/// One set of tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct SetView {
    pub standing: Standing,
    /// Percent of the desired count.
    pub scale: f64,
    /// It has failed for good: no task is started any more.
    pub given_up: bool,
    pub not_before: Option<Time>,
    pub tasks: Vec<TaskView>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskView {
    pub id: String,
    pub running: bool,
    /// It runs, and no load balancer is waiting for it to answer as it should.
    pub well: bool,
    /// It has been told to stop.
    pub ending: bool,
}

/// What is to be done; sets by their place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub start: Vec<(usize, u32)>,
    /// Ids of tasks, and their set.
    pub stop: Vec<(usize, String)>,
    /// Sets that are over.
    pub gone: Vec<usize>,
    /// When to look again.
    pub wake: Option<Time>,
}

pub fn plan(wanted: &Wanted, sets: &[SetView], now: Time) -> Plan {
    let mut plan = Plan::default();
    match wanted.rolls && !wanted.ends {
        true => roll(wanted, sets, now, &mut plan),
        false => each(wanted, sets, now, &mut plan),
    }
    plan
}

/// How many tasks a set should have.
pub fn target(wanted: &Wanted, set: &SetView) -> u32 {
    if wanted.ends || set.standing == Standing::Draining {
        return 0;
    }
    match wanted.rolls {
        true if set.standing == Standing::Primary => wanted.desired,
        true => 0,
        false => computed(wanted.desired, set.scale),
    }
}

/// A percentage of the desired count; parts of a task are a whole one.
pub fn computed(desired: u32, scale: f64) -> u32 {
    let exact = (f64::from(desired) * scale.clamp(0.0, 100.0) / 100.0).ceil();
    // Between zero and the desired count.
    exact as u32
}

/// Each set comes to its own number of tasks.
fn each(wanted: &Wanted, sets: &[SetView], now: Time, plan: &mut Plan) {
    for (at, set) in sets.iter().enumerate() {
        let (target, live) = (target(wanted, set), live(set));
        if live < target {
            start(at, set, target - live, now, plan);
        }
        stop(at, set, live.saturating_sub(target), plan);
        let over = wanted.ends || set.standing == Standing::Draining;
        if over && set.tasks.is_empty() {
            plan.gone.push(at);
        }
    }
}

/// The primary set takes the place of the others.
fn roll(wanted: &Wanted, sets: &[SetView], now: Time, plan: &mut Plan) {
    let Some(primary) = sets
        .iter()
        .position(|set| set.standing == Standing::Primary)
    else {
        return;
    };
    let new = &sets[primary];
    let total: u32 = sets.iter().map(live).sum();
    let most = percent(wanted.desired, wanted.maximum, false).max(1);
    let missing = wanted.desired.saturating_sub(live(new));
    let more = missing.min(most.saturating_sub(total));
    if more > 0 {
        start(primary, new, more, now, plan);
    }
    stop(primary, new, live(new).saturating_sub(wanted.desired), plan);
    if !new.given_up {
        retire(wanted, sets, primary, plan);
    }
    let over = |at: &usize| *at != primary && sets[*at].tasks.is_empty();
    plan.gone.extend((0..sets.len()).filter(over));
}

/// Stops what is old: all that do not run, and of those that run as many as the minimum lets go.
fn retire(wanted: &Wanted, sets: &[SetView], primary: usize, plan: &mut Plan) {
    let kept = well(&sets[primary]).min(wanted.desired);
    let old = (0..sets.len()).filter(|at| *at != primary);
    let least = percent(wanted.desired, wanted.minimum, true);
    let running_old: u32 = old.clone().map(|at| running(&sets[at])).sum();
    let mut may_go = (kept + running_old).saturating_sub(least);
    // The oldest ones first.
    for at in old.rev() {
        let set = &sets[at];
        let idle = live(set) - running(set);
        let going = running(set).min(may_go);
        may_go -= going;
        stop(at, set, idle + going, plan);
    }
}

fn start(at: usize, set: &SetView, count: u32, now: Time, plan: &mut Plan) {
    match set.not_before {
        _ if set.given_up => {}
        Some(time) if time > now => {
            plan.wake = Some(plan.wake.map_or(time, |wake| wake.min(time)));
        }
        _ => plan.start.push((at, count)),
    }
}

/// Those that do not run yet go first.
fn stop(at: usize, set: &SetView, count: u32, plan: &mut Plan) {
    let going = |running: bool| {
        let tasks = set.tasks.iter();
        tasks.filter(move |task| !task.ending && task.running == running)
    };
    let both = going(false).chain(going(true));
    let ids = both.take(count as usize);
    plan.stop.extend(ids.map(|task| (at, task.id.clone())));
}

pub fn live(set: &SetView) -> u32 {
    count(set, |task| !task.ending)
}

pub fn running(set: &SetView) -> u32 {
    count(set, |task| !task.ending && task.running)
}

/// Those that do what they are there for.
pub fn well(set: &SetView) -> u32 {
    count(set, |task| !task.ending && task.well)
}

fn count(set: &SetView, which: impl Fn(&TaskView) -> bool) -> u32 {
    let found = set.tasks.iter().filter(|task| which(task)).count();
    u32::try_from(found).unwrap_or(u32::MAX)
}

fn percent(of: u32, percent: u32, up: bool) -> u32 {
    let exact = u64::from(of) * u64::from(percent);
    let whole = if up { exact.div_ceil(100) } else { exact / 100 };
    u32::try_from(whole).unwrap_or(u32::MAX)
}
