//! GetDeploymentTarget (contract codedeploy §5.4, §6.7).

use super::deploying::{answer, create, deployed, failed, group, refuses_wrong_ids, request};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::{Value, json};

fn events(statuses: [&str; 3]) -> Value {
    let names = ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"];
    let event = |(name, status): (&str, &str)| match status {
        "Pending" => json!({"lifecycleEventName": name, "status": status}),
        "InProgress" => json!({"lifecycleEventName": name, "status": status, "startTime": 2e9}),
        "Skipped" => json!({"lifecycleEventName": name, "status": status, "endTime": 2e9}),
        _ => {
            json!({"lifecycleEventName": name, "status": status, "startTime": 2e9, "endTime": 2e9})
        }
    };
    names.into_iter().zip(statuses).map(event).collect()
}

fn target(status: &str, weight: f64, events: Value) -> Value {
    json!({"deploymentTarget": {"deploymentTargetType": "LambdaTarget", "lambdaTarget": {
        "deploymentId": "d-AAAAAAAAA", "targetId": "f:live", "targetArn": "arn:aws:lambda:us-east-1:000000000000:function:f:live",
        "status": status, "lastUpdatedAt": 2e9, "lifecycleEvents": events,
        "lambdaFunctionInfo": {"functionName": "f", "functionAlias": "live", "currentVersion": "1", "targetVersion": "2",
            "targetVersionWeight": weight}}}})
}

#[tokio::test]
async fn a_target_shows_all_its_events_from_the_first_moment() {
    // contract codedeploy §5.4, §6.4, §6.7, §10.1 F16, F21, F28
    let shown = both(CODEDEPLOY, async |caller| {
        group(
            &caller,
            json!({"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"}),
        )
        .await;
        let id = create(&caller, request(1, 2)).await;
        let of = |target: &str| json!({"deploymentId": id, "targetId": target});
        let early = caller.refused("GetDeploymentTarget", of("f:live")).await;
        assert_eq!(early.code, "DeploymentNotStartedException");
        let mut shown = Vec::new();
        for _ in 0..3 {
            answer(&caller, &id, true).await;
            shown.push(caller.ok("GetDeploymentTarget", of("f")).await);
        }
        for (target, code) in [
            ("", "DeploymentTargetIdRequiredException"),
            ("g:live", "DeploymentTargetDoesNotExistException"),
        ] {
            assert_eq!(
                caller.refused("GetDeploymentTarget", of(target)).await.code,
                code
            );
        }
        refuses_wrong_ids(&caller, "GetDeploymentTarget", json!({"targetId": "x"})).await;
        json!(shown)
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            target("Pending", 0.0, events(["Pending"; 3])),
            target(
                "InProgress",
                0.0,
                events(["Succeeded", "InProgress", "Pending"])
            ),
            target(
                "InProgress",
                10.0,
                events(["Succeeded", "InProgress", "Pending"])
            ),
        ]))
    );
}

#[tokio::test]
async fn a_target_shows_how_it_ended() {
    // contract codedeploy §5.4
    let shown = both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let mut shown = Vec::new();
        for id in [deployed(&caller, 1, 2).await, failed(&caller, 1, 2).await] {
            let body = json!({"deploymentId": id, "targetId": "f:live"});
            let answer = caller.ok("GetDeploymentTarget", body).await;
            shown.push(answer.to_string().replace(&id, "d-AAAAAAAAA"));
        }
        let shown = shown
            .iter()
            .map(|text| serde_json::from_str::<Value>(text).unwrap());
        shown.collect()
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            target("Succeeded", 100.0, events(["Succeeded"; 3])),
            target("Failed", 0.0, events(["Skipped"; 3])),
        ]))
    );
}
