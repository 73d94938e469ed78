//! Approvals that tell people, and alarms that rules wait for.

use super::*;
use crate::engine::pipeline::commands::{PutApproval, put_approval};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:t";

/// Witness: contract §5.10, SNS publication fails.
#[tokio::test]
async fn a_topic_that_is_not_there_fails_the_approval() {
    let house = House::memory("src; approve").await;
    house.configure("approve", "NotificationArn", TOPIC);
    let error = house.failure().await;
    let text = format!(
        "No Amazon SNS topic with the ARN {TOPIC} was found. Update your pipeline to use an existing topic, or create a new one to use in your pipeline."
    );
    assert_eq!(
        (error.code, error.message),
        (ErrorCode::ConfigurationError, text)
    );
    assert!(house.world.memory.published().is_empty());
}

/// Witness: contract §5.10, SNS message; the message itself is shown in `approval.rs`.
#[tokio::test]
async fn people_are_told_once_and_can_answer_with_the_token() {
    let house = House::memory("src; approve").await;
    house.world.memory.with_topic(TOPIC);
    house.configure("approve", "NotificationArn", TOPIC);
    house.configure("approve", "CustomData", "look");
    house.upload(b"1");
    house.start().await;
    until("people are told", || {
        house.world.memory.published().len() == 1
    })
    .await;
    let told = house.world.memory.published().remove(0);
    let (subject, message) = told.split_once('\n').unwrap();
    assert_eq!(
        subject,
        "APPROVAL NEEDED: AWS CodePipeline hello-pipeline-with-a-lo... for action approve"
    );
    let message: serde_json::Value = serde_json::from_str(message).unwrap();
    assert_eq!(message["approval"]["customData"], "look");
    let wish = PutApproval {
        stage: "S2".to_owned(),
        action: "approve".to_owned(),
        token: message["approval"]["token"].as_str().unwrap().to_owned(),
        approved: true,
        summary: "fine".to_owned(),
        caller_arn: "caller".to_owned(),
    };
    let answer = move |state: Option<crate::engine::pipeline::Pipeline>, now: Time, _: &mut Txn| {
        put_approval(state, None, now, wish).map(|step| (step, ()))
    };
    house.driver.command(script::key(), answer).await.unwrap();
    assert_eq!(house.end().await.status, ExecutionStatus::Succeeded);
    assert_eq!(house.world.memory.published().len(), 1);
}

/// A house whose rule waits for the alarm, which is in ALARM.
async fn alarmed() -> House {
    let house = House::memory("src; entry=fail:alarm approve").await;
    house.world.memory.set_alarm("alarm", "ALARM");
    house.upload(b"1");
    house.start().await;
    let waits = |run: &ActionRun| run.name == "alarm" && run.wake.is_some();
    let mut watch = house.driver.watch(script::key());
    loop {
        let state = house.driver.state(&script::key()).unwrap();
        let mut running = state.live.iter().flat_map(|live| live.execution.running());
        if running.any(waits) {
            break;
        }
        watch.changed().await;
    }
    house
}

fn rule_is(status: ActionStatus) -> impl Fn(&[Execution]) -> bool {
    move |all| {
        let mut runs = all[0].stages.iter().flat_map(|stage| stage.runs());
        runs.any(|run| run.name == "alarm" && run.status == status)
    }
}

async fn changed(house: &House, name: &str) {
    let (driver, world) = (&house.driver, &*house.world);
    let (alarms, scope) = (&house.watched.alarms, script::key().0);
    on_alarm_changed(driver, world, alarms, scope, name.to_owned()).await;
}

/// Witness: contract §5.8, CloudWatchAlarm succeeds at once when the alarm recovers.
#[tokio::test]
async fn an_alarm_that_recovers_lets_the_rule_succeed() {
    let house = alarmed().await;
    changed(&house, "alarm").await;
    changed(&house, "another").await;
    assert!(rule_is(ActionStatus::InProgress)(
        &house.until(|_| true).await
    ));
    house.world.memory.set_alarm("alarm", "OK");
    changed(&house, "another").await;
    assert!(rule_is(ActionStatus::InProgress)(
        &house.until(|_| true).await
    ));
    changed(&house, "alarm").await;
    house.until(rule_is(ActionStatus::Succeeded)).await;
    let everything = ..;
    let left = house
        .watched
        .alarms
        .range(everything, crate::store::Direction::Forward, 9);
    assert!(left.is_empty(), "nobody waits any more");
}

/// Witness: product.md §1.2: what changed while nobody listened is found after a start.
#[tokio::test]
async fn an_alarm_that_recovered_unheard_is_found_after_a_start() {
    let house = alarmed().await;
    house.world.memory.set_alarm("alarm", "OK");
    catch_up(&house.driver, &*house.world, &house.watched).await;
    house.until(rule_is(ActionStatus::Succeeded)).await;
}

/// Witness: contract §5.8, else fails.
#[tokio::test]
async fn an_alarm_that_does_not_recover_fails_the_rule_after_its_time() {
    let house = alarmed().await;
    house.clock.advance(Duration::from_secs(599));
    assert!(rule_is(ActionStatus::InProgress)(
        &house.until(|_| true).await
    ));
    house.clock.advance(Duration::from_secs(1));
    house.until(rule_is(ActionStatus::Failed)).await;
}
