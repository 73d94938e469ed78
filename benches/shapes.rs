//! Decoding a request and encoding an answer with the generated types, small and large, in both protocols.
//!
//! What is measured is what the server does between the bytes of a body and a handler, and back: looking the body over, decoding
//! and checking it, and rendering an output. No sockets.

use bytes::Bytes;
use codebuild_api::operation::BatchGetProjects;
use codepipeline_api::operation::{GetPipeline, ListPipelines, UpdatePipeline};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use slipway::server::wire::Wire;
use slipway_runtime::{Operation, Violations};
use std::hint::black_box;
use std::time::Duration;

/// Fifty stages of fifty actions each is AWS's limit; this is a large pipeline that somebody may have.
const STAGES: usize = 10;
const ACTIONS: usize = 10;
const PROJECTS: usize = 100;

fn pipeline() -> Value {
    let action = |number: usize| {
        json!({
            "name": format!("Action{number}"), "runOrder": 1 + number, "namespace": format!("Space{number}"),
            "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
            "configuration": {"ProjectName": format!("project-{number}"), "EnvironmentVariables": "[]", "BatchEnabled": "false"},
            "inputArtifacts": [{"name": "Sources"}], "outputArtifacts": [{"name": format!("Output{number}")}],
        })
    };
    let stage = |number: usize| {
        let actions: Vec<Value> = (0..ACTIONS).map(action).collect();
        json!({"name": format!("Stage{number}"), "actions": actions})
    };
    let stages: Vec<Value> = (0..STAGES).map(stage).collect();
    json!({"name": "large", "roleArn": "arn:aws:iam::000000000000:role/delivery", "pipelineType": "V2",
           "artifactStore": {"type": "S3", "location": "store"}, "stages": stages})
}

fn project(number: usize) -> Value {
    json!({"name": format!("project-{number}"), "arn": format!("arn:aws:codebuild:us-east-1:000000000000:project/project-{number}"),
           "serviceRole": "arn:aws:iam::000000000000:role/builder", "source": {"type": "CODEPIPELINE"},
           "artifacts": {"type": "CODEPIPELINE"}, "timeoutInMinutes": 60,
           "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": "aws/codebuild/standard:7.0",
                           "environmentVariables": [{"name": "A", "value": "1", "type": "PLAINTEXT"}]},
           "tags": [{"key": "team", "value": "builders"}]})
}

/// The body in the protocol's form.
fn bytes(wire: Wire, value: &Value) -> Bytes {
    let mut bytes = Vec::new();
    match wire {
        Wire::Cbor => ciborium::into_writer(value, &mut bytes).expect("a value"),
        _ => bytes = value.to_string().into_bytes(),
    }
    bytes.into()
}

fn read<Op: Operation>(wire: Wire, body: Bytes) -> Op::Input {
    let mut violations = Violations::new();
    let (head, ()) = http::Request::new(()).into_parts();
    let body = wire.open(&head, body).expect("a well-formed body");
    let input = body.read::<Op::Input>(Op::SCHEMA.input(), &mut violations);
    let input = input.expect("the model's types");
    assert!(violations.is_empty());
    input.expect("nothing is missing")
}

fn decode<Op: Operation>(c: &mut Criterion, what: &str, value: &Value) {
    let mut group = c.benchmark_group(format!("decode {what}"));
    for (name, wire) in [("awsJson1.1", Wire::Json), ("rpcv2Cbor", Wire::Cbor)] {
        let body = bytes(wire, value);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(BenchmarkId::new(name, body.len()), |b| {
            b.iter(|| black_box(read::<Op>(wire, body.clone())));
        });
    }
    group.finish();
}

fn encode<Op: Operation>(c: &mut Criterion, what: &str, value: Value)
where
    Op::Output: for<'de> serde::Deserialize<'de>,
{
    let output: Op::Output = serde_json::from_value(value).expect("the model's types");
    let answer = |wire: Wire| wire.answer("id", Op::SCHEMA.output(), Op::UNIT_OUTPUT, &output);
    let mut group = c.benchmark_group(format!("encode {what}"));
    for (name, wire) in [("awsJson1.1", Wire::Json), ("rpcv2Cbor", Wire::Cbor)] {
        let body = answer(wire).into_body().collect();
        let length = futures::executor::block_on(body).expect("a body");
        let length = length.to_bytes().len();
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(BenchmarkId::new(name, length), |b| {
            b.iter(|| black_box(answer(wire)));
        });
    }
    group.finish();
}

fn shapes(c: &mut Criterion) {
    decode::<ListPipelines>(c, "small (ListPipelines)", &json!({"maxResults": 10}));
    let large = json!({"pipeline": pipeline()});
    decode::<UpdatePipeline>(c, "large (UpdatePipeline)", &large);
    let summary = json!({"pipelines": [{"name": "hello", "version": 1}]});
    encode::<ListPipelines>(c, "small (ListPipelines)", summary);
    encode::<GetPipeline>(c, "large (GetPipeline)", large);
    let projects: Vec<Value> = (0..PROJECTS).map(project).collect();
    let projects = json!({"projects": projects});
    encode::<BatchGetProjects>(c, "large (BatchGetProjects)", projects);
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = shapes
}
criterion_main!(benches);
