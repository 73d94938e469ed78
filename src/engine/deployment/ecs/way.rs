//! The way of a deployment to ECS: alarms, a look at everything, then eight lifecycle events, a wait, and the original goes.
//!
//! A rollback goes the same way without creating anything: it sets listeners and the primary task set back, and removes the
//! replacement. Source: contract, codedeploy sections 7.4 and 7.7.

use super::effect::{Effect, Route, Which};
use super::plan::{EcsSource, EcsWork, Restore};
use super::target::{Color, EcsTarget, Progress, SetSeen, Setting};
use crate::companions::containers::TaskSetInfo;
use crate::engine::deployment::alarm;
use crate::engine::deployment::appspec::EcsSpec;
use crate::engine::deployment::effect;
use crate::engine::deployment::ending::{end, end_when_quiet, fail};
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::lifecycle::Lifecycle;
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::sequence::{ends_if_pending, event_succeeded, next_event, run_hook};
use crate::engine::deployment::state::{
    DeploymentState, Doing, Ending, Status, Target, TargetStatus,
};
use crate::engine::deployment::traffic::{ALL, Routing};
use crate::engine::deployment::turn::Turn;
use std::time::Duration;

pub const INSTALL: &str = "Install";
pub const TEST: &str = "AllowTestTraffic";
pub const BEFORE: &str = "BeforeAllowTraffic";
pub const ALLOW: &str = "AllowTraffic";

/// All of them, test listener or not.
pub const EVENTS: [&str; 8] = [
    "BeforeInstall",
    INSTALL,
    "AfterInstall",
    TEST,
    "AfterAllowTestTraffic",
    BEFORE,
    ALLOW,
    "AfterAllowTraffic",
];

/// How long a replacement task set may take to become healthy, and how long the removed one may take to drain.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The function that an event's hook calls.
pub fn hook_of<'a>(spec: &'a EcsSpec, event: &str) -> Option<&'a str> {
    let hooks = &spec.hooks;
    let function = match event {
        "BeforeInstall" => &hooks.before_install,
        "AfterInstall" => &hooks.after_install,
        "AfterAllowTestTraffic" => &hooks.after_allow_test_traffic,
        BEFORE => &hooks.before_allow_traffic,
        "AfterAllowTraffic" => &hooks.after_allow_traffic,
        _ => return None,
    };
    function.as_deref()
}

/// The AppSpec is known, or is not.
pub(super) fn spec_read(turn: &mut Turn, spec: Result<EcsSpec, Fault>) {
    if turn.state.status != Status::Created {
        return;
    }
    match spec {
        Ok(spec) => begin(turn, spec),
        Err(fault) => end(turn, Ending::Failed(fault)),
    }
}

/// Work begins, and the target is there with all its events.
fn begin(turn: &mut Turn, spec: EcsSpec) {
    let Some(work) = work(&turn.state) else {
        return;
    };
    let restore = restore(work);
    let target = EcsTarget {
        place: work.place.clone(),
        spec,
        status: TargetStatus::Pending,
        updated: turn.now,
        lifecycle: Lifecycle::of(&EVENTS),
        weight: restore.map_or(0, |restore| restore.weight),
        doing: Doing::LookingAtAlarms,
        setting: restore.map(|restore| restore.setting.clone()),
        sets: Vec::new(),
        continued: false,
        progress: Progress::default(),
        sick_since: None,
        messages: Vec::new(),
    };
    alarm::begin(turn, Target::Ecs(Box::new(target)));
}

/// The alarms are quiet: the service is looked at. A rollback knows it, but its task sets may have changed.
pub(in crate::engine::deployment) fn check(turn: &mut Turn) {
    let Some(work) = work(&turn.state).cloned() else {
        return;
    };
    if restore(&work).is_some() {
        turn.ask_ecs(Effect::Look { place: work.place });
        return next_event(turn);
    }
    turn.wait_for(Doing::CheckingService);
    turn.ask_ecs(Effect::Inspect {
        place: work.place,
        pair: work.pair,
        gradual: work.routing.is_gradual(),
    });
}

/// The service was looked at.
pub(super) fn inspected(turn: &mut Turn, result: Result<(Setting, TaskSetInfo), Fault>) {
    if turn.state.doing() != Some(&Doing::CheckingService) {
        return;
    }
    match result {
        Ok((setting, primary)) => {
            turn.ecs(|target| {
                target.sets = vec![SetSeen::of(Color::Blue, &primary)];
                target.setting = Some(setting);
            });
            next_event(turn);
        }
        Err(fault) => fail(turn, fault),
    }
}

/// What has to happen before the next event begins: a person may hold the traffic back.
pub(in crate::engine::deployment) fn waits(turn: &mut Turn) -> bool {
    let Some(minutes) = work(&turn.state).and_then(|work| work.ready_wait) else {
        return false;
    };
    let next = turn.state.target.as_ref();
    let next = next.and_then(|target| target.lifecycle()?.next());
    let continued = turn.state.ecs().is_some_and(|target| target.continued);
    if next != Some(BEFORE) || continued {
        return false;
    }
    let until = turn.now + of_minutes(minutes);
    turn.wait_for(Doing::Ready { until });
    turn.move_to(Status::Ready);
    turn.tell("DeploymentReady");
    true
}

/// Somebody lets the traffic go.
pub(in crate::engine::deployment) fn go_on(turn: &mut Turn) {
    turn.ecs(|target| target.continued = true);
    turn.move_to(Status::InProgress);
    next_event(turn);
}

/// Nobody has.
pub(in crate::engine::deployment) fn not_continued(turn: &mut Turn) {
    let minutes = work(&turn.state).and_then(|work| work.ready_wait);
    let fault = Fault::not_continued(minutes.unwrap_or_default());
    end(turn, Ending::TimedOut(fault));
}

/// An event has begun.
pub(in crate::engine::deployment) fn begun(turn: &mut Turn, event: &str) {
    match event {
        INSTALL => install(turn),
        TEST => test(turn),
        ALLOW => allow(turn),
        name => run_hook(turn, name),
    }
}

fn install(turn: &mut Turn) {
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

/// The test listener goes to where the traffic is to go.
fn test(turn: &mut Turn) {
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

fn allow(turn: &mut Turn) {
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
    match next {
        Some((wait, next)) => {
            let until = turn.now + wait;
            turn.wait_for(Doing::Waiting { until, next });
            ends_if_pending(turn);
        }
        None if ends_if_pending(turn) => {}
        None => promote(turn),
    }
}

/// The task set that has all the traffic becomes the primary one.
fn promote(turn: &mut Turn) {
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

/// The replacement has had no running task for too long.
pub(in crate::engine::deployment) fn sick(turn: &mut Turn) {
    end_when_quiet(turn, Ending::Failed(Fault::replacement_unhealthy()));
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

fn look(turn: &mut Turn) {
    if let Some(place) = turn.state.ecs().map(|target| target.place.clone()) {
        turn.ask_ecs(Effect::Look { place });
    }
}

pub(super) fn work(state: &DeploymentState) -> Option<&EcsWork> {
    match &state.plan.work {
        Work::Ecs(work) => Some(work),
        Work::Lambda(_) | Work::Server(_) => None,
    }
}

pub(super) fn restore(work: &EcsWork) -> Option<&Restore> {
    match &work.source {
        EcsSource::Restore(restore) => Some(restore),
        EcsSource::Given(_) | EcsSource::Object(_) => None,
    }
}

fn production(setting: &Setting) -> Route {
    Route {
        listener: setting.production.clone(),
        blue: setting.blue_group.arn.clone(),
        green: setting.green_group.arn.clone(),
    }
}

fn of_minutes(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}

impl Turn {
    /// Asks for something of this platform.
    pub(super) fn ask_ecs(&mut self, effect: Effect) {
        self.ask(effect::Effect::Ecs(effect));
    }

    /// Changes the target, if it is one of this platform.
    pub(super) fn ecs(&mut self, change: impl FnOnce(&mut EcsTarget)) {
        if let Some(Target::Ecs(target)) = &mut self.state.target {
            change(target);
            target.updated = self.now;
        }
    }
}
