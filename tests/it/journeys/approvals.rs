//! Approvals that tell people through a topic.

use super::house::{House, pipeline, stage};
use crate::codepipeline::sample::action;
use crate::support::caller::with;
use crate::support::wait_for;
use serde_json::{Value, json};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:people";

fn asking() -> Value {
    let link = "https://example.com/review";
    let configuration =
        json!({"NotificationArn": TOPIC, "CustomData": "look", "ExternalEntityLink": link});
    let ask = action("Ask", "Approval", "Manual", configuration, &[], &[]);
    pipeline("p", vec![stage("Ask", vec![ask])])
}

async fn latest(house: &House) -> Value {
    house.stage("p", "Ask").await["actionStates"][0]["latestExecution"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_message_of_an_approval_is_published() {
    // contract codepipeline §5.10, SNS message
    let house = House::new().await;
    house
        .put("incoming", "src.zip", &[("page.html", "hi")])
        .await;
    let server = &house.caller.server;
    let form = "Action=CreateTopic&Version=2010-03-31&Name=people";
    assert!(server.query("sns", form).await.status.is_success());
    house.create(asking()).await;
    let journal = wait_for("the message", async || {
        let text = server
            .get(&format!("/_slipway/sns?topic={TOPIC}"))
            .await
            .text();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        (!lines.is_empty()).then_some(lines)
    })
    .await;
    assert_eq!(journal.len(), 1);
    let said = &journal[0];
    let text = |value: &Value, names: [&str; 2]| {
        let found = names.iter().find_map(|name| value.get(name)?.as_str());
        found.unwrap_or_else(|| panic!("{value}")).to_owned()
    };
    assert_eq!(
        text(said, ["subject", "Subject"]),
        "APPROVAL NEEDED: AWS CodePipeline p for action Ask"
    );
    let message: Value = serde_json::from_str(&text(said, ["message", "Message"])).unwrap();
    let latest = latest(&house).await;
    assert_eq!(latest["status"], "InProgress");
    let token = latest["token"].as_str().unwrap();
    let console =
        "https://console.aws.amazon.com/codesuite/codepipeline/pipelines/p/view?region=us-east-1";
    let approval = &message["approval"];
    assert_eq!(message["region"], "us-east-1");
    assert_eq!(message["consoleLink"], console);
    assert_eq!(approval["token"], token);
    assert_eq!(approval["externalEntityLink"], "https://example.com/review");
    assert_eq!(approval["customData"], "look");
    let review = format!("{console}#/Ask/Ask/approve/{token}");
    assert_eq!(approval["approvalReviewLink"], review);

    let answer = json!({"pipelineName": "p", "stageName": "Ask", "actionName": "Ask", "token": approval["token"],
        "result": {"status": "Approved", "summary": "fine"}});
    house.caller.ok("PutApprovalResult", answer).await;
    assert_eq!(house.end("p").await, "Succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_not_there_fails_the_approval_at_once() {
    // contract codepipeline §5.10, SNS publication fails
    let house = House::new().await;
    house
        .put("incoming", "src.zip", &[("page.html", "hi")])
        .await;
    house.create(asking()).await;
    assert_eq!(house.end("p").await, "Failed");
    let message = format!(
        "No Amazon SNS topic with the ARN {TOPIC} was found. Update your pipeline to use an existing topic, or create a new one to use in your pipeline."
    );
    let latest = latest(&house).await;
    assert_eq!(
        latest["errorDetails"],
        json!({"code": "ConfigurationError", "message": message})
    );
    assert_eq!(latest.get("lastStatusChange"), None);
    let history = house.history("p", "Ask").await;
    let result = &history["output"]["executionResult"];
    assert_eq!(result["externalExecutionId"], history["actionExecutionId"]);
    assert_eq!(result["externalExecutionSummary"], message);
    assert_eq!(
        result["errorDetails"],
        json!({"code": "ConfigurationError"})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_wants_its_messages_in_order_cannot_be_told() {
    // contract codepipeline §5.10, SNS publication fails, FIFO
    let house = House::new().await;
    let files = [("page.html", "hi")];
    house.put("incoming", "src.zip", &files).await;
    let form = "Action=CreateTopic&Version=2010-03-31&Name=people.fifo&Attributes.entry.1.key=FifoTopic&Attributes.entry.1.value=true";
    let made = house.caller.server.query("sns", form).await;
    assert!(made.status.is_success(), "{made:?}");
    let topic = format!("{TOPIC}.fifo");
    let pointer = "/stages/1/actions/0/configuration/NotificationArn";
    house.create(with(asking(), pointer, json!(topic))).await;
    assert_eq!(house.end("p").await, "Failed");
    let message = format!(
        "An invalid topic ARN ({topic}) was provided. Update your pipeline to use a valid topic, or create a new one to use in your pipeline."
    );
    assert_eq!(
        latest(&house).await["errorDetails"],
        json!({"code": "ConfigurationError", "message": message})
    );
}
