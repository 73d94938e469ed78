//! CreateDeployment (contract codedeploy §1.5, §5.1).

use super::deploying::{
    answer, app_spec, create, deployed, group, merged, more, request, revision, shown,
};
use super::deploying_ecs as ecs;
use super::sample::{app, refusals};
use crate::support::caller::{CODEDEPLOY, Caller, ROLE, both, refusal};
use crate::support::normal::normalised;
use serde_json::{Value, json};

fn of(members: Value) -> Value {
    merged(request(1, 2), members)
}

#[tokio::test]
async fn every_rule_is_told_in_order_and_nothing_is_kept() {
    // contract codedeploy §1.3, §1.5 step 5, §3.2.1, §4.4
    let shown = both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        app(&caller, "s", "Server").await;
        super::sample::group(&caller, "s", "g").await;
        let long = "x".repeat(257);
        let s3 = |bundle: &str| json!({"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": bundle}});
        let cases = refusals(
            &caller,
            "CreateDeployment",
            [
                json!({}),
                json!({"applicationName": "b"}),
                json!({"applicationName": "a"}),
                json!({"applicationName": "a", "deploymentGroupName": "h"}),
                json!({"applicationName": "a", "deploymentGroupName": "g"}),
                of(json!({"revision": {"revisionType": "AppSpecContent"}})),
                of(json!({"revision": {"revisionType": "odd"}})),
                of(
                    json!({"revision": {"revisionType": "AppSpecContent", "appSpecContent": {"sha256": "0"}}}),
                ),
                of(
                    json!({"revision": revision(&app_spec(1, 2, false)), "deploymentConfigName": "none"}),
                ),
                of(json!({"deploymentConfigName": "CodeDeployDefault.OneAtATime"})),
                of(json!({"description": long})),
                of(json!({"ignoreApplicationStopFailures": true})),
                of(json!({"updateOutdatedInstancesOnly": true})),
                of(json!({"targetInstances": {"autoScalingGroups": ["x"]}})),
                of(json!({"fileExistsBehavior": "odd"})),
                of(json!({"overrideAlarmConfiguration": {"enabled": true}})),
                of(json!({"autoRollbackConfiguration": {"enabled": true}})),
                of(json!({"revision": revision("version: 0.0")})),
                merged(
                    of(
                        json!({"revision": s3("zip"), "deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"}),
                    ),
                    json!({"applicationName": "s"}),
                ),
                merged(
                    of(json!({"revision": s3("JSON")})),
                    json!({"applicationName": "s"}),
                ),
            ],
        );
        json!(cases.await)
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "ApplicationNameRequiredException",
            "ApplicationDoesNotExistException",
            "DeploymentGroupNameRequiredException",
            "DeploymentGroupDoesNotExistException",
            "RevisionRequiredException",
            "InvalidRevisionException",
            "InvalidRevisionException",
            "RevisionDoesNotExistException",
            "DeploymentConfigDoesNotExistException",
            "InvalidDeploymentConfigNameException",
            "DescriptionTooLongException",
            "InvalidIgnoreApplicationStopFailuresValueException",
            "InvalidUpdateOutdatedInstancesOnlyValueException",
            "InvalidTargetInstancesException",
            "InvalidFileExistsBehaviorException",
            "InvalidAlarmConfigException",
            "InvalidAutoRollbackConfigException",
            "InvalidRevisionException",
            "InvalidDeploymentConfigNameException",
            "InvalidRevisionException",
        ]))
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_appspec_is_told_with_its_place() {
    // contract codedeploy §5.6, §6.1
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let content = app_spec(1, 2, false).replace("\"2\"", "\"$LATEST\"");
    let body = of(json!({"revision": revision(&content)}));
    assert_eq!(
        caller.refused("CreateDeployment", body).await,
        refusal(
            "InvalidRevisionException",
            "The AppSpec file is not valid: Resources.0.f.Properties.TargetVersion: expected the number of a published version, found $LATEST"
        )
    );
}

#[tokio::test]
async fn an_ecs_deployment_is_created_and_its_appspec_is_read_at_once() {
    // contract codedeploy §3.2.1, §5.1, §5.2, §7.1
    both(CODEDEPLOY, async |caller| {
        ecs::group(&caller, json!({})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        let info = shown(&caller, &id).await;
        assert_eq!(info["status"], "Created");
        assert_eq!(info["computePlatform"], "ECS");
        assert_eq!(
            info["deploymentConfigName"],
            "CodeDeployDefault.ECSAllAtOnce"
        );
        assert_eq!(info["revision"]["appSpecContent"].get("content"), None);
        let again = caller
            .refused("CreateDeployment", ecs::request(3, &[]))
            .await;
        assert_eq!(again.code, "DeploymentLimitExceededException");
        json!(null)
    })
    .await;
    let caller = Caller::new(CODEDEPLOY).await;
    ecs::group(&caller, json!({})).await;
    let content = ecs::app_spec(2, &[]).replace(",\"ContainerPort\":80", "");
    let body =
        json!({"applicationName": "e", "deploymentGroupName": "g", "revision": revision(&content)});
    assert_eq!(
        caller.refused("CreateDeployment", body).await,
        refusal(
            "InvalidRevisionException",
            "The AppSpec file is not valid: Resources.0.TargetService.Properties.LoadBalancerInfo: ContainerPort is missing"
        )
    );
    // §7.1: AppSpecContent or S3, in YAML or JSON; String is Lambda's alone.
    let content = ecs::app_spec(2, &[]);
    let string = json!({"revisionType": "String", "string": {"content": content}});
    let commit = json!({"repository": "a/b", "commitId": "0".repeat(40)});
    for revision in [
        string,
        json!({"revisionType": "GitHub", "gitHubLocation": commit}),
    ] {
        let body =
            json!({"applicationName": "e", "deploymentGroupName": "g", "revision": revision});
        let said = caller.refused("CreateDeployment", body).await;
        assert_eq!(said.code, "InvalidRevisionException");
        assert!(
            said.message
                .contains("the compute platform ECS does not take this revisionType"),
            "{}",
            said.message
        );
    }
}

#[tokio::test]
async fn a_role_that_is_gone_is_refused() {
    // contract codedeploy §1.4, §1.5
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let deleted = caller.server.query(
        "iam",
        "Action=DeleteRole&Version=2010-05-08&RoleName=delivery",
    );
    assert_eq!(deleted.await.status, http::StatusCode::OK);
    let said = caller.refused("CreateDeployment", request(1, 2)).await;
    assert_eq!(said.code, "InvalidRoleException");
}

#[tokio::test]
async fn an_account_has_so_many_active_deployments_and_no_more() {
    // contract codedeploy §2.3
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let app = &caller.server.app;
    let scope = slipway::server::Call::new(app).scope;
    let counts = app.codedeploy.tables.deployments.counts.clone();
    let key = (scope, String::new());
    let count = |count: usize| {
        let (counts, key) = (counts.clone(), key.clone());
        app.store.write(move |tx| {
            tx.put(&counts, key, count);
            Ok::<_, ()>(())
        })
    };
    deployed(&caller, 1, 2).await;
    assert_eq!(counts.get(&key).as_deref(), Some(&0));
    count(1000).await.unwrap();
    caller
        .expect_refusal(
            "CreateDeployment",
            request(1, 2),
            "DeploymentLimitExceededException",
            "The account has reached the limit of 1000 concurrent deployments in this region",
        )
        .await;
    count(999).await.unwrap();
    create(&caller, request(1, 2)).await;
    assert_eq!(counts.get(&key).as_deref(), Some(&1000));
}

#[tokio::test]
async fn a_group_has_one_active_deployment() {
    // contract codedeploy §1.4, §5.1, §10.1 F13
    let shown = both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        more(&caller, "h", json!({})).await;
        let first = create(&caller, request(1, 2)).await;
        let said = caller.refused("CreateDeployment", request(1, 2)).await;
        assert_eq!(
            said,
            refusal(
                "DeploymentLimitExceededException",
                &format!("The Deployment Group 'g' already has an active Deployment '{first}'")
            )
        );
        create(&caller, of(json!({"deploymentGroupName": "h"}))).await;
        for _ in 0..3 {
            answer(&caller, &first, true).await;
        }
        json!(create(&caller, request(2, 3)).await)
    });
    assert_eq!(shown.await, "\"<deployment:1>\"\n");
}

#[tokio::test]
async fn a_revision_is_registered_by_its_first_deployment() {
    // contract codedeploy §3.2, §3.2.1, §5.10
    let shown = both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let revision =
            json!({"applicationName": "a", "revision": revision(&app_spec(1, 2, false))});
        let id = create(&caller, request(1, 2)).await;
        let before = caller.ok("GetApplicationRevision", revision.clone()).await;
        for _ in 0..3 {
            answer(&caller, &id, true).await;
        }
        let after = caller.ok("GetApplicationRevision", revision).await;
        json!([
            before["revisionInfo"],
            after["revisionInfo"]["deploymentGroups"]
        ])
    });
    assert_eq!(
        shown.await,
        normalised(json!([{
            "description": "Application revision registered by Deployment ID: d-AAAAAAAAA",
            "deploymentGroups": [], "firstUsedTime": 2e9, "lastUsedTime": 2e9, "registerTime": 2e9}, ["g"]]))
    );
}

#[tokio::test]
async fn without_a_revision_the_groups_own_is_deployed_again() {
    // contract codedeploy §5.1; also by its digest alone, §3.2.1
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let first = deployed(&caller, 1, 2).await;
    let again = create(
        &caller,
        json!({"applicationName": "a", "deploymentGroupName": "g"}),
    )
    .await;
    let (first, again) = (shown(&caller, &first).await, shown(&caller, &again).await);
    assert_eq!(first["revision"], again["revision"]);
    assert_eq!(first["revision"], again["previousRevision"]);
    assert_eq!(first["revision"]["appSpecContent"].get("content"), None);
}

#[tokio::test]
async fn the_configuration_of_an_active_deployment_is_in_use() {
    // contract codedeploy §3.3
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let config = json!({"deploymentConfigName": "mine", "computePlatform": "Lambda", "trafficRoutingConfig": {"type": "AllAtOnce"}});
    caller.ok("CreateDeploymentConfig", config).await;
    let name = json!({"deploymentConfigName": "mine"});
    let id = create(&caller, of(name.clone())).await;
    let said = caller.refused("DeleteDeploymentConfig", name.clone()).await;
    assert_eq!(said.code, "DeploymentConfigInUseException");
    for _ in 0..3 {
        answer(&caller, &id, true).await;
    }
    caller.ok("DeleteDeploymentConfig", name).await;
    assert_eq!(shown(&caller, &id).await["deploymentConfigName"], "mine");
}

#[tokio::test]
async fn classic_load_balancers_are_refused_when_traffic_would_move() {
    // contract codedeploy §8.2, §8.4: groups may name them; README, "Differences from AWS"
    let caller = Caller::new(CODEDEPLOY).await;
    super::sample::app(&caller, "s", "Server").await;
    let of = |name: &str, option: &str| {
        json!({"applicationName": "s", "deploymentGroupName": name, "serviceRoleArn": ROLE,
            "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": option},
            "loadBalancerInfo": {"elbInfoList": [{"name": "old"}]}})
    };
    let request = |name: &str| {
        let bundle = json!({"bucket": "b", "key": "k", "bundleType": "zip"});
        json!({"applicationName": "s", "deploymentGroupName": name,
            "revision": {"revisionType": "S3", "s3Location": bundle}})
    };
    for (name, option) in [
        ("with", "WITH_TRAFFIC_CONTROL"),
        ("without", "WITHOUT_TRAFFIC_CONTROL"),
    ] {
        caller.ok("CreateDeploymentGroup", of(name, option)).await;
    }
    caller
        .expect_refusal(
            "CreateDeployment",
            request("with"),
            "InvalidLoadBalancerInfoException",
            "slipway has no classic load balancers such as 'old' (elbInfoList), so nothing was deployed. Put the instances into target groups and name those in targetGroupInfoList.",
        )
        .await;
    caller.ok("CreateDeployment", request("without")).await;
}
