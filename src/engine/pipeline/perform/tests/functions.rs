//! Lambda actions and LambdaInvoke rules: the event a function gets.

use super::*;
use crate::engine::pipeline::commands::{JobResult, finish_job};
use crate::engine::pipeline::execution::ActionResult;
use serde_json::{Value, json};

/// The payload of an invocation.
async fn invoked(house: &House, number: usize) -> Value {
    let memory = &house.world.memory;
    until("the function is invoked", || {
        memory.invoked().len() == number
    })
    .await;
    serde_json::from_slice(memory.invoked().last().unwrap()).unwrap()
}

/// The running attempt of the function.
fn attempt(house: &House) -> ActionRun {
    let state = house.driver.state(&script::key()).unwrap();
    let mut running = state.live.iter().flat_map(|live| live.execution.running());
    running.next().unwrap().clone()
}

async fn answer(house: &House, result: JobResult) {
    let job = attempt(house).job.unwrap().id;
    let answer = move |state: Option<crate::engine::pipeline::Pipeline>, now: Time, _: &mut Txn| {
        Ok::<_, ()>((finish_job(state.unwrap(), now, &job, result), ()))
    };
    house.driver.command(script::key(), answer).await.unwrap();
}

fn expected(run: &ActionRun, data: Value) -> Value {
    let job = &run.job.as_ref().unwrap().id;
    json!({"CodePipeline.job": {"id": job, "accountId": "000000000000", "data": data}})
}

fn location(at: &ArtifactAt) -> Value {
    json!({"type": "S3", "s3Location": {"bucketName": at.bucket, "objectKey": at.key}})
}

fn credentials() -> Value {
    json!({"accessKeyId": "ASIA", "secretAccessKey": "secret", "sessionToken": "session", "expirationTime": 0})
}

/// Witness: contract §6.7: the payload has exactly these keys; absent keys; `revision: null`; a continuation has a new job id, the
/// same places and the token; F23: the action goes on until the function has said how it ended.
#[tokio::test]
async fn a_function_gets_the_job_and_again_with_the_token() {
    let house = House::memory("src; call").await;
    house.world.memory.with_function("function");
    house.change("call", |action| {
        action.inputs = vec!["src-artifact".to_owned()];
        action.outputs = vec!["made".to_owned()];
    });
    house.upload(b"1");
    house.start().await;

    let payload = invoked(&house, 1).await;
    let run = attempt(&house);
    let mut data = json!({
        "actionConfiguration": {"configuration": {"FunctionName": "function"}},
        "inputArtifacts": [{"location": location(&run.inputs[0]), "revision": "v1", "name": "src-artifact"}],
        "outputArtifacts": [{"location": location(&run.outputs[0]), "revision": null, "name": "made"}],
        "artifactCredentials": credentials(),
    });
    assert_eq!(payload, expected(&run, data.clone()));
    assert_eq!(run.result.external_id.as_deref(), Some("function"));
    // §6.7: a session of the pipeline's role for about 15 minutes, limited to this job's artifact keys.
    let session = house.world.memory.sessions().pop().unwrap();
    assert!(session.role_arn.ends_with(":role/pipeline"), "{session:?}");
    assert_eq!(session.by, "codepipeline.amazonaws.com");
    assert_eq!(session.lasts, Duration::from_secs(15 * 60));
    let artifacts = run.inputs.iter().chain(&run.outputs);
    let objects = artifacts.map(|at| (at.bucket.clone(), at.key.clone()));
    assert_eq!(session.limits.unwrap().objects, objects.collect::<Vec<_>>());

    let on = JobResult::Continued {
        token: "page 2".to_owned(),
        result: ActionResult::default(),
    };
    answer(&house, on).await;
    house.clock.advance(Duration::from_secs(28));
    let payload = invoked(&house, 2).await;
    let again = attempt(&house);
    assert_eq!(again.id, run.id);
    assert_ne!(again.job, run.job);
    data["continuationToken"] = json!("page 2");
    assert_eq!(payload, expected(&again, data));

    answer(&house, JobResult::Succeeded(Box::default())).await;
    let execution = house.end().await;
    assert_eq!(execution.status, ExecutionStatus::Succeeded);
    assert!(
        execution.artifacts.contains_key("made"),
        "declared is listed"
    );
}

/// Witness: contract §6.7: `UserParameters` only if configured, `encryptionKey` only when the store declares one.
#[tokio::test]
async fn a_function_gets_its_parameters_and_the_key_of_the_store() {
    let house = House::memory("src; call").await;
    house.world.memory.with_function("function");
    house.configure("call", "UserParameters", "fast");
    {
        let mut plan = house.world.plan.lock().unwrap();
        let mut keyed = Plan::clone(&plan);
        keyed.stores = crate::engine::pipeline::plan::Stores::One(
            crate::engine::pipeline::plan::ArtifactStore {
                bucket: "store".to_owned(),
                kms_key: Some("key".to_owned()),
            },
        );
        *plan = Arc::new(keyed);
    }
    house.upload(b"1");
    house.start().await;
    let payload = invoked(&house, 1).await;
    let data = json!({
        "actionConfiguration": {"configuration": {"FunctionName": "function", "UserParameters": "fast"}},
        "inputArtifacts": [],
        "outputArtifacts": [],
        "artifactCredentials": credentials(),
        "encryptionKey": {"id": "key", "type": "KMS"},
    });
    assert_eq!(payload, expected(&attempt(&house), data));
}

/// Witness: contract §6.7, function absent; §5.8, the rule is as the action.
#[tokio::test]
async fn a_function_that_is_not_there_fails_the_action_or_the_rule() {
    let absent = (
        ErrorCode::ConfigurationError,
        "The AWS Lambda function function does not exist.".to_owned(),
    );
    let house = House::memory("src; call").await;
    let error = house.failure().await;
    assert_eq!((error.code, error.message), absent);

    let house = House::memory("src; entry=fail:alarm approve").await;
    house.change("alarm", |rule| {
        rule.kind.provider = "LambdaInvoke".to_owned();
        rule.configuration = Arc::new([("FunctionName".to_owned(), "function".to_owned())].into());
    });
    let error = house.failure().await;
    assert_eq!((error.code, error.message), absent);
}

/// Witness: contract §5.8: LambdaInvoke as the Lambda action: job event, callback.
#[tokio::test]
async fn a_rule_hands_a_job_to_its_function() {
    let house = House::memory("src; entry=fail:alarm approve").await;
    house.world.memory.with_function("gate");
    house.change("alarm", |rule| {
        rule.kind.provider = "LambdaInvoke".to_owned();
        rule.configuration = Arc::new([("FunctionName".to_owned(), "gate".to_owned())].into());
        rule.inputs = vec!["src-artifact".to_owned()];
    });
    house.upload(b"1");
    house.start().await;
    let payload = invoked(&house, 1).await;
    let run = attempt(&house);
    let data = json!({
        "actionConfiguration": {"configuration": {"FunctionName": "gate"}},
        "inputArtifacts": [{"location": location(&run.inputs[0]), "revision": "v1", "name": "src-artifact"}],
        "outputArtifacts": [],
        "artifactCredentials": credentials(),
    });
    assert_eq!(payload, expected(&run, data));
    answer(&house, JobResult::Succeeded(Box::default())).await;
    let approving = |all: &[Execution]| all[0].running().any(|run| run.name == "approve");
    house.until(approving).await;
}
