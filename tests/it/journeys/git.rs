//! CodeBuild projects with sources in Git, variables from the stores, and caches, on a server that does what it is asked for.

use super::house::{House, open};
use crate::support::caller::{CODEBUILD, CODEPIPELINE, Caller, ROLE, SECRETSMANAGER, SSM};
use crate::support::{Endpoint, Server, wait_for};
use serde_json::{Value, json};
use slipway::config::Config;
use slipway::git::Rewrites;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SPEC: &str = r#"version: 0.2
env:
  secrets-manager: {KEY: 'app/db:key'}
phases:
  build:
    commands:
      - test "$KEY $PW" = "opened hush" && echo "values $KEY $PW"
      - echo "cached $(cat kept/file)"
      - mkdir -p kept && echo "$CODEBUILD_BUILD_NUMBER" > kept/file
cache: {paths: ['kept/**/*']}
"#;

fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A bare repository `o/app.git` in a folder; the id of its only commit.
fn repository() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    std::fs::create_dir(&work).unwrap();
    git(&work, &["init", "--quiet", "--initial-branch=main"]);
    std::fs::write(work.join("buildspec.yml"), SPEC).unwrap();
    git(&work, &["add", "."]);
    git(&work, &["commit", "--quiet", "-m", "first"]);
    std::fs::create_dir(folder.path().join("o")).unwrap();
    git(&work, &["clone", "--quiet", "--bare", ".", "../o/app.git"]);
    let commit = git(&work, &["rev-parse", "HEAD"]);
    (folder, commit)
}

async fn codebuild(rewrite: &str) -> Caller {
    let config = Config {
        git_rewrites: Rewrites::new(vec![rewrite.parse().unwrap()]),
        ..Config::in_memory()
    };
    let house = House::with(config).await;
    house.caller.to(CODEBUILD)
}

fn project(cache: Value) -> Value {
    let variables = json!([{"name": "PW", "value": "/app/pw", "type": "PARAMETER_STORE"}]);
    json!({
        "name": "app",
        "source": {"type": "GITHUB", "location": "https://github.com/o/app.git", "gitCloneDepth": 1},
        "sourceVersion": "main",
        "artifacts": {"type": "NO_ARTIFACTS"},
        "cache": cache,
        "environment": {"type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL", "environmentVariables": variables},
        "serviceRole": ROLE,
    })
}

/// Runs a build to its end.
async fn built(codebuild: &Caller) -> Value {
    let started = codebuild
        .ok("StartBuild", json!({"projectName": "app"}))
        .await;
    let id = started["build"]["id"].clone();
    wait_for("the end of the build", async || {
        let builds = codebuild.ok("BatchGetBuilds", json!({"ids": [id]})).await;
        let build = builds["builds"][0].clone();
        (build["buildComplete"] == true).then_some(build)
    })
    .await
}

async fn log(codebuild: &Caller, build: &Value) -> String {
    let (group, stream) = (&build["logs"]["groupName"], &build["logs"]["streamName"]);
    let body = json!({"logGroupName": group, "logStreamName": stream, "startFromHead": true});
    let events = codebuild
        .to(crate::support::caller::LOGS)
        .ok("GetLogEvents", body)
        .await;
    let events = events["events"].as_array().unwrap().iter();
    events
        .map(|event| event["message"].as_str().unwrap())
        .collect()
}

fn context(build: &Value, phase: &str) -> String {
    let phases = build["phases"].as_array().unwrap().iter();
    let mut named = phases.filter(|of| of["phaseType"] == phase);
    let context = &named.next().unwrap()["contexts"][0];
    context["message"].as_str().unwrap().to_owned()
}

async fn stores(codebuild: &Caller) {
    let parameter = json!({"Name": "/app/pw", "Value": "hush", "Type": "SecureString"});
    codebuild.to(SSM).ok("PutParameter", parameter).await;
    let secret = json!({"Name": "app/db", "SecretString": r#"{"key":"opened"}"#});
    codebuild
        .to(SECRETSMANAGER)
        .ok("CreateSecret", secret)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repository_is_built_with_secrets_and_a_cache_until_it_is_invalidated() {
    // contract codebuild §4.4, §5.2, §5.6, §5.7, §7, §9.1; §3.1 InvalidateProjectCache
    let (folder, commit) = repository();
    let codebuild = codebuild(&format!("https://github.com/={}/", folder.path().display())).await;
    codebuild.s3("PUT", "/cache", "").await;
    let cache = json!({"type": "S3", "location": "cache/app"});
    codebuild.ok("CreateProject", project(cache)).await;
    let failed = built(&codebuild).await;
    assert_eq!(failed["buildStatus"], "FAILED");
    assert_eq!(
        context(&failed, "DOWNLOAD_SOURCE"),
        "parameter does not exist: /app/pw"
    );
    stores(&codebuild).await;
    let mut found = Vec::new();
    for _ in 0..2 {
        let build = built(&codebuild).await;
        let log = log(&codebuild, &build).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{log}");
        assert_eq!(build["resolvedSourceVersion"], commit);
        assert_eq!(build["sourceVersion"], "main");
        assert!(log.contains("\nvalues *** ***\n"), "{log}");
        found.push(log.contains("\ncached 2\n"));
    }
    codebuild
        .ok("InvalidateProjectCache", json!({"projectName": "app"}))
        .await;
    let build = built(&codebuild).await;
    let log = log(&codebuild, &build).await;
    found.push(log.contains("\ncached 3\n"));
    assert_eq!(found, [false, true, false]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_asked_with_the_accounts_credentials_and_no_others() {
    // contract codebuild §3.6, §4.4, §7.1
    let host = Endpoint::answering(&[401; 100]).await;
    let origin = host.url.split("/hook").next().unwrap().to_owned();
    let codebuild = codebuild(&format!("https://github.com/={origin}/")).await;
    let mut plain = project(json!({"type": "NO_CACHE"}));
    plain["environment"]["environmentVariables"] = json!([]);
    codebuild.ok("CreateProject", plain).await;
    let said = "for primary source and source version main";
    let build = built(&codebuild).await;
    let anonymous = context(&build, "DOWNLOAD_SOURCE");
    assert_eq!(anonymous, format!("authentication required {said}"));
    assert!(
        host.posts()
            .iter()
            .all(|post| post.header("authorization").is_empty())
    );
    let token =
        json!({"serverType": "GITHUB", "authType": "PERSONAL_ACCESS_TOKEN", "token": "ghp_hidden"});
    codebuild.ok("ImportSourceCredentials", token).await;
    let build = built(&codebuild).await;
    assert_eq!(
        context(&build, "DOWNLOAD_SOURCE"),
        format!("authorization failed {said}")
    );
    // `x-access-token:ghp_hidden`
    let expected = "Basic eC1hY2Nlc3MtdG9rZW46Z2hwX2hpZGRlbg==";
    let seen = host.posts();
    assert!(
        seen.iter()
            .any(|post| post.header("authorization") == expected),
        "{seen:?}"
    );
    let log = log(&codebuild, &build).await;
    assert!(!log.contains("ghp_hidden"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_local_cache_outlives_the_server_in_its_folder() {
    // contract codebuild §9.1: LOCAL_CUSTOM_CACHE; our reading: kept with the data
    let (folder, _) = repository();
    let data = tempfile::tempdir().unwrap();
    let rewrite = format!("https://github.com/={}/", folder.path().display());
    let config = Config {
        git_rewrites: Rewrites::new(vec![rewrite.parse().unwrap()]),
        data: slipway::config::Data::Folder(data.path().join("d").to_str().unwrap().into()),
        ..Config::in_memory()
    };
    let app = open(config.clone()).await;
    app.resume().await;
    let caller = Caller::of(Server::of(app.clone()).await, CODEPIPELINE).await;
    let codebuild = caller.to(CODEBUILD);
    stores(&codebuild).await;
    let cache = json!({"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]});
    codebuild.ok("CreateProject", project(cache)).await;
    built(&codebuild).await;
    app.close().await.unwrap();
    drop((app, caller, codebuild));
    let app = open(config).await;
    app.resume().await;
    let codebuild = Caller::again(Server::of(app).await, CODEBUILD);
    let build = built(&codebuild).await;
    let log = log(&codebuild, &build).await;
    assert!(log.contains("\ncached 1\n"), "{log}");
}
