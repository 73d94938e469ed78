//! GetDeploymentTarget (contract codedeploy §5.4, §6.7).

use super::deploying::{answer, create, deployed, failed, group, refuses_wrong_ids, request};
use super::deploying_ecs as ecs;
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

fn ecs_set(number: u32, name: &str, label: &str, status: &str, weight: f64) -> Value {
    json!({"identifer": format!("ecs-svc/{number}"), "desiredCount": 1, "pendingCount": 0, "runningCount": 1, "status": status,
        "trafficWeight": weight, "targetGroup": {"name": name}, "taskSetLabel": label})
}

#[tokio::test]
async fn a_target_of_ecs_shows_its_task_sets_and_their_traffic() {
    // contract codedeploy §7.4, §7.6, §10.1 F15, F18; `identifer` is AWS's word
    both(CODEDEPLOY, async |caller| {
        let config = "CodeDeployDefault.ECSCanary10Percent5Minutes";
        ecs::group(&caller, json!({"deploymentConfigName": config})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        let body = json!({"deploymentId": id, "targetId": "c:web"});
        let target = async || {
            let answer = caller.ok("GetDeploymentTarget", body.clone()).await;
            let target = &answer["deploymentTarget"];
            assert_eq!(target["deploymentTargetType"], "ECSTarget");
            target["ecsTarget"].clone()
        };
        let early = caller.refused("GetDeploymentTarget", body.clone()).await;
        assert_eq!(early.code, "DeploymentNotStartedException");
        ecs::go(&caller, &id, 2).await;
        let shown = target().await;
        let arn = "arn:aws:ecs:us-east-1:000000000000:service/c/web";
        assert_eq!(shown["targetArn"], arn);
        assert_eq!(shown["targetId"], "c:web");
        let before = ecs_set(1, "blue", "Blue", "PRIMARY", 100.0);
        assert_eq!(shown["taskSetsInfo"], json!([before]));
        let names = shown["lifecycleEvents"].as_array().unwrap().iter();
        let names: Vec<&str> = names
            .map(|event| event["lifecycleEventName"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "BeforeInstall",
                "Install",
                "AfterInstall",
                "AllowTestTraffic",
                "AfterAllowTestTraffic",
                "BeforeAllowTraffic",
                "AllowTraffic",
                "AfterAllowTraffic"
            ]
        );
        ecs::go(&caller, &id, 4).await;
        let sets = [
            ecs_set(1, "blue", "Blue", "PRIMARY", 90.0),
            ecs_set(2, "green", "Green", "ACTIVE", 10.0),
        ];
        let shown = target().await;
        assert_eq!(shown["taskSetsInfo"], json!(sets));
        assert_eq!(shown["status"], "InProgress");
        let mut members: Vec<&String> = shown.as_object().unwrap().keys().collect();
        members.sort();
        assert_eq!(
            members,
            [
                "deploymentId",
                "lastUpdatedAt",
                "lifecycleEvents",
                "status",
                "targetArn",
                "targetId",
                "taskSetsInfo"
            ]
        );
        assert_eq!(shown["deploymentId"], json!(id));
        assert!(shown["lastUpdatedAt"].is_number(), "{shown}");
        assert!(
            shown["taskSetsInfo"][0]["trafficWeight"].is_f64(),
            "{shown}"
        );
        let strange = json!({"deploymentId": id, "targetId": "web"});
        let strange = caller.refused("GetDeploymentTarget", strange).await;
        assert_eq!(strange.code, "DeploymentTargetDoesNotExistException");
        json!(null)
    })
    .await;
}
