//! PutLifecycleEventHookExecutionStatus (contract codedeploy §3.5, §6.5).

use super::deploying::{
    answer, app_spec, create, group, hook, merged, refuses_wrong_ids, request, revision, shown,
};
use super::sample;
use crate::support::caller::{CODEDEPLOY, Caller, both};
use serde_json::{Value, json};

const OPERATION: &str = "PutLifecycleEventHookExecutionStatus";

fn body(id: &str, execution: &str, status: &str) -> Value {
    json!({"deploymentId": id, "lifecycleEventHookExecutionId": execution, "status": status})
}

/// A deployment that waits for its first hook.
async fn waiting(caller: &Caller) -> String {
    let content = app_spec(1, 2, true);
    let body = merged(request(1, 2), json!({"revision": revision(&content)}));
    let id = create(caller, body).await;
    answer(caller, &id, true).await;
    answer(caller, &id, true).await;
    id
}

#[tokio::test]
async fn each_hook_answers_once_and_the_deployment_goes_on() {
    // contract codedeploy §3.5, §6.5, §10.1 F6
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let id = waiting(&caller).await;
        let first = hook(&caller, &id);
        for (body, code) in [
            (
                body(&id, "other", "Succeeded"),
                "InvalidLifecycleEventHookExecutionIdException",
            ),
            (
                body(&id, &first, "Skipped"),
                "InvalidLifecycleEventHookExecutionStatusException",
            ),
            (
                body(&id, &first, "odd"),
                "InvalidLifecycleEventHookExecutionStatusException",
            ),
            (
                json!({"deploymentId": id, "status": "Failed"}),
                "InvalidLifecycleEventHookExecutionIdException",
            ),
            (
                json!({"deploymentId": id, "lifecycleEventHookExecutionId": first}),
                "InvalidLifecycleEventHookExecutionStatusException",
            ),
        ] {
            assert_eq!(caller.refused(OPERATION, body).await.code, code);
        }
        let said = caller.ok(OPERATION, body(&id, &first, "Succeeded")).await;
        assert_eq!(said, json!({"lifecycleEventHookExecutionId": first}));
        let again = caller.refused(OPERATION, body(&id, &first, "Failed")).await;
        assert_eq!(again.code, "LifecycleEventAlreadyCompletedException");
        answer(&caller, &id, true).await;
        let second = hook(&caller, &id);
        assert_ne!(first, second);
        caller.ok(OPERATION, body(&id, &second, "Succeeded")).await;
        assert_eq!(shown(&caller, &id).await["status"], "Succeeded");
        let late = caller
            .refused(OPERATION, body(&id, &second, "Failed"))
            .await;
        assert_eq!(late.code, "LifecycleEventAlreadyCompletedException");
        refuses_wrong_ids(
            &caller,
            OPERATION,
            json!({"status": "Failed", "lifecycleEventHookExecutionId": "x"}),
        )
        .await;
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn a_hook_that_says_failed_fails_the_deployment() {
    // contract codedeploy §5.6, §6.5
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let id = waiting(&caller).await;
    let execution = hook(&caller, &id);
    caller.ok(OPERATION, body(&id, &execution, "Failed")).await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(
        info["errorInformation"],
        json!({"code": "HOOK_EXECUTION_FAILURE",
            "message": "The deployment failed because one or more of the lifecycle event validation functions failed."})
    );
}

#[tokio::test]
async fn deployments_to_instances_have_no_hooks_that_call_back() {
    // contract codedeploy §3.5
    both(CODEDEPLOY, async |caller| {
        sample::app(&caller, "s", "Server").await;
        sample::group(&caller, "s", "g").await;
        let bundle = json!({"bucket": "b", "key": "k", "bundleType": "zip"});
        let revision = json!({"revisionType": "S3", "s3Location": bundle});
        let request =
            json!({"applicationName": "s", "deploymentGroupName": "g", "revision": revision});
        let id = create(&caller, request).await;
        let said = caller.refused(OPERATION, body(&id, "x", "Succeeded")).await;
        assert_eq!(said.code, "UnsupportedActionForDeploymentTypeException");
        json!(null)
    })
    .await;
}
