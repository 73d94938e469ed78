//! Scripts and transcripts of deployments to ECS; see `script/ecs.rs` for the words.

use crate::engine::deployment::commands::continue_deployment::{
    Wait, WaitRefused, continue_deployment,
};
use crate::engine::deployment::commands::skip_wait::skip_wait;
use crate::engine::deployment::hook::{Known, execution_id, lookup};
use crate::engine::deployment::rollback;
use crate::engine::deployment::script::{Run, plan, play};
use crate::engine::deployment::state::{Doing, Status, TargetStatus};
use expect_test::{Expect, expect};

#[track_caller]
fn check(script: &str, expected: Expect) {
    expected.assert_eq(&play(script).transcript());
}

// Witness: contract codedeploy §7.4: all eight events, test listener or not; blue is deleted, then it has succeeded.
#[test]
fn all_at_once_goes_through_eight_events() {
    check(
        "ecs | ok ok ok ok ok ok ok ok ok",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s production 100%
            0s look at the service
            0s make ecs-svc/2 primary
            0s delete ecs-svc/1
            0s look at the service
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 100%
        Succeeded
    "#]],
    );
}

// Witness: contract codedeploy §7.4: the order of everything, with each thing that can be there.
#[test]
fn a_canary_with_everything_comes_in_this_order() {
    check(
        "ecs canary hooks test hold keep trigger | ok ok ok ok 1m ok ok ok ok 10m ok ok ok 5m ok ok ok 4m 1m ok ok",
        expect![[r#"
                0s publish CREATED
                0s read the AppSpec
                0s look at everything
                0s invoke one
                0s create the task set of d-AAAAAAAAA
                0s look at the service
               60s invoke two
               60s test 100%
               60s invoke three
               60s publish READY
              660s invoke four
              660s production 10%
              960s production 100%
              960s make ecs-svc/2 primary
              960s invoke five
             1260s delete ecs-svc/1
             1260s look at the service
             1260s publish SUCCEEDED
            BeforeInstall      Succeeded 0s–0s
            Install            Succeeded 0s–60s
            AfterInstall       Succeeded 60s–60s
            AllowTestTraffic   Succeeded 60s–60s
            AfterAllowTestTraffic Succeeded 60s–60s
            BeforeAllowTraffic Succeeded 660s–660s
            AllowTraffic       Succeeded 660s–960s
            AfterAllowTraffic  Succeeded 960s–960s
            target Succeeded 100%
            Succeeded
        "#]],
    );
}

// Witness: contract codedeploy §7.4, measured run: linear steps, the first at once.
#[test]
fn linear_traffic_grows_step_by_step() {
    check(
        "ecs linear | ok ok ok ok ok 1m 5s ok 1m 7s ok ok ok ok",
        expect![[r#"
                0s read the AppSpec
                0s look at everything
                0s create the task set of d-AAAAAAAAA
                0s look at the service
                0s production 40%
               60s production 80%
              125s production 100%
              132s make ecs-svc/2 primary
              132s delete ecs-svc/1
              132s look at the service
            BeforeInstall      Succeeded 0s–0s
            Install            Succeeded 0s–0s
            AfterInstall       Succeeded 0s–0s
            AllowTestTraffic   Succeeded 0s–0s
            AfterAllowTestTraffic Succeeded 0s–0s
            BeforeAllowTraffic Succeeded 0s–0s
            AllowTraffic       Succeeded 0s–132s
            AfterAllowTraffic  Succeeded 132s–132s
            target Succeeded 100%
            Succeeded
        "#]],
    );
}

// Witness: contract codedeploy §7.4 row 2, §5.6: 60 minutes, and the replacement that never came up goes.
#[test]
fn a_replacement_that_does_not_come_up_in_an_hour_fails_the_deployment() {
    check(
        "ecs | ok ok ok 59m 59s 1s",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
         3600s discard the task set of d-AAAAAAAAA
        BeforeInstall      Succeeded 0s–0s
        Install            Failed 0s–3600s !
        AfterInstall       Skipped ·–3600s
        AllowTestTraffic   Skipped ·–3600s
        AfterAllowTestTraffic Skipped ·–3600s
        BeforeAllowTraffic Skipped ·–3600s
        AllowTraffic       Skipped ·–3600s
        AfterAllowTraffic  Skipped ·–3600s
        target Failed 0%
        Failed TIMEOUT
    "#]],
    );
}

// Witness: contract codedeploy §7.4 row 2, §5.6, §7.7: tasks that run and are not found healthy are not enough, whatever the routing.
#[test]
fn a_replacement_that_its_load_balancer_does_not_find_healthy_gets_no_traffic() {
    for routing in ["", "canary", "linear"] {
        let mut run = play(&format!(
            "ecs {routing} rollback | ok ok ok unsteady 59m unsteady 59s unsteady"
        ));
        assert_eq!(run.state().status, Status::InProgress);
        let target = run.state().ecs().unwrap();
        assert_eq!((target.weight, target.sets[1].running), (0, 1));
        run.words("1s");
        assert_eq!(run.state().status, Status::Failed);
        let fault = run.state().error.clone().unwrap();
        assert_eq!(
            fault.message,
            "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes."
        );
        let back = rollback::plan(run.state()).unwrap();
        assert_eq!(back.id, "d-BBBBBBBBB");
    }
    let run = play("ecs canary | ok ok ok unsteady 1m well");
    assert_eq!(run.state().doing(), Some(&Doing::Shifting { to: 10 }));
}

// Witness: contract codedeploy §7.4 row 1: nothing to roll back.
#[test]
fn a_hook_that_fails_before_install_rolls_nothing_back() {
    check(
        "ecs hooks rollback | ok ok fail",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s invoke one
        BeforeInstall      Failed 0s–0s !
        Install            Skipped ·–0s
        AfterInstall       Skipped ·–0s
        AllowTestTraffic   Skipped ·–0s
        AfterAllowTestTraffic Skipped ·–0s
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Failed HOOK_EXECUTION_FAILURE
    "#]],
    );
}

// Witness: contract codedeploy §7.7: a hook that fails after Install, with rollback.
#[test]
fn a_hook_that_fails_after_install_is_rolled_back() {
    check(
        "ecs hooks rollback | ok ok ok ok ok fail",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s invoke one
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s invoke two
            0s roll back by d-BBBBBBBBB
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Failed 0s–0s !
        AllowTestTraffic   Skipped ·–0s
        AfterAllowTestTraffic Skipped ·–0s
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Failed HOOK_EXECUTION_FAILURE
        rolled back by d-BBBBBBBBB of d-AAAAAAAAA: task set
    "#]],
    );
}

// Witness: contract codedeploy §7.7: alarm during Install: Stopped, Install Failed, green deleted.
#[test]
fn an_alarm_during_install_stops_and_deletes_the_replacement() {
    check(
        "ecs alarms norollback | ok ok ok ok ring",
        expect![[r#"
            0s read the AppSpec
            0s look at One, Two
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s discard the task set of d-AAAAAAAAA
        BeforeInstall      Succeeded 0s–0s
        Install            Failed 0s–0s !
        AfterInstall       Skipped ·–0s
        AllowTestTraffic   Skipped ·–0s
        AfterAllowTestTraffic Skipped ·–0s
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Stopped ALARM_ACTIVE
    "#]],
    );
    check(
        "ecs alarms rollback | ok ok ok ok ring",
        expect![[r#"
            0s read the AppSpec
            0s look at One, Two
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s roll back by d-BBBBBBBBB
        BeforeInstall      Succeeded 0s–0s
        Install            Failed 0s–0s !
        AfterInstall       Skipped ·–0s
        AllowTestTraffic   Skipped ·–0s
        AfterAllowTestTraffic Skipped ·–0s
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Stopped ALARM_ACTIVE
        rolled back by d-BBBBBBBBB of d-AAAAAAAAA: task set
    "#]],
    );
}

// Witness: contract codedeploy §7.7: alarm at 10 %.
#[test]
fn an_alarm_during_the_shift_sets_the_weights_back() {
    check(
        "ecs canary test alarms rollback | ok ok ok ok ok ok ok 1m ring",
        expect![[r#"
                0s read the AppSpec
                0s look at One, Two
                0s look at everything
                0s create the task set of d-AAAAAAAAA
                0s look at the service
                0s test 100%
                0s production 10%
               60s roll back by d-BBBBBBBBB
            BeforeInstall      Succeeded 0s–0s
            Install            Succeeded 0s–0s
            AfterInstall       Succeeded 0s–0s
            AllowTestTraffic   Succeeded 0s–0s
            AfterAllowTestTraffic Succeeded 0s–0s
            BeforeAllowTraffic Succeeded 0s–0s
            AllowTraffic       Failed 0s–60s !
            AfterAllowTraffic  Skipped ·–60s
            target Failed 10%
            Stopped ALARM_ACTIVE
            rolled back by d-BBBBBBBBB of d-AAAAAAAAA: test listener, listener, task set
        "#]],
    );
}

// Witness: contract codedeploy §7.7: primary goes back to blue; §5.9: alarms count in the termination wait too.
#[test]
fn an_alarm_in_the_termination_wait_is_rolled_back() {
    check(
        "ecs keep alarms rollback | ok ok ok ok ok ok ok ok 1m ring",
        expect![[r#"
                0s read the AppSpec
                0s look at One, Two
                0s look at everything
                0s create the task set of d-AAAAAAAAA
                0s look at the service
                0s production 100%
                0s look at the service
                0s make ecs-svc/2 primary
               60s roll back by d-BBBBBBBBB
            BeforeInstall      Succeeded 0s–0s
            Install            Succeeded 0s–0s
            AfterInstall       Succeeded 0s–0s
            AllowTestTraffic   Succeeded 0s–0s
            AfterAllowTestTraffic Succeeded 0s–0s
            BeforeAllowTraffic Succeeded 0s–0s
            AllowTraffic       Succeeded 0s–0s
            AfterAllowTraffic  Succeeded 0s–0s
            target Succeeded 100%
            Stopped ALARM_ACTIVE
            rolled back by d-BBBBBBBBB of d-AAAAAAAAA: test listener, listener, primary, task set
        "#]],
    );
}

// Witness: contract codedeploy §7.7: after blue is deleted nothing can be rolled back.
#[test]
fn nothing_is_rolled_back_once_the_original_is_deleted() {
    check(
        "ecs alarms rollback | ok ok ok ok ok ok ok ok ring ok",
        expect![[r#"
                0s read the AppSpec
                0s look at One, Two
                0s look at everything
                0s create the task set of d-AAAAAAAAA
                0s look at the service
                0s production 100%
                0s look at the service
                0s make ecs-svc/2 primary
                0s delete ecs-svc/1
            BeforeInstall      Succeeded 0s–0s
            Install            Succeeded 0s–0s
            AfterInstall       Succeeded 0s–0s
            AllowTestTraffic   Succeeded 0s–0s
            AfterAllowTestTraffic Succeeded 0s–0s
            BeforeAllowTraffic Succeeded 0s–0s
            AllowTraffic       Succeeded 0s–0s
            AfterAllowTraffic  Succeeded 0s–0s
            target Succeeded 100%
            Stopped ALARM_ACTIVE
        "#]],
    );
    check(
        "ecs rollback | ok ok ok ok ok ok ok ok stop+",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s production 100%
            0s look at the service
            0s make ecs-svc/2 primary
            0s delete ecs-svc/1
            0s look at the service
            0s stop: Stopped
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 100%
        Stopped MANUAL_STOP
    "#]],
    );
}

// Witness: contract codedeploy §5.6 Ready row, §5.3: Stopped.
#[test]
fn a_deployment_that_nobody_continues_is_stopped() {
    check(
        "ecs hold trigger | ok ok ok ok 59m 59s 1s",
        expect![[r#"
            0s publish CREATED
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s publish READY
         3600s publish STOPPED
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Skipped ·–3600s
        AllowTraffic       Skipped ·–3600s
        AfterAllowTraffic  Skipped ·–3600s
        target Skipped 0%
        Stopped TIMEOUT
        "#]],
    );
}

// Witness: contract codedeploy §5.6: the target is still counted as Succeeded.
#[test]
fn a_replacement_that_turns_unhealthy_fails_the_deployment() {
    check(
        "ecs keep | ok ok ok ok ok ok ok 1m sick 2m",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s production 100%
            0s look at the service
            0s make ecs-svc/2 primary
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 100%
        Failed ECS_UPDATE_ERROR
    "#]],
    );
    let run = play("ecs keep | ok ok ok ok ok ok ok sick 2m");
    assert_eq!(run.state().target_statuses(), [TargetStatus::Succeeded]);
}

// Witness: ours: tasks that end with the server come back with it.
#[test]
fn a_replacement_may_lose_its_tasks_for_a_while() {
    let mut run = play("ecs canary keep | ok ok ok ok ok 1m sick 119s");
    assert_eq!(run.state().status, Status::InProgress);
    run.word("well");
    run.words("2m 1s ok ok 5m ok ok");
    assert_eq!(run.state().status, Status::Succeeded);
}

// Witness: ours: a truthful end when the service goes away.
#[test]
fn a_service_that_is_deleted_fails_the_deployment() {
    check(
        "ecs canary | ok ok ok ok ok vanish",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s production 10%
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–0s !
        AfterAllowTraffic  Skipped ·–0s
        target Failed 10%
        Failed INVALID_ECS_SERVICE
    "#]],
    );
}

// Witness: contract codedeploy §7.7, §5.5: no task set is created; weights, primary and green.
#[test]
fn a_rollback_sets_back_and_creates_nothing() {
    check(
        "ecs rolling trigger | ok ok ok ok ok ok",
        expect![[r#"
            0s publish CREATED
            0s read the AppSpec
            0s publish IN_PROGRESS
            0s look at the service
            0s test 0%
            0s production 0%
            0s make ecs-svc/1 primary
            0s delete the task set of d-000000000
            0s look at the service
            0s publish SUCCEEDED
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 0%
        Succeeded
    "#]],
    );
    check(
        "ecs still | ok ok ok",
        expect![[r#"
            0s read the AppSpec
            0s look at the service
            0s delete the task set of d-000000000
            0s look at the service
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 0%
        Succeeded
    "#]],
    );
}

// Witness: contract codedeploy §7.2, §5.6: before a task set is created.
#[test]
fn a_broken_precondition_fails_before_anything_is_created() {
    check(
        "ecs hooks rollback | ok fail",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
        BeforeInstall      Skipped ·–0s
        Install            Skipped ·–0s
        AfterInstall       Skipped ·–0s
        AllowTestTraffic   Skipped ·–0s
        AfterAllowTestTraffic Skipped ·–0s
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Failed ECS_UPDATE_ERROR
    "#]],
    );
}

// Witness: contract codedeploy §7.5: ours for the end: what somebody else has changed is left alone, and told.
#[test]
fn a_listener_changed_by_somebody_else_fails_the_deployment() {
    check(
        "ecs canary | ok ok ok ok ok 5m fail",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s production 10%
          300s production 100%
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–300s !
        AfterAllowTraffic  Skipped ·–300s
        target Failed 10%
        Failed ECS_UPDATE_ERROR
    "#]],
    );
}

// Witness: contract codedeploy §5.7: what executes comes to its end first.
#[test]
fn a_stop_waits_for_what_is_being_changed() {
    check(
        "ecs norollback | ok ok stop ok",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s stop: Pending
            0s discard the task set of d-AAAAAAAAA
        BeforeInstall      Succeeded 0s–0s
        Install            Failed 0s–0s !
        AfterInstall       Skipped ·–0s
        AllowTestTraffic   Skipped ·–0s
        AfterAllowTestTraffic Skipped ·–0s
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Stopped MANUAL_STOP
    "#]],
    );
    check(
        "ecs norollback | ok ok ok ok stop ok",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s production 100%
            0s stop: Pending
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–0s !
        AfterAllowTraffic  Skipped ·–0s
        target Failed 100%
        Stopped MANUAL_STOP
    "#]],
    );
}

// Witness: contract codedeploy §5.2: what could not be cleaned up is told; it spoils nothing.
#[test]
fn an_original_that_cannot_be_deleted_is_told_of() {
    let run = play("ecs | ok ok ok ok ok ok ok fail");
    assert_eq!(run.state().status, Status::Succeeded);
    assert_eq!(run.state().ecs().unwrap().messages, ["no"]);
    let run = play("ecs | ok ok ok ok ok ok ok ok 1h");
    assert_eq!(run.state().status, Status::Succeeded);
    assert_eq!(run.state().ecs().unwrap().messages.len(), 1);
}

// Witness: contract codedeploy §5.8.
#[test]
fn each_wait_ends_by_its_own_word() {
    let now = |script: &str| {
        let run = play(script);
        let said = |wait| match continue_deployment(run.state(), run.now, wait) {
            Ok(step) => step.state.unwrap().doing().cloned(),
            Err(WaitRefused::NotWaiting) => None,
            Err(refused) => panic!("{refused}"),
        };
        let skipped = skip_wait(run.state(), run.now).is_ok();
        let termination = said(Wait::Termination);
        assert_eq!(skipped, termination.is_some());
        format!("{:?} {termination:?}", said(Wait::Ready))
    };
    assert_eq!(now("ecs hold keep | ok ok ok"), "None None");
    assert_eq!(
        now("ecs hold keep | ok ok ok ok"),
        "Some(Shifting { to: 100 }) None"
    );
    assert_eq!(
        now("ecs hold keep | ok ok ok ok ok ok ok ok"),
        "None Some(Removing)"
    );
    assert_eq!(
        now("ecs hold keep | ok ok ok ok ok ok ok ok 5m"),
        "None None"
    );
}

// Witness: contract codedeploy §6.5: the ids of each execution.
#[test]
fn every_hook_has_an_execution_of_its_own() {
    let mut run = Run::new(plan("ecs hooks"));
    let id = execution_id("seed", "AfterAllowTestTraffic");
    assert_eq!(lookup(run.state(), &id), Known::No);
    run.words("ok ok ok ok ok ok");
    assert_eq!(lookup(run.state(), &id), Known::Awaited);
    run.words("ok");
    assert_eq!(lookup(run.state(), &id), Known::Over);
    let install = execution_id("seed", "Install");
    assert_eq!(lookup(run.state(), &install), Known::No);
}

// Witness: contract codedeploy §5.5: a rollback that fails triggers no other.
#[test]
fn a_rollback_is_not_rolled_back() {
    let run = play("ecs rolling rollback | ok fail");
    assert_eq!(run.state().status, Status::Failed);
    assert!(rollback::plan(run.state()).is_none());
}

// Witness: contract codedeploy §7.4 row 2: what comes all at once is to be found healthy with its traffic; §5.6 for both texts.
#[test]
fn all_at_once_waits_for_health_after_the_shift_before_it_is_the_primary() {
    let mut run = play("ecs rollback | ok ok ok ok ok unsteady 59m unsteady");
    let target = run.state().ecs().unwrap();
    assert_eq!((target.weight, target.progress.promoted), (100, false));
    assert_eq!(target.lifecycle.running().unwrap().name, "AllowTraffic");
    run.word("well");
    assert_eq!(run.state().doing(), Some(&Doing::Promoting));

    check(
        "ecs rollback | ok ok ok ok ok unsteady 1h",
        expect![[r#"
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
            0s production 100%
            0s look at the service
         3600s roll back by d-BBBBBBBBB
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–0s
        AfterInstall       Succeeded 0s–0s
        AllowTestTraffic   Succeeded 0s–0s
        AfterAllowTestTraffic Succeeded 0s–0s
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–3600s !
        AfterAllowTraffic  Skipped ·–3600s
        target Failed 100%
        Failed TIMEOUT
        rolled back by d-BBBBBBBBB of d-AAAAAAAAA: test listener, listener, task set
    "#]],
    );
    let run = play("ecs | ok ok ok ok ok sick 2m");
    assert_eq!(
        run.state().error.clone().unwrap().message,
        "CodeDeploy detected that the replacement task set is unhealthy."
    );
    let run = play("ecs alarms rollback | ok ok ok ok ok ok unsteady ring");
    assert_eq!(run.state().status, Status::Stopped);
    // Both task sets have shared the traffic before: there is nothing more to find out.
    let run = play("ecs canary | ok ok ok ok ok 5m ok");
    assert_eq!(run.state().doing(), Some(&Doing::Promoting));
}

// Witness: contract codedeploy §7.4, the measured run: 10 % each minute from the first moment, then five minutes' wait.
#[test]
fn a_tenth_each_minute_and_five_minutes_wait_come_at_their_times() {
    let mut run = play("ecs tenth keep trigger | ok ok ok");
    run.words("1m ok ok");
    for _ in 0..9 {
        run.words("1m ok");
    }
    run.words("ok 5m ok ok");
    expect![[r#"
            0s publish CREATED
            0s read the AppSpec
            0s look at everything
            0s create the task set of d-AAAAAAAAA
            0s look at the service
           60s production 10%
          120s production 20%
          180s production 30%
          240s production 40%
          300s production 50%
          360s production 60%
          420s production 70%
          480s production 80%
          540s production 90%
          600s production 100%
          600s make ecs-svc/2 primary
          900s delete ecs-svc/1
          900s look at the service
          900s publish SUCCEEDED
        BeforeInstall      Succeeded 0s–0s
        Install            Succeeded 0s–60s
        AfterInstall       Succeeded 60s–60s
        AllowTestTraffic   Succeeded 60s–60s
        AfterAllowTestTraffic Succeeded 60s–60s
        BeforeAllowTraffic Succeeded 60s–60s
        AllowTraffic       Succeeded 60s–600s
        AfterAllowTraffic  Succeeded 600s–600s
        target Succeeded 100%
        Succeeded
    "#]]
    .assert_eq(&run.transcript());
}

// Witness: contract codedeploy §7.7, last row [U]: what we do is to leave the replacement and its weight as they are.
#[test]
fn without_a_rollback_the_replacement_and_its_weight_stay() {
    let asked = |run: &Run| {
        let said = run.transcript();
        let changes = ["discard", "delete", "production", "primary"];
        let lines = said
            .lines()
            .filter(|line| changes.iter().any(|word| line.contains(word)));
        lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    let run = play("ecs hooks norollback | ok ok ok ok ok fail");
    assert_eq!(run.state().status, Status::Failed);
    assert_eq!(asked(&run), [""; 0]);
    let run = play("ecs canary alarms norollback | ok ok ok ok ok ok ring");
    assert_eq!(run.state().status, Status::Stopped);
    assert_eq!(asked(&run), ["0s production 10%"]);
    assert!(rollback::plan(run.state()).is_none());
}

// Witness: contract codedeploy §7.4 row 9, §7.7: blue keeps its full scale in the wait: nothing is asked of it before its end.
#[test]
fn the_original_is_left_alone_until_the_wait_is_over() {
    let mut run = play("ecs keep | ok ok ok ok ok ok ok 4m 59s");
    assert_eq!(run.state().status, Status::InProgress);
    assert_eq!(run.state().target_statuses(), [TargetStatus::Succeeded]);
    assert!(!run.transcript().contains("delete"));
    run.word("1s");
    assert!(run.transcript().contains("  300s delete ecs-svc/1"));
}

// Witness: contract codedeploy §5.5, §7.7: the rollback of a rollback's deployment is all at once whatever the group says.
#[test]
fn a_rollback_goes_all_at_once() {
    let run = play("ecs linear hold keep rollback | ok ok ok ok ok ok 1m stop ok");
    let plan = rollback::plan(run.state()).unwrap();
    let crate::engine::deployment::plan::Work::Ecs(work) = plan.work else {
        panic!("{plan:?}");
    };
    assert!(!work.routing.is_gradual());
    assert_eq!((work.ready_wait, work.termination_wait), (None, 0));
}
