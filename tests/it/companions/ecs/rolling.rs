//! Services whose tasks run in scripted pods: rollouts, replacements, failures. Witness: Developer Guide, "Amazon ECS services".

use super::house::{ARN, define, definition, house, running, service, stable, task, tasks, until};
use crate::support::wait_for;
use serde_json::json;
use slipway::sandbox::process::{HostOptions, HostSandboxes};
use std::sync::Arc;

#[tokio::test]
async fn a_service_rolls_from_one_definition_to_the_next() {
    let (caller, pods) = house().await;
    define(&caller, definition("web", "web:1")).await;
    let body =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 2});
    caller.ok("CreateService", body).await;
    let first = until(&caller, "s", stable).await;
    assert_eq!(first["deployments"][0]["rolloutState"], "COMPLETED");
    let second = define(&caller, definition("web", "web:2")).await;
    let updated = caller
        .ok(
            "UpdateService",
            json!({"cluster": "c", "service": "s", "taskDefinition": "web:2"}),
        )
        .await;
    let states = updated["service"]["deployments"].as_array().unwrap().iter();
    let states: Vec<_> = states.map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["PRIMARY", "ACTIVE"]);
    let after = until(&caller, "s", stable).await;
    assert_eq!(
        (&after["taskDefinition"], &after["runningCount"]),
        (&json!(second), &json!(2))
    );
    let images = pods
        .running()
        .into_iter()
        .map(|pod| pod.spec.containers[0].image.clone());
    assert_eq!(images.collect::<Vec<_>>(), ["web:2", "web:2"]);
    let said = |text: &str| {
        after["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["message"].as_str().unwrap().contains(text))
    };
    assert!(
        said("has reached a steady state.") && said("deployment completed."),
        "{after}"
    );
    let stopped = tasks(&caller, "STOPPED").await;
    let old = task(&caller, &stopped[0]).await;
    assert_eq!(
        (&old["stopCode"], &old["containers"][0]["exitCode"]),
        (&json!("ServiceSchedulerInitiated"), &json!(143))
    );
    assert!(
        old["stoppedReason"]
            .as_str()
            .unwrap()
            .starts_with("Scaling activity initiated by (deployment ecs-svc/")
    );
}

#[tokio::test]
async fn a_task_that_exits_is_replaced() {
    let (caller, pods) = house().await;
    define(&caller, definition("web", "web")).await;
    let body =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 1});
    caller.ok("CreateService", body).await;
    until(&caller, "s", stable).await;
    let before = tasks(&caller, "RUNNING").await;
    pods.running()[0].exit("web", 3);
    wait_for("another task", async || {
        (pods.started().len() == 2).then_some(())
    })
    .await;
    until(&caller, "s", stable).await;
    assert_ne!(tasks(&caller, "RUNNING").await, before);
    let ended = task(&caller, &before[0]).await;
    assert_eq!(
        (&ended["lastStatus"], &ended["stopCode"]),
        (&json!("STOPPED"), &json!("EssentialContainerExited"))
    );
    assert_eq!(
        (&ended["stoppedReason"], &ended["containers"][0]["exitCode"]),
        (&json!("Essential container in task exited"), &json!(3))
    );
}

#[tokio::test]
async fn tasks_that_cannot_start_are_said_and_tried_again_more_slowly() {
    let (caller, pods) = house().await;
    define(&caller, definition("web", "missing")).await;
    let body =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 1});
    caller.ok("CreateService", body).await;
    let text = "is unable to consistently start tasks successfully.";
    let shown = until(&caller, "s", |service| service.to_string().contains(text)).await;
    assert_eq!(shown["runningCount"], 0);
    assert!(pods.started().len() >= 3);
    let failed = tasks(&caller, "STOPPED").await;
    let failed = task(&caller, &failed[0]).await;
    assert_eq!(failed["stopCode"], "TaskFailedToStart");
    assert_eq!(
        failed["stoppedReason"],
        "CannotPullContainerError: no such image: missing"
    );
    caller
        .ok(
            "DeleteService",
            json!({"cluster": "c", "service": "s", "force": true}),
        )
        .await;
    until(&caller, "s", |service| service["status"] == "INACTIVE").await;
}

#[tokio::test]
async fn without_a_container_engine_tasks_fail_to_start_and_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let folder = camino::Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
    let caller = running(Arc::new(HostSandboxes::new(HostOptions::new(folder)))).await;
    define(&caller, definition("web", "web")).await;
    caller
        .ok("RunTask", json!({"cluster": "c", "taskDefinition": "web"}))
        .await;
    let stopped = wait_for("the end of the task", async || {
        tasks(&caller, "STOPPED").await.pop()
    })
    .await;
    let shown = task(&caller, &stopped).await;
    assert_eq!(shown["stopCode"], "TaskFailedToStart");
    let reason = shown["stoppedReason"].as_str().unwrap();
    assert!(
        reason.starts_with("CannotStartContainerError: no container engine answers"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_deleted_service_stops_its_tasks() {
    let (caller, pods) = house().await;
    define(&caller, definition("web", "web")).await;
    let body =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 2});
    caller.ok("CreateService", body).await;
    until(&caller, "s", stable).await;
    let described = caller
        .ok("DescribeClusters", json!({"clusters": ["c"]}))
        .await;
    assert_eq!(described["clusters"][0]["runningTasksCount"], 2);
    caller
        .ok(
            "DeleteService",
            json!({"cluster": "c", "service": "s", "force": true}),
        )
        .await;
    until(&caller, "s", |service| service["status"] == "INACTIVE").await;
    assert!(pods.running().is_empty());
    assert_eq!(
        service(&caller, "s").await["serviceArn"],
        format!("{ARN}:service/c/s")
    );
}
