//! RegisterTaskDefinition, DescribeTaskDefinition, ListTaskDefinitions, ListTaskDefinitionFamilies, DeregisterTaskDefinition.
//! Witness: API reference; the texts are the real service's.

use super::house::{ARN, define, definition, quiet};
use crate::support::caller::{pages, with};
use serde_json::json;

#[tokio::test]
async fn a_revision_is_registered_with_its_defaults() {
    let caller = quiet().await;
    let body = with(
        definition("web", "web:1"),
        "/tags",
        json!([{"key": "k", "value": "v"}]),
    );
    let made = caller.ok("RegisterTaskDefinition", body).await;
    let shape = &made["taskDefinition"];
    assert_eq!(
        shape["taskDefinitionArn"],
        format!("{ARN}:task-definition/web:1")
    );
    assert_eq!(
        (&shape["revision"], &shape["status"]),
        (&json!(1), &json!("ACTIVE"))
    );
    assert_eq!(shape["compatibilities"], json!(["EC2"]));
    assert_eq!(
        shape["registeredBy"],
        "arn:aws:iam::000000000000:user/slipway"
    );
    let container = json!({
        "name": "web", "image": "web:1", "cpu": 0, "memory": 64, "essential": true,
        "portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}],
        "environment": [], "mountPoints": [], "volumesFrom": [], "systemControls": [],
    });
    assert_eq!(shape["containerDefinitions"], json!([container]));
    let shown = caller
        .ok(
            "DescribeTaskDefinition",
            json!({"taskDefinition": "web", "include": ["TAGS"]}),
        )
        .await;
    assert_eq!(&shown["taskDefinition"], shape);
    assert_eq!(shown["tags"], json!([{"key": "k", "value": "v"}]));
    assert_eq!(
        define(&caller, definition("web", "web:2")).await,
        format!("{ARN}:task-definition/web:2")
    );
    let newest = caller
        .ok("DescribeTaskDefinition", json!({"taskDefinition": "web"}))
        .await;
    assert_eq!(newest["taskDefinition"]["revision"], 2);
}

#[tokio::test]
async fn fargate_shows_its_compatibility() {
    let caller = quiet().await;
    let mut body = definition("web", "web:1");
    for (name, value) in [
        ("networkMode", json!("awsvpc")),
        ("requiresCompatibilities", json!(["FARGATE"])),
        ("cpu", json!("1 vCPU")),
        ("memory", json!("2 GB")),
    ] {
        body[name] = value;
    }
    let made = caller.ok("RegisterTaskDefinition", body.clone()).await;
    let shape = &made["taskDefinition"];
    assert_eq!(shape["compatibilities"], json!(["EC2", "FARGATE"]));
    assert_eq!(
        (&shape["cpu"], &shape["memory"]),
        (&json!("1024"), &json!("2048"))
    );
    assert_eq!(
        shape["containerDefinitions"][0]["portMappings"][0]["hostPort"],
        80
    );
    let said = "Fargate requires that 'cpu' be defined at the task level.";
    body.as_object_mut().unwrap().remove("cpu");
    caller
        .expect_refusal("RegisterTaskDefinition", body, "ClientException", said)
        .await;
}

#[tokio::test]
async fn what_cannot_run_is_refused() {
    let caller = quiet().await;
    let mut body = definition("web", "web:1");
    body["containerDefinitions"][0]
        .as_object_mut()
        .unwrap()
        .remove("memory");
    let said = "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.";
    caller
        .expect_refusal("RegisterTaskDefinition", body, "ClientException", said)
        .await;
    let said = "Unable to describe task definition.";
    caller
        .expect_refusal(
            "DescribeTaskDefinition",
            json!({"taskDefinition": "web"}),
            "ClientException",
            said,
        )
        .await;
}

#[tokio::test]
async fn revisions_and_families_are_listed_and_deregistered() {
    let caller = quiet().await;
    for family in ["a", "a", "b"] {
        define(&caller, definition(family, "web")).await;
    }
    let arns = |names: &[&str]| {
        names
            .iter()
            .map(|name| json!(format!("{ARN}:task-definition/{name}")))
            .collect::<Vec<_>>()
    };
    let listed = pages(
        &caller,
        "ListTaskDefinitions",
        json!({"maxResults": 2}),
        "taskDefinitionArns",
    )
    .await;
    assert_eq!(listed.concat(), arns(&["a:1", "a:2", "b:1"]));
    let newest = caller
        .ok(
            "ListTaskDefinitions",
            json!({"familyPrefix": "a", "sort": "DESC"}),
        )
        .await;
    assert_eq!(newest["taskDefinitionArns"], json!(arns(&["a:2", "a:1"])));

    let gone = caller
        .ok("DeregisterTaskDefinition", json!({"taskDefinition": "b:1"}))
        .await;
    assert_eq!(gone["taskDefinition"]["status"], "INACTIVE");
    let families = caller
        .ok("ListTaskDefinitionFamilies", json!({"status": "ACTIVE"}))
        .await;
    assert_eq!(families["families"], json!(["a"]));
    let inactive = caller
        .ok("ListTaskDefinitions", json!({"status": "INACTIVE"}))
        .await;
    assert_eq!(inactive["taskDefinitionArns"], json!(arns(&["b:1"])));
    let body =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "b:1", "desiredCount": 1});
    caller
        .expect_refusal(
            "CreateService",
            body,
            "ClientException",
            "TaskDefinition is inactive",
        )
        .await;
    let body = json!({"taskDefinition": "a"});
    caller
        .expect_refusal(
            "DeregisterTaskDefinition",
            body,
            "ClientException",
            "Revision is missing.",
        )
        .await;
}
