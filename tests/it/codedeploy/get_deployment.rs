//! GetDeployment (contract codedeploy §5.2, §5.5).

use super::deploying::{
    answer, create, deployed, group, merged, orphan, refuses_wrong_ids, request, ring, rolls_back,
    shown,
};
use crate::support::caller::{CODEDEPLOY, Caller, both};
use crate::support::normal::normalised;
use serde_json::{Value, json};

/// What is always there.
fn always(status: &str) -> Value {
    json!({"applicationName": "a", "deploymentGroupName": "g", "deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce",
        "deploymentId": "d-AAAAAAAAA", "status": status, "createTime": 2e9, "creator": "user", "computePlatform": "Lambda",
        "ignoreApplicationStopFailures": false, "updateOutdatedInstancesOnly": false, "fileExistsBehavior": "DISALLOW",
        "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        "instanceTerminationWaitTimeStarted": false, "deploymentStatusMessages": []})
}

/// Without the revision, which a test of its own looks at.
async fn without_revision(caller: &Caller, id: &str) -> Value {
    let mut info = shown(caller, id).await;
    let sha256 = info["revision"]["appSpecContent"]["sha256"].as_str();
    assert_eq!(sha256.map(str::len), Some(64), "{info}");
    info.as_object_mut().unwrap().remove("revision");
    info
}

#[tokio::test]
async fn a_deployment_shows_what_applies_as_it_goes_on() {
    // contract codedeploy §5.2, §10.4 6 and 7
    let shown = both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let id = create(
            &caller,
            merged(request(1, 2), json!({"description": "why"})),
        )
        .await;
        let created = without_revision(&caller, &id).await;
        answer(&caller, &id, true).await;
        let begun = without_revision(&caller, &id).await;
        answer(&caller, &id, true).await;
        answer(&caller, &id, true).await;
        json!([created, begun, without_revision(&caller, &id).await])
    });
    let why = |info: Value| merged(info, json!({"description": "why"}));
    let counts = json!({"Pending": 0, "InProgress": 0, "Succeeded": 1, "Failed": 0, "Skipped": 0, "Ready": 0});
    assert_eq!(
        shown.await,
        normalised(json!([
            why(always("Created")),
            merged(why(always("InProgress")), json!({"startTime": 2e9})),
            merged(
                why(always("Succeeded")),
                json!({"startTime": 2e9, "completeTime": 2e9, "deploymentOverview": counts})
            ),
        ]))
    );
}

#[tokio::test]
async fn a_rollback_and_what_it_rolls_back_name_each_other() {
    // contract codedeploy §5.2, §5.5, §5.6, §10.4 3: the rollback is there as soon as the other one has ended
    let shown = both(CODEDEPLOY, async |caller| {
        let alarms = json!({"enabled": true, "alarms": [{"name": "One"}]});
        group(
            &caller,
            json!({"autoRollbackConfiguration": rolls_back(), "deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"}),
        )
        .await;
        let first = create(
            &caller,
            merged(
                request(1, 2),
                json!({"deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"}),
            ),
        )
        .await;
        for _ in 0..3 {
            answer(&caller, &first, true).await;
        }
        let id = create(
            &caller,
            merged(request(2, 3), json!({"overrideAlarmConfiguration": alarms})),
        )
        .await;
        ring(&caller, &id, "One").await;
        let without = caller
            .ok("GetDeployment", json!({"deploymentId": id}))
            .await;
        assert_eq!(
            without["deploymentInfo"].get("rollbackInfo"),
            None,
            "no target was known"
        );
        let id = create(
            &caller,
            merged(request(2, 3), json!({"overrideAlarmConfiguration": alarms})),
        )
        .await;
        answer(&caller, &id, true).await;
        ring(&caller, &id, "One").await;
        let old = shown(&caller, &id).await;
        let new = old["rollbackInfo"]["rollbackDeploymentId"]
            .as_str()
            .unwrap();
        let new = shown(&caller, new).await;
        assert_eq!(new["revision"], shown(&caller, &first).await["revision"]);
        let picked = |info: &Value| {
            let names = [
                "status",
                "creator",
                "deploymentConfigName",
                "errorInformation",
                "rollbackInfo",
                "autoRollbackConfiguration",
                "overrideAlarmConfiguration",
                "deploymentId",
            ];
            names.map(|name| info[name].clone())
        };
        json!([picked(&old), picked(&new)])
    });
    let message = "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the \
        affected deployments have been stopped. Activated alarms: <One>";
    assert_eq!(
        shown.await,
        normalised(json!([
            ["Stopped", "user", "CodeDeployDefault.LambdaCanary10Percent5Minutes", {"code": "ALARM_ACTIVE", "message": message},
                {"rollbackDeploymentId": "d-BBBBBBBBB",
                 "rollbackMessage": "Deployment d-AAAAAAAAA terminated. Automatic rollback is triggered with a DeploymentId d-BBBBBBBBB."},
                rolls_back(), {"enabled": true, "alarms": [{"name": "One"}]}, "d-AAAAAAAAA"],
            ["Created", "codeDeployRollback", "CodeDeployDefault.LambdaAllAtOnce", null,
                {"rollbackTriggeringDeploymentId": "d-AAAAAAAAA",
                 "rollbackMessage": "Deployment d-BBBBBBBBB is triggered to roll back deployment d-AAAAAAAAA."},
                rolls_back(), null, "d-BBBBBBBBB"],
        ]))
    );
}

#[tokio::test]
async fn a_deployment_outlives_its_application_and_follows_its_name() {
    // contract codedeploy §3.1, §3.4.4, §5.10
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let id = deployed(&caller, 1, 2).await;
    let rename = json!({"applicationName": "a", "newApplicationName": "b"});
    caller.ok("UpdateApplication", rename).await;
    let rename = json!({"applicationName": "b", "currentDeploymentGroupName": "g", "newDeploymentGroupName": "h"});
    caller.ok("UpdateDeploymentGroup", rename).await;
    caller
        .ok("DeleteApplication", json!({"applicationName": "b"}))
        .await;
    let info = shown(&caller, &id).await;
    assert_eq!(
        (&info["applicationName"], &info["deploymentGroupName"]),
        (&json!("b"), &json!("h"))
    );
}

#[tokio::test]
async fn a_deployment_whose_group_is_deleted_fails() {
    // contract codedeploy §3.1, §3.4.4
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({"autoRollbackConfiguration": rolls_back()})).await;
    deployed(&caller, 1, 2).await;
    let id = create(&caller, request(2, 3)).await;
    answer(&caller, &id, true).await;
    let names = json!({"applicationName": "a", "deploymentGroupName": "g"});
    caller.ok("DeleteDeploymentGroup", names).await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(info["errorInformation"]["code"], "DEPLOYMENT_GROUP_MISSING");
    assert_eq!(info.get("rollbackInfo"), None);
    super::deploying::more(&caller, "g", json!({})).await;
    let id = create(&caller, request(2, 3)).await;
    caller
        .ok("DeleteApplication", json!({"applicationName": "a"}))
        .await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["errorInformation"]["code"], "APPLICATION_MISSING");
    orphan(&caller, &id).await;
    assert_eq!(
        shown(&caller, &id).await,
        info,
        "what is over stays as it is"
    );
}

#[tokio::test]
async fn wrong_ids_are_refused() {
    // contract codedeploy §1.3, §1.4
    let caller = Caller::new(CODEDEPLOY).await;
    refuses_wrong_ids(&caller, "GetDeployment", json!({})).await;
    let body = json!({"deploymentId": "d-ZZZZZZZZZ"});
    let said = caller.refused("GetDeployment", body).await;
    assert_eq!(
        said.message,
        "The deployment d-ZZZZZZZZZ could not be found"
    );
}

#[tokio::test]
async fn a_group_shows_its_last_deployments() {
    // contract codedeploy §3.4.2, §5.10: attempted at once, successful and the target revision only on success
    let shown = both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let names = json!({"applicationName": "a", "deploymentGroupName": "g"});
        let look = async || {
            let answer = caller.ok("GetDeploymentGroup", names.clone()).await;
            let info = &answer["deploymentGroupInfo"];
            json!([
                info.get("lastAttemptedDeployment"),
                info.get("lastSuccessfulDeployment"),
                info.get("targetRevision").is_some()
            ])
        };
        let mut looks = vec![look().await];
        let id = create(&caller, request(1, 2)).await;
        looks.push(look().await);
        for _ in 0..3 {
            answer(&caller, &id, true).await;
        }
        looks.push(look().await);
        super::deploying::failed(&caller, 2, 3).await;
        looks.push(look().await);
        json!(looks)
    });
    let last = |id: &str, status: &str| json!({"deploymentId": id, "status": status, "createTime": 2e9, "endTime": 2e9});
    let (one, two) = ("d-AAAAAAAAA", "d-BBBBBBBBB");
    let created = json!({"deploymentId": one, "status": "Created", "createTime": 2e9});
    assert_eq!(
        shown.await,
        normalised(json!([
            [null, null, false],
            [created, null, false],
            [last(one, "Succeeded"), last(one, "Succeeded"), true],
            [last(two, "Failed"), last(one, "Succeeded"), true],
        ]))
    );
}
