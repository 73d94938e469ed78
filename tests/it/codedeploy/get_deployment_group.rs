//! GetDeploymentGroup (contract codedeploy §3.4.2).

use super::sample::{app, group, refusals};
use crate::support::caller::ROLE;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn what_was_never_set_is_absent_or_empty() {
    // contract codedeploy §3.4.2
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        group(&caller, "a", "g").await;
        let name =
            |app: &str, group: &str| json!({"applicationName": app, "deploymentGroupName": group});
        let cases = refusals(
            &caller,
            "GetDeploymentGroup",
            [name("b", "g"), name("a", "h")],
        )
        .await;
        json!([caller.ok("GetDeploymentGroup", name("a", "g")).await, cases])
    });
    assert_eq!(
        shown.await,
        normalised(
            json!([{"deploymentGroupInfo": {"applicationName": "a", "deploymentGroupId": "11111111-2222-4333-8444-555555555555", "deploymentGroupName": "g",
            "serviceRoleArn": ROLE, "ec2TagFilters": [], "onPremisesInstanceTagFilters": [], "autoScalingGroups": [], "triggerConfigurations": [],
            "alarmConfiguration": {"enabled": false, "ignorePollAlarmFailure": false, "alarms": []}, "outdatedInstancesStrategy": "UPDATE", "computePlatform": "Server",
            "deploymentConfigName": "CodeDeployDefault.OneAtATime", "terminationHookEnabled": false,
            "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}}},
        ["ApplicationDoesNotExistException", "DeploymentGroupDoesNotExistException"]])
        )
    );
}
