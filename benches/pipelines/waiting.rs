//! Executions that wait for an approval: what one costs in memory, and that all of them together cost no time.
//!
//! The whole application runs. Twice as many executions as asked for: the first half warms everything up that grows but once.

use crate::sample;
use camino::Utf8PathBuf;
use codepipeline_api::input::StartPipelineExecutionInput;
use iam_api::input::CreateRoleInput;
use slipway::app::App;
use slipway::codepipeline::operations;
use slipway::codepipeline::store::PipelineKey;
use slipway::companions::{ByteStream, ObjectMeta, ObjectRef, s3};
use slipway::config::{Builds, Config, Data};
use slipway::engine::pipeline::Pipeline;
use slipway::server::Call;
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Principal":{"Service":"codepipeline.amazonaws.com"}}]}"#;
const IDLE: Duration = Duration::from_secs(5);
/// Threads that files are read and written on end by themselves when they had nothing to do for ten seconds.
const SETTLED: Duration = Duration::from_secs(12);

pub async fn run(executions: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
    let config = Config {
        data: Data::Folder(path),
        builds: Builds::Host,
        ..Config::in_memory()
    };
    let app = App::start(config).await.expect("an application");
    furnish(&app, 2 * executions).await;
    wait_for_approvals(&app, 0..executions).await;
    tokio::time::sleep(SETTLED).await;
    let before = resident();
    wait_for_approvals(&app, executions..2 * executions).await;
    tokio::time::sleep(SETTLED).await;
    let after = resident();
    let key = (Call::new(&app).scope, sample::name(0));
    let row = app.codepipeline.engine.state(&key).expect("a row");
    let row = serde_json::to_vec(&*row).expect("JSON").len();
    match before.zip(after) {
        Some((before, after)) => println!(
            "{executions} more executions that wait for an approval: {:.1} kB of resident memory each ({:.1} MB before, {:.1} MB after); a row is {:.1} kB of JSON",
            (after - before) / executions as f64,
            before / 1000.0,
            after / 1000.0,
            row as f64 / 1000.0,
        ),
        None => println!("memory is measured on Linux only"),
    }
    idle(2 * executions).await;
    app.close().await.expect("closed");
}

async fn idle(executions: usize) {
    // What began before has its end.
    tokio::time::sleep(SETTLED).await;
    let looks = (busy(), busy());
    tokio::time::sleep(IDLE).await;
    match (looks, busy()) {
        ((Some(first), Some(before)), Some(after)) => println!(
            "idle with {executions} approvals that wait: {:.3} ms of CPU time in {} s (goal: none), of which to look at it takes {:.3} ms",
            (after - before) as f64 / 1_000_000.0,
            IDLE.as_secs(),
            (before - first) as f64 / 1_000_000.0,
        ),
        _ => println!("CPU time is measured on Linux only"),
    }
}

/// Starts one execution of each and returns when all of them wait.
async fn wait_for_approvals(app: &Arc<App>, which: std::ops::Range<usize>) {
    let mut all = JoinSet::new();
    for name in which.map(sample::name) {
        let app = app.clone();
        all.spawn(async move {
            let key: PipelineKey = (Call::new(&app).scope, name.clone());
            let mut changes = app.codepipeline.engine.watch(key.clone());
            let input = StartPipelineExecutionInput::new(name);
            let started = operations::start_pipeline_execution(input, Call::new(&app)).await;
            started.expect("started");
            while !waits(&app.codepipeline.engine.state(&key).expect("a row")) {
                changes.changed().await;
            }
        });
    }
    all.join_all().await;
}

fn waits(pipeline: &Pipeline) -> bool {
    let live = pipeline.live.first();
    let live = live.expect("nothing fails here");
    let stage = live.execution.stage();
    stage.is_some_and(|stage| stage.name == "Approve")
}

async fn furnish(app: &Arc<App>, pipelines: usize) {
    let role = CreateRoleInput::new("delivery", TRUST);
    let created =
        slipway::companions::iam::operations::create_role::create_role(role, Call::new(app));
    created.await.expect("a role");
    let caller = caller(app);
    for bucket in ["incoming", "store"] {
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
    let rows = app.codepipeline.tables.pipelines.clone();
    let write = app.store.write(move |tx| {
        for name in (0..pipelines).map(sample::name) {
            let row = sample::approved(&scope, &name);
            tx.put(&rows, (scope.clone(), name), row);
        }
        Ok::<_, ()>(())
    });
    write.await.expect("written");
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

/// Kilobytes of this process in memory.
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1.024)
}

/// Nanoseconds that all threads of this process have run.
pub fn busy() -> Option<u64> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let ran = threads.filter_map(|thread| {
        let file = thread.ok()?.path().join("schedstat");
        let text = fs::read_to_string(file).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Some(ran.sum())
}
