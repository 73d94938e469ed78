//! Actions and rules that act with roles of their own.

use super::house::{House, commands, pipeline, publish, stage};
use crate::support::caller::with;
use serde_json::{Value, json};

const VIA_PIPELINE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:role/delivery"}}]}"#;
const OWN: &str = "arn:aws:iam::000000000000:role/own";

/// Who a key belongs to.
async fn who(house: &House, key: &str) -> String {
    let server = &house.caller.server;
    let request = server
        .post("/")
        .header(
            "authorization",
            crate::support::server::signed(key.trim(), "us-east-1", "sts"),
        )
        .header("content-type", "application/x-www-form-urlencoded");
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    server.send(request.body(form.into()).unwrap()).await.text()
}

fn telling(role: Option<&str>) -> Value {
    let tell = commands(
        "Tell",
        &["printf %s \"$AWS_ACCESS_KEY_ID\" | rev > who.txt"],
        &["Src"],
    );
    let tell = with(
        tell,
        "/outputArtifacts",
        json!([{"name": "Who", "files": ["who.txt"]}]),
    );
    match role {
        Some(role) => with(tell, "/roleArn", json!(role)),
        None => tell,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_act_with_the_actions_role_else_with_the_pipelines() {
    // contract codepipeline §4.2 rule 17, §5.8 role (default pipeline role)
    for (role, name) in [(Some(OWN), "own"), (None, "delivery")] {
        let house = House::new().await;
        house.caller.make_role("own", VIA_PIPELINE).await;
        house.put("incoming", "src.zip", &[("a", "a")]).await;
        let stages = vec![
            stage("Tell", vec![telling(role)]),
            stage("Publish", vec![publish("Publish", "Who", "told")]),
        ];
        house.create(pipeline("p", stages)).await;
        assert_eq!(house.end("p").await, "Succeeded");
        // Turned around, so that it is not masked.
        let key: String = house
            .text("out", "told/who.txt")
            .await
            .chars()
            .rev()
            .collect();
        let who = who(&house, &key).await;
        let session = format!("assumed-role/{name}/AWSCodeBuild-");
        assert!(who.contains(&session), "{who}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_or_a_rule_whose_role_trusts_nobody_any_more_fails() {
    // contract codepipeline §4.2 rule 17, at run time; the code is our reading
    let house = House::new().await;
    house.caller.make_role("own", VIA_PIPELINE).await;
    house.put("incoming", "src.zip", &[("a", "a")]).await;
    let check = json!({"name": "Run", "roleArn": OWN, "commands": ["true"], "inputArtifacts": [{"name": "Src"}],
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "Commands", "version": "1"}});
    let acting = stage("Tell", vec![telling(Some(OWN))]);
    let mut gated = stage("Publish", vec![publish("Publish", "Src", "site")]);
    gated["beforeEntry"] = json!({"conditions": [{"result": "FAIL", "rules": [check]}]});
    house.create(pipeline("p", vec![acting])).await;
    house.create(pipeline("q", vec![gated])).await;
    assert_eq!(house.end("p").await, "Succeeded");
    assert_eq!(house.end("q").await, "Succeeded");

    let form = "Action=DeleteRole&Version=2010-05-08&RoleName=own";
    let gone = house.caller.server.query("iam", form).await;
    assert!(gone.status.is_success(), "{gone:?}");
    let said = format!(
        "arn:aws:iam::000000000000:role/delivery is not authorized to perform AssumeRole on role {OWN}: role {OWN} does not exist"
    );
    for name in ["p", "q"] {
        let body = json!({"name": name});
        house.caller.ok("StartPipelineExecution", body).await;
        assert_eq!(house.end(name).await, "Failed");
    }
    let state = house.stage("p", "Tell").await;
    let error = &state["actionStates"][0]["latestExecution"]["errorDetails"];
    assert_eq!(*error, json!({"code": "PermissionError", "message": said}));
    let state = house.stage("q", "Publish").await;
    let rule = &state["beforeEntryConditionState"]["conditionStates"][0]["ruleStates"][0];
    assert_eq!(
        rule["latestExecution"]["errorDetails"]["message"],
        said.as_str()
    );
}
