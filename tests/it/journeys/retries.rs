//! Builds that retry themselves.

use super::house::House;
use crate::support::caller::{CODEBUILD, ROLE};
use crate::support::wait_for;
use serde_json::{Value, json};
use slipway::config::Config;

const SPEC: &str = "version: 0.2
phases:
  build:
    on-failure: RETRY-2-exit status 3
    commands: ['echo x >> \"$NOTES\"', 'exit $CODE']
";

async fn run(code: &str) -> (Vec<Value>, String) {
    let house = House::with(Config::in_memory()).await;
    let codebuild = house.caller.to(CODEBUILD);
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    let project = json!({
        "name": "hello",
        "source": {"type": "NO_SOURCE", "buildspec": SPEC},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [
                {"name": "NOTES", "value": notes.to_str().unwrap()},
                {"name": "CODE", "value": code},
            ],
        },
        "serviceRole": ROLE,
    });
    codebuild.ok("CreateProject", project).await;
    codebuild
        .ok("StartBuild", json!({"projectName": "hello"}))
        .await;
    let builds = wait_for("the last build", async || {
        let input = json!({"projectName": "hello", "sortOrder": "ASCENDING"});
        let ids = codebuild.ok("ListBuildsForProject", input).await;
        let got = codebuild
            .ok("BatchGetBuilds", json!({"ids": ids["ids"]}))
            .await;
        let builds = got["builds"].as_array().unwrap().clone();
        let last = builds.last()?;
        let over = last["buildComplete"] == true;
        let more = last["autoRetryConfig"].get("nextAutoRetry").is_some();
        (over && !more).then_some(builds)
    })
    .await;
    (builds, std::fs::read_to_string(notes).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phase_retries_the_whole_build_as_often_as_it_says() {
    // contract codebuild §4.3: RETRY-<count>-<regex>, only if the error message matches
    let (builds, notes) = run("3").await;
    assert_eq!((builds.len(), notes.as_str()), (3, "x\nx\nx\n"));
    for (number, build) in builds.iter().enumerate() {
        assert_eq!(build["buildStatus"], "FAILED");
        assert_eq!(build["autoRetryConfig"]["autoRetryNumber"], number);
    }
    assert_eq!(
        builds[1]["autoRetryConfig"]["previousAutoRetry"],
        builds[0]["arn"]
    );
    let (builds, notes) = run("4").await;
    assert_eq!((builds.len(), notes.as_str()), (1, "x\n"));
}
