//! Pipelines that run other pipelines.

use super::house::{House, commands, pipeline, publish, scope, stage};
use crate::codepipeline::sample::action;
use crate::support::caller::ROLE;
use crate::support::wait_for;
use serde_json::{Value, json};
use slipway::engine::EffectId;
use slipway::engine::pipeline::execution::Listener;
use slipway::engine::pipeline::{ActionToken, Seed};
use slipway::engine::world::{PipelineRequest, World};
use uuid::Uuid;

/// A pipeline that runs `child` with the variable.
fn parent() -> Value {
    let variables = r#"[{"name":"Place","value":"from-#{codepipeline.PipelineExecutionId}"}]"#;
    let configuration = json!({"PipelineName": "child", "Variables": variables});
    let invoke = action("Invoke", "Invoke", "CodePipeline", configuration, &[], &[]);
    pipeline("parent", vec![stage("Invoke", vec![invoke])])
}

fn child(stages: Vec<Value>) -> Value {
    let mut child = pipeline("child", stages);
    child["variables"] = json!([{"name": "Place", "defaultValue": "own"}]);
    child
}

/// A house with a child that has run once by itself.
async fn house(stages: Vec<Value>) -> House {
    let house = House::new().await;
    house
        .put("incoming", "src.zip", &[("page.html", "hi")])
        .await;
    house.create(child(stages)).await;
    house
}

async fn invoked(house: &House) -> Value {
    house.stage("parent", "Invoke").await["actionStates"][0]["latestExecution"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_waits_for_the_one_it_runs() {
    // contract codepipeline §6.8, F24, CodePipeline invoke: Variables, waits, mirrors the result, external id
    let publish = publish("Publish", "Src", "#{variables.Place}");
    let house = house(vec![stage("Publish", vec![publish])]).await;
    assert_eq!(house.end("child").await, "Succeeded");
    house.create(parent()).await;
    assert_eq!(house.end("parent").await, "Succeeded");
    let of_parent = house.newest("parent").await["pipelineExecutionId"].clone();
    let of_child = house.newest("child").await;
    assert_eq!(of_child["status"], "Succeeded");
    assert_eq!(
        of_child["pipelineExecutionId"],
        invoked(&house).await["externalExecutionId"]
    );
    let place = format!("from-{}", of_parent.as_str().unwrap());
    let mut keys = vec![format!("{place}/page.html"), "own/page.html".to_owned()];
    keys.sort();
    assert_eq!(house.keys("out").await, keys);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_fails_with_the_one_it_runs() {
    // contract codepipeline §6.8, F24, mirrors its result; the text is ours
    let house = house(vec![stage(
        "Break",
        vec![commands("Break", &["false"], &["Src"])],
    )])
    .await;
    assert_eq!(house.end("child").await, "Failed");
    house.create(parent()).await;
    assert_eq!(house.end("parent").await, "Failed");
    let invoked = invoked(&house).await;
    let id = house.newest("child").await["pipelineExecutionId"].clone();
    assert_eq!(invoked["externalExecutionId"], id);
    let id = id.as_str().unwrap();
    assert_eq!(
        invoked["errorDetails"],
        json!({"code": "JobFailed", "message": format!("The pipeline execution {id} ended with the status Failed.")})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_does_not_wait_for_one_that_was_deleted() {
    // our reading
    let approval = action("Ask", "Approval", "Manual", json!({}), &[], &[]);
    let house = house(vec![stage("Ask", vec![approval])]).await;
    house.create(parent()).await;
    wait_for("the child to be known", async || {
        invoked(&house).await["externalExecutionId"]
            .as_str()
            .map(str::to_owned)
    })
    .await;
    assert_eq!(house.newest("parent").await["status"], "InProgress");
    house
        .caller
        .ok("DeletePipeline", json!({"name": "child"}))
        .await;
    assert_eq!(house.end("parent").await, "Failed");
    let error = invoked(&house).await["errorDetails"]["message"].clone();
    let said = error.as_str().unwrap();
    assert!(said.ends_with("ended with the status Cancelled."), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_that_is_not_there_fails_the_action() {
    // our reading
    let house = House::new().await;
    house
        .put("incoming", "src.zip", &[("page.html", "hi")])
        .await;
    house.create(parent()).await;
    assert_eq!(house.end("parent").await, "Failed");
    assert_eq!(
        invoked(&house).await["errorDetails"],
        json!({"code": "ConfigurationError", "message": "The pipeline 'child' does not exist."})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_effect_starts_one_execution() {
    // product.md §1.2
    let approval = action("Ask", "Approval", "Manual", json!({}), &[], &[]);
    let house = house(vec![stage("Ask", vec![approval])]).await;
    let world = &house.app().world;
    let seed = Seed::new(Uuid::from_u128(7));
    let request = || PipelineRequest {
        effect: EffectId::new("pipeline", 7),
        scope: scope(),
        name: "child".to_owned(),
        seed,
        caller_arn: ROLE.to_owned(),
        variables: Vec::new(),
        revisions: Vec::new(),
        listener: Listener {
            pipeline: (scope(), "parent".to_owned()),
            token: ActionToken("token".to_owned()),
        },
    };
    let first = world.launch_pipeline(request()).await.unwrap();
    assert_eq!(world.launch_pipeline(request()).await, Ok(first));
    let body = json!({"pipelineName": "child"});
    let listed = house.caller.ok("ListPipelineExecutions", body).await;
    let all = listed["pipelineExecutionSummaries"].as_array().unwrap();
    assert_eq!(all.len(), 2, "one from its creation, one from the effect");
}
