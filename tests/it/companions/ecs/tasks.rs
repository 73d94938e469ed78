//! RunTask, DescribeTasks, ListTasks, StopTask, in scripted pods. Witness: API reference.

use super::house::{ARN, define, definition, house, quiet, task_is, tasks};
use crate::support::caller::{LOGS, SSM};
use serde_json::{Value, json};
use slipway::sandbox::pods::PodNetwork;

#[tokio::test]
async fn a_task_runs_with_what_is_overridden_and_is_stopped() {
    let (caller, pods) = house().await;
    let mut body = definition("web", "web");
    body["containerDefinitions"][0]["environment"] =
        json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]);
    body["containerDefinitions"][0]["command"] = json!(["serve"]);
    define(&caller, body).await;
    let over = json!({"containerOverrides": [{"name": "web", "command": ["work"], "environment": [{"name": "B", "value": "3"}]}]});
    let ran = caller
        .ok(
            "RunTask",
            json!({"cluster": "c", "taskDefinition": "web", "overrides": over, "startedBy": "me"}),
        )
        .await;
    let made = &ran["tasks"][0];
    assert_eq!(
        (&made["lastStatus"], &made["desiredStatus"]),
        (&json!("PROVISIONING"), &json!("RUNNING"))
    );
    assert_eq!(
        (&made["group"], &made["startedBy"]),
        (&json!("family:web"), &json!("me"))
    );
    let arn = made["taskArn"].as_str().unwrap();
    assert!(arn.starts_with(&format!("{ARN}:task/c/")), "{arn}");
    let shown = task_is(&caller, arn, "RUNNING").await;
    let container = &shown["containers"][0];
    assert_eq!(
        container["networkBindings"][0],
        json!({"bindIP": "127.0.0.1", "containerPort": 80, "hostPort": 32769, "protocol": "tcp"})
    );
    let started = &pods.started()[0];
    assert_eq!(started.network, PodNetwork::Published);
    let made = &started.containers[0];
    assert_eq!(made.command.as_deref(), Some(&["work".to_owned()][..]));
    let env: Vec<_> = made
        .env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(env, ["A=1", "B=3"]);
    assert_eq!(made.memory_bytes, Some(64 << 20));

    caller
        .ok(
            "StopTask",
            json!({"cluster": "c", "task": arn, "reason": "enough"}),
        )
        .await;
    let ended = task_is(&caller, arn, "STOPPED").await;
    assert_eq!(
        (&ended["stopCode"], &ended["stoppedReason"]),
        (&json!("UserInitiated"), &json!("enough"))
    );
    assert_eq!(ended["containers"][0]["exitCode"], 143);
    assert!(pods.running().is_empty());
    let none = json!({"cluster": "c", "task": "0123"});
    caller
        .expect_refusal(
            "StopTask",
            none,
            "InvalidParameterException",
            "The referenced task was not found.",
        )
        .await;
    let missing = caller
        .ok("DescribeTasks", json!({"cluster": "c", "tasks": ["0123"]}))
        .await;
    assert_eq!(
        missing["failures"],
        json!([{"arn": format!("{ARN}:task/c/0123"), "reason": "MISSING"}])
    );
}

#[tokio::test]
async fn the_end_of_a_container_that_is_not_essential_leaves_the_task_running() {
    let (caller, pods) = house().await;
    let mut body = definition("web", "web");
    body["networkMode"] = json!("awsvpc");
    let side = json!({"name": "side", "image": "exits:0", "memory": 16, "essential": false});
    body["containerDefinitions"] = json!([side, body["containerDefinitions"][0]]);
    define(&caller, body).await;
    let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-1"]}});
    let ran = caller
        .ok(
            "RunTask",
            json!({"cluster": "c", "taskDefinition": "web", "networkConfiguration": network}),
        )
        .await;
    let arn = ran["tasks"][0]["taskArn"].as_str().unwrap();
    let shown = task_is(&caller, arn, "RUNNING").await;
    let details = json!([{"name": "subnetId", "value": "subnet-1"}, {"name": "privateIPv4Address", "value": "10.0.0.1"}]);
    assert_eq!(shown["attachments"][0]["type"], "ElasticNetworkInterface");
    assert_eq!(shown["attachments"][0]["details"], details);
    assert_eq!(
        shown["containers"][1]["networkInterfaces"][0]["privateIpv4Address"],
        "10.0.0.1"
    );
    // Who holds the address for all starts first.
    let order: Vec<_> = pods.started()[0]
        .containers
        .iter()
        .map(|one| one.name.clone())
        .collect();
    assert_eq!(order, ["web", "side"]);
    pods.running()[0].exit("web", 0);
    let ended = task_is(&caller, arn, "STOPPED").await;
    let codes: Vec<&Value> = ended["containers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["exitCode"])
        .collect();
    assert_eq!(codes, [&json!(0), &json!(0)]);
}

#[tokio::test]
async fn secrets_and_logs_are_there_or_the_task_does_not_start() {
    let (caller, pods) = house().await;
    let mut body = definition("web", "exits:0");
    let container = &mut body["containerDefinitions"][0];
    container["secrets"] = json!([{"name": "PASSWORD", "valueFrom": "/app/pw"}]);
    container["logConfiguration"] = json!({"logDriver": "awslogs", "options": {"awslogs-group": "/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}});
    define(&caller, body).await;
    let run = async || {
        let ran = caller
            .ok("RunTask", json!({"cluster": "c", "taskDefinition": "web"}))
            .await;
        let arn = ran["tasks"][0]["taskArn"].as_str().unwrap().to_owned();
        task_is(&caller, &arn, "STOPPED").await
    };
    let refused = run().await["stoppedReason"].as_str().unwrap().to_owned();
    assert!(
        refused.starts_with("ResourceInitializationError: unable to pull secrets"),
        "{refused}"
    );
    caller
        .to(SSM)
        .ok(
            "PutParameter",
            json!({"Name": "/app/pw", "Value": "hidden", "Type": "SecureString"}),
        )
        .await;
    let refused = run().await["stoppedReason"].as_str().unwrap().to_owned();
    assert!(
        refused.contains("the log group /web does not exist"),
        "{refused}"
    );
    caller
        .to(LOGS)
        .ok("CreateLogGroup", json!({"logGroupName": "/web"}))
        .await;
    let ended = run().await;
    assert_eq!(ended["stoppedReason"], "Essential container in task exited");
    let container = pods.started().pop().unwrap().containers.remove(0);
    assert_eq!(
        container.env,
        [("PASSWORD".to_owned(), "hidden".to_owned())]
    );
    let streams = caller
        .to(LOGS)
        .ok("DescribeLogStreams", json!({"logGroupName": "/web"}))
        .await;
    let id = ended["taskArn"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    assert_eq!(
        streams["logStreams"][0]["logStreamName"],
        format!("p/web/{id}")
    );
}

#[tokio::test]
async fn tasks_are_listed_by_what_they_are() {
    let caller = quiet().await;
    define(&caller, definition("web", "web")).await;
    caller
        .ok(
            "RunTask",
            json!({"cluster": "c", "taskDefinition": "web", "count": 2, "startedBy": "me"}),
        )
        .await;
    caller
        .ok(
            "CreateService",
            json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 1}),
        )
        .await;
    assert_eq!(tasks(&caller, "RUNNING").await.len(), 3);
    let count = async |body: Value| {
        caller.ok("ListTasks", body).await["taskArns"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(json!({"cluster": "c", "startedBy": "me"})).await, 2);
    assert_eq!(count(json!({"cluster": "c", "serviceName": "s"})).await, 1);
    assert_eq!(count(json!({"cluster": "c", "family": "other"})).await, 0);
    assert_eq!(
        count(json!({"cluster": "c", "desiredStatus": "STOPPED"})).await,
        0
    );
    let over = json!({"cluster": "c", "taskDefinition": "web", "count": 11});
    caller
        .expect_refusal(
            "RunTask",
            over,
            "InvalidParameterException",
            "Count must be between 1 and 10.",
        )
        .await;
}
