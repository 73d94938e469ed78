//! The words of deployments to ECS.
//!
//! In plans: `ecs` comes first; `tenth` moves a tenth of the traffic each minute, `test` gives a test listener, `hold` holds the traffic back for an hour, `keep` keeps the original
//! task set for five minutes; `rolling` is a rollback of what has come all the way, `still` of what has only created its task set.
//! What happens: `sick` shows a replacement without running tasks, `well` one whose tasks run, `unsteady` one whose tasks run and
//! are not found healthy by their load balancer,
//! `vanish` a service that is gone; `ok` in a wait for a person is
//! the person's word, and `fail` there is the end of the wait.

use super::{Run, START};
use crate::companions::ObjectRef;
use crate::companions::balancing::TargetGroupInfo;
use crate::companions::containers::{ServiceRef, TaskSetInfo};
use crate::engine::deployment::appspec::{EcsHooks, EcsSpec};
use crate::engine::deployment::commands::continue_deployment::{Wait, continue_deployment};
use crate::engine::deployment::ecs::effect::{Effect, Which};
use crate::engine::deployment::ecs::event::Event;
use crate::engine::deployment::ecs::plan::{EcsSource, EcsWork, Pair, Restore};
use crate::engine::deployment::ecs::target::{Color, Setting};
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::plan::{Bundle, DeploymentPlan, RevisionObject, Work};
use crate::engine::deployment::state::{Doing, Status};
use crate::engine::deployment::traffic::Routing;
use crate::engine::deployment::{self, Effect as Any};

/// The word as this platform understands it; not one of its own.
pub(super) fn add(plan: &mut DeploymentPlan, word: &str) -> bool {
    if word == "ecs" {
        plan.work = Work::Ecs(Box::new(EcsWork {
            source: EcsSource::Given(spec(false)),
            routing: Routing::AllAtOnce,
            place: place(),
            pair: Pair {
                groups: ["blue", "green"].map(str::to_owned),
                production: "production".to_owned(),
                test: None,
            },
            ready_wait: None,
            termination_wait: 0,
        }));
        return true;
    }
    let Work::Ecs(work) = &mut plan.work else {
        return false;
    };
    match word {
        "canary" => {
            work.routing = Routing::Canary {
                percent: 10,
                minutes: 5,
            }
        }
        "linear" => {
            work.routing = Routing::Linear {
                percent: 40,
                minutes: 1,
            }
        }
        "tenth" => {
            work.routing = Routing::Linear {
                percent: 10,
                minutes: 1,
            }
        }
        "hooks" => work.source = EcsSource::Given(spec(true)),
        "s3" => {
            let at = ObjectRef {
                bucket: "b".to_owned(),
                key: "k".to_owned(),
                version: None,
            };
            work.source = EcsSource::Object(RevisionObject {
                at,
                e_tag: None,
                bundle: Bundle::Text,
            });
        }
        "test" => work.pair.test = Some("test".to_owned()),
        "hold" => work.ready_wait = Some(60),
        "keep" => work.termination_wait = 5,
        "rolling" | "still" => {
            let far = word == "rolling";
            work.source = EcsSource::Restore(Box::new(Restore {
                spec: spec(false),
                setting: setting(true),
                of: "d-000000000".to_owned(),
                tested: far,
                shifted: far,
                promoted: far,
                weight: if far { 100 } else { 0 },
            }));
            plan.rolls_back = Some("d-000000000".to_owned());
        }
        _ => return false,
    }
    true
}

fn place() -> ServiceRef {
    ServiceRef {
        cluster: "c".to_owned(),
        service: "web".to_owned(),
    }
}

fn spec(hooks: bool) -> EcsSpec {
    let hook = |name: &str| hooks.then(|| name.to_owned());
    EcsSpec {
        task_definition: "web:2".to_owned(),
        container: "web".to_owned(),
        port: 80,
        platform_version: None,
        network: None,
        capacity: Vec::new(),
        hooks: EcsHooks {
            before_install: hook("one"),
            after_install: hook("two"),
            after_allow_test_traffic: hook("three"),
            before_allow_traffic: hook("four"),
            after_allow_traffic: hook("five"),
        },
    }
}

fn setting(test: bool) -> Setting {
    let group = |name: &str| TargetGroupInfo {
        arn: format!("arn-{name}"),
        name: name.to_owned(),
        target_type: "ip".to_owned(),
    };
    Setting {
        service_arn: "arn".to_owned(),
        blue: "ecs-svc/1".to_owned(),
        blue_group: group("blue"),
        green_group: group("green"),
        production: "production".to_owned(),
        test: test.then(|| "test".to_owned()),
    }
}

fn set(color: Color, of: &str, running: u32) -> TaskSetInfo {
    let (id, external) = match color {
        Color::Blue => ("ecs-svc/1", None),
        Color::Green => ("ecs-svc/2", Some(of.to_owned())),
    };
    TaskSetInfo {
        id: id.to_owned(),
        external_id: external,
        status: "ACTIVE".to_owned(),
        desired: 1,
        running,
        pending: 1 - running,
        steady: running == 1,
        ..TaskSetInfo::default()
    }
}

fn tell(run: &mut Run, event: Event) {
    run.event(deployment::Event::Ecs(event));
}

/// The service with these task sets.
fn show(run: &mut Run, colors: &[Color], running: u32) {
    let of = creator(run);
    let sets = colors.iter().map(|color| match color {
        Color::Blue => set(Color::Blue, &of, 1),
        Color::Green => set(Color::Green, &of, running),
    });
    let sets = sets.collect();
    tell(run, Event::Seen(Some(sets)));
}

fn creator(run: &Run) -> String {
    let plan = &run.state().plan;
    plan.rolls_back.clone().unwrap_or_else(|| plan.id.clone())
}

/// The words that only this platform has.
pub(super) fn happens(run: &mut Run, word: &str) -> bool {
    match word {
        "sick" => show(run, &[Color::Blue, Color::Green], 0),
        "well" => show(run, &[Color::Blue, Color::Green], 1),
        "unsteady" => {
            let green = TaskSetInfo {
                steady: false,
                ..set(Color::Green, &creator(run), 1)
            };
            let blue = set(Color::Blue, "", 1);
            tell(run, Event::Seen(Some(vec![blue, green])));
        }
        "vanish" => tell(run, Event::Seen(None)),
        _ => return false,
    }
    true
}

/// The world answers what the deployment waits for, if that is of this platform.
pub(super) fn answer(run: &mut Run, well: bool) -> bool {
    let state = run.state().clone();
    let Work::Ecs(work) = &state.plan.work else {
        return false;
    };
    let result = || match well {
        true => Ok(()),
        false => Err(Fault::service_update("no")),
    };
    match state.doing().cloned() {
        None => {
            let known = match &work.source {
                EcsSource::Given(spec) => spec.clone(),
                _ => spec(false),
            };
            tell(run, Event::SpecRead(Box::new(result().map(|()| known))));
        }
        Some(Doing::CheckingService) => {
            let blue = set(Color::Blue, "", 1);
            let known = result().map(|()| (setting(work.pair.test.is_some()), blue));
            tell(run, Event::Inspected(Box::new(known)));
        }
        Some(Doing::CreatingTasks) => tell(run, Event::Created(result())),
        Some(Doing::Installing { .. } | Doing::Settling { .. }) if well => {
            show(run, &[Color::Blue, Color::Green], 1)
        }
        Some(Doing::ShiftingTest { to }) => tell(
            run,
            Event::Tested {
                to,
                result: result(),
            },
        ),
        Some(Doing::Shifting { to }) => tell(
            run,
            Event::Shifted {
                to,
                result: result(),
            },
        ),
        Some(Doing::Ready { .. }) if well => go_on(run, Wait::Ready),
        Some(Doing::Promoting) => tell(run, Event::Promoted(result())),
        Some(Doing::Removing) => tell(run, Event::Removed(result())),
        Some(Doing::Draining { .. }) if well => {
            let left = match is_rollback(&state.plan.work) {
                true => Color::Blue,
                false => Color::Green,
            };
            show(run, &[left], 1);
        }
        Some(
            Doing::Installing { until }
            | Doing::Settling { until }
            | Doing::Ready { until }
            | Doing::Retiring { until }
            | Doing::Draining { until },
        ) => run.pass(until.since(run.now)),
        _ => return false,
    }
    true
}

/// A person ends a wait.
pub(in crate::engine::deployment) fn go_on(run: &mut Run, wait: Wait) {
    let Some(state) = run.live.clone() else {
        return;
    };
    let before = super::place(&state);
    let step = continue_deployment(&state, run.now, wait).unwrap();
    run.take(step);
    run.travel(before);
}

/// Answers to everything but what is waited for.
pub(super) fn late(run: &mut Run) {
    let fault = || Err(Fault::service_update("late"));
    let doing = run.state().doing().cloned();
    if doing.is_some() {
        tell(run, Event::SpecRead(Box::new(Ok(spec(false)))));
        tell(
            run,
            Event::SpecRead(Box::new(fault().map(|()| spec(false)))),
        );
    }
    for result in [Ok(()), fault()] {
        let now = |doing: Option<Doing>| run.state().doing().cloned() == doing;
        if !now(Some(Doing::CheckingService)) {
            let known = result.clone();
            let known = known.map(|()| (setting(true), set(Color::Blue, "", 1)));
            tell(run, Event::Inspected(Box::new(known)));
        }
        if doing != Some(Doing::CreatingTasks) {
            tell(run, Event::Created(result.clone()));
        }
        if doing != Some(Doing::Promoting) {
            tell(run, Event::Promoted(result.clone()));
        }
        if doing != Some(Doing::Removing) {
            tell(run, Event::Removed(result.clone()));
        }
        for to in [0, 10, 40, 80, 100] {
            let result = result.clone();
            if doing != Some(Doing::ShiftingTest { to }) {
                let result = result.clone();
                tell(run, Event::Tested { to, result });
            }
            if doing != Some(Doing::Shifting { to }) {
                tell(run, Event::Shifted { to, result });
            }
        }
    }
    let Some(target) = run.state().ecs() else {
        return;
    };
    let waits = matches!(
        target.doing,
        Doing::Installing { .. } | Doing::Settling { .. } | Doing::Draining { .. }
    );
    let of = creator(run);
    let sets = target.sets.iter();
    let sets = sets
        .map(|seen| set(seen.color, &of, seen.running))
        .collect();
    if !waits {
        tell(run, Event::Seen(Some(sets)));
    }
}

pub(super) fn asked(effect: &Effect) -> String {
    let name = |which: &Which| match which {
        Which::Id(id) => id.clone(),
        Which::Of(id) => format!("the task set of {id}"),
    };
    match effect {
        Effect::ReadSpec { .. } => "read the AppSpec".to_owned(),
        Effect::Inspect { .. } => "look at everything".to_owned(),
        Effect::Create { id, .. } => format!("create the task set of {id}"),
        Effect::Look { .. } => "look at the service".to_owned(),
        Effect::Test { route, to } => format!("{} {to}%", route.listener),
        Effect::Shift { route, to, .. } => format!("{} {to}%", route.listener),
        Effect::Promote { task_set, .. } => format!("make {task_set} primary"),
        Effect::Remove { which, .. } => format!("delete {}", name(which)),
        Effect::Discard { which, .. } => format!("discard {}", name(which)),
    }
}

/// What a rollback sets back.
pub(super) fn restored(work: &EcsWork) -> String {
    let EcsSource::Restore(restore) = &work.source else {
        panic!("{work:?}");
    };
    let parts = [
        (restore.tested, "test listener"),
        (restore.shifted, "listener"),
        (restore.promoted, "primary"),
        (true, "task set"),
    ];
    let parts = parts.iter().filter(|part| part.0).map(|part| part.1);
    format!(
        "of {}: {}",
        restore.of,
        parts.collect::<Vec<_>>().join(", ")
    )
}

pub(super) fn is_rollback(work: &Work) -> bool {
    matches!(work, Work::Ecs(work) if matches!(work.source, EcsSource::Restore(_)))
}

/// What must be true at any moment.
pub(super) fn assert_invariants(run: &Run) {
    let state = run.state();
    let Some(target) = state.ecs() else { return };
    let effects = run.effects.iter().filter_map(|effect| match effect {
        Any::Ecs(effect) => Some(effect),
        _ => None,
    });
    let effects: Vec<_> = effects.collect();
    let position = |wanted: fn(&Effect) -> bool| effects.iter().position(|effect| wanted(effect));
    let created = position(|effect| matches!(effect, Effect::Create { .. }));
    let shifted = position(|effect| matches!(effect, Effect::Shift { .. }));
    let promoted = position(|effect| matches!(effect, Effect::Promote { .. }));
    let removed = position(|effect| matches!(effect, Effect::Remove { .. }));
    if is_rollback(&state.plan.work) {
        assert_eq!(created, None, "a rollback creates nothing");
    } else {
        assert!(shifted.is_none() || created < shifted);
        assert!(shifted.is_none() || target.progress.installed);
        if let Some(removed) = removed {
            assert!(promoted.is_some_and(|promoted| promoted < removed));
            assert!(target.weight == 100 && target.lifecycle.is_succeeded());
        }
    }
    assert!(promoted.is_none() || shifted < promoted);
    let discarded = position(|effect| matches!(effect, Effect::Discard { .. }));
    assert!(discarded.is_none() || (state.is_over() && shifted.is_none()));
    if state.rolled_back_by.is_some() {
        assert!(!target.progress.removed, "there is something to go back to");
        assert_eq!(discarded, None);
    }
    if state.status == Status::Succeeded {
        assert!(target.lifecycle.is_succeeded() && run.now >= START);
    }
}
