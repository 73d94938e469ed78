//! Whether a rollback follows: every event that a group may choose against every way in which a deployment ends, and what a rollback
//! is like.

use super::super::appspec::EcsHooks;
use super::super::ecs::plan::EcsSource;
use super::super::plan::{AlarmWatch, LambdaSource, Work};
use super::super::rollback;
use super::super::script::{Run, assert_invariants, choices, follows, plan, play};
use super::super::traffic::Routing;
use super::to_the_end;

/// A plan, what happens until its deployment is over, and what that is to a rollback.
const ENDS: &[(&str, &str, &str)] = &[
    ("canary alarms", "ok ok ok ok 5m fail", "failure"),
    ("hooks", "ok ok fail", "failure"),
    ("hooks", "ok ok 1h", "failure"),
    ("hooks", "ok ok refuse", "failure"),
    ("canary", "ok 50h", "failure"),
    ("canary alarms", "ok fail", "alarm"),
    ("canary alarms", "ok ok ok ok ring", "alarm"),
    ("canary alarms", "ok ok ok ok lost", "alarm"),
    ("canary", "ok ok ok stop", "stop"),
    ("canary", "ok ok ok stop+", "stop+"),
    ("canary", "ok ok ok stop-", "stop-"),
    ("hooks", "ok ok stop fail", "stop"),
    ("hooks", "ok ok stop+ ok", "stop+"),
    ("hooks", "ok ok stop- ok", "stop-"),
    ("canary", "ok ok ok gone", "gone"),
    ("canary", "ok ok ok 5m ok", "success"),
    ("ecs canary", "ok ok ok ok ok 5m fail", "failure"),
    ("ecs", "ok ok ok 1h", "failure"),
    ("ecs canary alarms", "ok ok ok ok ok ok ring", "alarm"),
    ("ecs canary", "ok ok ok ok ok stop", "stop"),
    ("ecs canary", "ok ok ok ok ok stop+", "stop+"),
    ("ecs canary", "ok ok ok ok ok stop-", "stop-"),
    ("ecs hold", "ok ok ok ok 1h", "time-out"),
    ("ecs canary", "ok ok ok ok ok gone", "gone"),
    ("ecs", "ok ok ok ok ok ok ok ok ok", "success"),
];

// Witness: contract codedeploy §5.5, "Triggers": a wait that nobody ended is Stopped, and none of the three.
#[test]
fn a_rollback_follows_what_was_chosen_and_nothing_else() {
    for (words, happens, end) in ENDS {
        for chosen in choices() {
            let mut plan = plan(words);
            plan.rollback = Some(chosen.clone());
            let mut run = Run::new(plan);
            run.words(happens);
            assert!(run.state().is_over(), "{words}: {happens}");
            assert_invariants(&run);
            let followed = run.state().rolled_back_by.is_some();
            assert_eq!(
                followed,
                follows(&chosen, end),
                "{words}: {happens}: {chosen:?}"
            );
        }
    }
}

// Witness: contract codedeploy §5.5 step 5.
#[test]
fn what_rolls_back_is_not_rolled_back_however_it_ends() {
    for script in [
        "canary hooks rollback | ok ok ok ok stop",
        "hooks rollback | ok ok fail",
        "ecs canary rollback | ok ok ok ok ok stop",
    ] {
        let old = play(script);
        let back = rollback::plan(old.state()).unwrap();
        assert!(back.rollback.is_none(), "{script}");
        for answers in 0..3 {
            for how in ["fail", "stop", "stop+", "gone", "300h"] {
                let mut run = Run::new(back.clone());
                (0..answers).for_each(|_| run.answer(true));
                run.word(how);
                to_the_end(&mut run);
                assert_eq!(run.state().rolled_back_by, None, "{script}: {how}");
            }
        }
    }
    let run = play("rolling rollback | ok ok fail");
    assert_eq!(run.state().rolled_back_by, None);
}

// Witness: contract codedeploy §5.5 step 4, §6.6: all at once and no hooks; ours: no alarms, since the one that caused it rings still.
#[test]
fn a_rollback_of_a_function_is_all_at_once_and_asks_nobody() {
    let old = play("canary hooks alarms rollback | ok ok ok ok ok ring");
    let plan = rollback::plan(old.state()).unwrap();
    assert_eq!(plan.alarms, AlarmWatch::default());
    let Work::Lambda(work) = plan.work else {
        panic!("{:?}", plan.work);
    };
    assert_eq!(work.routing, Routing::AllAtOnce);
    let LambdaSource::Restore { spec, moved } = work.source else {
        panic!("{:?}", work.source);
    };
    assert!(moved);
    assert_eq!((spec.current.as_str(), spec.target.as_str()), ("2", "1"));
    assert_eq!(
        (spec.before_allow_traffic, spec.after_allow_traffic),
        (None, None)
    );
}

// Witness: contract codedeploy §5.5 step 4, §7.7.
#[test]
fn a_rollback_of_a_service_is_all_at_once_and_asks_nobody() {
    let old = play("ecs canary hooks alarms rollback | ok ok ok ok ok ok ring");
    let plan = rollback::plan(old.state()).unwrap();
    assert_eq!(plan.alarms, AlarmWatch::default());
    let Work::Ecs(work) = plan.work else {
        panic!("{:?}", plan.work);
    };
    assert_eq!(work.routing, Routing::AllAtOnce);
    let EcsSource::Restore(back) = work.source else {
        panic!("{:?}", work.source);
    };
    assert_eq!(back.spec.hooks, EcsHooks::default());
}

// Witness: contract codedeploy §6.6, §7.7: what fails without a rollback leaves everything where it is; §5.7 for a stop.
#[test]
fn without_a_rollback_nothing_is_set_back() {
    for script in [
        "hooks | ok ok ok ok fail",
        "canary alarms | ok ok ok ok ring",
        "canary | ok ok ok stop",
        "ecs canary | ok ok ok ok ok 5m fail",
        "ecs canary | ok ok ok ok ok stop",
        "ecs keep | ok ok ok ok ok ok ok stop",
    ] {
        let run = play(script);
        assert!(run.state().is_over(), "{script}");
        let last = run.said.lines().rev().find(|line| !line.contains("stop:"));
        let last = last.unwrap();
        let is_forward = ["shift", "invoke", "production", "make ecs-svc/2 primary"];
        assert!(
            is_forward.iter().any(|word| last.contains(word)),
            "{script}: {last}"
        );
    }
}
