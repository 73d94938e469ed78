//! The way of a deployment to ECS: alarms, a look at everything, then eight lifecycle events, a wait, and the original goes.
//! `install`, `shift` and `removal` are its three long stretches.
//!
//! A rollback goes the same way without creating anything: it sets listeners and the primary task set back, and removes the
//! replacement. Source: contract, codedeploy sections 7.4 and 7.7.

use super::effect::{Effect, Route};
use super::plan::{EcsSource, EcsWork, Restore};
use super::target::{Color, EcsTarget, Progress, SetSeen, Setting};
use super::{install, shift};
use crate::companions::containers::TaskSetInfo;
use crate::engine::deployment::alarm;
use crate::engine::deployment::appspec::EcsSpec;
use crate::engine::deployment::effect;
use crate::engine::deployment::ending::{end, fail};
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::lifecycle::Lifecycle;
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::sequence::{next_event, run_hook};
use crate::engine::deployment::state::{
    DeploymentState, Doing, Ending, Status, Target, TargetStatus,
};
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
pub(super) const LONGEST: Duration = Duration::from_secs(60 * 60);

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
        INSTALL => install::install(turn),
        TEST => shift::test(turn),
        ALLOW => shift::allow(turn),
        name => run_hook(turn, name),
    }
}

pub(super) fn look(turn: &mut Turn) {
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

pub(super) fn production(setting: &Setting) -> Route {
    Route {
        listener: setting.production.clone(),
        blue: setting.blue_group.arn.clone(),
        green: setting.green_group.arn.clone(),
    }
}

pub(super) fn of_minutes(minutes: u32) -> Duration {
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
