//! Builds of fleets: real ones, on a fleet of one machine.

use super::house::House;
use crate::codebuild::flock::fleet;
use crate::codebuild::sample::project;
use crate::support::caller::{CODEBUILD, Caller, with};
use crate::support::wait_for;
use serde_json::{Value, json};

/// A project whose builds wait for `go`, on the fleet.
async fn furnished(caller: &Caller, fleet_body: Value, go: &str) -> Value {
    let made = caller.ok("CreateFleet", fleet_body).await;
    let arn = made["fleet"]["arn"].clone();
    let spec = format!(
        "version: 0.2\nphases: {{build: {{commands: ['while [ ! -e {go} ]; do sleep 0.05; done']}}}}"
    );
    let body = with(project("hello"), "/source/buildspec", json!(spec));
    let body = with(body, "/environment/fleet", json!({"fleetArn": arn}));
    caller.ok("CreateProject", body).await;
    arn
}

async fn started(caller: &Caller) -> String {
    let started = caller.ok("StartBuild", json!({"projectName": "hello"}));
    started.await["build"]["id"].as_str().unwrap().to_owned()
}

async fn comes_to(caller: &Caller, id: &str, phase: &str) -> Value {
    wait_for(&format!("{id} in {phase}"), async || {
        let got = caller.ok("BatchGetBuilds", json!({"ids": [id]})).await;
        let build = got["builds"][0].clone();
        (build["currentPhase"] == phase).then_some(build)
    })
    .await
}

async fn phase(caller: &Caller, id: &str) -> Value {
    let got = caller.ok("BatchGetBuilds", json!({"ids": [id]})).await;
    got["builds"][0]["currentPhase"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn builds_of_a_fleet_wait_for_its_machines() {
    // contract codebuild §12.4, `baseCapacity` = max parallel builds of that fleet; §4.7, fleet builds queue on it
    let house = House::new().await;
    let caller = house.caller.to(CODEBUILD);
    let folder = tempfile::tempdir().unwrap();
    let go = folder.path().join("go");
    let arn = furnished(&caller, fleet("pool"), go.to_str().unwrap()).await;
    let first = started(&caller).await;
    comes_to(&caller, &first, "BUILD").await;
    let second = started(&caller).await;
    let third = started(&caller).await;

    // Another machine is for the one that waits longest.
    caller
        .ok("UpdateFleet", json!({"arn": arn, "baseCapacity": 2}))
        .await;
    comes_to(&caller, &second, "BUILD").await;
    assert_eq!(phase(&caller, &third).await, "QUEUED");

    // A build that ends makes room, however it ends.
    caller.ok("StopBuild", json!({"id": first})).await;
    comes_to(&caller, &third, "BUILD").await;
    std::fs::write(&go, "").unwrap();
    for id in [second, third] {
        let build = comes_to(&caller, &id, "COMPLETED").await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_that_overflows_or_goes_holds_up_nobody() {
    // contract codebuild §4.7: `overflowBehavior` ON_DEMAND runs them elsewhere; §3.7, DeleteFleet: builds are kept
    let house = House::new().await;
    let caller = house.caller.to(CODEBUILD);
    let folder = tempfile::tempdir().unwrap();
    let go = folder.path().join("go");
    let arn = furnished(&caller, fleet("pool"), go.to_str().unwrap()).await;
    let first = started(&caller).await;
    comes_to(&caller, &first, "BUILD").await;
    let second = started(&caller).await;
    assert_eq!(phase(&caller, &second).await, "QUEUED");
    let body = json!({"arn": arn, "overflowBehavior": "ON_DEMAND"});
    caller.ok("UpdateFleet", body).await;
    comes_to(&caller, &second, "BUILD").await;

    let body = json!({"arn": arn, "overflowBehavior": "QUEUE"});
    caller.ok("UpdateFleet", body).await;
    let third = started(&caller).await;
    assert_eq!(phase(&caller, &third).await, "QUEUED");
    caller.ok("DeleteFleet", json!({"arn": arn})).await;
    comes_to(&caller, &third, "BUILD").await;
    std::fs::write(&go, "").unwrap();
    for id in [first, second, third] {
        let build = comes_to(&caller, &id, "COMPLETED").await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    }
}
