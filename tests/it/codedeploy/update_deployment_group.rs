//! UpdateDeploymentGroup (contract codedeploy §3.4.3).

use super::sample::{app, group, refusals};
use crate::support::caller::ROLE;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn absent_members_are_kept_and_given_ones_replaced_or_cleared() {
    // contract codedeploy §3.4.3
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        group(&caller, "a", "taken").await;
        let filter = json!([{"Key": "k", "Value": "", "Type": "KEY_ONLY"}]);
        let alarms = json!({"enabled": true, "alarms": [{"name": "x"}]});
        caller.ok("CreateDeploymentGroup", json!({"applicationName": "a", "deploymentGroupName": "g", "serviceRoleArn": ROLE, "ec2TagFilters": filter,
            "alarmConfiguration": alarms, "loadBalancerInfo": {"elbInfoList": [{"name": "b"}]},
            "autoRollbackConfiguration": {"enabled": true, "events": ["DEPLOYMENT_FAILURE"]}})).await;
        let update = |members: serde_json::Value| {
            let mut body = json!({"applicationName": "a", "currentDeploymentGroupName": "g"});
            body.as_object_mut()
                .unwrap()
                .extend(members.as_object().unwrap().clone());
            body
        };
        let answer = caller.ok("UpdateDeploymentGroup", update(json!({}))).await;
        assert_eq!(answer, json!({"hooksNotCleanedUp": []}));
        let name = json!({"applicationName": "a", "deploymentGroupName": "g"});
        let first =
            caller.ok("GetDeploymentGroup", name.clone()).await["deploymentGroupInfo"].clone();
        let cleared = update(
            json!({"ec2TagFilters": [], "ec2TagSet": {"ec2TagSetList": [[{"Key": "s", "Type": "KEY_ONLY"}]]}, "loadBalancerInfo": {},
            "autoRollbackConfiguration": {"enabled": false, "events": []}}),
        );
        caller.ok("UpdateDeploymentGroup", cleared).await;
        let second = caller.ok("GetDeploymentGroup", name).await["deploymentGroupInfo"].clone();
        let cases = refusals(
            &caller,
            "UpdateDeploymentGroup",
            [
                update(json!({"newDeploymentGroupName": "taken"})),
                update(json!({"currentDeploymentGroupName": "none"})),
                update(json!({"alarmConfiguration": {"enabled": true, "alarms": []}})),
            ],
        )
        .await;
        caller
            .ok(
                "UpdateDeploymentGroup",
                update(json!({"newDeploymentGroupName": "h"})),
            )
            .await;
        let third = caller
            .ok(
                "GetDeploymentGroup",
                json!({"applicationName": "a", "deploymentGroupName": "h"}),
            )
            .await;
        assert_eq!(
            third["deploymentGroupInfo"]["deploymentGroupId"],
            first["deploymentGroupId"]
        );
        let of = |group: &serde_json::Value| {
            json!([
                group.get("ec2TagFilters"),
                group.get("ec2TagSet"),
                group["alarmConfiguration"],
                group.get("loadBalancerInfo"),
                group["autoRollbackConfiguration"]
            ])
        };
        json!([of(&first), of(&second), cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            [[{"Key": "k", "Type": "KEY_ONLY"}], null, {"enabled": true, "ignorePollAlarmFailure": false, "alarms": [{"name": "x"}]},
                {"elbInfoList": [{"name": "b"}]}, {"enabled": true, "events": ["DEPLOYMENT_FAILURE"]}],
            [null, {"ec2TagSetList": [[{"Key": "s", "Type": "KEY_ONLY"}]]}, {"enabled": true, "ignorePollAlarmFailure": false, "alarms": [{"name": "x"}]},
                null, {"enabled": false, "events": []}],
            ["DeploymentGroupAlreadyExistsException", "DeploymentGroupDoesNotExistException", "InvalidAlarmConfigException"],
        ]))
    );
}
