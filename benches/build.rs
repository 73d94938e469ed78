//! What a whole build of one `true` costs in a container, beside `docker run --rm` of the same, taking turns in one run.
//!
//! The server is as `serve` has it: a store on disk, the builds' network, StartBuild by its handler. Goal: under 300 ms more than
//! `docker run`. Prints medians. `SLIPWAY_TEST_IMAGE` names the image. Without Docker it says so and measures nothing.

use bollard::Docker;
use bollard::query_parameters::ListContainersOptionsBuilder;
use codebuild_api::input::{CreateProjectInput, StartBuildInput};
use iam_api::input::CreateRoleInput;
use serde_json::{Value, json};
use slipway::app::App;
use slipway::companions::{ByteStream, ObjectMeta, ObjectRef, s3};
use slipway::config::{Builds, Config, Data};
use slipway::engine::build::state::{BuildState, BuildStatus};
use slipway::server::Call;
use std::collections::HashMap;
use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const ROUNDS: usize = 20;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Principal":{"Service":"codebuild.amazonaws.com"}}]}"#;
const SPEC: &str = "version: 0.2\nphases: {build: {commands: ['true']}}\n";

#[tokio::main]
async fn main() {
    if let Err(why) = slipway::sandbox::docker::available().await {
        println!("skipped: {why}");
        return;
    }
    let image = std::env::var("SLIPWAY_TEST_IMAGE");
    let image = image.unwrap_or_else(|_| "slipway-test/busybox:latest".to_owned());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = camino::Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
    let config = Config {
        data: Data::Folder(path),
        builds: Builds::Docker,
        ..Config::in_memory()
    };
    let stop = CancellationToken::new();
    let server = slipway::cli::serve::start(config, stop.clone()).await;
    let (app, serving) = server.expect("a server");
    furnish(&app, &image).await;
    compare(&app, &image).await;
    stop.cancel();
    serving.await.expect("an orderly end");
}

async fn compare(app: &Arc<App>, image: &str) {
    // The first of each warms caches up.
    docker_run(image);
    for project in ["bare", "zipped"] {
        Round::of(app, project).await;
    }
    let mut theirs = Vec::new();
    let mut ours: HashMap<&str, Vec<Round>> = HashMap::new();
    for _ in 0..ROUNDS {
        theirs.push(docker_run(image));
        for project in ["bare", "zipped"] {
            let round = Round::of(app, project).await;
            ours.entry(project).or_default().push(round);
        }
    }
    let theirs = print("docker run --rm of true", theirs);
    for (project, what) in [
        ("bare", "a build without a source"),
        ("zipped", "a build of a zip in S3"),
    ] {
        let rounds = &ours[project];
        let until = |moment: fn(&Round) -> Duration| rounds.iter().map(moment).collect();
        let ended = print(
            &format!("{what}, StartBuild to SUCCEEDED"),
            until(|r| r.ended),
        );
        print(
            &format!("{what}, until its container is gone"),
            until(|r| r.removed),
        );
        println!("{what} costs {:+.0} ms", (ended - theirs) * 1000.0);
        phases(rounds);
    }
}

/// One build, from its request on.
struct Round {
    ended: Duration,
    removed: Duration,
    state: BuildState,
}

impl Round {
    async fn of(app: &Arc<App>, project: &str) -> Round {
        let begin = Instant::now();
        let input = StartBuildInput::new(project);
        let started = slipway::codebuild::operations::start_build(input, Call::new(app)).await;
        let id = started.expect("a build").build.and_then(|build| build.id);
        let id = id.expect("an id");
        let scope = Call::new(app).scope;
        let mut changes = app.codebuild.engine.watch((scope.clone(), id.clone()));
        let state = loop {
            let state = app.codebuild.state(&scope, &id).expect("the build");
            if state.is_complete() {
                break state;
            }
            changes.changed().await;
        };
        let ended = begin.elapsed();
        assert_eq!(state.status, BuildStatus::Succeeded, "{state:?}");
        gone(app).await;
        Round {
            ended,
            removed: begin.elapsed(),
            state,
        }
    }
}

/// Until no container of this server is left.
async fn gone(app: &App) {
    let docker = Docker::connect_with_defaults().expect("a socket");
    let label = format!("slipway.instance={}", app.store.instance());
    let ours = HashMap::from([("label", vec![label])]);
    let options = ListContainersOptionsBuilder::default()
        .all(true)
        .filters(&ours)
        .build();
    loop {
        let left = docker.list_containers(Some(options.clone())).await;
        if left.expect("a list").is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The medians of the phases, so that one sees where time goes.
fn phases(rounds: &[Round]) {
    let mut all: Vec<(&str, Vec<i64>)> = Vec::new();
    for record in rounds.iter().flat_map(|round| &round.state.phases) {
        let Some(end) = &record.end else { continue };
        let lasted = end.time.millis() - record.start.millis();
        match all
            .iter_mut()
            .find(|(name, _)| *name == record.phase.as_str())
        {
            Some((_, times)) => times.push(lasted),
            None => all.push((record.phase.as_str(), vec![lasted])),
        }
    }
    let shown = all.iter_mut().map(|(name, times)| {
        times.sort_unstable();
        format!("{name} {}", times[times.len() / 2])
    });
    println!("  ms: {}", shown.collect::<Vec<_>>().join(", "));
}

fn docker_run(image: &str) -> Duration {
    let begin = Instant::now();
    let status = Command::new("docker")
        .args(["run", "--rm", image, "true"])
        .status();
    assert!(status.expect("the docker command").success());
    begin.elapsed()
}

async fn furnish(app: &Arc<App>, image: &str) {
    let role = CreateRoleInput::new("builder", TRUST);
    let created =
        slipway::companions::iam::operations::create_role::create_role(role, Call::new(app));
    created.await.expect("a role");
    let caller = caller(app);
    let bucket = app
        .s3
        .create_bucket(&caller, "sources", s3::NewBucket::default());
    bucket.await.expect("a bucket");
    let at = ObjectRef {
        bucket: "sources".to_owned(),
        key: "sources.zip".to_owned(),
        version: None,
    };
    let body: ByteStream = Box::pin(futures::stream::iter([Ok(sources().into())]));
    let (scope, meta) = (Call::new(app).scope, ObjectMeta::default());
    let written = app.companions.write_object(&scope, &at, meta, body).await;
    written.expect("an object");
    let inline = json!({"type": "NO_SOURCE", "buildspec": SPEC});
    create_project(app, "bare", image, inline).await;
    let zipped = json!({"type": "S3", "location": "sources/sources.zip"});
    create_project(app, "zipped", image, zipped).await;
}

async fn create_project(app: &Arc<App>, name: &str, image: &str, source: Value) {
    let project: CreateProjectInput = serde_json::from_value(json!({
        "name": name, "serviceRole": "arn:aws:iam::000000000000:role/builder", "source": source,
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": image},
    }))
    .expect("a project");
    let created = slipway::codebuild::operations::create_project(project, Call::new(app)).await;
    created.expect("created");
}

fn sources() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("buildspec.yml", options).expect("an entry");
    zip.write_all(SPEC.as_bytes()).expect("contents");
    zip.finish().expect("a zip").into_inner()
}

fn caller(app: &Arc<App>) -> s3::Caller {
    let call = Call::new(app);
    s3::Caller {
        account: call.scope.account,
        region: call.scope.region,
        principal: call.principal.arn().to_owned(),
        request_id: call.request_id,
        now: call.now,
        limits: None,
    }
}

/// Prints the median and gives it in seconds.
fn print(what: &str, mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let ms = |at: usize| times[at].as_secs_f64() * 1000.0;
    let (median, last) = (ms(times.len() / 2), times.len() - 1);
    println!(
        "{what}: {median:.1} ms ({:.1} to {:.1}, {} rounds)",
        ms(0),
        ms(last),
        times.len()
    );
    median / 1000.0
}
