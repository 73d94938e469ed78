//! StopDeployment (contract codedeploy §5.7).

use super::deploying::{
    answer, app_spec, create, deployed, group, merged, refuses_wrong_ids, request, revision,
    rolls_back, shown,
};
use super::deploying_ecs as ecs;
use crate::support::caller::{CODEDEPLOY, Caller, both};
use serde_json::{Value, json};

const DONE: &str = "No more commands will be scheduled for execution in the deployment instances";
const PENDING: &str = "Stopping Pending. Stopping to schedule commands in the deployment instances";

async fn stop(caller: &Caller, id: &str, members: Value) -> Value {
    let body = merged(json!({"deploymentId": id}), members);
    caller.ok("StopDeployment", body).await
}

#[tokio::test]
async fn what_executes_nothing_is_stopped_at_once() {
    // contract codedeploy §5.6, §5.7, §10.1 F11
    both(CODEDEPLOY, async |caller| {
        group(
            &caller,
            json!({"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"}),
        )
        .await;
        let id = create(&caller, request(1, 2)).await;
        for _ in 0..3 {
            answer(&caller, &id, true).await;
        }
        let done = json!({"status": "Succeeded", "statusMessage": DONE});
        assert_eq!(stop(&caller, &id, json!({})).await, done);
        let info = shown(&caller, &id).await;
        assert_eq!(info["status"], "Stopped");
        assert_eq!(
            info["errorInformation"],
            json!({"code": "MANUAL_STOP", "message": "The deployment was stopped by the user."})
        );
        let said = caller
            .refused("StopDeployment", json!({"deploymentId": id}))
            .await;
        assert_eq!(said.code, "DeploymentAlreadyCompletedException");
        refuses_wrong_ids(&caller, "StopDeployment", json!({})).await;
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn what_executes_is_awaited() {
    // contract codedeploy §5.7: Pending, then Succeeded for later calls
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let body = merged(
        request(1, 2),
        json!({"revision": revision(&app_spec(1, 2, true))}),
    );
    let id = create(&caller, body).await;
    answer(&caller, &id, true).await;
    answer(&caller, &id, true).await;
    let pending = json!({"status": "Pending", "statusMessage": PENDING});
    assert_eq!(stop(&caller, &id, json!({})).await, pending);
    assert_eq!(stop(&caller, &id, json!({})).await, pending);
    assert_eq!(shown(&caller, &id).await["status"], "InProgress");
    let hook = super::deploying::hook(&caller, &id);
    let answer =
        json!({"deploymentId": id, "lifecycleEventHookExecutionId": hook, "status": "Succeeded"});
    caller
        .ok("PutLifecycleEventHookExecutionStatus", answer)
        .await;
    assert_eq!(shown(&caller, &id).await["status"], "Stopped");
    let done = json!({"status": "Succeeded", "statusMessage": DONE});
    assert_eq!(stop(&caller, &id, json!({})).await, done);
}

#[tokio::test]
async fn the_request_says_whether_to_roll_back() {
    // contract codedeploy §5.5, §10.1 F12
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({"autoRollbackConfiguration": rolls_back()})).await;
    deployed(&caller, 1, 2).await;
    for (members, rolled_back) in [
        (json!({"autoRollbackEnabled": false}), false),
        (json!({}), true),
    ] {
        let id = create(&caller, request(2, 3)).await;
        answer(&caller, &id, true).await;
        stop(&caller, &id, members).await;
        let info = shown(&caller, &id).await;
        assert_eq!(info.get("rollbackInfo").is_some(), rolled_back, "{info}");
    }
    // The rollback holds the group, and can itself be stopped.
    let said = caller.refused("CreateDeployment", request(2, 3)).await;
    assert_eq!(said.code, "DeploymentLimitExceededException");
    let rollback = said.message.rsplit('\'').nth(1).unwrap().to_owned();
    assert_eq!(shown(&caller, &rollback).await["status"], "Created");
    stop(&caller, &rollback, json!({})).await;
    let info = shown(&caller, &rollback).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info["rollbackInfo"].get("rollbackDeploymentId"), None);
    create(&caller, request(2, 3)).await;
}

#[tokio::test]
async fn an_ecs_deployment_is_stopped_and_rolled_back() {
    // contract codedeploy §5.5, §5.7, §7.7; the rollback's configuration: §5.5 step 4
    let caller = Caller::new(CODEDEPLOY).await;
    let config = "CodeDeployDefault.ECSCanary10Percent5Minutes";
    let members =
        json!({"autoRollbackConfiguration": rolls_back(), "deploymentConfigName": config});
    ecs::group(&caller, members).await;
    let body = |revision, all: bool| match all {
        true => merged(
            ecs::request(revision, &[]),
            json!({"deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce"}),
        ),
        false => ecs::request(revision, &[]),
    };
    let first = create(&caller, body(2, true)).await;
    ecs::go(&caller, &first, ecs::TO_THE_END).await;
    assert_eq!(shown(&caller, &first).await["status"], "Succeeded");
    let id = create(&caller, body(3, false)).await;
    ecs::go(&caller, &id, ecs::TO_TRAFFIC).await;
    let pending = json!({"status": "Pending", "statusMessage": PENDING});
    assert_eq!(stop(&caller, &id, json!({})).await, pending);
    ecs::go(&caller, &id, 1).await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["status"], "Stopped");
    let back = info["rollbackInfo"]["rollbackDeploymentId"].as_str();
    let info = shown(&caller, back.unwrap()).await;
    assert_eq!(
        info["deploymentConfigName"],
        "CodeDeployDefault.ECSAllAtOnce"
    );
    assert_eq!(info["creator"], "codeDeployRollback");
}
