//! The same as `deployment/tests/rollbacks.rs` for deployments to instances: what they choose against how they end.

use super::super::script::{Server, assert_invariants, play};
use crate::engine::deployment::plan::DeploymentPlan;
use crate::engine::deployment::rollback;
use crate::engine::deployment::script::{Run, choices, follows};

const SEVEN: &str = "ok ok ok ok ok ok ok";

// Witness: contract codedeploy §5.5, "Triggers".
#[test]
fn a_rollback_follows_what_was_chosen_and_nothing_else() {
    let ready = format!("ok {SEVEN} 30m");
    let done = format!("ok {SEVEN}");
    for (words, happens, end) in [
        ("1", "ok ok fail", "failure"),
        ("1", "ok 5m", "failure"),
        ("1", "ok poll ack 1h", "failure"),
        ("1 alarms", "ok ok poll ack ring done", "alarm"),
        ("1 alarms", "ok ok poll ack lost done", "alarm"),
        ("1", "ok ok stop", "stop"),
        ("1", "ok ok stop+", "stop+"),
        ("1", "ok ok stop-", "stop-"),
        ("1", "ok poll ack stop bad", "stop"),
        ("1", "ok ok gone", "gone"),
        ("1", done.as_str(), "success"),
        ("1 swap hold", ready.as_str(), "time-out"),
    ] {
        for chosen in choices() {
            let mut server = Server::new(words);
            let live = server.run.live.as_mut().unwrap();
            live.plan.rollback = Some(chosen.clone());
            server.words(happens);
            assert!(server.is_over(), "{words}: {happens}");
            assert_invariants(&server);
            let followed = server.run.state().rolled_back_by.is_some();
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
    let old = play("2 rollback | ok ok fail");
    let back: DeploymentPlan = rollback::plan(old.run.state()).unwrap();
    for happens in ["ok ok fail", "ok ok stop+", "ok 5m", "stop+", "none"] {
        let mut server = Server::new("1");
        server.run = Run::new(back.clone());
        server.words(happens);
        assert!(server.is_over(), "{happens}");
        assert_eq!(server.run.state().rolled_back_by, None, "{happens}");
    }
}

// Witness: contract codedeploy §5.5 step 6: told of when it begins, beside the instance that does.
#[test]
fn the_beginning_of_a_rollback_is_told() {
    for (words, told) in [("1 trigger", 1), ("1 rolling trigger", 2)] {
        let server = play(&format!("{words} | ok"));
        let said = &server.run.said;
        assert_eq!(said.matches("publish IN_PROGRESS").count(), told, "{said}");
    }
}

// Witness: contract codedeploy §5.4: `lastUpdatedAt` moves with each change of an event.
#[test]
fn an_instance_was_changed_when_one_of_its_events_was() {
    let mut server = Server::new("2 all traffic");
    server.words("ok");
    while !server.is_over() {
        server.words("1s");
        let before = server.fleet().unwrap().clone();
        server.answer(None, true);
        let after = server.fleet().unwrap();
        let mut changed = 0;
        for (before, after) in before.instances.iter().zip(&after.instances) {
            if before.lifecycle != after.lifecycle {
                assert_eq!(after.updated, server.run.now);
                changed += 1;
            }
        }
        assert_eq!(changed, 1);
    }
}
