//! The life of deployments as the wire shows it, on all platforms (contract codedeploy §5). The engines stand still: the test says what
//! the world answers.

use super::deploying::{
    answer, app_spec, create, deployed, failed, group, hook, merged, more, request, revision, ring,
    rolls_back, shown, tell,
};
use super::deploying_ecs as ecs;
use super::sample;
use crate::support::caller::{CODEDEPLOY, Caller, both, refusal};
use serde_json::{Value, json};
use slipway::codedeploy::launch;
use slipway::engine::deployment::Event;
use slipway::engine::deployment::server::agent;
use slipway::engine::deployment::server::order::{Candidate, Installed};
use slipway::engine::deployment::server::report::Report;
use slipway::server::Call;
use std::collections::BTreeSet;
use std::time::Duration;

/// The members that every deployment shows at any moment.
const ALWAYS: [&str; 15] = [
    "applicationName",
    "computePlatform",
    "createTime",
    "creator",
    "deploymentConfigName",
    "deploymentGroupName",
    "deploymentId",
    "deploymentStatusMessages",
    "deploymentStyle",
    "fileExistsBehavior",
    "ignoreApplicationStopFailures",
    "instanceTerminationWaitTimeStarted",
    "revision",
    "status",
    "updateOutdatedInstancesOnly",
];

/// Asserts that the deployment is in this state, and shows these members beside those that are always there.
async fn shows(caller: &Caller, id: &str, status: &str, members: &[&str]) -> Value {
    let info = shown(caller, id).await;
    let found: BTreeSet<&str> = info
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected: BTreeSet<&str> = ALWAYS.iter().chain(members).copied().collect();
    assert_eq!(found, expected, "{info}");
    assert_eq!(info["status"], status);
    info
}

fn counts(pending: u32, in_progress: u32, succeeded: u32, failed: u32, skipped: u32) -> Value {
    json!({"Pending": pending, "InProgress": in_progress, "Succeeded": succeeded, "Failed": failed, "Skipped": skipped, "Ready": 0})
}

/// The application `s` of the platform Server with the group `g`; `members` are the group's.
async fn servers(caller: &Caller, members: Value) {
    sample::app(caller, "s", "Server").await;
    let body = json!({"applicationName": "s", "deploymentGroupName": "g", "serviceRoleArn": crate::support::caller::ROLE});
    caller
        .ok("CreateDeploymentGroup", merged(body, members))
        .await;
}

fn bundle(key: &str) -> Value {
    let at = json!({"bucket": "b", "key": key, "bundleType": "zip"});
    json!({"applicationName": "s", "deploymentGroupName": "g", "revision": {"revisionType": "S3", "s3Location": at}})
}

/// These instances are found, each in a zone of its own.
async fn found(caller: &Caller, id: &str, names: &[&str]) {
    let candidate = |name: &&str| Candidate {
        id: (*name).to_owned(),
        arn: format!("arn:aws:codedeploy:us-east-1:000000000000:instance/{name}_0123456789"),
        host: format!("arn:aws:iam::000000000000:user/{name}"),
        zone: Some(format!("zone-{name}")),
        healthy: false,
        installed: Installed::Unknown,
        label: None,
    };
    let found = names.iter().map(candidate).collect();
    tell(caller, id, Event::InstancesFound(Ok(found))).await;
}

/// The agent of an instance fetches its next command and says how it ended.
async fn reports(caller: &Caller, id: &str, name: &str, report: Report) {
    let app = &caller.server.app;
    let key = (Call::new(app).scope, id.to_owned());
    let engine = &app.codedeploy.engine;
    let host = format!("arn:aws:iam::000000000000:user/{name}");
    let polled = engine.command(key.clone(), move |live, now, _| {
        Ok::<_, ()>(agent::poll(live.unwrap(), now, &host))
    });
    let command = polled.await.unwrap().unwrap();
    let completed = engine.command(key, move |live, now, _| {
        agent::complete(live.unwrap(), now, &command.id, report).map(|step| (step, ()))
    });
    completed.await.unwrap();
}

/// It does well at all seven.
async fn installs(caller: &Caller, id: &str, name: &str) {
    for _ in 0..7 {
        reports(caller, id, name, Report::success()).await;
    }
}

fn failure() -> Report {
    Report::failure(4, "s.sh", "it failed", "log")
}

async fn stop(caller: &Caller, id: &str, members: Value) {
    let body = merged(json!({"deploymentId": id}), members);
    caller.ok("StopDeployment", body).await;
}

fn rollback_of(info: &Value) -> String {
    let id = info["rollbackInfo"]["rollbackDeploymentId"].as_str();
    id.unwrap_or_else(|| panic!("{info}")).to_owned()
}

async fn update(caller: &Caller, members: Value) {
    let body = json!({"applicationName": "a", "currentDeploymentGroupName": "g"});
    caller
        .ok("UpdateDeploymentGroup", merged(body, members))
        .await;
}

#[tokio::test]
async fn a_deployment_of_a_function_shows_what_applies() {
    // contract codedeploy §5.2, row by row; §10.2 M2 to M5, §10.4 7
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let body = merged(request(1, 2), json!({"description": "why"}));
        let id = create(&caller, body).await;
        let info = shows(&caller, &id, "Created", &["description"]).await;
        for (member, value) in [
            ("creator", json!("user")),
            ("ignoreApplicationStopFailures", json!(false)),
            ("updateOutdatedInstancesOnly", json!(false)),
            ("instanceTerminationWaitTimeStarted", json!(false)),
            ("fileExistsBehavior", json!("DISALLOW")),
            ("deploymentStatusMessages", json!([])),
            ("computePlatform", json!("Lambda")),
            (
                "deploymentConfigName",
                json!("CodeDeployDefault.LambdaAllAtOnce"),
            ),
        ] {
            assert_eq!(info[member], value, "{member}");
        }
        answer(&caller, &id, true).await;
        shows(&caller, &id, "InProgress", &["description", "startTime"]).await;
        answer(&caller, &id, true).await;
        answer(&caller, &id, true).await;
        let members = [
            "description",
            "startTime",
            "completeTime",
            "deploymentOverview",
        ];
        let info = shows(&caller, &id, "Succeeded", &members).await;
        assert_eq!(info["deploymentOverview"], counts(0, 0, 1, 0, 0));

        update(&caller, json!({"autoRollbackConfiguration": rolls_back()})).await;
        let id = create(&caller, request(2, 3)).await;
        let kept = ["autoRollbackConfiguration", "previousRevision"];
        shows(&caller, &id, "Created", &kept).await;
        answer(&caller, &id, true).await;
        stop(&caller, &id, json!({})).await;
        let ended = [
            "startTime",
            "completeTime",
            "deploymentOverview",
            "errorInformation",
            "rollbackInfo",
        ];
        let info = shows(&caller, &id, "Stopped", &[&kept[..], &ended].concat()).await;
        assert_eq!(info["deploymentOverview"], counts(0, 0, 0, 0, 1));
        let back = rollback_of(&info);
        let members = [&kept[..], &["rollbackInfo"]].concat();
        let info = shows(&caller, &back, "Created", &members).await;
        assert_eq!(info["creator"], "codeDeployRollback");
        assert_eq!(info["autoRollbackConfiguration"], rolls_back());
        let app = &caller.server.app;
        let key = (Call::new(app).scope, back.clone());
        launch::begin_rollback(&app.codedeploy, &key).await;
        // Nothing has moved, so that there is nothing to set back.
        answer(&caller, &back, true).await;
        let ended = [
            "startTime",
            "completeTime",
            "deploymentOverview",
            "rollbackInfo",
        ];
        shows(&caller, &back, "Succeeded", &[&kept[..], &ended].concat()).await;
        let target = json!({"deploymentId": back, "targetId": "f:live"});
        let target = caller.ok("GetDeploymentTarget", target).await;
        let target = &target["deploymentTarget"]["lambdaTarget"];
        // §6.6: a target and three events of its own.
        assert_eq!(target["lifecycleEvents"].as_array().unwrap().len(), 3);
        assert_eq!(target["lambdaFunctionInfo"]["currentVersion"], "3");
        assert_eq!(target["lambdaFunctionInfo"]["targetVersion"], "2");

        update(
            &caller,
            json!({"autoRollbackConfiguration": {"enabled": false, "events": []}}),
        )
        .await;
        let id = failed(&caller, 2, 3).await;
        let ended = [
            "startTime",
            "completeTime",
            "deploymentOverview",
            "errorInformation",
        ];
        let info = shows(&caller, &id, "Failed", &[&kept[..], &ended].concat()).await;
        assert_eq!(info["deploymentOverview"], counts(0, 0, 0, 1, 0));
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn a_deployment_of_a_service_shows_what_applies() {
    // contract codedeploy §5.2, row by row
    both(CODEDEPLOY, async |caller| {
        let waits = ecs::waits(Some(60), 5);
        ecs::group(&caller, json!({"blueGreenDeploymentConfiguration": waits})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        let kept = ["blueGreenDeploymentConfiguration", "loadBalancerInfo"];
        shows(&caller, &id, "Created", &kept).await;
        ecs::go(&caller, &id, 1).await;
        let begun = [&kept[..], &["startTime"]].concat();
        shows(&caller, &id, "InProgress", &begun).await;
        ecs::go(&caller, &id, ecs::TO_TRAFFIC - 1).await;
        shows(&caller, &id, "Ready", &begun).await;
        let go_on = json!({"deploymentId": id});
        caller.ok("ContinueDeployment", go_on).await;
        ecs::go(&caller, &id, 3).await;
        let info = shows(&caller, &id, "InProgress", &begun).await;
        assert_eq!(info["instanceTerminationWaitTimeStarted"], true);
        let go_on = json!({"deploymentId": id, "deploymentWaitType": "TERMINATION_WAIT"});
        caller.ok("ContinueDeployment", go_on).await;
        ecs::go(&caller, &id, 2).await;
        let ended = [&begun[..], &["completeTime", "deploymentOverview"]].concat();
        let info = shows(&caller, &id, "Succeeded", &ended).await;
        assert_eq!(info["deploymentOverview"], counts(0, 0, 1, 0, 0));
        assert_eq!(info["instanceTerminationWaitTimeStarted"], true);
        let id = create(&caller, ecs::request(3, &[])).await;
        let kept = [&kept[..], &["previousRevision"]].concat();
        shows(&caller, &id, "Created", &kept).await;
        ecs::go(&caller, &id, 1).await;
        ecs::answer(&caller, &id, false).await;
        let ended = [
            "startTime",
            "completeTime",
            "deploymentOverview",
            "errorInformation",
        ];
        let info = shows(&caller, &id, "Failed", &[&kept[..], &ended].concat()).await;
        assert_eq!(info["deploymentOverview"], counts(0, 0, 0, 1, 0));
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn a_deployment_to_instances_shows_what_applies_and_counts_as_it_goes_on() {
    // contract codedeploy §5.2, row by row
    both(CODEDEPLOY, async |caller| {
        servers(&caller, json!({})).await;
        let off = json!({"enabled": false, "alarms": []});
        let body = merged(bundle("1"), json!({"overrideAlarmConfiguration": off}));
        let id = create(&caller, body).await;
        let info = shows(&caller, &id, "Created", &["overrideAlarmConfiguration"]).await;
        assert_eq!(info["overrideAlarmConfiguration"], off);
        found(&caller, &id, &["a", "b"]).await;
        let begun = [
            "overrideAlarmConfiguration",
            "startTime",
            "deploymentOverview",
        ];
        let info = shows(&caller, &id, "InProgress", &begun).await;
        assert_eq!(info["deploymentOverview"], counts(1, 1, 0, 0, 0));
        installs(&caller, &id, "a").await;
        let info = shows(&caller, &id, "InProgress", &begun).await;
        assert_eq!(info["deploymentOverview"], counts(0, 1, 1, 0, 0));
        installs(&caller, &id, "b").await;
        let info = shows(
            &caller,
            &id,
            "Succeeded",
            &[&begun[..], &["completeTime"]].concat(),
        )
        .await;
        assert_eq!(info["deploymentOverview"], counts(0, 0, 2, 0, 0));
        let id = create(&caller, bundle("2")).await;
        shows(&caller, &id, "Created", &["previousRevision"]).await;
        found(&caller, &id, &["a", "b"]).await;
        reports(&caller, &id, "a", failure()).await;
        let ended = [
            "previousRevision",
            "startTime",
            "completeTime",
            "deploymentOverview",
            "errorInformation",
        ];
        let info = shows(&caller, &id, "Failed", &ended).await;
        assert_eq!(info["deploymentOverview"], counts(0, 0, 0, 1, 1));
        // Work has never begun.
        let id = create(&caller, bundle("3")).await;
        found(&caller, &id, &[]).await;
        let ended = [
            "previousRevision",
            "completeTime",
            "deploymentOverview",
            "errorInformation",
        ];
        shows(&caller, &id, "Failed", &ended).await;
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn contents_of_revisions_are_shown_by_their_digest_alone() {
    // contract codedeploy §5.2 `revision`, §6.1 `string.content`
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let content = app_spec(1, 2, false);
        let text = json!({"revisionType": "String", "string": {"content": content}});
        let id = create(&caller, merged(request(1, 2), json!({"revision": text}))).await;
        let shown = &shown(&caller, &id).await["revision"];
        let sha256 = shown["string"]["sha256"].as_str().unwrap();
        assert_eq!(sha256.len(), 64);
        assert_eq!(
            shown,
            &json!({"revisionType": "String", "string": {"sha256": sha256}})
        );
        for _ in 0..3 {
            answer(&caller, &id, true).await;
        }
        let target = json!({"deploymentId": id, "targetIds": ["f:live"]});
        let target = caller.ok("BatchGetDeploymentTargets", target).await;
        let info = &target["deploymentTargets"][0]["lambdaTarget"]["lambdaFunctionInfo"];
        assert_eq!(info["targetVersion"], "2");
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_for_a_bundle_when_a_deployment_to_instances_is_created() {
    // contract codedeploy §5.1 `revision`: objects are not looked at; U for commits: ours, neither are they
    both(CODEDEPLOY, async |caller| {
        servers(&caller, json!({})).await;
        let id = create(&caller, bundle("none")).await;
        assert_eq!(shown(&caller, &id).await["status"], "Created");
        stop(&caller, &id, json!({})).await;
        let commit = json!({"repository": "nobody/nothing", "commitId": "0".repeat(40)});
        let commit = json!({"revision": {"revisionType": "GitHub", "gitHubLocation": commit}});
        let id = create(&caller, merged(bundle(""), commit.clone())).await;
        assert_eq!(shown(&caller, &id).await["revision"], commit["revision"]);
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn a_group_is_taken_until_its_deployment_is_over() {
    // contract codedeploy §5.1: Created, InProgress, Ready, and the termination wait of ECS
    let caller = Caller::new(CODEDEPLOY).await;
    let waits = ecs::waits(Some(60), 5);
    ecs::group(&caller, json!({"blueGreenDeploymentConfiguration": waits})).await;
    let id = create(&caller, ecs::request(2, &[])).await;
    let said = format!("The Deployment Group 'g' already has an active Deployment '{id}'");
    let taken = async |status: &str| {
        assert_eq!(shown(&caller, &id).await["status"], status);
        let refused = caller
            .refused("CreateDeployment", ecs::request(3, &[]))
            .await;
        assert_eq!(refused, refusal("DeploymentLimitExceededException", &said));
    };
    taken("Created").await;
    ecs::go(&caller, &id, 1).await;
    taken("InProgress").await;
    ecs::go(&caller, &id, ecs::TO_TRAFFIC - 1).await;
    taken("Ready").await;
    caller
        .ok("ContinueDeployment", json!({"deploymentId": id}))
        .await;
    ecs::go(&caller, &id, 3).await;
    assert_eq!(
        shown(&caller, &id).await["instanceTerminationWaitTimeStarted"],
        true
    );
    taken("InProgress").await;
    let go_on = json!({"deploymentId": id, "deploymentWaitType": "TERMINATION_WAIT"});
    caller.ok("ContinueDeployment", go_on).await;
    ecs::go(&caller, &id, 2).await;
    create(&caller, ecs::request(3, &[])).await;
}

#[tokio::test]
async fn a_deployment_of_zones_is_baking_between_them_and_its_group_is_taken() {
    // contract codedeploy §5.1, §5.3: Baking, and only there
    let caller = Caller::new(CODEDEPLOY).await;
    servers(&caller, json!({})).await;
    let none = json!({"type": "HOST_COUNT", "value": 0});
    let zones = json!({"firstZoneMonitorDurationInSeconds": 600, "monitorDurationInSeconds": 600});
    let config =
        json!({"deploymentConfigName": "zonal", "minimumHealthyHosts": none, "zonalConfig": zones});
    caller.ok("CreateDeploymentConfig", config).await;
    let body = merged(bundle("1"), json!({"deploymentConfigName": "zonal"}));
    let id = create(&caller, body).await;
    found(&caller, &id, &["a", "b"]).await;
    assert_eq!(shown(&caller, &id).await["status"], "InProgress");
    installs(&caller, &id, "a").await;
    assert_eq!(shown(&caller, &id).await["status"], "Baking");
    let listed = json!({"includeOnlyStatuses": ["Baking"]});
    let listed = caller.ok("ListDeployments", listed).await;
    assert_eq!(listed["deployments"], json!([id]));
    let said = caller.refused("CreateDeployment", bundle("2")).await;
    assert_eq!(said.code, "DeploymentLimitExceededException");
}

#[tokio::test]
async fn a_request_overrules_its_group() {
    // contract codedeploy §4.4, §5.1: configuration, rollback and alarms; §5.9 for alarms that are switched off
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    deployed(&caller, 1, 2).await;
    let canary = "CodeDeployDefault.LambdaCanary10Percent5Minutes";
    let alarms = |enabled: bool, names: &[&str]| {
        let alarms = names.iter().map(|name| json!({"name": name}));
        json!({"enabled": enabled, "alarms": alarms.collect::<Vec<_>>()})
    };
    let never = json!({"enabled": false, "events": []});
    let of = async |members: Value| create(&caller, merged(request(2, 3), members)).await;

    // The group says nothing: the usual configuration, and no rollback but by the request.
    let failing = json!({"enabled": true, "events": ["DEPLOYMENT_FAILURE"]});
    let id = of(json!({"autoRollbackConfiguration": failing})).await;
    answer(&caller, &id, true).await;
    answer(&caller, &id, false).await;
    let info = shown(&caller, &id).await;
    assert_eq!(
        info["deploymentConfigName"],
        "CodeDeployDefault.LambdaAllAtOnce"
    );
    assert_eq!(info["autoRollbackConfiguration"], failing);
    let back = rollback_of(&info);
    assert_eq!(
        shown(&caller, &back).await.get("autoRollbackConfiguration"),
        None
    );
    stop(&caller, &back, json!({})).await;

    update(
        &caller,
        json!({"autoRollbackConfiguration": rolls_back(), "deploymentConfigName": canary, "alarmConfiguration": alarms(true, &["One"])}),
    )
    .await;
    // The group's own.
    let id = of(json!({})).await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["deploymentConfigName"], canary);
    assert_eq!(info["autoRollbackConfiguration"], rolls_back());
    assert_eq!(info.get("overrideAlarmConfiguration"), None);
    answer(&caller, &id, true).await;
    ring(&caller, &id, "One").await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["errorInformation"]["code"], "ALARM_ACTIVE");
    stop(&caller, &rollback_of(&info), json!({})).await;
    // Other ones.
    let others = alarms(true, &["Two"]);
    let usual = "CodeDeployDefault.LambdaAllAtOnce";
    let id = of(json!({"autoRollbackConfiguration": never, "deploymentConfigName": usual, "overrideAlarmConfiguration": others})).await;
    answer(&caller, &id, true).await;
    ring(&caller, &id, "One").await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["status"], "InProgress");
    assert_eq!(info["deploymentConfigName"], usual);
    assert_eq!(info["autoRollbackConfiguration"], never);
    assert_eq!(info["overrideAlarmConfiguration"], others);
    ring(&caller, &id, "Two").await;
    let info = shown(&caller, &id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info.get("rollbackInfo"), None);
    // None.
    let off = alarms(false, &["One"]);
    let id = of(json!({"overrideAlarmConfiguration": off})).await;
    answer(&caller, &id, true).await;
    ring(&caller, &id, "One").await;
    assert_eq!(shown(&caller, &id).await["status"], "InProgress");
}

#[tokio::test]
async fn a_rollback_begins_in_the_moment_the_other_ends_and_is_of_the_last_success() {
    // contract codedeploy §5.5 steps 2 and 4, §5.10
    let caller = Caller::new(CODEDEPLOY).await;
    servers(&caller, json!({"autoRollbackConfiguration": rolls_back()})).await;
    let body = merged(bundle("good"), json!({"fileExistsBehavior": "OVERWRITE"}));
    let first = create(&caller, body).await;
    found(&caller, &first, &["a", "b"]).await;
    installs(&caller, &first, "a").await;
    installs(&caller, &first, "b").await;
    let body = json!({"fileExistsBehavior": "RETAIN", "updateOutdatedInstancesOnly": true,
        "description": "why", "deploymentConfigName": "CodeDeployDefault.AllAtOnce"});
    let id = create(&caller, merged(bundle("bad"), body)).await;
    found(&caller, &id, &["a", "b"]).await;
    reports(&caller, &id, "a", failure()).await;
    reports(&caller, &id, "b", failure()).await;
    let old = shown(&caller, &id).await;
    assert_eq!(old["status"], "Failed");
    assert_eq!(old["fileExistsBehavior"], "RETAIN");
    let back = rollback_of(&old);
    let new = shown(&caller, &back).await;
    assert_eq!(new["createTime"], old["completeTime"]);
    assert_eq!(new["revision"]["s3Location"]["key"], "good");
    assert_eq!(new["fileExistsBehavior"], "OVERWRITE");
    assert_eq!(new["updateOutdatedInstancesOnly"], false);
    assert_eq!(new["deploymentConfigName"], "CodeDeployDefault.AllAtOnce");
    assert_eq!(new.get("description"), None);
    let names = json!({"applicationName": "s", "deploymentGroupName": "g"});
    let shown = caller.ok("GetDeploymentGroup", names).await;
    let shown = &shown["deploymentGroupInfo"];
    assert_eq!(
        shown["lastAttemptedDeployment"]["deploymentId"],
        json!(back)
    );
    assert_eq!(
        shown["lastSuccessfulDeployment"]["deploymentId"],
        json!(first)
    );
}

#[tokio::test]
async fn a_group_without_a_success_has_nothing_to_roll_back_to() {
    // contract codedeploy §5.5 step 2; U: ours, nothing is recorded
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({"autoRollbackConfiguration": rolls_back()})).await;
    for members in [json!({}), json!({"autoRollbackEnabled": true})] {
        let id = create(&caller, request(1, 2)).await;
        answer(&caller, &id, true).await;
        stop(&caller, &id, members).await;
        let info = shown(&caller, &id).await;
        assert_eq!(info["status"], "Stopped");
        assert_eq!(info.get("rollbackInfo"), None);
    }
    let listed = caller.ok("ListDeployments", json!({})).await;
    assert_eq!(listed["deployments"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_stop_rolls_back_though_nothing_says_so_and_a_rollback_never() {
    // contract codedeploy §5.5, §5.7: autoRollbackEnabled overrules; step 5; §5.8 of a rollback that has just been created
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    deployed(&caller, 1, 2).await;
    let id = create(&caller, request(2, 3)).await;
    answer(&caller, &id, true).await;
    stop(&caller, &id, json!({"autoRollbackEnabled": true})).await;
    let back = rollback_of(&shown(&caller, &id).await);
    for operation in ["ContinueDeployment", "SkipWaitTimeForInstanceTermination"] {
        let body = json!({"deploymentId": back});
        let said = caller.refused(operation, body).await;
        assert_eq!(said.code, "UnsupportedActionForDeploymentTypeException");
    }
    stop(&caller, &back, json!({"autoRollbackEnabled": true})).await;
    let info = shown(&caller, &back).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info["rollbackInfo"].get("rollbackDeploymentId"), None);
    let listed = caller.ok("ListDeployments", json!({})).await;
    assert_eq!(listed["deployments"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_failed_hook_is_told_at_its_event_and_successes_say_nothing() {
    // contract codedeploy §5.4 diagnostics of Lambda; U: ours is UnknownError with the deployment's own message
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let content = app_spec(1, 2, true);
        let body = merged(request(1, 2), json!({"revision": revision(&content)}));
        let id = create(&caller, body).await;
        answer(&caller, &id, true).await;
        answer(&caller, &id, true).await;
        let say = async |status: &str| {
            let hook = hook(&caller, &id);
            let body = json!({"deploymentId": id, "lifecycleEventHookExecutionId": hook, "status": status});
            caller.ok("PutLifecycleEventHookExecutionStatus", body).await;
        };
        say("Succeeded").await;
        answer(&caller, &id, true).await;
        say("Failed").await;
        let target = json!({"deploymentId": id, "targetId": "f:live"});
        let target = caller.ok("GetDeploymentTarget", target).await;
        let events = &target["deploymentTarget"]["lambdaTarget"]["lifecycleEvents"];
        assert_eq!(events[0].get("diagnostics"), None);
        assert_eq!(events[1].get("diagnostics"), None);
        assert_eq!(events[2]["status"], "Failed");
        assert_eq!(
            events[2]["diagnostics"],
            json!({"errorCode": "UnknownError", "message":
                "The deployment failed because one or more of the lifecycle event validation functions failed."})
        );
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn a_hook_answers_for_its_own_deployment_only() {
    // contract codedeploy §6.5, "Callback ids"
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    more(&caller, "h", json!({})).await;
    let content = json!({"revision": revision(&app_spec(1, 2, true))});
    let of = |group: &str| {
        let body = merged(request(1, 2), content.clone());
        merged(body, json!({"deploymentGroupName": group}))
    };
    let one = create(&caller, of("g")).await;
    let two = create(&caller, of("h")).await;
    for id in [&one, &two] {
        answer(&caller, id, true).await;
        answer(&caller, id, true).await;
    }
    let (first, second) = (hook(&caller, &one), hook(&caller, &two));
    assert_ne!(first, second);
    for (id, hook) in [(&one, &second), (&two, &first)] {
        let body = json!({"deploymentId": id, "lifecycleEventHookExecutionId": hook, "status": "Succeeded"});
        let said = caller
            .refused("PutLifecycleEventHookExecutionStatus", body)
            .await;
        assert_eq!(said.code, "InvalidLifecycleEventHookExecutionIdException");
    }
}

#[tokio::test]
async fn what_is_over_or_in_place_has_no_wait_to_end() {
    // contract codedeploy §5.8, the last two rows, with each type
    both(CODEDEPLOY, async |caller| {
        servers(&caller, json!({})).await;
        group(&caller, json!({})).await;
        let over = deployed(&caller, 1, 2).await;
        let live = create(&caller, bundle("1")).await;
        for wait in ["READY_WAIT", "TERMINATION_WAIT"] {
            let of = |id: &str| json!({"deploymentId": id, "deploymentWaitType": wait});
            let said = caller.refused("ContinueDeployment", of(&over)).await;
            assert_eq!(said.code, "DeploymentAlreadyCompletedException");
            let said = caller.refused("ContinueDeployment", of(&live)).await;
            assert_eq!(said.code, "UnsupportedActionForDeploymentTypeException");
        }
        found(&caller, &live, &["a"]).await;
        let body = json!({"deploymentId": live});
        let said = caller.refused("ContinueDeployment", body).await;
        assert_eq!(said.code, "UnsupportedActionForDeploymentTypeException");
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn a_revision_knows_when_it_was_used_first_and_last() {
    // contract codedeploy §5.10
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let body = json!({"applicationName": "a", "revision": revision(&app_spec(1, 2, false))});
    let times = async || {
        let said = caller.ok("GetApplicationRevision", body.clone()).await;
        let info = &said["revisionInfo"];
        ["registerTime", "firstUsedTime", "lastUsedTime"].map(|name| info[name].as_f64().unwrap())
    };
    deployed(&caller, 1, 2).await;
    let [registered, first, last] = times().await;
    assert_eq!(
        (registered.to_bits(), last.to_bits()),
        (first.to_bits(), first.to_bits())
    );
    let clock = &caller.server.app.clock;
    clock.set(1.0, Duration::from_secs(3600)).await.unwrap();
    // At the beginning, not at the end.
    create(&caller, request(1, 2)).await;
    let again = times().await;
    assert_eq!(
        [again[0].to_bits(), again[1].to_bits()],
        [registered.to_bits(), first.to_bits()]
    );
    assert!(again[2] - first >= 3600.0, "{again:?}");
}

#[tokio::test]
async fn deployments_outlive_what_they_belong_to() {
    // contract codedeploy §5.10: a group, then its application
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let id = deployed(&caller, 1, 2).await;
    let before = shown(&caller, &id).await;
    let names = json!({"applicationName": "a", "deploymentGroupName": "g"});
    caller.ok("DeleteDeploymentGroup", names).await;
    assert_eq!(shown(&caller, &id).await, before);
    let name = json!({"applicationName": "a"});
    caller.ok("DeleteApplication", name).await;
    assert_eq!(shown(&caller, &id).await, before);
    let target = json!({"deploymentId": id, "targetId": "f:live"});
    caller.ok("GetDeploymentTarget", target).await;
    let batch = json!({"deploymentIds": [id]});
    let batch = caller.ok("BatchGetDeployments", batch).await;
    assert_eq!(batch["deploymentsInfo"], json!([before]));
}
