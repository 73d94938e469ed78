//! References to variables that stand for nothing when the action runs (contract codepipeline §5.5).

use super::sample::{action, check, create, finish, gated, pipeline, stage};
use crate::support::caller::{CODEPIPELINE, Caller, with};
use serde_json::{Value, json};

const KEY: &str = "/stages/2/actions/0/configuration/ObjectKey";

/// The sample with what is published where.
fn publishing(name: &str, key: &str) -> Value {
    let named = with(
        pipeline(name),
        "/stages/1/actions/0/namespace",
        json!("Made"),
    );
    with(named, KEY, json!(key))
}

/// What the state and the history say of the publication, which has failed before S3 was asked.
async fn failure(caller: &Caller, name: &str) -> String {
    let stage = stage(caller, name, 2).await;
    assert_eq!(stage["latestExecution"]["status"], "Failed", "{stage}");
    let latest = &stage["actionStates"][0]["latestExecution"];
    assert_eq!(latest["errorDetails"]["code"], "ConfigurationError");
    assert_eq!(latest.get("externalExecutionId"), None);
    let said = latest["errorDetails"]["message"].as_str().unwrap();
    let body = json!({"pipelineName": name});
    let listed = caller.ok("ListActionExecutions", body).await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let published = details.iter().find(|of| of["actionName"] == "Publish");
    let result =
        json!({"externalExecutionSummary": said, "errorDetails": {"code": "ConfigurationError"}});
    assert_eq!(published.unwrap()["output"]["executionResult"], result);
    said.to_owned()
}

#[tokio::test]
async fn an_action_fails_that_names_what_nobody_has_set() {
    // contract codepipeline §5.5: unknown keys of known namespaces, in the case they have; nothing else in `codepipeline`; §4.3: admitted
    let caller = Caller::new(CODEPIPELINE).await;
    for (at, reference) in [
        "Made.Nope",
        "codepipeline.PipelineName",
        "codepipeline.pipelineexecutionid",
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("p{at}");
        let id = create(&caller, publishing(&name, &format!("a/#{{{reference}}}"))).await;
        finish(&caller, &name, &id, "Zip").await;
        finish(&caller, &name, &id, "Compile").await;
        assert_eq!(
            failure(&caller, &name).await,
            format!(
                "The configuration value 'ObjectKey' refers to the variable '{reference}', which no earlier action of this execution has set."
            )
        );
    }
}

#[tokio::test]
async fn an_action_fails_whose_producer_was_skipped() {
    // contract codepipeline §5.5: the producer did not run
    let caller = Caller::new(CODEPIPELINE).await;
    let skipped = gated("p", "beforeEntry", "SKIP", &[check("r", "no")]);
    let skipped = with(skipped, "/stages/1/actions/0/namespace", json!("Made"));
    let skipped = with(skipped, KEY, json!("#{Made.X}"));
    let inputs = json!([{"name": "Sources"}]);
    let skipped = with(skipped, "/stages/2/actions/0/inputArtifacts", inputs);
    let id = create(&caller, skipped).await;
    finish(&caller, "p", &id, "Zip").await;
    assert_eq!(
        stage(&caller, "p", 1).await["latestExecution"]["status"],
        "Skipped"
    );
    let said = failure(&caller, "p").await;
    assert!(said.contains("'Made.X'"), "{said}");
}

#[tokio::test]
async fn a_resolved_configuration_has_its_limit() {
    // contract codepipeline §4.5, §5.5: 100 KB
    let caller = Caller::new(CODEPIPELINE).await;
    let large = |name: &str, times: usize| {
        let variables = json!([{"name": "A", "defaultValue": "x".repeat(1000)}]);
        let key = "#{variables.A}".repeat(times);
        let cache = "/stages/2/actions/0/configuration/CacheControl";
        let declared = with(publishing(name, &key), cache, json!(key));
        with(declared, "/variables", variables)
    };
    for (name, times) in [("p", 50), ("q", 52)] {
        let id = create(&caller, large(name, times)).await;
        finish(&caller, name, &id, "Zip").await;
        finish(&caller, name, &id, "Compile").await;
    }
    let latest = stage(&caller, "p", 2).await["latestExecution"].clone();
    assert_eq!(latest["status"], "InProgress");
    let limit = "The resolved configuration of the action is larger than 102400 bytes.";
    assert_eq!(failure(&caller, "q").await, limit);
}

#[tokio::test]
async fn commands_may_name_variables_too() {
    // contract codepipeline §4.3: configuration values and commands
    let caller = Caller::new(CODEPIPELINE).await;
    let run = |text: &str| {
        let mut run = action("Run", "Compute", "Commands", json!({}), &["Sources"], &[]);
        run["commands"] = json!(["true", text]);
        let declared = with(publishing("p", "k"), "/stages/2/actions/-", run);
        json!({"pipeline": declared})
    };
    let said = caller
        .refused("CreatePipeline", run("echo #{Nobody.X}"))
        .await;
    assert_eq!(said.code, "InvalidActionDeclarationException");
    let place = "StageName=[Deploy], ActionName=[Run], ActionConfigurationKey=[Commands], VariableReferenceText=[Nobody.X]";
    assert!(said.message.ends_with(place), "{}", said.message);
    caller.ok("CreatePipeline", run("echo #{Made.X}")).await;
}
