//! Conditions at gates, what follows from them, and people who override them.

use super::{Script, check};
use expect_test::expect;

const ENTRY_MET: Script = (
    "src; entry=fail:yes+rcheck build; deploy",
    "start ok:src launched:rcheck ok:rcheck ok:build ok:deploy",
);
const ENTRY_FAILS: Script = (
    "src; entry=fail:yes+no build",
    "start ok:src override:e1:S2:success override:e1:S2:entry ok:build override:e1:S2:entry",
);
const ENTRY_SKIPS: Script = (
    "src; entry=skip:no build; deploy",
    "start ok:src override:e1:S2:entry ok:deploy rollback:S2:e1",
);
const WINDOW: Script = (
    "src; entry=fail:window build",
    "start ok:src 1h start ok:src override:e2:S2:entry override:e1:S2:entry ok:build 13h ok:build",
);
const ALARM_RECOVERS: Script = (
    "src; entry=fail:alarm build",
    "start ok:src is:alarm:ALARM 9m is:alarm:OK ok:build start ok:src is:alarm:ALARM 10m start ok:src is:alarm:absent",
);
const SUCCESS_FAILS: Script = (
    "src; success=fail:no build; deploy",
    "start ok:src ok:build override:e1:S2:success ok:deploy",
);
const SUCCESS_ROLLS_BACK: Script = (
    "src; success=rollback:alarm build; deploy",
    "start ok:src ok:build is:alarm:OK ok:deploy start ok:src ok:build is:alarm:ALARM 10m ok:build",
);
const FAILURE_CONDITION: Script = (
    "src; failure=rollback:alarm build",
    "start ok:src ok:build start ok:src fail:build is:alarm:OK start ok:src fail:build is:alarm:ALARM 10m fail:build",
);
const STOPPED_AT_A_GATE: Script = (
    "src; entry=fail:window build",
    "start ok:src stop:e1 retry:e1:S2 13h ok:build start ok:src abandon:e2",
);
const UPDATED_AT_A_GATE: Script = (
    "src!; entry=fail:alarm build approve",
    "start ok:src update start ok:src is:alarm:OK update ok:build approve:approve",
);

pub(super) const SCRIPTS: &[Script] = &[
    ENTRY_MET,
    ENTRY_FAILS,
    ENTRY_SKIPS,
    WINDOW,
    ALARM_RECOVERS,
    SUCCESS_FAILS,
    SUCCESS_ROLLS_BACK,
    FAILURE_CONDITION,
    STOPPED_AT_A_GATE,
    UPDATED_AT_A_GATE,
];

/// Witness: contract §5.8, a condition succeeds when all its rules do.
#[test]
fn actions_start_when_the_entry_condition_is_met() {
    check(
        ENTRY_MET,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 S2 Entry InProgress
            0s e1 src Succeeded
            0s e1 yes Succeeded
            0s e1 rcheck InProgress
            0s asks: build project
        launched:rcheck
            0s e1 rcheck noted
        ok:rcheck
            0s e1 S2 Entry Succeeded
            0s e1 rcheck Succeeded
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 build Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
    "#]],
    );
}

/// Witness: contract §5.8, entry FAIL: no actions ran; overridden, the execution goes on.
#[test]
fn an_entry_that_is_not_met_fails_the_stage_until_it_is_overridden() {
    check(
        ENTRY_FAILS,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 Failed
            0s e1 S1 Succeeded
            0s e1 S2 Failed
            0s e1 S2 Entry Failed
            0s e1 src Succeeded
            0s e1 yes Succeeded
            0s e1 no Failed (JobFailed: The variable check 'a' EQ 'b' does not hold.)
        override:e1:S2:success
            refused: there is no condition to override
        override:e1:S2:entry
            0s e1 InProgress
            0s e1 S2 InProgress
            0s e1 S2 Entry Overridden
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 Succeeded
            0s e1 S2 Succeeded
            0s e1 build Succeeded
        override:e1:S2:entry
            refused: there is no condition to override
    "#]],
    );
}

/// Witness: contract §5.8, SKIP: stage Skipped, no action records, the execution goes on; not overridable; §5.7 not rolled back.
#[test]
fn an_entry_that_is_not_met_may_skip_the_stage() {
    check(
        ENTRY_SKIPS,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 Skipped
            0s e1 S2 Entry Failed
            0s e1 S3 InProgress
            0s e1 src Succeeded
            0s e1 no Failed (JobFailed: The variable check 'a' EQ 'b' does not hold.)
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        override:e1:S2:entry
            refused: there is no condition to override
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
        rollback:S2:e1
            refused: the target has not completed in the stage
    "#]],
    );
}

/// Witness: contract §5.8, DeploymentWindow waits; the stage lock is held meanwhile.
#[test]
fn a_deployment_window_is_waited_for_with_the_stage_held() {
    check(
        WINDOW,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 S2 Entry InProgress
            0s e1 src Succeeded
            0s e1 window InProgress
        1h
        start
            3600s e2 begins: StartPipelineExecution caller
            3600s e2 InProgress
            3600s e2 S1 InProgress
            3600s e2 src InProgress
            3600s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            3600s e2 S1 Succeeded
            3600s e2 src Succeeded
            S2 waits: e2
        override:e2:S2:entry
            refused: the execution is not the latest in the stage
        override:e1:S2:entry
            3600s e1 S2 Entry Overridden
            3600s e1 window Abandoned
            3600s e1 build InProgress
            3600s asks: build project V=
        ok:build
            3600s e1 Succeeded
            3600s e1 S2 Succeeded
            3600s e2 S2 InProgress
            3600s e2 S2 Entry InProgress
            3600s e1 build Succeeded
            3600s e2 window InProgress
        13h
            49600s e2 S2 Entry Succeeded
            49600s e2 window Succeeded
            49600s e2 build InProgress
            49600s asks: build project V=
        ok:build
            50400s e2 Succeeded
            50400s e2 S2 Succeeded
            50400s e2 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.8, CloudWatchAlarm.
#[test]
fn an_alarm_may_recover_within_its_time() {
    check(
        ALARM_RECOVERS,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 S2 Entry InProgress
            0s e1 src Succeeded
            0s e1 alarm InProgress
            0s asks: read alarm
        is:alarm:ALARM
            0s e1 alarm noted
        9m
        is:alarm:OK
            540s e1 S2 Entry Succeeded
            540s e1 alarm Succeeded
            540s e1 build InProgress
            540s asks: build project V=
        ok:build
            540s e1 Succeeded
            540s e1 S2 Succeeded
            540s e1 build Succeeded
        start
            540s e2 begins: StartPipelineExecution caller
            540s e2 InProgress
            540s e2 S1 InProgress
            540s e2 src InProgress
            540s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            540s e2 S1 Succeeded
            540s e2 S2 InProgress
            540s e2 S2 Entry InProgress
            540s e2 src Succeeded
            540s e2 alarm InProgress
            540s asks: read alarm
        is:alarm:ALARM
            540s e2 alarm noted
        10m
            1140s e2 Failed
            1140s e2 S2 Failed
            1140s e2 S2 Entry Failed
            1140s e2 alarm Failed (JobFailed: The alarm 'alarm' is in a state that fails the rule.)
        start
            1140s e3 begins: StartPipelineExecution caller
            1140s e3 InProgress
            1140s e3 S1 InProgress
            1140s e3 src InProgress
            1140s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e3
        ok:src
            1140s e3 S1 Succeeded
            1140s e3 S2 InProgress
            1140s e3 S2 Entry InProgress
            1140s e3 src Succeeded
            1140s e3 alarm InProgress
            1140s asks: read alarm
        is:alarm:absent
            1140s e3 Failed
            1140s e3 S2 Failed
            1140s e3 S2 Entry Failed
            1140s e3 alarm Failed (ConfigurationError: The Amazon CloudWatch alarm 'alarm' does not exist.)
    "#]],
    );
}

/// Witness: contract §5.8, success FAIL and its override.
#[test]
fn a_success_condition_that_is_not_met_fails_the_execution() {
    check(
        SUCCESS_FAILS,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 src Succeeded
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 S2 Success Failed
            0s e1 build Succeeded
            0s e1 no Failed (JobFailed: The variable check 'a' EQ 'b' does not hold.)
        override:e1:S2:success
            0s e1 InProgress
            0s e1 S2 Succeeded
            0s e1 S2 Success Overridden
            0s e1 S3 InProgress
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
    "#]],
    );
}

/// Witness: contract §5.7 and §5.8, success ROLLBACK.
#[test]
fn a_success_condition_may_roll_back() {
    check(
        SUCCESS_ROLLS_BACK,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 src Succeeded
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 S2 Success InProgress
            0s e1 build Succeeded
            0s e1 alarm InProgress
            0s asks: read alarm
        is:alarm:OK
            0s e1 S2 Succeeded
            0s e1 S2 Success Succeeded
            0s e1 S3 InProgress
            0s e1 alarm Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            0s e2 S1 Succeeded
            0s e2 S2 InProgress
            0s e2 src Succeeded
            0s e2 build InProgress
            0s asks: build project V=
        ok:build
            0s e2 S2 Success InProgress
            0s e2 build Succeeded
            0s e2 alarm InProgress
            0s asks: read alarm
        is:alarm:ALARM
            0s e2 alarm noted
        10m
            600s e2 Failed
            600s e2 S2 Succeeded
            600s e2 S2 Success Failed
            600s e3 begins: AutomatedRollback {"FailedPipelineExecutionId":"e390074c-a961-42f3-9309-6c6e9e1b8504"}
            600s e3 InProgress
            600s e3 S2 InProgress
            600s e2 alarm Failed (JobFailed: The alarm 'alarm' is in a state that fails the rule.)
            600s e3 build InProgress
            600s asks: build project V=
        ok:build
            600s e3 Succeeded
            600s e3 S2 Succeeded
            600s e3 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.8, our reading of failure conditions: their rules find the failure.
#[test]
fn a_failure_condition_rolls_back_when_its_rules_find_the_failure() {
    check(
        FAILURE_CONDITION,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 src Succeeded
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 Succeeded
            0s e1 S2 Succeeded
            0s e1 build Succeeded
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            0s e2 S1 Succeeded
            0s e2 S2 InProgress
            0s e2 src Succeeded
            0s e2 build InProgress
            0s asks: build project V=
        fail:build
            0s e2 S2 Failure InProgress
            0s e2 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            0s e2 alarm InProgress
            0s asks: read alarm
        is:alarm:OK
            0s e2 Failed
            0s e2 S2 Failed
            0s e2 S2 Failure Succeeded
            0s e2 alarm Succeeded
        start
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            0s e3 S1 InProgress
            0s e3 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e3
        ok:src
            0s e3 S1 Succeeded
            0s e3 S2 InProgress
            0s e3 src Succeeded
            0s e3 build InProgress
            0s asks: build project V=
        fail:build
            0s e3 S2 Failure InProgress
            0s e3 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            0s e3 alarm InProgress
            0s asks: read alarm
        is:alarm:ALARM
            0s e3 alarm noted
        10m
            600s e3 Failed
            600s e3 S2 Failed
            600s e3 S2 Failure Failed
            600s e4 begins: AutomatedRollback {"FailedPipelineExecutionId":"a4458c52-4abe-4e9c-9fde-68cbf97279c2"}
            600s e4 InProgress
            600s e4 S2 InProgress
            600s e3 alarm Failed (JobFailed: The alarm 'alarm' is in a state that fails the rule.)
            600s e4 build InProgress
            600s asks: build project V=
        fail:build
            600s e4 Failed
            600s e4 S2 Failed
            600s e4 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
    "#]],
    );
}

/// Witness: our reading; nothing waits for a condition of an execution that is stopped.
#[test]
fn a_stop_ends_conditions_at_once() {
    check(
        STOPPED_AT_A_GATE,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 S2 Entry InProgress
            0s e1 src Succeeded
            0s e1 window InProgress
        stop:e1
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e1 S2 Entry Cancelled
            0s e1 window Abandoned
        retry:e1:S2
            0s e1 InProgress
            0s e1 S2 InProgress
            0s e1 S2 Entry InProgress
            0s e1 window InProgress
        13h
        ok:build
            nobody listens
        start
            46800s e2 begins: StartPipelineExecution caller
            46800s e2 InProgress
            46800s e2 S1 InProgress
            46800s e2 src InProgress
            46800s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            46800s e2 S1 Succeeded
            46800s e2 src Succeeded
            S2 waits: e2
        abandon:e2
            refused: the execution has no action in progress
    "#]],
    );
}

/// Witness: contract §5.9.
#[test]
fn an_update_ends_conditions_and_approvals_at_once() {
    check(
        UPDATED_AT_A_GATE,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 S2 Entry InProgress
            0s e1 src Succeeded
            0s e1 alarm InProgress
            0s asks: read alarm
        update
            0s e1 Cancelled
            0s e1 S2 Cancelled
            0s e1 S2 Entry Cancelled
            0s e1 alarm Abandoned
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e2
        ok:src
            0s e2 S1 Succeeded
            0s e2 S2 InProgress
            0s e2 S2 Entry InProgress
            0s e2 src Succeeded
            0s e2 alarm InProgress
            0s asks: read alarm
        is:alarm:OK
            0s e2 S2 Entry Succeeded
            0s e2 alarm Succeeded
            0s e2 build InProgress
            0s e2 approve InProgress
            0s asks: build project V=
        update
            0s e2 approve Abandoned
        ok:build
            0s e2 Cancelled
            0s e2 S2 Cancelled
            0s e2 build Succeeded
        approve:approve
            refused: the approval is out of date
    "#]],
    );
}
