//! What waits for people and workers: transitions, approvals, jobs, revisions; and what subscribers hear.

use super::{Script, check};
use crate::engine::pipeline::script::Play;
use expect_test::{Expect, expect};

const CLOSED: Script = (
    "src; build; deploy",
    "create ok:src close:S2 close:S2 start ok:src ok:build ok:deploy start ok:src start ok:src open:S2 ok:build closeout:S2 start ok:src ok:deploy ok:build openout:S2 ok:deploy open:S9",
);
const CLOSED_QUEUE: Script = (
    "mode=QUEUED src!; build",
    "create ok:src ok:build close:S2 start ok:src start ok:src open:S2 ok:build ok:build",
);
const CLOSED_FOR_LONG: Script = (
    "src!; build",
    "create ok:src ok:build close:S2 start ok:src 800h open:S2 start ok:src ok:build",
);
const CLOSED_PARALLEL: Script = (
    "mode=PARALLEL src!; build",
    "create close:S2 ok:src ok:build",
);
const APPROVED: Script = (
    "src; approve; deploy",
    "start ok:src approve:nobody approve:approve approve:approve ok:deploy",
);
const REJECTED: Script = (
    "src; approve; deploy",
    "start ok:src reject:approve reject:approve",
);
const APPROVAL_EXPIRES: Script = ("src; approve", "start ok:src 167h 1h approve:approve");
const APPROVED_WHILE_STOPPING: Script = (
    "src; approve; deploy",
    "start ok:src stop:e1 approve:approve start ok:src abandon:e2 approve:approve",
);
const APPROVAL_UPDATED: Script = (
    "src!; approve > deploy",
    "start ok:src update approve:approve",
);
const WORKER: Script = (
    "src; worker; deploy",
    "start ok:src more:worker more:worker again:worker done:worker done:worker ok:deploy start ok:src broke:worker start ok:src 23h 1h done:worker",
);
const WORKER_ABANDONED: Script = (
    "src; worker; deploy",
    "start ok:src abandon:e1 done:worker start ok:src delete done:worker",
);
const FUNCTION: Script = (
    "src; call; deploy",
    "start ok:src more:call 27s 1s done:call ok:deploy start ok:src broke:call start ok:src 10m more:call 20m 28s",
);
const REVISION: Script = (
    "worker; deploy",
    "revision:worker:r1 revision:worker:r1 done:worker ok:deploy revision:worker:r2",
);
const FIVE_AT_ONCE: Script = (
    "mode=PARALLEL src; build1 build2 build3 build4 build5 build6 build7 > deploy",
    "start ok:src ok:build1 fail:build2 ok:build3 ok:build4 ok:build5 ok:build6 ok:build7",
);

pub(super) const SCRIPTS: &[Script] = &[
    CLOSED,
    CLOSED_QUEUE,
    CLOSED_FOR_LONG,
    CLOSED_PARALLEL,
    APPROVED,
    REJECTED,
    APPROVAL_EXPIRES,
    APPROVED_WHILE_STOPPING,
    APPROVAL_UPDATED,
    WORKER,
    WORKER_ABANDONED,
    FUNCTION,
    REVISION,
    FIVE_AT_ONCE,
];

/// Witness: contract §5.3, disabled transitions; L7, F11.
#[test]
fn a_disabled_transition_holds_the_newest_until_it_is_enabled() {
    check(
        CLOSED,
        &expect![[r#"
        create
            0s asks: look at src
        ok:src
            nobody listens
        close:S2
        close:S2
        start
            0s e1 begins: StartPipelineExecution caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e1
        ok:src
            0s e1 S1 Succeeded
            0s e1 src Succeeded
            S2 waits: e1
        ok:build
            nobody listens
        ok:deploy
            nobody listens
        start
            0s e2 begins: StartPipelineExecution caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e2
        ok:src
            0s e1 Superseded
            0s e2 S1 Succeeded
            0s e2 src Succeeded
            S2 waits: e2
        start
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            0s e3 S1 InProgress
            0s e3 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/uRLV6fR.zip
            answer: e3
        ok:src
            0s e2 Superseded
            0s e3 S1 Succeeded
            0s e3 src Succeeded
            S2 waits: e3
        open:S2
            0s e3 S2 InProgress
            0s e3 build InProgress
            0s asks: build project V=
        ok:build
            0s e3 S2 Succeeded
            0s e3 S3 InProgress
            0s e3 build Succeeded
            0s e3 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/uRLV6fR.zip to site
        closeout:S2
        start
            0s e4 begins: StartPipelineExecution caller
            0s e4 InProgress
            0s e4 S1 InProgress
            0s e4 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/25JOn9P.zip
            answer: e4
        ok:src
            0s e4 S1 Succeeded
            0s e4 S2 InProgress
            0s e4 src Succeeded
            0s e4 build InProgress
            0s asks: build project V=
        ok:deploy
            0s e3 Succeeded
            0s e3 S3 Succeeded
            0s e3 deploy Succeeded
        ok:build
            0s e4 S2 Succeeded
            0s e4 build Succeeded
            S3 waits: e4
        openout:S2
            0s e4 S3 InProgress
            0s e4 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/25JOn9P.zip to site
        ok:deploy
            0s e4 Succeeded
            0s e4 S3 Succeeded
            0s e4 deploy Succeeded
        open:S9
            refused: the pipeline has no such stage
    "#]],
    );
}

/// Witness: contract §5.3, QUEUED builds up.
#[test]
fn a_queue_builds_up_behind_a_disabled_transition() {
    check(
        CLOSED_QUEUE,
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
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 Succeeded
            0s e1 S2 Succeeded
            0s e1 build Succeeded
        close:S2
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
            0s e3 S1 Succeeded
            0s e3 src Succeeded
            S2 waits: e2 e3
        open:S2
            0s e2 S2 InProgress
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

/// Witness: contract §5.3, more than 30 days.
#[test]
fn who_waited_for_more_than_thirty_days_does_not_go_on_by_itself() {
    check(
        CLOSED_FOR_LONG,
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
            0s e1 build InProgress
            0s asks: build project V=
        ok:build
            0s e1 Succeeded
            0s e1 S2 Succeeded
            0s e1 build Succeeded
        close:S2
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
        800h
        open:S2
        start
            2880000s e3 begins: StartPipelineExecution caller
            2880000s e3 InProgress
            2880000s e3 S1 InProgress
            2880000s e3 src InProgress
            2880000s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e3
        ok:src
            2880000s e2 Superseded
            2880000s e3 S1 Succeeded
            2880000s e3 S2 InProgress
            2880000s e3 src Succeeded
            2880000s e3 build InProgress
            2880000s asks: build project V=
        ok:build
            2880000s e3 Succeeded
            2880000s e3 S2 Succeeded
            2880000s e3 build Succeeded
    "#]],
    );
}

/// Witness: contract §5.3, PARALLEL ignores transitions.
#[test]
fn parallel_executions_ask_about_no_transition() {
    check(
        CLOSED_PARALLEL,
        &expect![[r#"
        create
            0s e1 begins: CreatePipeline caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/6eTbHaZ.zip
        close:S2
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

/// Witness: contract §5.10; L8.
#[test]
fn an_approval_waits_for_an_answer() {
    check(
        APPROVED,
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
            0s e1 approve InProgress
        approve:nobody
            nobody asked
        approve:approve
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 approve Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        approve:approve
            refused: the approval was answered already
        ok:deploy
            0s e1 Succeeded
            0s e1 S3 Succeeded
            0s e1 deploy Succeeded
    "#]],
    );
}

/// Witness: contract §5.10, rejected; answered twice.
#[test]
fn a_rejection_fails_the_execution() {
    check(
        REJECTED,
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
            0s e1 approve InProgress
        reject:approve
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 approve Failed
        reject:approve
            refused: the approval was answered already
    "#]],
    );
}

/// Witness: contract §5.10, expiry after seven days.
#[test]
fn an_approval_expires() {
    check(
        APPROVAL_EXPIRES,
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
            0s e1 approve InProgress
        167h
        1h
            604800s e1 Failed
            604800s e1 S2 Failed
            604800s e1 approve Failed (TimedOut: The action did not finish within its time limit of 10080 minutes.)
        approve:approve
            refused: the token names no approval that waits here
    "#]],
    );
}

/// Witness: contract §5.10, T8.
#[test]
fn an_approval_may_be_answered_while_the_execution_stops() {
    check(
        APPROVED_WHILE_STOPPING,
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
            0s e1 approve InProgress
        stop:e1
            0s e1 Stopping (enough)
            0s e1 S2 Stopping
        approve:approve
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e1 approve Succeeded
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
            0s e2 approve InProgress
        abandon:e2
            0s e2 Stopped (enough)
            0s e2 S2 Stopped
            0s e2 approve Abandoned
        approve:approve
            refused: the approval was answered already
    "#]],
    );
}

/// Witness: contract §5.9, pending approval.
#[test]
fn an_update_takes_an_approval_back() {
    check(
        APPROVAL_UPDATED,
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
            0s e1 approve InProgress
        update
            0s e1 Cancelled
            0s e1 S2 Cancelled
            0s e1 approve Abandoned
        approve:approve
            refused: the approval is out of date
    "#]],
    );
}

/// Witness: contract §7.1, continuation makes a new job; §5.14, 24 hours; T11.
#[test]
fn a_worker_does_one_job_after_the_other() {
    check(
        WORKER,
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
            0s e1 worker InProgress
            0s job for worker with nothing
            0s asks: look for the type Own
        more:worker
            0s e1 worker noted
            0s job for worker with after 1
        more:worker
            0s e1 worker noted
            0s job for worker with after 2
        again:worker
        done:worker
            0s e1 S2 Succeeded
            0s e1 S3 InProgress
            0s e1 worker Succeeded
            0s e1 deploy InProgress
            0s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        done:worker
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
            0s e2 worker InProgress
            0s job for worker with nothing
            0s asks: look for the type Own
        broke:worker
        start
            0s e3 begins: StartPipelineExecution caller
            0s e3 InProgress
            0s e3 S1 InProgress
            0s e3 src InProgress
            0s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e3
        ok:src
            0s e3 S1 Succeeded
            0s e3 src Succeeded
            S2 waits: e3
        23h
        1h
            86400s e2 Failed
            86400s e2 S2 Failed
            86400s e3 S2 InProgress
            86400s e2 worker Failed (TimedOut: The action did not finish within its time limit of 1440 minutes.)
            86400s e3 worker InProgress
            86400s job for worker with nothing
            86400s asks: look for the type Own
        done:worker
            86400s e3 S2 Succeeded
            86400s e3 S3 InProgress
            86400s e3 worker Succeeded
            86400s e3 deploy InProgress
            86400s asks: deploy hello-pipeline-with-/src-artifa/Ufa49Zg.zip to site
    "#]],
    );
}

/// Witness: contract §7.2, abandoned meanwhile.
#[test]
fn the_result_of_an_abandoned_job_changes_nothing() {
    check(
        WORKER_ABANDONED,
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
            0s e1 worker InProgress
            0s job for worker with nothing
            0s asks: look for the type Own
        abandon:e1
            0s e1 Stopped (enough)
            0s e1 S2 Stopped
            0s e1 worker Abandoned
        done:worker
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
            0s e2 worker InProgress
            0s job for worker with nothing
            0s asks: look for the type Own
        delete
        done:worker
            refused: no pipeline
    "#]],
    );
}

/// Witness: contract §6.7, invoked again after 28 seconds with a new job; 20 minutes of silence.
#[test]
fn a_function_is_invoked_again_with_the_token_it_gave() {
    check(
        FUNCTION,
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
            0s e1 call InProgress
            0s job for call with nothing
            0s asks: call function with nothing
        more:call
            0s e1 call noted
            0s job for call with after 1
        27s
        1s
            28s e1 call noted
            28s asks: call function with after 1
        done:call
            28s e1 S2 Succeeded
            28s e1 S3 InProgress
            28s e1 call Succeeded
            28s e1 deploy InProgress
            28s asks: deploy hello-pipeline-with-/src-artifa/6eTbHaZ.zip to site
        ok:deploy
            28s e1 Succeeded
            28s e1 S3 Succeeded
            28s e1 deploy Succeeded
        start
            28s e2 begins: StartPipelineExecution caller
            28s e2 InProgress
            28s e2 S1 InProgress
            28s e2 src InProgress
            28s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/s02S4Ao.zip
            answer: e2
        ok:src
            28s e2 S1 Succeeded
            28s e2 S2 InProgress
            28s e2 src Succeeded
            28s e2 call InProgress
            28s job for call with nothing
            28s asks: call function with nothing
        broke:call
            28s e2 Failed
            28s e2 S2 Failed
            28s e2 call Failed (JobFailed: broke)
        start
            28s e3 begins: StartPipelineExecution caller
            28s e3 InProgress
            28s e3 S1 InProgress
            28s e3 src InProgress
            28s asks: fetch sources/src.zip current into hello-pipeline-with-/src-artifa/Ufa49Zg.zip
            answer: e3
        ok:src
            28s e3 S1 Succeeded
            28s e3 S2 InProgress
            28s e3 src Succeeded
            28s e3 call InProgress
            28s job for call with nothing
            28s asks: call function with nothing
        10m
        more:call
        20m
            1228s e3 Failed
            1228s e3 S2 Failed
            1228s e3 call Failed (TimedOut: The action did not finish within its time limit of 20 minutes.)
        28s
    "#]],
    );
}

/// Witness: contract §3.4, PutActionRevision; F29.
#[test]
fn a_revision_that_was_put_starts_one_execution() {
    check(
        REVISION,
        &expect![[r#"
        revision:worker:r1
            0s e1 begins: PutActionRevision caller
            0s e1 InProgress
            0s e1 S1 InProgress
            0s e1 worker InProgress
            0s job for worker with nothing
            0s asks: look for the type Own
            answer: true e1
        revision:worker:r1
            answer: false e1
        done:worker
            0s e1 Failed
            0s e1 S1 Succeeded
            0s e1 S2 Failed
            0s e1 worker Succeeded
            0s e1 deploy Failed (ConfigurationError: An Amazon S3 deploy action must have an input artifact.)
        ok:deploy
            nobody listens
        revision:worker:r2
            0s e2 begins: PutActionRevision caller
            0s e2 InProgress
            0s e2 S1 InProgress
            0s e2 worker InProgress
            0s job for worker with nothing
            0s asks: look for the type Own
            answer: true e2
    "#]],
    );
}

/// Witness: contract §4.5, actions in flight in one PARALLEL execution; §5.2, group rule.
#[test]
fn five_actions_of_a_parallel_execution_run_at_once() {
    check(
        FIVE_AT_ONCE,
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
            0s e1 build3 InProgress
            0s e1 build4 InProgress
            0s e1 build5 InProgress
            0s asks: build project V=
            0s asks: build project V=
            0s asks: build project V=
            0s asks: build project V=
            0s asks: build project V=
        ok:build1
            0s e1 build1 Succeeded
            0s e1 build6 InProgress
            0s asks: build project V=
        fail:build2
            0s e1 build2 Failed (JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: broke)
            0s e1 build7 InProgress
            0s asks: build project V=
        ok:build3
            0s e1 build3 Succeeded
        ok:build4
            0s e1 build4 Succeeded
        ok:build5
            0s e1 build5 Succeeded
        ok:build6
            0s e1 build6 Succeeded
        ok:build7
            0s e1 Failed
            0s e1 S2 Failed
            0s e1 build7 Succeeded
    "#]],
    );
}

fn hears((plan, script): Script, expect: &Expect) {
    let play = Play::new(plan);
    let book = play.seen.clone();
    play.transcript(script);
    expect.assert_eq(&book.borrow().changes);
}

/// Witness: contract §9, sequences.
#[test]
fn subscribers_hear_of_every_change_in_order() {
    hears(
        (
            "src; build; deploy",
            "start ok:src fail:build retry:e1:S2 ok:build ok:deploy",
        ),
        &expect![[r#"
            e1 STARTED 1
            e1 S1 STARTED 1
            e1 src STARTED 1
            e1 src SUCCEEDED 1
            e1 S1 SUCCEEDED 1
            e1 S2 STARTED 1
            e1 build STARTED 1
            e1 build FAILED 1
            e1 S2 FAILED 1
            e1 FAILED 1
            e1 RESUMED 2
            e1 S2 RESUMED 2
            e1 build STARTED 2
            e1 build SUCCEEDED 2
            e1 S2 SUCCEEDED 2
            e1 S3 STARTED 2
            e1 deploy STARTED 2
            e1 deploy SUCCEEDED 2
            e1 S3 SUCCEEDED 2
            e1 SUCCEEDED 2
        "#]],
    );
}

/// Witness: contract §9, stop and rollback sequences.
#[test]
fn subscribers_hear_of_stops_and_rollbacks() {
    hears(
        (
            "src; build; deploy",
            "start ok:src ok:build abandon:e1 rollback:S2:e1 ok:build",
        ),
        &expect![[r#"
            e1 STARTED 1
            e1 S1 STARTED 1
            e1 src STARTED 1
            e1 src SUCCEEDED 1
            e1 S1 SUCCEEDED 1
            e1 S2 STARTED 1
            e1 build STARTED 1
            e1 build SUCCEEDED 1
            e1 S2 SUCCEEDED 1
            e1 S3 STARTED 1
            e1 deploy STARTED 1
            e1 STOPPING 1
            e1 S3 STOPPING 1
            e1 deploy ABANDONED 1
            e1 S3 STOPPED 1
            e1 STOPPED 1
            e2 STARTED 1
            e2 S2 STARTED 1
            e2 build STARTED 1
            e2 build SUCCEEDED 1
            e2 S2 SUCCEEDED 1
            e2 SUCCEEDED 1
        "#]],
    );
}

/// Witness: contract §9, states of the pipeline alone.
#[test]
fn subscribers_hear_of_those_that_are_superseded_or_cancelled() {
    hears(
        (
            "src!; build",
            "start ok:src start start start update ok:src ok:build",
        ),
        &expect![[r#"
            e1 STARTED 1
            e1 S1 STARTED 1
            e1 src STARTED 1
            e1 src SUCCEEDED 1
            e1 S1 SUCCEEDED 1
            e1 S2 STARTED 1
            e1 build STARTED 1
            e2 STARTED 1
            e2 S1 STARTED 1
            e2 src STARTED 1
            e3 STARTED 1
            e4 STARTED 1
            e3 SUPERSEDED 1
            e4 CANCELED 1
            e2 src SUCCEEDED 1
            e2 S1 CANCELED 1
            e2 CANCELED 1
            e1 build SUCCEEDED 1
            e1 S2 CANCELED 1
            e1 CANCELED 1
        "#]],
    );
}
