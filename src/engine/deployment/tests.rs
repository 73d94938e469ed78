//! Scripts and transcripts of deployments; see `script.rs` for the words.

mod events;
mod rollbacks;

use super::commands::continue_deployment::{Wait, WaitRefused, continue_deployment};
use super::commands::skip_wait::skip_wait;
use super::commands::start::start;
use super::effect::Effect;
use super::hook::{Known, execution_id, lookup};
use super::lambda::{AFTER, BEFORE};
use super::rollback;
use super::script::{Run, START, assert_invariants, plan, play, play_with};
use super::state::{DeploymentState, Status};
use expect_test::{Expect, expect};
use std::collections::{BTreeMap, BTreeSet};

#[track_caller]
fn check(script: &str, expected: Expect) {
    expected.assert_eq(&play(script).transcript());
}

// Witness: contract codedeploy §6.3, §6.4: three events, one update of the alias.
#[test]
fn all_at_once_goes_through_three_events() {
    check(
        "| ok ok ok",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s shift 100%
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 100%
        Succeeded
    "#]],
    );
}

// Witness: contract codedeploy §6.4, §10.1 F2: real minutes.
#[test]
fn a_canary_waits_its_minutes() {
    check(
        "canary | ok ok ok 4m 59s 1s ok",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s shift 10%
          300s shift 100%
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–300s
        AfterAllowTraffic  Succeeded 300s–300s
        target Succeeded 100%
        Succeeded
    "#]],
    );
}

// Witness: contract codedeploy §6.4.
#[test]
fn linear_traffic_grows_step_by_step() {
    check(
        "linear | ok ok ok 1m 5s ok 1m 7s ok",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s shift 40%
           60s shift 80%
          125s shift 100%
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–132s
        AfterAllowTraffic  Succeeded 132s–132s
        target Succeeded 100%
        Succeeded
    "#]],
    );
}

// Witness: contract codedeploy §6.5.
#[test]
fn hooks_run_before_and_after_and_only_their_callback_counts() {
    check(
        "hooks | ok ok 3m ok ok 2m ok",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s invoke before
          180s shift 100%
          180s invoke after
        BeforeAllowTraffic Succeeded 0s–180s
        AllowTraffic       Succeeded 180s–180s
        AfterAllowTraffic  Succeeded 180s–300s
        target Succeeded 100%
        Succeeded
    "#]],
    );
}

// Witness: contract codedeploy §5.4, §5.6, §6.5, §6.6.
#[test]
fn a_failed_hook_fails_the_deployment_and_is_rolled_back() {
    check(
        "hooks rollback trigger | ok ok ok ok fail",
        expect![[r#"
                0s publish CREATED
                0s read the AppSpec
                0s look at the alias
                0s invoke before
                0s shift 100%
                0s invoke after
                0s publish FAILED
                0s roll back by d-BBBBBBBBB
            BeforeAllowTraffic Succeeded 0s–0s
            AllowTraffic       Succeeded 0s–0s
            AfterAllowTraffic  Failed 0s–0s !
            target Failed 100%
            Failed HOOK_EXECUTION_FAILURE
            rolled back by d-BBBBBBBBB from 2 to 1
        "#]],
    );
}

// Witness: contract codedeploy §6.6: what never touched the alias has nothing to set back.
#[test]
fn a_hook_that_fails_first_moves_nothing() {
    check(
        "hooks rollback | ok ok fail",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s invoke before
            0s roll back by d-BBBBBBBBB
        BeforeAllowTraffic Failed 0s–0s !
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Failed HOOK_EXECUTION_FAILURE
        rolled back by d-BBBBBBBBB from 2 to 1 (nothing moved)
    "#]],
    );
}

// Witness: contract codedeploy §2.4, §5.6, §10.1 F4.
#[test]
fn a_silent_hook_fails_after_an_hour() {
    check(
        "hooks | ok ok 59m 59s late 1s",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s invoke before
        BeforeAllowTraffic Failed 0s–3600s !
        AllowTraffic       Skipped ·–3600s
        AfterAllowTraffic  Skipped ·–3600s
        target Failed 0%
        Failed TIMEOUT
    "#]],
    );
}

// Witness: contract codedeploy §6.5, §10.1 F5.
#[test]
fn a_hook_that_cannot_be_invoked_fails_at_once() {
    check(
        "hooks | ok ok refuse",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s invoke before
        BeforeAllowTraffic Failed 0s–0s !
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Failed INVALID_LAMBDA_FUNCTION
    "#]],
    );
}

// Witness: contract codedeploy §6.3 step 0.
#[test]
fn an_alias_elsewhere_fails_before_anything_runs() {
    check(
        "hooks rollback | ok fail",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s roll back by d-BBBBBBBBB
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Failed INVALID_LAMBDA_CONFIGURATION
        rolled back by d-BBBBBBBBB from 2 to 1 (nothing moved)
    "#]],
    );
}

// Witness: contract codedeploy §5.6 (AppSpec from S3).
#[test]
fn an_appspec_that_cannot_be_read_fails_without_a_target() {
    check(
        "s3 rollback listener | fail",
        expect![[r#"
            0s read the AppSpec
            0s tell the pipeline: no
        Failed INVALID_LAMBDA_CONFIGURATION
    "#]],
    );
}

// Witness: contract codedeploy §5.9: already in ALARM.
#[test]
fn an_alarm_that_rings_already_stops_the_deployment_at_its_start() {
    check(
        "canary alarms rollback | ok fail",
        expect![[r#"
            0s read the AppSpec
            0s look at One, Two
            0s roll back by d-BBBBBBBBB
        BeforeAllowTraffic Skipped ·–0s
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Skipped 0%
        Stopped ALARM_ACTIVE
        rolled back by d-BBBBBBBBB from 2 to 1 (nothing moved)
    "#]],
    );
}

// Witness: contract codedeploy §5.6, §5.9, §10.1 F8: never Failed.
#[test]
fn an_alarm_stops_a_canary_and_the_rollback_sets_it_back() {
    check(
        "canary alarms rollback trigger | ok ok ok ok 1m calm ring",
        expect![[r#"
                0s publish CREATED
                0s read the AppSpec
                0s look at One, Two
                0s look at the alias
                0s shift 10%
               60s publish STOPPED
               60s roll back by d-BBBBBBBBB
            BeforeAllowTraffic Succeeded 0s–0s
            AllowTraffic       Failed 0s–60s !
            AfterAllowTraffic  Skipped ·–60s
            target Failed 10%
            Stopped ALARM_ACTIVE
            rolled back by d-BBBBBBBBB from 2 to 1
        "#]],
    );
}

// Witness: contract codedeploy §5.9 (ignorePollAlarmFailure false).
#[test]
fn an_alarm_that_is_gone_stops_the_deployment() {
    check(
        "canary alarms | ok ok ok ok lost",
        expect![[r#"
            0s read the AppSpec
            0s look at One, Two
            0s look at the alias
            0s shift 10%
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–0s !
        AfterAllowTraffic  Skipped ·–0s
        target Failed 10%
        Stopped ALARM_ACTIVE
    "#]],
    );
}

// Witness: ours: what a rollback sets back must be at rest.
#[test]
fn an_alarm_waits_for_the_alias_that_is_being_changed() {
    check(
        "canary alarms rollback | ok ok ok ring 1s ok",
        expect![[r#"
            0s read the AppSpec
            0s look at One, Two
            0s look at the alias
            0s shift 10%
            1s roll back by d-BBBBBBBBB
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–1s !
        AfterAllowTraffic  Skipped ·–1s
        target Failed 10%
        Stopped ALARM_ACTIVE
        rolled back by d-BBBBBBBBB from 2 to 1
    "#]],
    );
}

// Witness: contract codedeploy §5.7: traffic stays where it is.
#[test]
fn a_stop_in_a_canary_ends_it_at_once() {
    check(
        "canary norollback | ok ok ok 1m stop",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s shift 10%
           60s stop: Stopped
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–60s !
        AfterAllowTraffic  Skipped ·–60s
        target Failed 10%
        Stopped MANUAL_STOP
    "#]],
    );
}

// Witness: contract codedeploy §5.7: Pending while something executes.
#[test]
fn a_stop_waits_for_a_hook() {
    check(
        "hooks rollback | ok ok 1m stop stop 1m ok",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s invoke before
           60s stop: Pending
           60s stop: Pending
          120s roll back by d-BBBBBBBBB
        BeforeAllowTraffic Succeeded 0s–120s
        AllowTraffic       Skipped ·–120s
        AfterAllowTraffic  Skipped ·–120s
        target Skipped 0%
        Stopped MANUAL_STOP
        rolled back by d-BBBBBBBBB from 2 to 1 (nothing moved)
    "#]],
    );
    check(
        "hooks norollback | ok ok stop fail",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s invoke before
            0s stop: Pending
        BeforeAllowTraffic Failed 0s–0s !
        AllowTraffic       Skipped ·–0s
        AfterAllowTraffic  Skipped ·–0s
        target Failed 0%
        Stopped MANUAL_STOP
    "#]],
    );
}

// Witness: contract codedeploy §5.5: autoRollbackEnabled overrules.
#[test]
fn a_stop_says_whether_to_roll_back() {
    check(
        "canary norollback | ok ok ok stop+",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s shift 10%
            0s roll back by d-BBBBBBBBB
            0s stop: Stopped
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–0s !
        AfterAllowTraffic  Skipped ·–0s
        target Failed 10%
        Stopped MANUAL_STOP
        rolled back by d-BBBBBBBBB from 2 to 1
    "#]],
    );
    let run = play("canary rollback | ok ok ok stop-");
    assert_eq!(run.state().rolled_back_by, None);
    let run = play("hooks norollback | ok ok stop stop+ stop ok");
    assert!(
        run.state().rolled_back_by.is_some(),
        "the later wish counts"
    );
    let run = play("canary | ok ok ok stop+");
    assert_eq!(run.state().rolled_back_by, None, "nothing to go back to");
}

#[test]
fn a_stop_before_anything_has_begun_leaves_no_target() {
    check(
        "| stop",
        expect![[r#"
            0s read the AppSpec
            0s stop: Stopped
        Stopped MANUAL_STOP
    "#]],
    );
}

// Witness: contract codedeploy §3.1, §3.4.4.
#[test]
fn a_deployment_whose_group_is_deleted_fails_and_is_not_rolled_back() {
    check(
        "canary rollback | ok ok ok gone",
        expect![[r#"
            0s read the AppSpec
            0s look at the alias
            0s shift 10%
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Failed 0s–0s !
        AfterAllowTraffic  Skipped ·–0s
        target Failed 10%
        Failed DEPLOYMENT_GROUP_MISSING
    "#]],
    );
}

// Witness: contract codedeploy §5.5, §9.1.
#[test]
fn a_rollback_runs_its_own_events_and_is_told_of() {
    check(
        "rolling trigger | ok ok ok",
        expect![[r#"
            0s publish CREATED
            0s read the AppSpec
            0s publish IN_PROGRESS
            0s look at the alias
            0s shift 100%
            0s publish SUCCEEDED
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 100%
        Succeeded
    "#]],
    );
    check(
        "still trigger | ok",
        expect![[r#"
            0s publish CREATED
            0s read the AppSpec
            0s publish IN_PROGRESS
            0s publish SUCCEEDED
        BeforeAllowTraffic Succeeded 0s–0s
        AllowTraffic       Succeeded 0s–0s
        AfterAllowTraffic  Succeeded 0s–0s
        target Succeeded 100%
        Succeeded
    "#]],
    );
    let run = play("rolling rollback | ok ok fail");
    assert_eq!(run.state().status, Status::Failed);
}

// Witness: contract codedeploy §2.4, §6.6.
#[test]
fn a_deployment_that_takes_too_long_times_out() {
    let mut run = Run::new(plan("canary"));
    run.words("ok 49h 59m 59s");
    assert!(!run.state().is_over());
    run.words("1s");
    expect![[r#"
            0s read the AppSpec
            0s look at the alias
        BeforeAllowTraffic Skipped ·–180000s
        AllowTraffic       Skipped ·–180000s
        AfterAllowTraffic  Skipped ·–180000s
        target Failed 0%
        Failed TIMEOUT
    "#]]
    .assert_eq(&run.transcript());
}

// Witness: contract codepipeline §6.5.
#[test]
fn a_pipeline_is_told_once() {
    for (script, told) in [
        ("listener | ok ok ok late stop", "tell the pipeline: well"),
        (
            "listener | ok ok stop ok",
            "tell the pipeline: The deployment was stopped by the user.",
        ),
    ] {
        let run = play(script);
        assert_eq!(run.said.matches("tell the pipeline").count(), 1);
        assert!(run.said.contains(told), "{}", run.said);
    }
}

// Witness: contract codedeploy §3.5 PutLifecycleEventHookExecutionStatus.
#[test]
fn hook_executions_are_answered_once() {
    let mut run = Run::new(plan("hooks"));
    let (before, after) = (execution_id("seed", BEFORE), execution_id("seed", AFTER));
    let known = |run: &Run| (lookup(run.state(), &before), lookup(run.state(), &after));
    assert_eq!(known(&run), (Known::No, Known::No));
    run.words("ok ok");
    assert_eq!(known(&run), (Known::Awaited, Known::No));
    run.words("ok");
    assert_eq!(known(&run), (Known::Over, Known::No));
    run.words("ok");
    assert_eq!(known(&run), (Known::Over, Known::Awaited));
    run.words("2h");
    assert_eq!(known(&run), (Known::Over, Known::Over));
    assert_eq!(lookup(run.state(), "other"), Known::No);
}

// Witness: contract codedeploy §5.8.
#[test]
fn lambda_deployments_have_no_waits_to_end() {
    let run = play("canary | ok");
    for wait in [Wait::Ready, Wait::Termination] {
        let answer = continue_deployment(run.state(), START, wait);
        assert_eq!(answer.unwrap_err(), WaitRefused::Unsupported);
    }
    assert!(skip_wait(run.state(), START).is_err());
}

#[test]
fn starting_a_live_deployment_again_is_refused() {
    let run = Run::new(plan(""));
    assert!(start(run.live.as_ref(), plan(""), START).is_err());
}

// Witness: contract codedeploy §5.5.
#[test]
fn both_sides_of_a_rollback_name_the_other() {
    let run = play("canary rollback | ok ok ok stop");
    let old = rollback::links(run.state()).unwrap();
    assert_eq!((old.by.as_deref(), old.of), (Some("d-BBBBBBBBB"), None));
    assert_eq!(
        old.message,
        "Deployment d-AAAAAAAAA terminated. Automatic rollback is triggered with a DeploymentId d-BBBBBBBBB."
    );
    let new = Run::new(rollback::plan(run.state()).unwrap());
    let new = rollback::links(new.state()).unwrap();
    assert_eq!((new.by, new.of.as_deref()), (None, Some("d-AAAAAAAAA")));
    assert_eq!(
        new.message,
        "Deployment d-BBBBBBBBB is triggered to roll back deployment d-AAAAAAAAA."
    );
}

// Witness: contract codedeploy §9.1, §10.4 11: member order, texts in strings.
#[test]
fn messages_of_triggers_look_like_the_recorded_ones() {
    let old = play("rollback trigger hooks | ok ok fail");
    let new = {
        let mut run = Run::new(rollback::plan(old.state()).unwrap());
        run.words("ok ok ok");
        run
    };
    let mut text = String::new();
    for run in [&old, &new] {
        for effect in &run.effects {
            if let Effect::Publish {
                subject, message, ..
            } = effect
            {
                text.push_str(&format!("{subject}\n  {message}\n"));
            }
        }
    }
    expect![[r#"
        CREATED: AWS CodeDeploy d-AAAAAAAAA in us-east-1 to app
          {"region":"us-east-1","accountId":"000000000000","eventTriggerName":"all","applicationName":"app","deploymentId":"d-AAAAAAAAA","deploymentGroupName":"group","createTime":"Tue Nov 14 22:13:20 UTC 2023","completeTime":null,"status":"CREATED"}
        FAILED: AWS CodeDeploy d-AAAAAAAAA in us-east-1 to app
          {"region":"us-east-1","accountId":"000000000000","eventTriggerName":"all","applicationName":"app","deploymentId":"d-AAAAAAAAA","deploymentGroupName":"group","createTime":"Tue Nov 14 22:13:20 UTC 2023","completeTime":"Tue Nov 14 22:13:20 UTC 2023","deploymentOverview":"{\"Succeeded\":0,\"Failed\":1,\"Skipped\":0,\"InProgress\":0,\"Pending\":0}","status":"FAILED","errorInformation":"{\"ErrorCode\":\"HOOK_EXECUTION_FAILURE\",\"ErrorMessage\":\"The deployment failed because one or more of the lifecycle event validation functions failed.\"}","rollbackInformation":"{}"}
        CREATED: AWS CodeDeploy d-BBBBBBBBB in us-east-1 to app
          {"region":"us-east-1","accountId":"000000000000","eventTriggerName":"all","applicationName":"app","deploymentId":"d-BBBBBBBBB","deploymentGroupName":"group","createTime":"Tue Nov 14 22:13:20 UTC 2023","completeTime":null,"status":"CREATED","rollbackInformation":"{\"RollbackMessage\":\"Deployment d-BBBBBBBBB is triggered to roll back deployment d-AAAAAAAAA.\",\"RollbackTriggeringDeploymentId\":\"d-AAAAAAAAA\"}"}
        IN_PROGRESS: AWS CodeDeploy d-BBBBBBBBB in us-east-1 to app
          {"region":"us-east-1","accountId":"000000000000","eventTriggerName":"all","applicationName":"app","deploymentId":"d-BBBBBBBBB","deploymentGroupName":"group","createTime":"Tue Nov 14 22:13:20 UTC 2023","completeTime":null,"status":"IN_PROGRESS","rollbackInformation":"{\"RollbackMessage\":\"Deployment d-BBBBBBBBB is triggered to roll back deployment d-AAAAAAAAA.\",\"RollbackTriggeringDeploymentId\":\"d-AAAAAAAAA\"}"}
        SUCCEEDED: AWS CodeDeploy d-BBBBBBBBB in us-east-1 to app
          {"region":"us-east-1","accountId":"000000000000","eventTriggerName":"all","applicationName":"app","deploymentId":"d-BBBBBBBBB","deploymentGroupName":"group","createTime":"Tue Nov 14 22:13:20 UTC 2023","completeTime":"Tue Nov 14 22:13:20 UTC 2023","deploymentOverview":"{\"Succeeded\":1,\"Failed\":0,\"Skipped\":0,\"InProgress\":0,\"Pending\":0}","status":"SUCCEEDED","rollbackInformation":"{\"RollbackMessage\":\"Deployment d-BBBBBBBBB is triggered to roll back deployment d-AAAAAAAAA.\",\"RollbackTriggeringDeploymentId\":\"d-AAAAAAAAA\"}"}
    "#]].assert_eq(&text);
}

/// Plans and ways through them, for the standing tests.
const PLANS: &[&str] = &[
    "",
    "s3 listener",
    "canary rollback trigger",
    "linear norollback",
    "hooks rollback listener",
    "canary hooks alarms rollback trigger listener",
    "linear alarms",
    "rolling trigger",
    "still",
    "ecs",
    "ecs s3 listener keep",
    "ecs canary hooks test hold keep alarms rollback trigger listener",
    "ecs linear test norollback",
    "ecs hooks rollback",
    "ecs rolling trigger",
    "ecs still",
];

/// Answers well until the end; the number of answers it took.
fn to_the_end(run: &mut Run) -> usize {
    let mut answers = 0;
    while !run.state().is_over() {
        run.answer(true);
        answers += 1;
        assert!(answers < 50, "no end");
    }
    answers
}

#[test]
fn every_plan_succeeds_when_everything_goes_well() {
    for words in PLANS {
        let mut run = Run::new(plan(words));
        to_the_end(&mut run);
        assert_eq!(run.state().status, Status::Succeeded, "{words}");
        assert_invariants(&run);
    }
}

#[test]
fn every_plan_ends_truthfully_whatever_fails() {
    for words in PLANS {
        let answers = to_the_end(&mut Run::new(plan(words)));
        for failing in 0..answers {
            for how in [
                "fail", "ring", "lost", "stop", "stop+", "gone", "refuse", "51h", "sick", "vanish",
            ] {
                let mut run = Run::new(plan(words));
                (0..failing).for_each(|_| run.answer(true));
                run.word(how);
                assert_invariants(&run);
                to_the_end(&mut run);
                assert_invariants(&run);
                let status = run.state().status;
                if ["stop", "stop+"].contains(&how) {
                    assert_eq!(status, Status::Stopped, "{words}: {how} after {failing}");
                }
            }
        }
    }
}

#[test]
fn news_that_comes_twice_or_late_changes_nothing() {
    for words in PLANS {
        let mut once = Run::new(plan(words));
        let answers = to_the_end(&mut once);
        for failing in 0..=answers {
            for how in ["ok", "fail", "ring", "refuse", "gone", "sick", "vanish"] {
                let script = |late: &str| {
                    let well = format!("ok {late} ").repeat(failing);
                    format!("{words} | {well} {how} {late}")
                };
                let plain = play_with(&script(""), false);
                let twice = play_with(&script(""), true);
                let late = play_with(&script("late"), false);
                assert_eq!(
                    plain.state(),
                    twice.state(),
                    "{words}: {how} after {failing}"
                );
                assert_eq!(
                    plain.state(),
                    late.state(),
                    "{words}: {how} after {failing}"
                );
                assert_eq!(plain.effects, twice.effects);
            }
        }
    }
}

#[test]
fn what_was_travelled_is_the_diagram_of_the_module() {
    let mut travelled = BTreeSet::new();
    for words in PLANS {
        let answers = to_the_end(&mut Run::new(plan(words)));
        for failing in 0..=answers {
            for how in [
                "ok", "fail", "ring", "stop", "gone", "refuse", "2h", "51h", "sick",
            ] {
                let mut run = Run::new(plan(words));
                (0..failing).for_each(|_| run.answer(true));
                run.word(how);
                to_the_end(&mut run);
                travelled.extend(run.travelled);
            }
        }
    }
    let mut lines: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (from, to, status) in travelled {
        lines.entry((from, to)).or_default().push(status);
    }
    let mut diagram = String::new();
    for ((from, to), statuses) in lines {
        let line = format!("{from:<15} → {to:<15} {}", statuses.join(", "));
        diagram.push_str(&format!("//! {}\n", line.trim_end()));
    }
    let module = include_str!("mod.rs");
    assert!(
        module.contains(&format!("//! ```text\n{diagram}//! ```")),
        "the diagram in mod.rs is to be\n{diagram}"
    );
}

// Witness: ours: rows survive a restart as they are.
#[test]
fn states_and_effects_survive_being_stored() {
    for words in PLANS {
        let mut run = Run::new(plan(words));
        loop {
            let stored = serde_json::to_string(run.state()).unwrap();
            let read: DeploymentState = serde_json::from_str(&stored).unwrap();
            assert_eq!(&read, run.state());
            if run.state().is_over() {
                break;
            }
            run.answer(true);
        }
        for effect in &run.effects {
            let stored = serde_json::to_string(effect).unwrap();
            assert_eq!(&serde_json::from_str::<Effect>(&stored).unwrap(), effect);
        }
    }
}

/// What an earlier version stored; never change the files, add others when the form changes.
#[test]
fn rows_and_effects_of_form_1_can_be_read() {
    use super::Deployment;
    use crate::engine::driver::rows::{Live, Posted};
    let row = include_str!("fixtures/row.1.json");
    let read: Live<Deployment> = serde_json::from_str(row).unwrap();
    assert_eq!(read.0.lambda().unwrap().weight, 10);
    let stored: serde_json::Value = serde_json::from_str(row).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stored);

    let effects = include_str!("fixtures/effects.1.json");
    let read: Vec<Posted<Deployment>> = serde_json::from_str(effects).unwrap();
    let stored: serde_json::Value = serde_json::from_str(effects).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stored);
}
