//! CreateService, DescribeServices, ListServices, UpdateService, DeleteService. Witness: API reference, contract codedeploy §7.2; the
//! texts are the real service's where they are known.

use super::house::{ARN, define, definition, quiet, service};
use crate::support::caller::with;
use serde_json::{Value, json};

fn body(name: &str) -> Value {
    json!({"cluster": "c", "serviceName": name, "taskDefinition": "web", "desiredCount": 2})
}

#[tokio::test]
async fn a_service_is_shown_with_its_deployment() {
    let caller = quiet().await;
    let definition = define(&caller, definition("web", "web")).await;
    let made = caller.ok("CreateService", body("s")).await["service"].clone();
    assert_eq!(made["serviceArn"], format!("{ARN}:service/c/s"));
    assert_eq!(
        (&made["status"], &made["taskDefinition"]),
        (&json!("ACTIVE"), &json!(definition))
    );
    assert_eq!(
        (
            &made["desiredCount"],
            &made["runningCount"],
            &made["pendingCount"]
        ),
        (&json!(2), &json!(0), &json!(2))
    );
    assert_eq!(made["deploymentController"]["type"], "ECS");
    assert_eq!(
        made["deploymentConfiguration"],
        json!({"maximumPercent": 200, "minimumHealthyPercent": 100})
    );
    let rollout = &made["deployments"][0];
    assert!(rollout["id"].as_str().unwrap().starts_with("ecs-svc/"));
    assert_eq!(
        (&rollout["status"], &rollout["rolloutState"]),
        (&json!("PRIMARY"), &json!("IN_PROGRESS"))
    );
    assert!(made.get("taskSets").is_none());
    assert!(
        made["events"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("(service s) has started 2 tasks: (task ")
    );
    assert_eq!(
        service(&caller, "s").await["deployments"],
        made["deployments"]
    );
    let said = "Creation of service was not idempotent.";
    caller
        .expect_refusal(
            "CreateService",
            body("s"),
            "InvalidParameterException",
            said,
        )
        .await;
    let listed = caller.ok("ListServices", json!({"cluster": "c"})).await;
    assert_eq!(listed["serviceArns"], json!([made["serviceArn"]]));
    let fargate = caller
        .ok(
            "ListServices",
            json!({"cluster": "c", "launchType": "FARGATE"}),
        )
        .await;
    assert_eq!(fargate["serviceArns"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_served_is_refused() {
    let caller = quiet().await;
    define(&caller, definition("web", "web")).await;
    let mut own = definition("own", "web");
    own["networkMode"] = json!("awsvpc");
    define(&caller, own).await;
    let balancer = |container: &str, port: u16| json!([{"targetGroupArn": "tg", "containerName": container, "containerPort": port}]);
    let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-1"]}});
    let cases = [
        (
            with(body("s"), "/cluster", json!("none")),
            "ClusterNotFoundException",
            "Cluster not found.",
        ),
        (
            with(body("s"), "/taskDefinition", json!("none")),
            "ClientException",
            "TaskDefinition not found.",
        ),
        (
            with(body("s"), "/desiredCount", json!(-1)),
            "InvalidParameterException",
            "desiredCount cannot be negative.",
        ),
        (
            with(body("s"), "/taskDefinition", json!("own")),
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            with(body("s"), "/networkConfiguration", network),
            "InvalidParameterException",
            "Network Configuration is not valid for the given networkMode of this task definition.",
        ),
        (
            with(body("s"), "/launchType", json!("FARGATE")),
            "InvalidParameterException",
            "Task definition does not support launch_type FARGATE.",
        ),
        (
            with(body("s"), "/loadBalancers", balancer("other", 80)),
            "InvalidParameterException",
            "The container other does not exist in the task definition.",
        ),
        (
            with(body("s"), "/loadBalancers", balancer("web", 81)),
            "InvalidParameterException",
            "The container web did not have a container port 81 defined.",
        ),
        (
            with(body("s"), "/loadBalancers", balancer("web", 80)),
            "InvalidParameterException",
            "The target group with targetGroupArn tg does not exist.",
        ),
        (
            with(
                body("s"),
                "/deploymentConfiguration",
                json!({"strategy": "BLUE_GREEN"}),
            ),
            "UnsupportedFeatureException",
            "slipway does not offer the deployment strategy BLUE_GREEN.",
        ),
    ];
    for (body, code, said) in cases {
        caller
            .expect_refusal("CreateService", body, code, said)
            .await;
    }
    caller
        .expect_refusal(
            "DescribeServices",
            json!({"cluster": "c", "services": []}),
            "InvalidParameterException",
            "Services cannot be empty.",
        )
        .await;
    caller
        .expect_refusal(
            "UpdateService",
            json!({"cluster": "c", "service": "s"}),
            "ServiceNotFoundException",
            "Service not found.",
        )
        .await;
    caller
        .expect_refusal(
            "DeleteService",
            json!({"cluster": "c", "service": "s"}),
            "ServiceNotFoundException",
            "Service not found.",
        )
        .await;
    caller
        .expect_refusal(
            "CreateTaskSet",
            json!({"cluster": "c", "service": "s", "taskDefinition": "web"}),
            "ServiceNotFoundException",
            "Service not found.",
        )
        .await;
}

// contract codedeploy §7.2
#[tokio::test]
async fn what_code_deploy_changes_is_not_updated_but_the_count_is() {
    let caller = quiet().await;
    define(&caller, definition("web", "web")).await;
    let made = with(
        body("s"),
        "/deploymentController",
        json!({"type": "CODE_DEPLOY"}),
    );
    caller.ok("CreateService", made).await;
    let update = json!({"cluster": "c", "service": "s"});
    let definition = with(update.clone(), "/taskDefinition", json!("web"));
    let said = "Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.";
    caller
        .expect_refusal(
            "UpdateService",
            definition,
            "InvalidParameterException",
            said,
        )
        .await;
    let network = with(
        update.clone(),
        "/networkConfiguration",
        json!({"awsvpcConfiguration": {"subnets": ["s"]}}),
    );
    let said = "Unable to update network parameters on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.";
    caller
        .expect_refusal("UpdateService", network, "InvalidParameterException", said)
        .await;
    let balancers = with(update.clone(), "/loadBalancers", json!([]));
    let said = "Unable to update load balancers on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.";
    caller
        .expect_refusal(
            "UpdateService",
            balancers,
            "InvalidParameterException",
            said,
        )
        .await;
    let scaled = caller
        .ok("UpdateService", with(update, "/desiredCount", json!(5)))
        .await;
    assert_eq!(scaled["service"]["taskSets"][0]["computedDesiredCount"], 5);
}

#[tokio::test]
async fn a_service_that_is_deleted_drains_and_its_name_is_free_again() {
    let caller = quiet().await;
    define(&caller, definition("web", "web")).await;
    caller.ok("CreateService", body("s")).await;
    let delete = json!({"cluster": "c", "service": "s"});
    let said = "The service cannot be stopped while it is scaled above 0.";
    caller
        .expect_refusal(
            "DeleteService",
            delete.clone(),
            "InvalidParameterException",
            said,
        )
        .await;
    let gone = caller
        .ok("DeleteService", with(delete.clone(), "/force", json!(true)))
        .await;
    assert_eq!(
        (&gone["service"]["status"], &gone["service"]["desiredCount"]),
        (&json!("DRAINING"), &json!(0))
    );
    // Nothing runs here, so that its tasks never end.
    let said = "Unable to Start a service that is still Draining.";
    caller
        .expect_refusal(
            "CreateService",
            body("s"),
            "InvalidParameterException",
            said,
        )
        .await;
    caller
        .expect_refusal(
            "UpdateService",
            with(delete, "/desiredCount", json!(1)),
            "ServiceNotActiveException",
            "Service was not ACTIVE.",
        )
        .await;

    caller
        .ok(
            "CreateService",
            with(body("empty"), "/desiredCount", json!(0)),
        )
        .await;
    caller
        .ok("DeleteService", json!({"cluster": "c", "service": "empty"}))
        .await;
    assert_eq!(service(&caller, "empty").await["status"], "INACTIVE");
    caller.ok("CreateService", body("empty")).await;
    assert_eq!(service(&caller, "empty").await["status"], "ACTIVE");
}
