//! StopSandbox (contract codebuild §3.8, §12.5).

use super::sample::{NOBODY, created};
use super::sandboxed::{command, running, sandbox, sandbox_arn, submit};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::{Value, json};

fn phases(sandbox: &Value) -> Vec<String> {
    let phases = sandbox["currentSession"]["phases"]
        .as_array()
        .unwrap()
        .iter();
    let shown = phases.map(|phase| {
        let status = phase["phaseStatus"].as_str().unwrap_or_default();
        let line = format!("{} {status}", phase["phaseType"].as_str().unwrap());
        line.trim_end().to_owned()
    });
    shown.collect()
}

#[tokio::test]
async fn a_stopped_sandbox_is_over_in_the_answer() {
    // contract codebuild §3.8: STOPPED; §12.5: session phases
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = running(&caller, "hello").await;
        assert_eq!(sandbox(&caller, &id).await["status"], "RUNNING");
        let one = submit(&caller, &id, "one").await;
        let two = submit(&caller, &id, "two").await;
        let answer = caller
            .ok("StopSandbox", json!({"id": sandbox_arn(&id)}))
            .await;
        let answer = answer["sandbox"].clone();
        assert_eq!(answer, sandbox(&caller, &id).await);
        // Once more changes nothing.
        let again = caller.ok("StopSandbox", json!({"id": id})).await;
        assert_eq!(again["sandbox"], answer);
        let mut commands = Vec::new();
        for id_of in [one, two] {
            commands.push(command(&caller, &id, &id_of).await["status"].clone());
        }
        json!({"commands": commands, "phases": phases(&answer), "status": answer["status"]})
    });
    let expected = json!({
        "commands": ["FAILED", "FAILED"],
        "phases": [
            "SUBMITTED SUCCEEDED", "QUEUED SUCCEEDED", "PROVISIONING SUCCEEDED", "DOWNLOAD_SOURCE SUCCEEDED",
            "RUN_SANDBOX STOPPED", "COMPLETED",
        ],
        "status": "STOPPED",
    });
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_sandbox_that_is_not_there_is_not_found() {
    // contract codebuild §3.8; a build is no sandbox
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let build = super::sample::start(&caller, "hello").await;
    for id in [NOBODY, &build, "hello"] {
        let said = format!("Sandbox cannot be found: {id}");
        caller
            .expect_refusal(
                "StopSandbox",
                json!({"id": id}),
                "ResourceNotFoundException",
                &said,
            )
            .await;
    }
}
