//! StartCommandExecution (contract codebuild §3.8, §12.5).

use super::sample::{NOBODY, created};
use super::sandboxed::{command, ran, running, sandbox_arn, start, submit};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

#[tokio::test]
async fn a_command_is_submitted_in_the_answer() {
    // contract codebuild §3.8: SUBMITTED, type SHELL; §12.5: sandboxId is the bare uuid
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = running(&caller, "hello").await;
        let input = json!({"sandboxId": sandbox_arn(&id), "command": "echo hi"});
        let mut answer =
            caller.ok("StartCommandExecution", input).await["commandExecution"].clone();
        assert_eq!(answer["sandboxArn"], sandbox_arn(&id));
        let uuid = id.split_once(':').unwrap().1;
        assert_eq!(answer["sandboxId"], uuid);
        for member in ["logs", "sandboxArn", "sandboxId", "id"] {
            answer.as_object_mut().unwrap().remove(member).unwrap();
        }
        answer
    });
    let expected = json!({
        "command": "echo hi", "status": "SUBMITTED", "submitTime": "<time>", "type": "SHELL",
    });
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn commands_run_one_after_the_other() {
    // contract codebuild §12.5: executions run one after another (unconfirmed); exitCode is a string
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = running(&caller, "hello").await;
    let one = submit(&caller, &id, "one").await;
    let two = submit(&caller, &id, "two").await;
    assert_eq!(command(&caller, &id, &one).await["status"], "IN_PROGRESS");
    assert_eq!(command(&caller, &id, &two).await["status"], "SUBMITTED");
    // News of a command that does not run changes nothing.
    ran(&caller, &id, &two, 0, "early", "").await;
    ran(&caller, &id, &one, 127, "", "not found\n").await;
    let first = command(&caller, &id, &one).await;
    assert_eq!(first["status"], "FAILED");
    assert_eq!(first["exitCode"], "127");
    assert_eq!(first["standardErrContent"], "not found\n");
    assert!(first.get("standardOutputContent").is_none());
    ran(&caller, &id, &two, 0, "hi\n", "").await;
    let second = command(&caller, &id, &two).await;
    assert_eq!(second["status"], "SUCCEEDED");
    assert_eq!(second["exitCode"], "0");
    assert_eq!(second["standardOutputContent"], "hi\n");
}

#[tokio::test]
async fn a_sandbox_has_to_run() {
    // contract codebuild §3.8: running, else InvalidInput
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let queued = start(&caller, "hello").await;
    let stopped = running(&caller, "hello").await;
    caller.ok("StopSandbox", json!({"id": stopped})).await;
    for id in [queued, stopped] {
        let said = format!("Cannot run a command in sandbox {id}: the sandbox is not running");
        let input = json!({"sandboxId": id, "command": "true"});
        caller
            .expect_refusal(
                "StartCommandExecution",
                input,
                "InvalidInputException",
                &said,
            )
            .await;
    }
    let said = format!("Sandbox cannot be found: {NOBODY}");
    let input = json!({"sandboxId": NOBODY, "command": "true"});
    caller
        .expect_refusal(
            "StartCommandExecution",
            input,
            "ResourceNotFoundException",
            &said,
        )
        .await;
}
