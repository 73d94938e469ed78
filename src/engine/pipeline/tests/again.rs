//! Stages that run again: retries by people and by themselves, rollbacks.

use super::{Script, check};
use expect_test::expect;

const RETRY_FAILED: Script = (
    "src; build1 build2 > test; deploy",
    "start ok:src ok:build1 fail:build2 retry:e1:S1 retry:e1:S2 late:build2 ok:build2 fail:test retry:e1:S2 ok:test ok:deploy retry:e1:S3",
);
const RETRY_ALL: Script = (
    "src; build1 build2; deploy",
    "start ok:src ok:build1 fail:build2 retryall:e1:S2 ok:build1 ok:build2 ok:deploy",
);
const RETRY_WHILE_RUNNING: Script = (
    "src; build1 build2; deploy",
    "start ok:src fail:build1 retryall:e1:S2 retry:e1:S2 retry:e1:S2 retryall:e1:S2 ok:build2 ok:build1 ok:deploy",
);
const RETRY_REFUSED: Script = (
    "src!; build",
    "start ok:src fail:build start ok:src retry:e1:S2 fail:build update retry:e2:S2 retry:nobody:S2",
);
const RETRY_STOPPED: Script = (
    "src; build1 build2 > test",
    "start ok:src ok:build1 abandon:e1 retry:e1:S2 ok:build2 stop:e1 ok:test retry:e1:S2",
);
const RETRY_PARALLEL: Script = (
    "mode=PARALLEL src; build",
    "start start ok:src ok:src fail:build fail:build retry:e1:S2 retry:e2:S2 ok:build ok:build",
);
const RETRY_BY_ITSELF: Script = (
    "failure=retry src; failure=retryall build1 build2",
    "start fail:src ok:src ok:build1 fail:build2 ok:build1 fail:build2 retry:e1:S2 fail:build2",
);
const ROLLBACK: Script = (
    "src; build; deploy",
    "start ok:src ok:build start ok:src rollback:S2:e2 fail:build rollback:S2:e2 rollback:S9:e1 rollback:S1:e1 rollback:S3:e1 rollback:S2:e1 ok:build rollback:S2:e3 ok:deploy update rollback:S2:e1",
);
const ROLLBACK_RETRIED: Script = (
    "src; build; deploy",
    "start ok:src ok:build rollback:S2:e1 fail:build retry:e2:S2 ok:build retry:e2:S2 rollback:S2:e1 abandon:e3 retry:e3:S2 ok:build",
);
const ROLLBACK_BY_ITSELF: Script = (
    "src; failure=rollback build; deploy",
    "start ok:src fail:build start ok:src ok:build start ok:src start ok:src fail:build ok:build ok:build",
);
const ROLLBACK_KEEPS_VARIABLES: Script = (
    "var=A:plain src; build(#{variables.A}/#{src-ns.VersionId}) > test(#{build-ns.OUT})",
    "start:A=one ok:src ok:build ok:test start:A=two ok:src ok:build ok:test rollback:S2:e1",
);

pub(super) const SCRIPTS: &[Script] = &[
    RETRY_FAILED,
    RETRY_ALL,
    RETRY_WHILE_RUNNING,
    RETRY_REFUSED,
    RETRY_STOPPED,
    RETRY_PARALLEL,
    RETRY_BY_ITSELF,
    ROLLBACK,
    ROLLBACK_RETRIED,
    ROLLBACK_BY_ITSELF,
    ROLLBACK_KEEPS_VARIABLES,
];

/// Witness: contract §5.6, FAILED_ACTIONS; succeeded actions keep their result; L4.
#[test]
fn a_retry_runs_what_failed_and_goes_on() {
    check(
        RETRY_FAILED,
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
            0s e1 build1 InProgress
            0s e1 build2 InProgress
            0s asks: build project V=
            0s asks: build project V=
        ok:build1
            0s e1 build1 Succeeded
        fail:build2
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build2 Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        retry:e1:S1
            refused: the stage has nothing to retry in this execution
        retry:e1:S2
            0s e1 InProgress
            0s e1 S2 InProgress
            0s e1 build2 InProgress
            0s asks: build project V=
        late:build2
        ok:build2
            0s e1 build2 Succeeded
            0s e1 test InProgress
            0s asks: build project V=
        fail:test
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 test Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        retry:e1:S2
            0s e1 InProgress
            0s e1 S2 InProgress
            0s e1 test InProgress
            0s asks: build project V=
        ok:test
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 test Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
        retry:e1:S3
            refused: the stage has nothing to retry in this execution
    "#]],
    );
}

/// Witness: contract §5.6, ALL_ACTIONS.
#[test]
fn a_retry_may_run_the_whole_stage() {
    check(
        RETRY_ALL,
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
            0s e1 build1 InProgress
            0s e1 build2 InProgress
            0s asks: build project V=
            0s asks: build project V=
        ok:build1
            0s e1 build1 Succeeded
        fail:build2
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build2 Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        retryall:e1:S2
            0s e1 InProgress
            0s e1 S2 InProgress
            0s e1 build1 InProgress
            0s e1 build2 InProgress
            0s asks: build project V=
            0s asks: build project V=
        ok:build1
            0s e1 build1 Succeeded
        ok:build2
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 build2 Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
    "#]],
    );
}

/// Witness: contract §5.6, may be called while others of the group still run; ALL_ACTIONS is refused then, and everything while a
/// retry is under way (ConflictException).
#[test]
fn what_failed_may_be_retried_while_others_of_the_group_run() {
    check(
        RETRY_WHILE_RUNNING,
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
            0s e1 build1 InProgress
            0s e1 build2 InProgress
            0s asks: build project V=
            0s asks: build project V=
        fail:build1
            0s e1 build1 Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        retryall:e1:S2
            refused: the stage has nothing to retry in this execution
        retry:e1:S2
            0s e1 build1 InProgress
            0s asks: build project V=
        retry:e1:S2
            refused: the stage is being retried
        retryall:e1:S2
            refused: the stage is being retried
        ok:build2
            0s e1 build2 Succeeded
        ok:build1
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 build1 Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
    "#]],
    );
}

/// Witness: contract §5.6, newer execution, changed definition, unknown execution.
#[test]
fn a_retry_is_refused_when_it_comes_too_late() {
    check(
        RETRY_REFUSED,
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
        fail:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
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
        retry:e1:S2
            refused: a newer execution has entered the stage
        fail:build
            0s e2 Failed
            0s e2 S2 Failed
            0s e2 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        update
        retry:e2:S2
            refused: the stage has nothing to retry in this execution
        retry:nobody:S2
            refused: the stage has nothing to retry in this execution
    "#]],
    );
}

/// Witness: contract §5.6 and §5.10, a stopped stage is retryable, abandoned actions count as failed.
#[test]
fn a_stopped_stage_may_be_retried() {
    check(
        RETRY_STOPPED,
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
            0s e1 build1 InProgress
            0s e1 build2 InProgress
            0s asks: build project V=
            0s asks: build project V=
        ok:build1
            0s e1 build1 Succeeded
        abandon:e1
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e1 build2 Abandoned
        retry:e1:S2
            0s e1 InProgress
            0s e1 S2 InProgress
            0s e1 build2 InProgress
            0s asks: build project V=
        ok:build2
            0s e1 build2 Succeeded
            0s e1 test InProgress
            0s asks: build project V=
        stop:e1
            0s e1 Stopping (enough)
            0s e1 S2 Stopping
        ok:test
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e1 test Succeeded
        retry:e1:S2
            0s e1 Succeeded
            0s e1 S2 Succeeded
    "#]],
    );
}

/// Witness: contract §5.3, PARALLEL retries by execution id.
#[test]
fn parallel_executions_are_retried_one_by_one() {
    check(
        RETRY_PARALLEL,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 src Succeeded
            0s e1 build InProgress
            0s asks: build project V=
        ok:src
            0s e2 S1 Succeeded
            0s e2 S2 InProgress
            0s e2 src Succeeded
            0s e2 build InProgress
            0s asks: build project V=
        fail:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        fail:build
            0s e2 Failed
            0s e2 S2 Failed
            0s e2 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        retry:e1:S2
            0s e1 InProgress
            0s e1 S2 InProgress
            0s e1 build InProgress
            0s asks: build project V=
        retry:e2:S2
            0s e2 InProgress
            0s e2 S2 InProgress
            0s e2 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 Succeeded
            0s e1 S2 Succeeded
            0s e1 build Succeeded
        ok:build
            0s e2 Succeeded
            0s e2 S2 Succeeded
            0s e2 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.6, exactly one automatic attempt, the source stage included.
#[test]
fn a_stage_retries_itself_once() {
    check(
        RETRY_BY_ITSELF,
        &expect![[r#"
            start
                0s e1 begins: StartPipelineExecution caller
                0s e1 InProgress
                0s e1 S1 InProgress
                0s e1 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
                answer: e1
            fail:src
                0s e1 src Failed (JobFailed: broke)
                0s e1 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/EWrA0DQ.zip
            ok:src
                0s e1 S1 Succeeded
                0s e1 S2 InProgress
                0s e1 src Succeeded
                0s e1 build1 InProgress
                0s e1 build2 InProgress
                0s asks: build project V=
                0s asks: build project V=
            ok:build1
                0s e1 build1 Succeeded
            fail:build2
                0s e1 build2 Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
                0s e1 build1 InProgress
                0s e1 build2 InProgress
                0s asks: build project V=
                0s asks: build project V=
            ok:build1
                0s e1 build1 Succeeded
            fail:build2
                0s e1 Failed
                0s e1 S2 Failed
                0s e1 build2 Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            retry:e1:S2
                0s e1 InProgress
                0s e1 S2 InProgress
                0s e1 build2 InProgress
                0s asks: build project V=
            fail:build2
                0s e1 Failed
                0s e1 S2 Failed
                0s e1 build2 Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        "#]],
    );
}

/// Witness: contract §5.7, scope and the table of refusals; L3.
#[test]
fn a_rollback_runs_one_stage_and_no_further() {
    check(
        ROLLBACK,
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
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 build Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
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
        rollback:S2:e2
            refused: the target has not completed in the stage
        fail:build
            0s e2 Failed
            0s e2 S2 Failed
            0s e2 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        rollback:S2:e2
            refused: the target has not completed in the stage
        rollback:S9:e1
            refused: the pipeline has no such stage
        rollback:S1:e1
            refused: the first stage cannot be rolled back
        rollback:S3:e1
            refused: the target has not completed in the stage
        rollback:S2:e1
            0s e3 begins: ManualRollback {"AwsUserArn":"caller"}
            0s e3 InProgress
            0s e3 S2 InProgress
            0s e3 build InProgress
            0s asks: build project V=
        ok:build
            0s e3 Succeeded
            0s e3 S2 Succeeded
            0s e3 build Succeeded
        rollback:S2:e3
            refused: the target has not completed in the stage
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
        update
            0s asks: look at src
        rollback:S2:e1
            refused: the pipeline has been updated since the target ran
    "#]],
    );
}

/// Witness: contract §5.6, rollback executions.
#[test]
fn a_failed_or_stopped_rollback_may_be_retried() {
    check(
        ROLLBACK_RETRIED,
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
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 build Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        rollback:S2:e1
            0s e2 begins: ManualRollback {"AwsUserArn":"caller"}
            0s e2 InProgress
            0s e2 S2 InProgress
            0s e2 build InProgress
            0s asks: build project V=
        fail:build
            0s e2 Failed
            0s e2 S2 Failed
            0s e2 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
        retry:e2:S2
            0s e2 InProgress
            0s e2 S2 InProgress
            0s e2 build InProgress
            0s asks: build project V=
        ok:build
            0s e2 Succeeded
            0s e2 S2 Succeeded
            0s e2 build Succeeded
        retry:e2:S2
            refused: the stage has nothing to retry in this execution
        rollback:S2:e1
            0s e3 begins: ManualRollback {"AwsUserArn":"caller"}
            0s e3 InProgress
            0s e3 S2 InProgress
            0s e3 build InProgress
            0s asks: build project V=
        abandon:e3
            0s e3 Stopped (enough)
            0s e3 S2 Stopped
            0s e3 build Abandoned
        retry:e3:S2
            0s e3 InProgress
            0s e3 S2 InProgress
            0s e3 build InProgress
            0s asks: build project V=
        ok:build
            0s e3 Succeeded
            0s e3 S2 Succeeded
            0s e3 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.7, automatic.
#[test]
fn a_failed_stage_rolls_back_to_what_succeeded_in_it() {
    check(
        ROLLBACK_BY_ITSELF,
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
        fail:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
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
            0s e2 S2 Succeeded
            0s e2 S3 InProgress
            0s e2 build Succeeded
            0s e2 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/s02S4Ao.zip to site
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
        start
            0s e4 begins: StartPipelineExecution caller
            0s e4 InProgress
            0s e4 S1 InProgress
            0s e4 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/uRLV6fR.zip
            answer: e4
        ok:src
            0s e4 S1 Succeeded
            0s e4 src Succeeded
            S2 waits: e4
        fail:build
            0s e3 Failed
            0s e3 S2 Failed
            0s e5 begins: AutomatedRollback {"FailedPipelineExecutionId":"a4458c52-4abe-4e9c-9fde-68cbf97279c2"}
            0s e5 InProgress
            0s e5 S2 InProgress
            0s e3 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            0s e5 build InProgress
            0s asks: build project V=
        ok:build
            0s e4 S2 InProgress
            0s e5 Succeeded
            0s e5 S2 Succeeded
            0s e5 build Succeeded
            0s e4 build InProgress
            0s asks: build project V=
        ok:build
            0s e4 S2 Succeeded
            0s e4 build Succeeded
            S3 waits: e4
    "#]],
    );
}

/// Witness: contract §5.5, rollback reuses the target's values.
#[test]
fn a_rollback_runs_with_the_values_of_its_target() {
    check(
        ROLLBACK_KEEPS_VARIABLES,
        &expect![[r#"
        start:A=one
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
            0s asks: build project V=one/v
        ok:build
            0s e1 build Succeeded
            0s e1 test InProgress
            0s asks: build project V=from project:build
        ok:test
            0s e1 Succeeded
            0s e1 S2 Succeeded
            0s e1 test Succeeded
        start:A=two
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
            0s asks: build project V=two/v
        ok:build
            0s e2 build Succeeded
            0s e2 test InProgress
            0s asks: build project V=from project:build
        ok:test
            0s e2 Succeeded
            0s e2 S2 Succeeded
            0s e2 test Succeeded
        rollback:S2:e1
            0s e3 begins: ManualRollback {"AwsUserArn":"caller"}
            0s e3 InProgress
            0s e3 S2 InProgress
            0s e3 build InProgress
            0s asks: build project V=one/v
    "#]],
    );
}
