//! A pipeline of two stages whose actions do next to nothing, from StartPipelineExecution to Succeeded.
//!
//! In process, with the store on disk as `serve` has it: an S3 source of a few bytes, and an S3 deployment that copies them.
//! Goal: under 50 ms. Prints medians.

use camino::Utf8PathBuf;
use codepipeline_api::input::{
    CreatePipelineInput, GetPipelineExecutionInput, StartPipelineExecutionInput,
};
use codepipeline_api::model::PipelineExecutionStatus;
use iam_api::input::CreateRoleInput;
use serde_json::json;
use slipway::app::App;
use slipway::codepipeline::operations;
use slipway::companions::{ByteStream, ObjectMeta, ObjectRef, s3};
use slipway::config::{Builds, Config, Data};
use slipway::server::Call;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: usize = 100;
const NAME: &str = "two-stages";
const ROLE: &str = "arn:aws:iam::000000000000:role/delivery";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Principal":{"Service":"codepipeline.amazonaws.com"}}]}"#;

#[tokio::main]
async fn main() {
    slipway::sandbox::process::supervise();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
    for (what, data) in [("on disk", Data::Folder(path)), ("in memory", Data::Memory)] {
        let config = Config {
            data,
            builds: Builds::Host,
            ..Config::in_memory()
        };
        let app = App::start(config).await.expect("an application");
        furnish(&app).await;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(execution(&app).await);
        }
        print(what, times);
        app.close().await.expect("closed");
    }
}

/// One execution, from its request to the commit that ends it.
async fn execution(app: &Arc<App>) -> Duration {
    let mut changes = app
        .codepipeline
        .engine
        .watch((Call::new(app).scope, NAME.to_owned()));
    let begin = Instant::now();
    let input = StartPipelineExecutionInput::new(NAME);
    let started = operations::start_pipeline_execution(input, Call::new(app)).await;
    let id = started.expect("started").pipeline_execution_id;
    let id = id.expect("an id");
    loop {
        let input = GetPipelineExecutionInput::new(NAME, &id);
        let found = operations::get_pipeline_execution(input, Call::new(app)).await;
        let found = found.expect("found").pipeline_execution;
        match found.and_then(|execution| execution.status) {
            Some(PipelineExecutionStatus::InProgress) => changes.changed().await,
            Some(PipelineExecutionStatus::Succeeded) => return begin.elapsed(),
            other => panic!("{other:?}"),
        }
    }
}

async fn furnish(app: &Arc<App>) {
    let role = CreateRoleInput::new("delivery", TRUST);
    let created =
        slipway::companions::iam::operations::create_role::create_role(role, Call::new(app));
    created.await.expect("a role");
    let caller = caller(app);
    for bucket in ["incoming", "store", "out"] {
        let made = app
            .s3
            .create_bucket(&caller, bucket, s3::NewBucket::default());
        made.await.expect("a bucket");
    }
    let versioned = app.s3.change_bucket(&caller, "incoming", |row| {
        row.versioning = s3::Versioning::Enabled;
        Ok(())
    });
    versioned.await.expect("versions");
    let at = ObjectRef {
        bucket: "incoming".to_owned(),
        key: "source.zip".to_owned(),
        version: None,
    };
    let body: ByteStream = Box::pin(futures::stream::iter([Ok("a few bytes".into())]));
    let (scope, meta) = (Call::new(app).scope, ObjectMeta::default());
    let written = app.companions.write_object(&scope, &at, meta, body).await;
    written.expect("an object");
    let input: CreatePipelineInput = serde_json::from_value(declaration()).expect("a declaration");
    let created = operations::create_pipeline(input, Call::new(app)).await;
    created.expect("a pipeline");
}

fn declaration() -> serde_json::Value {
    let kind = |category: &str| json!({"category": category, "owner": "AWS", "provider": "S3", "version": "1"});
    json!({"pipeline": {
        "name": NAME, "roleArn": ROLE, "pipelineType": "V2", "executionMode": "QUEUED",
        "artifactStore": {"type": "S3", "location": "store"},
        "stages": [
            {"name": "Source", "actions": [{"name": "Take", "actionTypeId": kind("Source"), "outputArtifacts": [{"name": "Taken"}],
                "configuration": {"S3Bucket": "incoming", "S3ObjectKey": "source.zip", "PollForSourceChanges": "false"}}]},
            {"name": "Deploy", "actions": [{"name": "Put", "actionTypeId": kind("Deploy"), "inputArtifacts": [{"name": "Taken"}],
                "configuration": {"BucketName": "out", "ObjectKey": "taken.zip", "Extract": "false"}}]},
        ],
    }})
}

fn caller(app: &Arc<App>) -> s3::Caller {
    let call = Call::new(app);
    s3::Caller {
        account: call.scope.account,
        region: call.scope.region,
        principal: call.principal.arn().to_owned(),
        limits: None,
        request_id: call.request_id,
        now: call.now,
    }
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |at: usize| times[at].as_secs_f64() * 1000.0;
    println!(
        "two stages, {what}: {:.1} ms ({:.1} to {:.1}, {} rounds; goal 50)",
        ms(times.len() / 2),
        ms(0),
        ms(times.len() - 1),
        times.len()
    );
}
