//! Sandboxes with real commands.

use super::house::House;
use crate::support::caller::{CODEBUILD, Caller, ROLE};
use crate::support::wait_for;
use serde_json::{Value, json};
use slipway::config::Config;

async fn house() -> House {
    let house = House::with(Config::in_memory()).await;
    let project = json!({
        "name": "hello",
        "source": {"type": "S3", "location": "incoming/src.zip"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "COLOUR", "value": "blue"}],
        },
        "serviceRole": ROLE,
    });
    house
        .caller
        .to(CODEBUILD)
        .ok("CreateProject", project)
        .await;
    // No buildspec: none is needed.
    house
        .put("incoming", "src.zip", &[("in.txt", "from the source\n")])
        .await;
    house
}

async fn running(codebuild: &Caller) -> String {
    let started = codebuild
        .ok("StartSandbox", json!({"projectName": "hello"}))
        .await;
    let id = started["sandbox"]["id"].as_str().unwrap().to_owned();
    wait_for("the sandbox", async || {
        let got = codebuild
            .ok("BatchGetSandboxes", json!({"ids": [id]}))
            .await;
        (got["sandboxes"][0]["status"] == "RUNNING").then_some(())
    })
    .await;
    id
}

async fn submit(codebuild: &Caller, sandbox: &str, command: &str) -> String {
    let input = json!({"sandboxId": sandbox, "command": command});
    let started = codebuild.ok("StartCommandExecution", input).await;
    started["commandExecution"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn end(codebuild: &Caller, sandbox: &str, id: &str) -> Value {
    wait_for("the command's end", async || {
        let input = json!({"sandboxId": sandbox, "commandExecutionIds": [id]});
        let got = codebuild.ok("BatchGetCommandExecutions", input).await;
        let run = got["commandExecutions"][0].clone();
        run.get("endTime").is_some().then_some(run)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_run_in_the_source_and_state_lasts() {
    // contract codebuild §12.5: outputs, exit codes as text, `cd` and exports persist, env and source as for a build
    let house = house().await;
    let codebuild = house.caller.to(CODEBUILD);
    let id = running(&codebuild).await;
    let ran = async |command: &str| {
        let run = submit(&codebuild, &id, command).await;
        end(&codebuild, &id, &run).await
    };
    let first = ran("cat in.txt; echo $COLOUR; echo oops >&2; export A=1; mkdir sub; cd sub").await;
    assert_eq!(first["status"], "SUCCEEDED", "{first:#}");
    assert_eq!(first["exitCode"], "0");
    assert_eq!(first["standardOutputContent"], "from the source\nblue\n");
    assert_eq!(first["standardErrContent"], "oops\n");
    let second = ran("echo $A ${PWD##*/}").await;
    assert_eq!(second["standardOutputContent"], "1 sub\n");
    assert!(second.get("standardErrContent").is_none());
    let third = ran("no-such-program").await;
    assert_eq!(third["status"], "FAILED");
    assert_eq!(third["exitCode"], "127");
    assert!(third.get("standardOutputContent").is_none());
    assert!(first["logs"]["streamName"].is_string());
    codebuild.ok("StopSandbox", json!({"id": id})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_the_command_that_runs() {
    // contract codebuild §3.8: StopSandbox
    let house = house().await;
    let codebuild = house.caller.to(CODEBUILD);
    let id = running(&codebuild).await;
    let slow = submit(&codebuild, &id, "sleep 600").await;
    let stopped = codebuild.ok("StopSandbox", json!({"id": id})).await;
    assert_eq!(stopped["sandbox"]["status"], "STOPPED");
    let run = end(&codebuild, &id, &slow).await;
    assert_eq!(run["status"], "FAILED");
    assert!(run.get("exitCode").is_none());
}
