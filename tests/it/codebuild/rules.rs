//! Projects that break one rule each, with the text of the `InvalidInputException`.
//!
//! Witness: contract codebuild §1.2 and §1.3; the last part is in our words.

use super::sample::project;
use crate::support::caller::with;
use serde_json::{Value, json};

/// The sample under `name` with one rule broken, for every rule.
pub fn broken(name: &str) -> Vec<(Value, &'static str)> {
    let mut all = known(name);
    all.extend(ours(name));
    all
}

fn of(name: &str, pointer: &str, value: Value) -> Value {
    with(project(name), pointer, value)
}

fn artifacts(member: &str, value: Value) -> Value {
    json!({"type": "NO_ARTIFACTS", member: value})
}

fn known(name: &str) -> Vec<(Value, &'static str)> {
    let reporting = |source: Value| of(name, "/source", source);
    vec![
        (
            of(name, "/source", json!({"type": "S3"})),
            "Project source location is required",
        ),
        (
            of(name, "/source", json!({"type": "GITHUB", "location": ""})),
            "Project source location is required",
        ),
        (
            of(name, "/source/type", json!("NOPE")),
            "Invalid type provided: Project source type",
        ),
        (
            of(name, "/artifacts/type", json!("NOPE")),
            "Invalid type provided: Artifact type",
        ),
        (
            of(name, "/environment/type", json!("NOPE")),
            "Invalid type provided: NOPE",
        ),
        (
            of(name, "/environment/computeType", json!("NOPE")),
            "Invalid compute type provided: NOPE",
        ),
        (
            of(name, "/artifacts", artifacts("location", json!("b"))),
            "Invalid artifacts: artifact type NO_ARTIFACTS should have null location",
        ),
        (
            of(name, "/artifacts", artifacts("name", json!("n"))),
            "Invalid artifacts: artifact type NO_ARTIFACTS should have null output name",
        ),
        (
            of(
                name,
                "/artifacts",
                artifacts("encryptionDisabled", json!(false)),
            ),
            "Invalid artifacts: artifact type NO_ARTIFACTS should have null encryptionDisabled",
        ),
        (
            reporting(json!({"type": "NO_SOURCE", "reportBuildStatus": false})),
            "Source type NO_SOURCE does not support ReportBuildStatus",
        ),
        (
            reporting(json!({"type": "S3", "location": "b/k", "reportBuildStatus": true})),
            "Source type S3 does not support ReportBuildStatus",
        ),
        (
            reporting(json!({"type": "CODEPIPELINE", "reportBuildStatus": false})),
            "Source type CODEPIPELINE does not support ReportBuildStatus",
        ),
        (
            reporting(
                json!({"type": "CODECOMMIT", "location": "https://x/y", "reportBuildStatus": false}),
            ),
            "Source type CODECOMMIT does not support ReportBuildStatus",
        ),
        (
            of(
                name,
                "/serviceRole",
                json!("arn:aws:iam::000000000000:role/none"),
            ),
            "CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role/none",
        ),
        (
            of(
                name,
                "/serviceRole",
                json!("arn:aws:iam::111111111111:role/delivery"),
            ),
            "Invalid service role: Service role account ID does not match caller's account",
        ),
    ]
}

fn ours(name: &str) -> Vec<(Value, &'static str)> {
    let twice = json!([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]);
    let secondary = |identifiers: &[&str]| -> Value {
        let source = |id: &&str| json!({"type": "S3", "location": "b/k", "sourceIdentifier": id});
        identifiers.iter().map(source).collect()
    };
    vec![
        (
            of(name, "/source/location", json!("x")),
            "Invalid project source: source type NO_SOURCE should have null location",
        ),
        (
            of(name, "/source", json!({"type": "S3", "location": "bucket"})),
            "Invalid project source: location 'bucket' should have the form bucket/key",
        ),
        (
            of(name, "/artifacts", json!({"type": "S3"})),
            "Project artifact location is required",
        ),
        (
            of(name, "/environment/environmentVariables", twice),
            "Duplicated environment variable name: A",
        ),
        (
            of(name, "/cache", json!({"type": "S3"})),
            "Invalid cache: cache type S3 should have a location",
        ),
        (
            of(name, "/cache", json!({"type": "LOCAL"})),
            "Invalid cache: cache type LOCAL should have at least one mode",
        ),
        (
            of(name, "/vpcConfig", json!({"vpcId": "vpc-1"})),
            "Invalid vpc config: vpcId, subnets and securityGroupIds are all required",
        ),
        (
            of(
                name,
                "/logsConfig",
                json!({"s3Logs": {"status": "ENABLED"}}),
            ),
            "Invalid logs config: S3 logs that are enabled should have a location",
        ),
        (
            of(name, "/secondarySources", secondary(&["a", "a"])),
            "Invalid secondary source: the sourceIdentifier 'a' is used more than once",
        ),
        (
            of(name, "/secondarySources", secondary(&["a-b"])),
            "Invalid secondary source: the sourceIdentifier 'a-b' should have 1 to 127 letters, digits and underscores",
        ),
        (
            of(
                name,
                "/secondarySourceVersions",
                json!([{"sourceIdentifier": "a", "sourceVersion": "1"}, {"sourceIdentifier": "a", "sourceVersion": "2"}]),
            ),
            "Invalid secondary source version: the sourceIdentifier 'a' is used more than once",
        ),
        (
            of(
                name,
                "/secondaryArtifacts",
                json!([{"type": "CODEPIPELINE", "artifactIdentifier": "a"}]),
            ),
            "Invalid secondary artifact: type CODEPIPELINE is not allowed",
        ),
    ]
}
