//! Tasks in real containers; skipped, and said so, where there is no Docker.

use super::super::elbv2::stand;
use super::house::{define, running, service, stable, task_is, tasks, until};
use crate::sandbox::docker_place::{Instance, image};
use crate::support::caller::{Caller, LOGS};
use crate::support::wait_for;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn web(family: &str, mode: &str, command: &str) -> Value {
    json!({
        "family": family,
        "networkMode": mode,
        "containerDefinitions": [{
            "name": "web",
            "image": image(),
            "memory": 64,
            "command": ["/bin/sh", "-c", command],
            "environment": [{"name": "WORD", "value": "hello"}],
            "portMappings": [{"containerPort": 80}],
            "stopTimeout": 2,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/tasks", "awslogs-create-group": "true", "awslogs-stream-prefix": "web"},
            },
        }],
    })
}

const SERVE: &str =
    "mkdir -p /www && echo $WORD > /www/index.html && echo up && exec httpd -f -p 80 -h /www";

async fn get(address: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = b"GET /index.html HTTP/1.0\r\nHost: t\r\n\r\n";
    stream.write_all(request).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.contains("200 OK").then_some(answer)
}

async fn answers(address: &str) -> String {
    wait_for(address, async || get(address).await).await
}

async fn logged(caller: &Caller, task: &str) -> Vec<String> {
    let id = task.rsplit('/').next().unwrap();
    let body = json!({"logGroupName": "/tasks", "logStreamName": format!("web/web/{id}"), "startFromHead": true});
    let events = caller.to(LOGS).ok("GetLogEvents", body).await;
    let events = events["events"].as_array().unwrap().iter();
    events
        .map(|event| event["message"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_with_a_network_interface_answers_at_its_address() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let caller = running(instance.sandboxes.clone()).await;
    let mut body = web("own", "awsvpc", SERVE);
    let side = json!({
        "name": "side", "image": image(), "memory": 32, "essential": false,
        "command": ["/bin/sh", "-c", "until wget -q -O - http://127.0.0.1/index.html; do sleep 0.1; done; exit 7"],
    });
    body["containerDefinitions"]
        .as_array_mut()
        .unwrap()
        .push(side);
    define(&caller, body).await;
    let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-1"]}});
    let ran = caller
        .ok(
            "RunTask",
            json!({"cluster": "c", "taskDefinition": "own", "networkConfiguration": network}),
        )
        .await;
    let arn = ran["tasks"][0]["taskArn"].as_str().unwrap();
    let shown = task_is(&caller, arn, "RUNNING").await;
    let address = shown["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
        .as_str()
        .unwrap();
    assert!(answers(&format!("{address}:80")).await.ends_with("hello\n"));
    // The other container reaches it by loopback: they share the network.
    let ended = wait_for("the end of side", async || {
        let shown = task_is(&caller, arn, "RUNNING").await;
        let side = shown["containers"][1].clone();
        (side["lastStatus"] == "STOPPED").then_some(side)
    });
    assert_eq!(ended.await["exitCode"], 7);
    caller
        .ok("StopTask", json!({"cluster": "c", "task": arn}))
        .await;
    let ended = task_is(&caller, arn, "STOPPED").await;
    assert_eq!(ended["stopCode"], "UserInitiated");
    assert_eq!(logged(&caller, arn).await, ["up"]);
    assert!(
        crate::sandbox::docker::containers_of(&instance.id)
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_rolls_in_containers_and_is_reached_by_its_published_port() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let caller = running(instance.sandboxes.clone()).await;
    define(&caller, web("web", "bridge", SERVE)).await;
    let body =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 1});
    caller.ok("CreateService", body).await;
    until(&caller, "s", stable).await;
    let port = async || {
        let running = tasks(&caller, "RUNNING").await;
        let shown = task_is(&caller, &running[0], "RUNNING").await;
        shown["containers"][0]["networkBindings"][0]["hostPort"]
            .as_u64()
            .unwrap()
    };
    let first = port().await;
    assert!(
        answers(&format!("127.0.0.1:{first}"))
            .await
            .ends_with("hello\n")
    );
    define(
        &caller,
        web("web", "bridge", &SERVE.replace("$WORD", "second")),
    )
    .await;
    caller
        .ok(
            "UpdateService",
            json!({"cluster": "c", "service": "s", "taskDefinition": "web"}),
        )
        .await;
    until(&caller, "s", |service| {
        stable(service)
            && service["taskDefinition"]
                .as_str()
                .unwrap()
                .ends_with("web:2")
    })
    .await;
    let second = port().await;
    assert!(
        answers(&format!("127.0.0.1:{second}"))
            .await
            .ends_with("second\n")
    );
    caller
        .ok(
            "DeleteService",
            json!({"cluster": "c", "service": "s", "force": true}),
        )
        .await;
    until(&caller, "s", |service| service["status"] == "INACTIVE").await;
    assert_eq!(service(&caller, "s").await["runningCount"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_engine_says_of_a_container_is_what_the_task_says() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let caller = running(instance.sandboxes.clone()).await;
    define(
        &caller,
        web("fails", "bridge", "echo one; echo two >&2; exit 3"),
    )
    .await;
    let mut none = web("none", "bridge", SERVE);
    none["containerDefinitions"][0]["command"] = json!(["/no/such/program"]);
    define(&caller, none).await;
    let end = async |family: &str| {
        let ran = caller
            .ok("RunTask", json!({"cluster": "c", "taskDefinition": family}))
            .await;
        let arn = ran["tasks"][0]["taskArn"].as_str().unwrap().to_owned();
        task_is(&caller, &arn, "STOPPED").await
    };
    let failed = end("fails").await;
    assert_eq!(
        (&failed["stopCode"], &failed["containers"][0]["exitCode"]),
        (&json!("EssentialContainerExited"), &json!(3))
    );
    let mut lines = logged(&caller, failed["taskArn"].as_str().unwrap()).await;
    lines.sort();
    assert_eq!(lines, ["one", "two"]);
    let none = end("none").await;
    let reason = none["stoppedReason"].as_str().unwrap();
    assert!(
        reason.starts_with("CannotStartContainerError: ") && reason.contains("/no/such/program"),
        "{reason}"
    );
    assert_eq!(none["stopCode"], "TaskFailedToStart");
}

// Witness: Developer Guide, "Use load balancing to distribute Amazon ECS service traffic".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_answers_behind_its_load_balancer() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let caller = running(instance.sandboxes.clone()).await;
    let server = &caller.server;
    let balancer = stand::Balancer::new(server, "web", "application").await;
    let group = stand::group(server, "web").await;
    balancer.listen(server, &[(&group, 1)]).await;
    define(&caller, web("web", "awsvpc", SERVE)).await;
    let body = json!({
        "cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 1,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        "loadBalancers": [{"targetGroupArn": group, "containerName": "web", "containerPort": 80}],
    });
    let mut bridge = web("bridge", "bridge", SERVE);
    bridge["family"] = json!("bridge");
    define(&caller, bridge).await;
    let mut wrong = body.clone();
    wrong["taskDefinition"] = json!("bridge");
    wrong
        .as_object_mut()
        .unwrap()
        .remove("networkConfiguration");
    let said = caller.refused("CreateService", wrong).await;
    assert!(
        said.message
            .contains("has target type ip, which is incompatible with the bridge network mode"),
        "{said:?}"
    );
    caller.ok("CreateService", body).await;
    until(&caller, "s", stable).await;
    stand::until(server, &group, "healthy").await;
    let answer = stand::get(&balancer.url("/index.html")).await;
    assert_eq!(stand::text(&answer), "hello\n");
    let shown = service(&caller, "s").await;
    assert!(
        shown["events"]
            .to_string()
            .contains("registered 1 targets in (target-group"),
        "{shown}"
    );
    caller
        .ok(
            "DeleteService",
            json!({"cluster": "c", "service": "s", "force": true}),
        )
        .await;
    until(&caller, "s", |service| service["status"] == "INACTIVE").await;
    let health = stand::ELB
        .ok(
            server,
            "DescribeTargetHealth",
            &[("TargetGroupArn", &group)],
        )
        .await;
    assert!(!health.contains("<Target>"), "{health}");
}
