//! What lifecycle events are like at any moment, on every plan.

use super::super::lifecycle::Lifecycle;
use super::super::script::{Run, plan};
use super::super::state::{Status, Target};
use super::PLANS;
use crate::aws::Time;

/// The events of the target, and when it was changed last.
fn seen(run: &Run) -> Option<(Lifecycle, Time)> {
    match run.state().target.as_ref()? {
        Target::Lambda(target) => Some((target.lifecycle.clone(), target.updated)),
        Target::Ecs(target) => Some((target.lifecycle.clone(), target.updated)),
        Target::Server(_) => None,
    }
}

// Witness: contract codedeploy §5.4: `lastUpdatedAt`.
#[test]
fn a_target_was_changed_when_one_of_its_events_was() {
    for words in PLANS {
        let mut run = Run::new(plan(words));
        let mut changes = 0;
        while !run.state().is_over() {
            run.words("1s");
            let before = seen(&run);
            run.answer(true);
            let after = seen(&run);
            let events = |of: &Option<(Lifecycle, Time)>| of.as_ref().map(|of| of.0.clone());
            if events(&before) != events(&after) {
                assert_eq!(after.unwrap().1, run.now, "{words}");
                changes += 1;
            }
        }
        assert!(changes > 0, "{words}");
    }
}

// Witness: contract codedeploy §5.4: events that were not begun say nothing but their name; diagnostics are of failures only.
#[test]
fn only_what_has_failed_says_why() {
    for words in PLANS {
        for how in ["ok", "fail", "ring", "stop", "gone", "51h"] {
            let mut run = Run::new(plan(words));
            for _ in 0..40 {
                if run.state().is_over() {
                    break;
                }
                run.answer(true);
                let mut fork = Run::new(plan(words));
                fork.now = run.now;
                fork.live = run.live.clone();
                fork.finished = run.finished.clone();
                fork.word(how);
                let Some((lifecycle, _)) = seen(&fork) else {
                    continue;
                };
                for event in lifecycle.events() {
                    let failed = event.status.as_str() == "Failed";
                    assert_eq!(event.diagnostics.is_some(), failed, "{words}: {event:?}");
                    if event.status.as_str() == "Pending" {
                        assert_eq!((event.start, event.end), (None, None));
                    }
                }
                let failed = lifecycle
                    .events()
                    .iter()
                    .any(|event| event.diagnostics.is_some());
                assert!(!failed || fork.state().status != Status::Succeeded);
            }
        }
    }
}
