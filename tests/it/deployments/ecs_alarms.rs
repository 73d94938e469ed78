//! Alarms that ring during deployments to ECS, from the alarm to the listener and back.

use super::ecs::{events, rolled_back, target};
use super::house::{House, config};
use super::stories::{put_alarm, ring};
use crate::codedeploy::deploying::{merged, rolls_back};
use crate::codedeploy::deploying_ecs::{group, request, waits};
use crate::support::waiting::wait_for;
use serde_json::{Value, json};

/// A service whose revision 2 was deployed well, and a group that watches the alarm `errors`.
async fn house() -> House {
    let house = House::with(config(None)).await;
    put_alarm(&house, "errors").await;
    let alarms = json!({"enabled": true, "alarms": [{"name": "errors"}]});
    let members = json!({"alarmConfiguration": alarms, "autoRollbackConfiguration": rolls_back()});
    group(&house.caller, members).await;
    let first = house.create(request(2, &[])).await;
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    house
}

/// Asserts how the deployment ended, and that all is again as it was before it.
async fn is_as_before(house: &House, id: &str) -> Value {
    let info = house.end(id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(
        info["errorInformation"],
        json!({"code": "ALARM_ACTIVE", "message": "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <errors>"})
    );
    let services = &house.functions.services;
    let created = || {
        let log = services.log().into_iter();
        log.filter(|entry| entry.starts_with("create")).count()
    };
    let before = created();
    let back = rolled_back(house, &info).await;
    assert_eq!(back["status"], "Succeeded", "{back}");
    assert_eq!(
        (&back["creator"], &back["deploymentConfigName"]),
        (
            &json!("codeDeployRollback"),
            &json!("CodeDeployDefault.ECSAllAtOnce")
        )
    );
    assert_eq!(created(), before, "a rollback creates no task set");
    assert_eq!(services.sets(), ["ecs-svc/2 PRIMARY"]);
    for listener in ["production", "rule"] {
        assert_eq!(services.leads(listener), "green:100 blue:0");
    }
    assert_eq!(services.leads("other"), "other:1");
    let sets = target(house, back["deploymentId"].as_str().unwrap()).await;
    let sets = sets["taskSetsInfo"].as_array().unwrap();
    assert_eq!((sets.len(), &sets[0]["taskSetLabel"]), (1, &json!("Blue")));
    target(house, id).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_at_ten_percent_brings_the_weights_back_without_a_new_task_set() {
    // contract codedeploy §7.7 row 2, §5.5 step 4, §10.4 2 and 3
    let house = house().await;
    let canary = json!({"deploymentConfigName": "CodeDeployDefault.ECSCanary10Percent5Minutes"});
    let id = house.create(merged(request(3, &[]), canary)).await;
    house.functions.services.saw("rule green:90 blue:10").await;
    ring(&house, "errors").await;
    let shown = is_as_before(&house, &id).await;
    assert_eq!(events(&shown, &["Failed"]), ["AllowTraffic"]);
    assert_eq!(events(&shown, &["Skipped"]), ["AfterAllowTraffic"]);
    assert_eq!(shown["status"], "Failed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_while_the_original_is_kept_makes_it_the_primary_again() {
    // contract codedeploy §7.7 row 4, §5.9: the termination wait is watched, and blue has its full scale until then
    let house = house().await;
    let update = json!({"applicationName": "e", "currentDeploymentGroupName": "g",
        "blueGreenDeploymentConfiguration": waits(None, 2880)});
    house.caller.ok("UpdateDeploymentGroup", update).await;
    let id = house.create(request(3, &[])).await;
    wait_for("the termination wait", async || {
        let info = house.shown(&id).await;
        (info["instanceTerminationWaitTimeStarted"] == true).then_some(())
    })
    .await;
    let sets = target(&house, &id).await["taskSetsInfo"].clone();
    let of = |at: usize| {
        let set = &sets[at];
        let names = [
            "taskSetLabel",
            "status",
            "desiredCount",
            "runningCount",
            "trafficWeight",
        ];
        names.map(|name| set[name].clone())
    };
    assert_eq!(
        of(0),
        [
            "Blue".into(),
            "ACTIVE".into(),
            json!(1),
            json!(1),
            json!(0.0)
        ]
    );
    assert_eq!(
        of(1),
        [
            "Green".into(),
            "PRIMARY".into(),
            json!(1),
            json!(1),
            json!(100.0)
        ]
    );
    ring(&house, "errors").await;
    let shown = is_as_before(&house, &id).await;
    assert_eq!(events(&shown, &["Succeeded"]).len(), 8);
    let log = house.functions.services.log();
    let primaries = log.iter().filter(|entry| entry.starts_with("primary"));
    let primaries: Vec<_> = primaries.map(String::as_str).collect();
    assert_eq!(
        primaries,
        [
            "primary ecs-svc/2",
            "primary ecs-svc/3",
            "primary ecs-svc/2"
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_during_install_ends_it_and_the_replacement_goes() {
    // contract codedeploy §7.7 row 1
    let house = house().await;
    house.functions.services.hold();
    let id = house.create(request(3, &[])).await;
    house.functions.services.saw("create ecs-svc/3").await;
    ring(&house, "errors").await;
    let shown = is_as_before(&house, &id).await;
    assert_eq!(events(&shown, &["Failed"]), ["Install"]);
    assert_eq!(events(&shown, &["Skipped"]).len(), 6);
}
