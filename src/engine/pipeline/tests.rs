//! Scripts of pipelines and their transcripts, and the standing tests over all of them.

use super::Pipelines;
use super::execution::{ActionStatus, ExecutionStatus};
use super::plan::Plan;
use super::record::ActionRecord;
use super::script::{Book, Play};
use super::state::Pipeline;
use expect_test::{Expect, expect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

mod again;
mod answers;
mod gates;

/// A plan and what happens to it; the words are explained in `script.rs`.
type Script = (&'static str, &'static str);

const STRAIGHT: Script = (
    "src; build(#{src-ns.VersionId}/#{codepipeline.PipelineExecutionId}); deploy",
    "start 5s ok:src launched:build 30s ok:build ok:deploy",
);
const GROUP_FAILS: Script = (
    "src; build1 build2 > test; deploy",
    "start ok:src fail:build1 ok:build2",
);
const GROUPS_IN_ORDER: Script = (
    "src; build1 build2 > test; deploy",
    "start ok:src ok:build2 ok:build1 ok:test ok:deploy",
);
const NOT_OFFERED: Script = ("src; steps build; deploy", "start ok:src ok:build");
const SUPERSEDED: Script = (
    "src; build",
    "start start start ok:src ok:src ok:build start ok:src ok:build ok:build",
);
const REPLACED_LATER: Script = (
    "src; build; deploy",
    "start ok:src start ok:src start ok:src start ok:src fail:build ok:build",
);
const QUEUED: Script = (
    "mode=QUEUED src; build",
    "start start start ok:src ok:src ok:src fail:build ok:build ok:build",
);
const PARALLEL: Script = (
    "mode=PARALLEL src; build",
    "start start ok:src ok:src fail:build ok:build",
);
const STOP_AND_WAIT: Script = (
    "src; build1 build2 > test",
    "start ok:src start start stop:e1 stop:e1 stop:e2 stop:e3 ok:build1 stop:nobody ok:build2 stop:e1",
);
const STOP_THE_LAST: Script = ("src; build", "start ok:src stop:e1 ok:build");
const ABANDON: Script = (
    "src; build; deploy",
    "start ok:src start ok:src launched:build abandon:e1 abandon:e1 late:build ok:build ok:deploy",
);
const WAIT_THEN_ABANDON: Script = ("src; build", "start ok:src stop:e1 abandon:e1");
const UPDATED: Script = (
    "src!; build > test",
    "start ok:src start ok:src start update start ok:build ok:src ok:src ok:build ok:test",
);
const UPDATED_PARALLEL: Script = ("mode=PARALLEL src!; build", "start update ok:src ok:build");
const UPDATED_THEN_STOPPED: Script = ("src!; build", "start ok:src update stop:e1 ok:build");
const VARIABLES: Script = (
    "var=A var=B:plain src; build(#{variables.A}-#{variables.B}-#{src-ns.ObjectKey}) > test(#{build-ns.OUT})",
    "start start:B=1 start:A=x,A=y start:A=#{variables.B},C=3,token=t ok:src ok:build ok:test start:A=other,token=t start:A=1,A=2,token=t",
);
const UNRESOLVED: Script = (
    "src; build(#{src-ns.Nothing}) test(#{nobody.OUT}) test2; deploy",
    "start ok:src ok:test2",
);
const TIME_LIMIT: Script = (
    "src; build; deploy",
    "start ok:src launched:build 35h 1h late:build 1s",
);
const SOURCE_TIME_LIMIT: Script = ("src; deploy", "start 59m 1m");
const CREATED: Script = ("src!; deploy", "create ok:src ok:deploy");
const CREATED_WATCHING: Script = (
    "src; deploy",
    "create gone seen:v1 seen:v1 ok:src seen:v2 ok:deploy ok:src seen:v2 gone start ok:src",
);
const WATCHING_OFF_AND_ON: Script = (
    "src; deploy",
    "create seen:v1 fail:src update:src!;_deploy seen:v2 update:src;_deploy seen:v1 seen:v2",
);
const DELETED: Script = (
    "src; build",
    "create start ok:src delete late:src create ok:build seen:v1 ok:src",
);
const AWAITED: Script = (
    "src; build; deploy",
    "start:parent=p ok:src start:parent=p ok:src fail:build start:parent=p delete",
);
const PINNED: Script = ("src; deploy", "start:version=v7 ok:src");
const BUILD_ENDS_FIRST: Script = (
    "src; build; deploy",
    "start ok:src ok:build launched:build late:build ok:deploy late:deploy",
);
const ALL_FAIL_AT_ONCE: Script = ("mode=QUEUED steps1 steps2; steps3", "start start");

/// Every script; the standing tests run them all.
fn all() -> impl Iterator<Item = &'static Script> {
    let parts = [BASIC, again::SCRIPTS, answers::SCRIPTS, gates::SCRIPTS];
    parts.into_iter().flatten()
}

const BASIC: &[Script] = &[
    STRAIGHT,
    GROUP_FAILS,
    GROUPS_IN_ORDER,
    NOT_OFFERED,
    SUPERSEDED,
    REPLACED_LATER,
    QUEUED,
    PARALLEL,
    STOP_AND_WAIT,
    STOP_THE_LAST,
    ABANDON,
    WAIT_THEN_ABANDON,
    UPDATED,
    UPDATED_PARALLEL,
    UPDATED_THEN_STOPPED,
    VARIABLES,
    UNRESOLVED,
    TIME_LIMIT,
    SOURCE_TIME_LIMIT,
    CREATED,
    CREATED_WATCHING,
    WATCHING_OFF_AND_ON,
    DELETED,
    AWAITED,
    PINNED,
    BUILD_ENDS_FIRST,
    ALL_FAIL_AT_ONCE,
];

fn check((plan, script): Script, expect: &Expect) {
    expect.assert_eq(&Play::new(plan).transcript(script));
}

/// Witness: contract §5.2, life of an execution; §5.5 source variables and the execution id; §5.13 artifact keys.
#[test]
fn an_execution_goes_through_its_stages() {
    check(
        STRAIGHT,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        5s
        ok:src
            5s e1 S1 Succeeded
            5s e1 S2 InProgress
            5s e1 src Succeeded
            5s e1 build InProgress
            5s asks: build project V=v/047a93db-f34e-41ff-affb-0301d48fdb5b
        launched:build
            5s e1 build noted
        30s
        ok:build
            35s e1 S2 Succeeded
            35s e1 S3 InProgress
            35s e1 build Succeeded
            35s e1 deploy InProgress
            35s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            35s e1 Succeeded
            35s e1 S3 Succeeded
            35s e1 deploy Succeeded
    "#]],
    );
}

/// Witness: contract §5.2, group rule.
#[test]
fn when_one_of_a_group_fails_the_others_run_on_and_later_groups_do_not_start() {
    check(
        GROUP_FAILS,
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
        ok:build2
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build2 Succeeded
    "#]],
    );
}

/// Witness: contract §5.2, run order.
#[test]
fn groups_run_one_after_the_other() {
    check(
        GROUPS_IN_ORDER,
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
        ok:build2
            0s e1 build2 Succeeded
        ok:build1
            0s e1 build1 Succeeded
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
    "#]],
    );
}

/// Witness: our reading; a provider that is not offered fails truthfully.
#[test]
fn an_action_whose_provider_is_not_offered_fails_and_says_so() {
    check(
        NOT_OFFERED,
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
            0s e1 steps Failed (ConfigurationError: slipway does not offer the action type Invoke/AWS/StepFunctions/1 yet, so the action 'steps' was not run.)
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.3; §10.1 L2.
#[test]
fn of_three_quick_starts_the_second_is_superseded() {
    check(
        SUPERSEDED,
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
            S1 waits: e2
            answer: e2
        start
            0s e2 Superseded
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            S1 waits: e3
            answer: e3
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e3 S1 InProgress
            0s e1 src Succeeded
            0s e1 build InProgress
            0s e3 src InProgress
            0s asks: build project V=
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
        ok:src
            0s e3 S1 Succeeded
            0s e3 src Succeeded
            S2 waits: e3
        ok:build
            0s e1 Succeeded
            0s e1 S2 Succeeded
            0s e3 S2 InProgress
            0s e1 build Succeeded
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
        ok:build
            0s e3 Succeeded
            0s e3 S2 Succeeded
            0s e4 S2 InProgress
            0s e3 build Succeeded
            0s e4 build InProgress
            0s asks: build project V=
        ok:build
            0s e4 Succeeded
            0s e4 S2 Succeeded
            0s e4 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.3, superseded while waiting; a failed execution no longer blocks.
#[test]
fn a_waiting_execution_is_replaced_in_front_of_any_stage() {
    check(
        REPLACED_LATER,
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
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            0s e2 S1 Succeeded
            0s e2 src Succeeded
            S2 waits: e2
        start
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            0s e3 S1 InProgress
            0s e3 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e3
        ok:src
            0s e2 Superseded
            0s e3 S1 Succeeded
            0s e3 src Succeeded
            S2 waits: e3
        start
            0s e4 begins: StartPipelineExecution caller
            0s e4 InProgress
            0s e4 S1 InProgress
            0s e4 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/uRLV6fR.zip
            answer: e4
        ok:src
            0s e3 Superseded
            0s e4 S1 Succeeded
            0s e4 src Succeeded
            S2 waits: e4
        fail:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e4 S2 InProgress
            0s e1 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            0s e4 build InProgress
            0s asks: build project V=
        ok:build
            0s e4 S2 Succeeded
            0s e4 S3 InProgress
            0s e4 build Succeeded
            0s e4 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/uRLV6fR.zip to site
    "#]],
    );
}

/// Witness: contract §5.3; §10.1 L1; §10.2 F10.
#[test]
fn queued_executions_enter_a_stage_in_order() {
    check(
        QUEUED,
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
            S1 waits: e2
            answer: e2
        start
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            S1 waits: e2 e3
            answer: e3
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e2 S1 InProgress
            0s e1 src Succeeded
            0s e1 build InProgress
            0s e2 src InProgress
            0s asks: build project V=
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            S1 waits: e3
        ok:src
            0s e2 S1 Succeeded
            0s e3 S1 InProgress
            0s e2 src Succeeded
            0s e3 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            S2 waits: e2
        ok:src
            0s e3 S1 Succeeded
            0s e3 src Succeeded
            S2 waits: e2 e3
        fail:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e2 S2 InProgress
            0s e1 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            0s e2 build InProgress
            0s asks: build project V=
            S2 waits: e3
        ok:build
            0s e2 Succeeded
            0s e2 S2 Succeeded
            0s e3 S2 InProgress
            0s e2 build Succeeded
            0s e3 build InProgress
            0s asks: build project V=
        ok:build
            0s e3 Succeeded
            0s e3 S2 Succeeded
            0s e3 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.3; §10.1 L1.
#[test]
fn parallel_executions_never_wait() {
    check(
        PARALLEL,
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
        ok:build
            0s e2 Succeeded
            0s e2 S2 Succeeded
            0s e2 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.10, stop and wait; §3.2 refusals.
#[test]
fn stop_and_wait_lets_running_actions_end_and_starts_nothing_new() {
    check(
        STOP_AND_WAIT,
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
            start
                0s e2 begins: StartPipelineExecution caller
                0s e2 InProgress
                0s e2 S1 InProgress
                0s e2 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
                answer: e2
            start
                0s e3 begins: StartPipelineExecution caller
                0s e3 InProgress
                S1 waits: e3
                answer: e3
            stop:e1
                0s e1 Stopping (enough)
                0s e1 S2 Stopping
            stop:e1
                refused: the execution is stopping already
            stop:e2
                0s e2 Stopping (enough)
                0s e2 S1 Stopping
            stop:e3
                refused: the execution has no action in progress
            ok:build1
                0s e1 build1 Succeeded
            stop:nobody
                refused: the execution has no action in progress
            ok:build2
                0s e1 Stopped (enough)
                0s e1 S2 Stopped
                0s e1 build2 Succeeded
            stop:e1
                refused: the execution has no action in progress
        "#]],
    );
}

/// Witness: contract §5.10, even if the last action succeeded.
#[test]
fn an_execution_that_is_stopping_ends_stopped_even_after_its_last_action_succeeded() {
    check(
        STOP_THE_LAST,
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
        stop:e1
            0s e1 Stopping (enough)
            0s e1 S2 Stopping
        ok:build
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e1 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.10, stop and abandon: provider work goes on outside, later news has no effect.
#[test]
fn abandoned_actions_end_at_once_and_the_next_execution_enters() {
    check(
        ABANDON,
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
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            0s e2 S1 Succeeded
            0s e2 src Succeeded
            S2 waits: e2
        launched:build
            0s e1 build noted
        abandon:e1
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e2 S2 InProgress
            0s e1 build Abandoned
            0s e2 build InProgress
            0s asks: build project V=
        abandon:e1
            refused: the execution has no action in progress
        late:build
        ok:build
            0s e2 S2 Succeeded
            0s e2 S3 InProgress
            0s e2 build Succeeded
            0s e2 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/s02S4Ao.zip to site
        ok:deploy
            0s e2 Succeeded
            0s e2 S3 Succeeded
            0s e2 deploy Succeeded
    "#]],
    );
}

/// Witness: contract §3.2, abandon after wait.
#[test]
fn an_execution_that_waits_for_its_actions_can_be_abandoned() {
    check(
        WAIT_THEN_ABANDON,
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
        stop:e1
            0s e1 Stopping (enough)
            0s e1 S2 Stopping
        abandon:e1
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e1 build Abandoned
    "#]],
    );
}

/// Witness: contract §5.9.
#[test]
fn an_update_cancels_waiting_executions_at_once_and_others_when_their_actions_have_ended() {
    check(
        UPDATED,
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
            start
                0s e2 begins: StartPipelineExecution caller
                0s e2 InProgress
                0s e2 S1 InProgress
                0s e2 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
                answer: e2
            ok:src
                0s e2 S1 Succeeded
                0s e2 src Succeeded
                S2 waits: e2
            start
                0s e3 begins: StartPipelineExecution caller
                0s e3 InProgress
                0s e3 S1 InProgress
                0s e3 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
                answer: e3
            update
                0s e2 Cancelled
            start
                0s e4 begins: StartPipelineExecution caller
                0s e4 InProgress
                S1 waits: e4
                answer: e4
            ok:build
                0s e1 Cancelled
                0s e1 S2 Cancelled
                0s e1 build Succeeded
            ok:src
                0s e3 Cancelled
                0s e3 S1 Cancelled
                0s e4 S1 InProgress
                0s e3 src Succeeded
                0s e4 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/25JOn9P.zip
            ok:src
                0s e4 S1 Succeeded
                0s e4 S2 InProgress
                0s e4 src Succeeded
                0s e4 build InProgress
                0s asks: build project V=
            ok:build
                0s e4 build Succeeded
                0s e4 test InProgress
                0s asks: build project V=
            ok:test
                0s e4 Succeeded
                0s e4 S2 Succeeded
                0s e4 test Succeeded
        "#]],
    );
}

/// Witness: contract §5.9.
#[test]
fn parallel_executions_go_on_with_the_old_definition() {
    check(
        UPDATED_PARALLEL,
        &expect![[r#"
            start
                0s e1 begins: StartPipelineExecution caller
                0s e1 InProgress
                0s e1 S1 InProgress
                0s e1 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
                answer: e1
            update
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
        "#]],
    );
}

/// Witness: our reading; a stop says more than an update.
#[test]
fn an_outdated_execution_that_is_stopped_ends_stopped() {
    check(
        UPDATED_THEN_STOPPED,
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
            update
            stop:e1
                0s e1 Stopping (enough)
                0s e1 S2 Stopping
            ok:build
                0s e1 Stopped (enough)
                0s e1 S2 Stopped
                0s e1 build Succeeded
        "#]],
    );
}

/// Witness: contract §3.2 (missing, duplicate and undeclared variables, tokens), §5.5 (precedence, literal values, outputs).
#[test]
fn variables_are_bound_at_the_start_and_resolved_when_an_action_starts() {
    check(
        VARIABLES,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 Failed (Values for required variables haven't been provided: A)
            answer: e1
        start:B=1
            0s e2 begins: StartPipelineExecution caller
            0s e2 Failed (Values for required variables haven't been provided: A)
            answer: e2
        start:A=x,A=y
            refused: Variable names must be unique. The following variable name is already in use: A
        start:A=#{variables.B},C=3,token=t
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            0s e3 S1 InProgress
            0s e3 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/uRLV6fR.zip
            answer: e3
        ok:src
            0s e3 S1 Succeeded
            0s e3 S2 InProgress
            0s e3 src Succeeded
            0s e3 build InProgress
            0s asks: build project V=#{variables.B}-plain-src.zip
        ok:build
            0s e3 build Succeeded
            0s e3 test InProgress
            0s asks: build project V=from project:build
        ok:test
            0s e3 Succeeded
            0s e3 S2 Succeeded
            0s e3 test Succeeded
        start:A=other,token=t
            answer: e3
        start:A=1,A=2,token=t
            refused: Variable names must be unique. The following variable name is already in use: A
    "#]],
    );
}

/// Witness: contract §5.5, unknown keys; the texts are ours.
#[test]
fn an_action_with_an_unresolved_variable_fails_before_its_provider_is_called() {
    check(
        UNRESOLVED,
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
            0s e1 build Failed (ConfigurationError: The configuration value 'EnvironmentVariables' refers to the variable 'src-ns.Nothing', which no earlier action of this execution has set.)
            0s e1 test Failed (ConfigurationError: The configuration value 'EnvironmentVariables' refers to the variable 'nobody.OUT', which no earlier action of this execution has set.)
            0s e1 test2 InProgress
            0s asks: build project V=
        ok:test2
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 test2 Succeeded
    "#]],
    );
}

/// Witness: contract §5.14; code, text and the stop of the build are our reading.
#[test]
fn a_build_that_takes_too_long_fails_its_action_and_is_stopped() {
    check(
        TIME_LIMIT,
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
        launched:build
            0s e1 build noted
        35h
        1h
            129600s e1 Failed
            129600s e1 S2 Failed
            129600s e1 build Failed (TimedOut: The action did not finish within its time limit of 2160 minutes.)
            129600s asks: stop project:build
        late:build
        1s
    "#]],
    );
}

/// Witness: contract §5.14.
#[test]
fn a_source_has_an_hour() {
    check(
        SOURCE_TIME_LIMIT,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        59m
        1m
            3600s e1 Failed
            3600s e1 S1 Failed
            3600s e1 src Failed (TimedOut: The action did not finish within its time limit of 60 minutes.)
    "#]],
    );
}

/// Witness: contract §3.1.
#[test]
fn a_new_pipeline_whose_source_does_not_poll_runs_at_once() {
    check(
        CREATED,
        &expect![[r#"
            create
                0s e1 begins: CreatePipeline caller
                0s e1 InProgress
                0s e1 S1 InProgress
                0s e1 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            ok:src
                0s e1 S1 Succeeded
                0s e1 S2 InProgress
                0s e1 src Succeeded
                0s e1 deploy InProgress
                0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
            ok:deploy
                0s e1 Succeeded
                0s e1 S2 Succeeded
                0s e1 deploy Succeeded
        "#]],
    );
}

/// Witness: contract §5.4, polling: the first look starts, equal versions do not, a missing source shows and starts nothing.
#[test]
fn a_watched_source_starts_an_execution_once_per_revision() {
    check(
        CREATED_WATCHING,
        &expect![[r#"
            create
                0s asks: look at src
            gone
                src: gone
            seen:v1
                0s e1 begins: PollForSourceChanges src
                0s e1 InProgress
                0s e1 S1 InProgress
                0s e1 src InProgress
                0s asks: fetch sources/src.zip v1 into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
                src: fine
            seen:v1
            ok:src
                0s e1 S1 Succeeded
                0s e1 S2 InProgress
                0s e1 src Succeeded
                0s e1 deploy InProgress
                0s asks: deploy hello-pipeline-with-/src-artifa/Ufa49Zg.zip to site
            seen:v2
                0s e2 begins: PollForSourceChanges src
                0s e2 InProgress
                0s e2 S1 InProgress
                0s e2 src InProgress
                0s asks: fetch sources/src.zip v2 into hello-pipeline-with-/src-artifa/25JOn9P.zip
            ok:deploy
                0s e1 Succeeded
                0s e1 S2 Succeeded
                0s e1 deploy Succeeded
            ok:src
                0s e2 S1 Succeeded
                0s e2 S2 InProgress
                0s e2 src Succeeded
                0s e2 deploy InProgress
                0s asks: deploy hello-pipeline-with-/src-artifa/25JOn9P.zip to site
            seen:v2
            gone
                src: gone
            start
                0s e3 begins: StartPipelineExecution caller
                0s e3 InProgress
                0s e3 S1 InProgress
                0s e3 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/2eb7paP.zip
                answer: e3
            ok:src
                0s e3 S1 Succeeded
                0s e3 src Succeeded
                S2 waits: e3
                src: fine
        "#]],
    );
}

/// Witness: contract §5.4, turning polling off and on.
#[test]
fn a_revision_that_was_consumed_starts_nothing_when_polling_is_turned_on_again() {
    check(
        WATCHING_OFF_AND_ON,
        &expect![[r#"
            create
                0s asks: look at src
            seen:v1
                0s e1 begins: PollForSourceChanges src
                0s e1 InProgress
                0s e1 S1 InProgress
                0s e1 src InProgress
                0s asks: fetch sources/src.zip v1 into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            fail:src
                0s e1 Failed
                0s e1 S1 Failed
                0s e1 src Failed (JobFailed: broke)
            update:src!;_deploy
            seen:v2
            update:src;_deploy
                0s asks: look at src
            seen:v1
            seen:v2
                0s e2 begins: PollForSourceChanges src
                0s e2 InProgress
                0s e2 S1 InProgress
                0s e2 src InProgress
                0s asks: fetch sources/src.zip v2 into hello-pipeline-with-/src-artifa/FACNiJ8.zip
        "#]],
    );
}

/// Witness: contract §6.8, CodePipeline invoke mirrors the result; that a deleted pipeline is told of is our reading.
#[test]
fn whoever_waits_for_an_execution_hears_how_it_ends_even_when_its_pipeline_goes() {
    check(
        AWAITED,
        &expect![[r#"
        start:parent=p
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
        start:parent=p
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            0s e2 S1 Succeeded
            0s e2 src Succeeded
            S2 waits: e2
        fail:build
            0s e1 Failed
            0s e1 S2 Failed
            0s e2 S2 InProgress
            0s e1 build Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            0s e2 build InProgress
            0s asks: tell parent Failed
            0s asks: build project V=
        start:parent=p
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            0s e3 S1 InProgress
            0s e3 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e3
        delete
            0s asks: tell parent Cancelled
            0s asks: tell parent Cancelled
    "#]],
    );
}

/// Witness: contract §3.1, running executions vanish.
#[test]
fn news_for_a_deleted_pipeline_does_nothing_to_its_successor() {
    check(
        DELETED,
        &expect![[r#"
            create
                0s asks: look at src
            start
                0s e1 begins: StartPipelineExecution caller
                0s e1 InProgress
                0s e1 S1 InProgress
                0s e1 src InProgress
                0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
                answer: e1
            ok:src
                0s e1 S1 Succeeded
                0s e1 S2 InProgress
                0s e1 src Succeeded
                0s e1 build InProgress
                0s asks: build project V=
            delete
            late:src
            create
                0s asks: look at src
            ok:build
                nobody listens
            seen:v1
                0s e2 begins: PollForSourceChanges src
                0s e2 InProgress
                0s e2 S1 InProgress
                0s e2 src InProgress
                0s asks: fetch sources/src.zip v1 into hello-pipeline-with-/src-artifa/uRLV6fR.zip
            ok:src
                0s e2 S1 Succeeded
                0s e2 S2 InProgress
                0s e2 src Succeeded
                0s e2 build InProgress
                0s asks: build project V=
        "#]],
    );
}

/// Witness: contract §5.4, source overrides.
#[test]
fn a_start_can_name_the_version_to_fetch() {
    check(
        PINNED,
        &expect![[r#"
        start:version=v7
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip v7 into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 S2 InProgress
            0s e1 src Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
    "#]],
    );
}

/// Witness: our reading; news may arrive in any order.
#[test]
fn a_build_may_end_before_the_news_that_it_began() {
    check(
        BUILD_ENDS_FIRST,
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
        launched:build
            nobody listens
        late:build
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
        late:deploy
    "#]],
    );
}

/// Witness: our reading; a chain of failures ends.
#[test]
fn executions_whose_actions_cannot_be_run_end_at_once() {
    check(
        ALL_FAIL_AT_ONCE,
        &expect![[r#"
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 Failed
            0s e1 S1 Failed
            0s e1 steps1 Failed (ConfigurationError: slipway does not offer the action type Invoke/AWS/StepFunctions/1 yet, so the action 'steps1' was not run.)
            0s e1 steps2 Failed (ConfigurationError: slipway does not offer the action type Invoke/AWS/StepFunctions/1 yet, so the action 'steps2' was not run.)
            answer: e1
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 Failed
            0s e2 S1 Failed
            0s e2 steps1 Failed (ConfigurationError: slipway does not offer the action type Invoke/AWS/StepFunctions/1 yet, so the action 'steps1' was not run.)
            0s e2 steps2 Failed (ConfigurationError: slipway does not offer the action type Invoke/AWS/StepFunctions/1 yet, so the action 'steps2' was not run.)
            answer: e2
    "#]],
    );
}

/// Witness: contract §5.3, limit of live executions.
#[test]
fn the_fifty_first_queued_execution_is_refused() {
    let mut play = Play::new("mode=QUEUED src; build");
    for _ in 0..51 {
        play.word("start");
    }
    let book = play.seen.borrow();
    assert_eq!(book.order.len(), 50);
    assert!(
        book.transcript
            .ends_with("as many live executions as it may have\n")
    );
}

/// Witness: contract §5.3, no limit for SUPERSEDED.
#[test]
fn superseded_pipelines_take_any_number_of_starts() {
    let mut play = Play::new("src; build");
    for _ in 0..60 {
        play.word("start");
    }
    let book = play.seen.borrow();
    let live = book
        .executions
        .values()
        .filter(|execution| !execution.status.is_final());
    assert_eq!((book.order.len(), live.count()), (60, 2));
}

/// Witness: contract §5.10, both keys carry the reason; §5.2 statusSummary.
#[test]
fn a_stop_leaves_its_reason() {
    let mut play = Play::new("src; build");
    for word in ["start", "stop:e1", "ok:src"] {
        play.word(word);
    }
    let book = play.seen.borrow();
    let execution = &book.executions[&book.order[0]];
    assert_eq!(execution.status, ExecutionStatus::Stopped);
    assert_eq!(execution.summary.as_deref(), Some("enough"));
    assert_eq!(
        execution.stop.as_ref().unwrap().reason.as_deref(),
        Some("enough")
    );
}

/// Witness: contract §6.2 and §5.13 for the source, §6.4 for the build.
#[test]
fn action_records_say_what_listings_show() {
    let mut play = Play::new("src; build");
    for word in ["start", "ok:src", "launched:build", "fail:build"] {
        play.word(word);
    }
    let book = play.seen.borrow();
    let record = |name: &str| {
        book.actions
            .values()
            .find(|record| record.run.name == name)
            .unwrap()
    };
    let source = record("src");
    let history = source.history().unwrap();
    assert_eq!(history.external_id.as_deref(), Some("v"));
    assert_eq!(
        history.external_summary.as_deref(),
        Some("Amazon S3 version id: v")
    );
    let variables = &source.run.variables;
    assert_eq!(variables["BucketName"], "sources");
    assert_eq!(variables["ETag"], "etag");
    let key = &source.run.outputs[0].key;
    assert!(
        key.starts_with("hello-pipeline-with-/src-artifa/") && key.ends_with(".zip"),
        "{key}"
    );

    let build = record("build").history().unwrap();
    assert_eq!(build.external_id.as_deref(), Some("project:build"));
    let url = "https://console.aws.amazon.com/codebuild/home?region=us-east-1#/builds/project:build/view/new";
    assert_eq!(build.external_url.as_deref(), Some(url));
    assert_eq!(build.error_code, Some("JobFailed"));
    let text = "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke";
    assert_eq!(build.error_message.as_deref(), Some(text));
    assert_eq!(record("build").run.outputs.len(), 1);
}

/// Witness: contract §5.12, a newer execution that enters hides the older one's results, later stages keep theirs.
#[test]
fn each_stage_shows_the_newest_execution_that_entered_it() {
    let mut play = Play::new("src; build");
    for word in ["start", "ok:src", "ok:build", "start"] {
        play.word(word);
    }
    let state = play.state().unwrap();
    let latest = |stage: &str| state.stage(stage).unwrap().latest.clone().unwrap();
    let book = play.seen.borrow();
    assert_eq!(book.name(&latest("S1").execution), "e2");
    assert_eq!(
        latest("S1").action("src").unwrap().status,
        ActionStatus::InProgress
    );
    assert_eq!(book.name(&latest("S2").execution), "e1");
    assert_eq!(
        latest("S2").action("build").unwrap().status,
        ActionStatus::Succeeded
    );
    let first = &book.executions[&book.order[0]];
    assert_eq!(first.revisions[0].artifact.as_deref(), Some("src-artifact"));
}

/// Standing test 1: news may come twice.
#[test]
fn every_script_ends_the_same_when_each_event_comes_twice() {
    for (plan, script) in all() {
        let mut twice = Play::new(plan);
        twice.sim.twice = true;
        assert_eq!(
            twice.transcript(script),
            Play::new(plan).transcript(script),
            "{plan}"
        );
    }
}

/// Standing test 2: whatever fails, the execution ends, and nothing runs after the failed group.
#[test]
fn every_plan_ends_truthfully_whichever_action_fails() {
    // A stage whose condition is not met may run nothing at all.
    let plans = all().map(|(plan, _)| *plan);
    let plans: BTreeSet<&str> = plans
        .filter(|plan| !plan.contains(":no") && !plan.contains("+no") && !plan.contains("window"))
        .collect();
    for text in plans {
        let names = actions(&Play::new(text).plan);
        for (victim, position) in &names {
            let mut play = Play::new(text);
            play.word("start:A=1");
            while let Some(name) = running(play.state().unwrap()) {
                let verb = if name == *victim { "fail" } else { "ok" };
                play.word(&format!("{verb}:{name}"));
            }
            let book = play.seen.borrow();
            assert!(play.state().unwrap().live.is_empty(), "{text}: {victim}");
            ends_truthfully(&book, &names, victim, *position);
        }
    }
}

/// Names of actions and their places: stage, then group.
fn actions(plan: &Plan) -> BTreeMap<String, (usize, u32)> {
    let stages = plan.stages.iter().enumerate();
    let actions =
        stages.flat_map(|(index, stage)| stage.actions.iter().map(move |action| (index, action)));
    actions
        .map(|(index, action)| (action.name.clone(), (index, action.run_order)))
        .collect()
}

fn running(state: &Pipeline) -> Option<String> {
    let mut running = state.live.iter().flat_map(|live| live.execution.running());
    running.next().map(|run| run.name.clone())
}

fn ends_truthfully(
    book: &Book,
    places: &BTreeMap<String, (usize, u32)>,
    victim: &str,
    position: (usize, u32),
) {
    assert_eq!(
        book.executions[&book.order[0]].status,
        ExecutionStatus::Failed
    );
    let of_actions = |record: &&ActionRecord| places.contains_key(&record.run.name);
    let failed = book
        .actions
        .values()
        .filter(of_actions)
        .filter(|record| record.run.status == ActionStatus::Failed);
    let failed: BTreeSet<&str> = failed.map(|record| record.run.name.as_str()).collect();
    let first = failed.iter().map(|name| places[*name]).min().unwrap();
    assert!(
        failed.contains(victim) || first < position,
        "{victim} did not fail"
    );
    for record in book.actions.values().filter(of_actions) {
        assert!(
            places[&record.run.name] <= first,
            "{} ran after a failure",
            record.run.name
        );
        assert!(record.run.status.is_final(), "{record:?} still runs");
    }
}

/// Standing test 4: the diagram in `mod.rs` is what the scripts travel.
#[test]
fn the_diagram_shows_every_transition_and_no_other() {
    let mut travelled = BTreeSet::new();
    for (plan, script) in all() {
        let play = Play::new(plan);
        let book = play.seen.clone();
        play.transcript(script);
        travelled.extend(book.take().travelled);
    }
    let mut arrows = BTreeMap::<(&str, String), Vec<String>>::new();
    for (what, from, to) in travelled {
        arrows.entry((what, from)).or_default().push(to);
    }
    let mut diagram = String::new();
    for ((what, from), to) in arrows {
        writeln!(diagram, "//! {what:<9}  {from:<10} → {}", to.join(" ")).unwrap();
    }
    assert!(
        include_str!("mod.rs").contains(&diagram),
        "put this into mod.rs:\n{diagram}"
    );
}

/// What an earlier version stored; never change the files, add others when the form changes.
#[test]
fn rows_and_effects_of_form_1_can_be_read() {
    use crate::engine::driver::rows::{Live, Posted};
    let row = include_str!("fixtures/row.1.json");
    let row: Live<Pipelines> = serde_json::from_str(row).unwrap();
    let runs = row.0.live.iter().flat_map(|live| live.execution.running());
    let names: Vec<&str> = runs.map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["build", "src"]);
    assert_eq!(
        row.0.stages["S1"].inside,
        Some(row.0.live[1].execution.id.clone())
    );

    let effects = include_str!("fixtures/effects.1.json");
    let effects: Vec<Posted<Pipelines>> = serde_json::from_str(effects).unwrap();
    let names: Vec<String> = effects
        .iter()
        .map(|effect| format!("{:?}", effect.0))
        .collect();
    let names: Vec<&str> = names
        .iter()
        .filter_map(|name| name.split(['(', ' ']).next())
        .collect();
    let all = [
        "LookAtSource",
        "FetchSource",
        "LaunchBuild",
        "DeployToS3",
        "StopBuild",
    ];
    assert_eq!(names, all);
}
