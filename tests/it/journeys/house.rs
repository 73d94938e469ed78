//! A server that does what it is asked for, a role, buckets, and pipelines of an S3 source and more.

use crate::codepipeline::sample::action;
use crate::sandbox::host;
use crate::support::caller::{CODEPIPELINE, Caller, ROLE, with};
use crate::support::{Server, wait_for};
use futures::TryStreamExt;
use serde_json::{Value, json};
use slipway::app::App;
use slipway::aws::{Account, Region, Scope};
use slipway::companions::{ByteStream, ObjectMeta, ObjectRef};
use slipway::config::Config;
use slipway::engine::pipeline::execution::ActionRun;
use slipway::engine::pipeline::plan::Gate;
use slipway::sandbox::choose::Chosen;
use slipway::sandbox::process::HostSandboxes;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;
use zip::ZipArchive;
use zip::write::SimpleFileOptions;

const VERSIONED: &str =
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

/// Buckets `incoming` (versioned), `store` and `out`.
pub struct House {
    pub caller: Caller,
}

/// A server whose builds are supervised by the built binary; nothing runs yet.
pub async fn open(config: Config) -> Arc<App> {
    let app = App::open_in(config, |store| Chosen {
        sandboxes: Arc::new(HostSandboxes::new(host::options(
            store.folder().join("builds"),
        ))),
        docker: None,
        warning: None,
    });
    app.await.unwrap()
}

impl House {
    pub async fn new() -> Self {
        Self::with(Config::in_memory()).await
    }

    pub async fn with(config: Config) -> Self {
        let app = open(config).await;
        app.resume().await;
        let caller = Caller::of(Server::of(app).await, CODEPIPELINE).await;
        for bucket in ["/incoming", "/store", "/out"] {
            caller.s3("PUT", bucket, "").await;
        }
        caller.s3("PUT", "/incoming?versioning", VERSIONED).await;
        Self { caller }
    }

    pub fn app(&self) -> &Arc<App> {
        &self.caller.server.app
    }

    /// Stores a zip of these files.
    pub async fn put(&self, bucket: &str, key: &str, files: &[(&str, &str)]) {
        let bytes = zip(files);
        let body: ByteStream = Box::pin(futures::stream::iter([Ok(bytes.into())]));
        let (scope, at) = (scope(), at(bucket, key));
        let written = self
            .app()
            .companions
            .write_object(&scope, &at, ObjectMeta::default(), body);
        written.await.unwrap();
    }

    pub async fn get(&self, bucket: &str, key: &str) -> Vec<u8> {
        let read = self
            .app()
            .companions
            .read_object(&scope(), &at(bucket, key))
            .await;
        let (_, body) = read.unwrap_or_else(|error| panic!("{bucket}/{key}: {error}"));
        let chunks: Vec<bytes::Bytes> = body.try_collect().await.unwrap();
        chunks.concat()
    }

    pub async fn text(&self, bucket: &str, key: &str) -> String {
        String::from_utf8(self.get(bucket, key).await).unwrap()
    }

    pub async fn keys(&self, bucket: &str) -> Vec<String> {
        let companions = &self.app().companions;
        let scope = scope();
        let listed = companions.list_objects(&scope, bucket, "", None, 1000);
        let listed = listed.await.unwrap().into_iter();
        listed.map(|object| object.key).collect()
    }

    pub async fn create(&self, pipeline: Value) {
        self.caller
            .ok("CreatePipeline", json!({"pipeline": pipeline}))
            .await;
    }

    /// The newest execution of the pipeline.
    pub async fn newest(&self, pipeline: &str) -> Value {
        let body = json!({"pipelineName": pipeline});
        let listed = self.caller.ok("ListPipelineExecutions", body).await;
        listed["pipelineExecutionSummaries"][0].clone()
    }

    /// Waits for the end of the newest execution; its status.
    pub async fn end(&self, pipeline: &str) -> String {
        wait_for(&format!("the end of {pipeline}"), async || {
            let status = self.newest(pipeline).await["status"].clone();
            let status = status.as_str().unwrap_or("none").to_owned();
            (!["none", "InProgress", "Stopping"].contains(&status.as_str())).then_some(status)
        })
        .await
    }

    /// What GetPipelineState says of a stage.
    pub async fn stage(&self, pipeline: &str, stage: &str) -> Value {
        let state = self
            .caller
            .ok("GetPipelineState", json!({"name": pipeline}));
        let state = state.await;
        let stages = state["stageStates"].as_array().unwrap().iter();
        let mut named = stages.filter(|of| of["stageName"] == stage);
        named.next().unwrap().clone()
    }

    /// The rules at the entry of a stage, in the newest execution that entered it.
    pub fn rules(&self, pipeline: &str, stage: &str) -> Vec<ActionRun> {
        let engine = &self.app().codepipeline.engine;
        let state = engine.state(&(scope(), pipeline.to_owned()));
        let latest = state.and_then(|state| state.stages.get(stage)?.latest.clone());
        let gates = latest.map(|latest| latest.gates.clone());
        let gates = gates.unwrap_or_default();
        gates
            .get(&Gate::Entry)
            .map_or_else(Vec::new, |gate| gate.rules.clone())
    }

    /// What the history says of an action's newest attempt.
    pub async fn history(&self, pipeline: &str, action: &str) -> Value {
        let body = json!({"pipelineName": pipeline});
        let listed = self.caller.ok("ListActionExecutions", body).await;
        let all = listed["actionExecutionDetails"].as_array().unwrap().iter();
        let mut named = all.filter(|of| of["actionName"] == action);
        named
            .next()
            .unwrap_or_else(|| panic!("{action} in {listed}"))
            .clone()
    }

    /// The lines of a log stream.
    pub async fn log(&self, arn: &str) -> String {
        let (_, rest) = arn.split_once(":log-group:").unwrap();
        let (group, stream) = rest.split_once(":log-stream:").unwrap();
        let body = json!({"logGroupName": group, "logStreamName": stream, "startFromHead": true});
        let server = &self.caller.server;
        let answer = server.json("Logs_20140328.GetLogEvents", &body).await;
        let answer = answer.json();
        let events = answer["events"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        let texts = events
            .iter()
            .map(|event| event["message"].as_str().unwrap());
        texts.collect()
    }
}

pub fn scope() -> Scope {
    let account = Account::parse("000000000000").unwrap();
    Scope::new(account, Region::parse("us-east-1").unwrap())
}

fn at(bucket: &str, key: &str) -> ObjectRef {
    ObjectRef {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version: None,
    }
}

pub fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Names and texts in a zip.
pub fn unzip(bytes: Vec<u8>) -> Vec<(String, String)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.push((file.name().unwrap().into_owned(), text));
    }
    files.sort();
    files
}

/// A V2 pipeline that takes `src.zip` as the artifact `Src`, then goes through these stages.
pub fn pipeline(name: &str, stages: Vec<Value>) -> Value {
    let mut all = vec![stage("Source", vec![source("Zip", "src.zip", "Src")])];
    all.extend(stages);
    json!({
        "name": name,
        "pipelineType": "V2",
        "roleArn": ROLE,
        "artifactStore": {"type": "S3", "location": "store"},
        "stages": all,
    })
}

pub fn stage(name: &str, actions: Vec<Value>) -> Value {
    json!({"name": name, "actions": actions})
}

/// An S3 source that does not poll; its namespace is its name.
pub fn source(name: &str, key: &str, output: &str) -> Value {
    let configuration =
        json!({"S3Bucket": "incoming", "S3ObjectKey": key, "PollForSourceChanges": "false"});
    let action = action(name, "Source", "S3", configuration, &[], &[output]);
    with(action, "/namespace", json!(name))
}

/// Commands without configuration.
pub fn commands(name: &str, lines: &[&str], inputs: &[&str]) -> Value {
    let action = action(name, "Compute", "Commands", json!({}), inputs, &[]);
    let action = with(action, "/configuration", Value::Null);
    with(action, "/commands", json!(lines))
}

/// Extracts an artifact below a prefix in `out`.
pub fn publish(name: &str, input: &str, prefix: &str) -> Value {
    let configuration = json!({"BucketName": "out", "Extract": "true", "ObjectKey": prefix});
    action(name, "Deploy", "S3", configuration, &[input], &[])
}
