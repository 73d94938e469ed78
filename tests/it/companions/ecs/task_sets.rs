//! CreateTaskSet, DescribeTaskSets, UpdateTaskSet, UpdateServicePrimaryTaskSet, DeleteTaskSet. Witness: API reference, contract
//! codedeploy §7.4, §7.6.

use super::house::{ARN, define, definition, house, until};
use serde_json::{Value, json};

fn of(set: &str) -> Value {
    json!({"cluster": "c", "service": "s", "taskSet": set})
}

fn steady(service: &Value) -> bool {
    let sets = service["taskSets"].as_array().unwrap();
    !sets.is_empty()
        && sets
            .iter()
            .all(|set| set["stabilityStatus"] == "STEADY_STATE")
}

#[tokio::test]
async fn a_service_of_code_deploy_goes_from_one_task_set_to_another() {
    let (caller, pods) = house().await;
    let first = define(&caller, definition("web", "web:1")).await;
    let second = define(&caller, definition("web", "web:2")).await;
    let body = json!({"cluster": "c", "serviceName": "s", "taskDefinition": first, "desiredCount": 2, "deploymentController": {"type": "CODE_DEPLOY"}});
    let made = caller.ok("CreateService", body).await["service"].clone();
    assert_eq!(made["deployments"], json!([]));
    let blue = made["taskSets"][0].clone();
    assert_eq!(
        (&blue["status"], &blue["stabilityStatus"]),
        (&json!("PRIMARY"), &json!("STABILIZING"))
    );
    assert_eq!(blue["scale"], json!({"unit": "PERCENT", "value": 100.0}));
    let blue = blue["id"].as_str().unwrap();
    until(&caller, "s", steady).await;

    let wish = json!({"cluster": "c", "service": "s", "taskDefinition": second, "externalId": "d-1", "scale": {"unit": "PERCENT", "value": 50.0}});
    let green = caller.ok("CreateTaskSet", wish).await["taskSet"].clone();
    assert_eq!(
        (
            &green["status"],
            &green["externalId"],
            &green["computedDesiredCount"]
        ),
        (&json!("ACTIVE"), &json!("d-1"), &json!(1))
    );
    let id = green["id"].as_str().unwrap();
    assert_eq!(green["taskSetArn"], format!("{ARN}:task-set/c/s/{id}"));
    until(&caller, "s", |service| {
        steady(service) && service["runningCount"] == 3
    })
    .await;
    let mut more = of(id);
    more["scale"] = json!({"unit": "PERCENT", "value": 100.0});
    let scaled = caller.ok("UpdateTaskSet", more).await;
    assert_eq!(
        (
            &scaled["taskSet"]["computedDesiredCount"],
            &scaled["taskSet"]["stabilityStatus"]
        ),
        (&json!(2), &json!("STABILIZING"))
    );
    until(&caller, "s", |service| {
        steady(service) && service["runningCount"] == 4
    })
    .await;

    let primary = json!({"cluster": "c", "service": "s", "primaryTaskSet": green["taskSetArn"]});
    let shifted = caller.ok("UpdateServicePrimaryTaskSet", primary).await;
    assert_eq!(
        (&shifted["taskSet"]["id"], &shifted["taskSet"]["status"]),
        (&json!(id), &json!("PRIMARY"))
    );
    let shown = caller
        .ok(
            "DescribeTaskSets",
            json!({"cluster": "c", "service": "s", "taskSets": [blue, "ecs-svc/0"]}),
        )
        .await;
    assert_eq!(shown["taskSets"][0]["status"], "ACTIVE");
    assert_eq!(shown["failures"][0]["reason"], "MISSING");

    let said =
        "The task set cannot be deleted while it is scaled above 0. Scale it to 0, or use force.";
    caller
        .expect_refusal("DeleteTaskSet", of(blue), "InvalidParameterException", said)
        .await;
    let mut force = of(blue);
    force["force"] = json!(true);
    let gone = caller.ok("DeleteTaskSet", force.clone()).await;
    assert_eq!(
        (
            &gone["taskSet"]["status"],
            &gone["taskSet"]["scale"]["value"]
        ),
        (&json!("DRAINING"), &json!(0.0))
    );
    let after = until(&caller, "s", |service| {
        service["taskSets"].as_array().unwrap().len() == 1
    })
    .await;
    assert_eq!(
        (&after["taskDefinition"], &after["runningCount"]),
        (&json!(second), &json!(2))
    );
    assert_eq!(pods.running().len(), 2);
    let said = "The specified task set was not found.";
    caller
        .expect_refusal("DeleteTaskSet", force, "TaskSetNotFoundException", said)
        .await;
}

#[tokio::test]
async fn a_service_of_an_external_controller_begins_without_task_sets() {
    let (caller, _) = house().await;
    define(&caller, definition("web", "web")).await;
    let body = json!({"cluster": "c", "serviceName": "s", "desiredCount": 1, "deploymentController": {"type": "EXTERNAL"}});
    let made = caller.ok("CreateService", body).await;
    assert_eq!(made["service"]["taskSets"], json!([]));
    let wish = json!({"cluster": "c", "service": "s", "taskDefinition": "web", "scale": {"unit": "PERCENT", "value": 100.0}});
    let set = caller.ok("CreateTaskSet", wish).await;
    assert_eq!(set["taskSet"]["serviceArn"], format!("{ARN}:service/c/s"));
    until(&caller, "s", |service| {
        steady(service) && service["runningCount"] == 1
    })
    .await;
}

#[tokio::test]
async fn a_service_that_rolls_has_no_task_sets() {
    let (caller, _) = house().await;
    define(&caller, definition("web", "web")).await;
    caller
        .ok(
            "CreateService",
            json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 0}),
        )
        .await;
    let said = "Task sets are for services with a CODE_DEPLOY or EXTERNAL deployment controller.";
    let wish = json!({"cluster": "c", "service": "s", "taskDefinition": "web"});
    caller
        .expect_refusal("CreateTaskSet", wish, "InvalidParameterException", said)
        .await;
}
