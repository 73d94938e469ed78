//! What goes wrong around builds: each time a truthful end, and nothing left behind.
//!
//! Witness of all: product.md §1, "never fake success".

use super::house::House;
use super::{docker, host};
use crate::sandbox::docker::{changed, containers_of, remove_image};
use crate::sandbox::docker_place::{self, Instance};
use crate::sandbox::host::{are_dead, options, pids};
use crate::sandbox::run::wait_for;
use camino::Utf8PathBuf;
use slipway::engine::build::BuildState;
use slipway::engine::build::plan::*;
use slipway::engine::build::state::{BuildStatus, Phase, PhaseStatus};
use slipway::sandbox::Sandboxes;
use slipway::sandbox::docker::{DockerOptions, DockerSandboxes};
use slipway::sandbox::process::HostSandboxes;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

fn spec(commands: &[&str]) -> String {
    let commands: Vec<String> = commands
        .iter()
        .map(|c| format!("      - |\n        {}\n", c.replace('\n', "\n        ")))
        .collect();
    format!(
        "version: 0.2\nphases:\n  build:\n    commands:\n{}",
        commands.concat()
    )
}

/// Phase, status and message of the first failure.
fn failure(build: &BuildState) -> (Phase, PhaseStatus, String) {
    let (phase, status, context) = build.failure().expect("something went wrong");
    (phase, status, context.message)
}

async fn log(house: &House, plan_uuid: &str) -> String {
    house.log("/aws/codebuild/hello", plan_uuid).await
}

/// A socket in front of the engine's that can be cut and mended.
struct Wire {
    path: std::path::PathBuf,
    cut: CancellationToken,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Wire {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        let (cut, task) = Self::serve(&path);
        Self {
            path,
            cut,
            task,
            _folder: folder,
        }
    }

    fn serve(path: &Path) -> (CancellationToken, JoinHandle<()>) {
        let _ = std::fs::remove_file(path);
        let listener = UnixListener::bind(path).unwrap();
        let cut = CancellationToken::new();
        let until = cut.clone();
        let task = tokio::spawn(async move {
            while let Some(Ok((mut client, _))) = until.run_until_cancelled(listener.accept()).await
            {
                let until = until.clone();
                tokio::spawn(async move {
                    let mut engine = UnixStream::connect("/var/run/docker.sock").await.unwrap();
                    let copied = tokio::io::copy_bidirectional(&mut client, &mut engine);
                    until.run_until_cancelled(copied).await
                });
            }
        });
        (cut, task)
    }

    async fn cut(&mut self) {
        self.cut.cancel();
        (&mut self.task).await.unwrap();
        std::fs::remove_file(&self.path).unwrap();
    }

    fn mend(&mut self) {
        (self.cut, self.task) = Self::serve(&self.path);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_goes_away_ends_its_builds_as_fault() {
    if !docker_place::is_there().await || !Path::new("/var/run/docker.sock").exists() {
        return;
    }
    let mut wire = Wire::new();
    let instance = format!("test-{}", uuid::Uuid::new_v4().simple());
    let connected = DockerSandboxes::connect(DockerOptions {
        instance: instance.clone(),
        host: Some(format!("unix://{}", wire.path.display())),
        ..Default::default()
    });
    let sandboxes = Arc::new(connected.await.unwrap());
    let house = House::new(sandboxes.clone(), &docker_place::image(), Box::new(())).await;
    let plan = house.plan(&spec(&["echo begun", "sleep 1000"]));
    let uuid = plan.uuid.clone();
    let key = house.start(plan).await;
    house.logged(&key, "\nbegun\n").await;
    wire.cut().await;
    let build = house.finished(&key).await;
    let (phase, status, message) = failure(&build);
    assert_eq!(
        (phase, status),
        (Phase::Build, PhaseStatus::Fault),
        "{message}"
    );
    assert_eq!(build.status, BuildStatus::Fault);
    assert!(!message.is_empty());
    let said = log(&house, &uuid).await;
    assert!(
        said.contains("Phase complete: BUILD State: FAULT"),
        "{said}"
    );

    // The next one cannot even begin, and says why.
    let build = house.run(house.plan(&spec(&["true"]))).await;
    assert_eq!(build.status, BuildStatus::Fault);
    assert_eq!(failure(&build).0, Phase::Provisioning);

    // What could not be removed is removed by whoever sweeps when the engine is back.
    wire.mend();
    sandboxes.sweep().await.unwrap();
    assert_eq!(containers_of(&instance).await, []);
    let build = house.run(house.plan(&spec(&["true"]))).await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    house.leave().await;
    sandboxes.sweep().await.unwrap();
}

/// Calls to the engine, with `_` for the ids of containers and of commands.
type Calls = Arc<Mutex<Vec<String>>>;

/// A socket in front of the engine's that writes down what is asked.
async fn overheard(path: &Path) -> (Calls, JoinHandle<()>) {
    let calls = Calls::default();
    let listener = UnixListener::bind(path).unwrap();
    let heard = calls.clone();
    let task = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let heard = heard.clone();
            tokio::spawn(async move {
                let engine = UnixStream::connect("/var/run/docker.sock").await.unwrap();
                let (mut from_engine, mut to_engine) = engine.into_split();
                let (mut from_client, mut to_client) = client.into_split();
                tokio::spawn(
                    async move { tokio::io::copy(&mut from_engine, &mut to_client).await },
                );
                let mut bytes = vec![0; 64 * 1024];
                while let Ok(read @ 1..) = from_client.read(&mut bytes).await {
                    let text = String::from_utf8_lossy(&bytes[..read]);
                    heard.lock().unwrap().extend(text.lines().filter_map(call));
                    to_engine.write_all(&bytes[..read]).await.unwrap();
                }
                let _ = to_engine.shutdown().await;
            });
        }
    });
    (calls, task)
}

/// `POST /containers/<id>/start?… HTTP/1.1` is `POST containers/_/start`.
fn call(line: &str) -> Option<String> {
    let (method, rest) = line.strip_suffix(" HTTP/1.1")?.split_once(" /")?;
    let (path, _) = rest.split_once('?').unwrap_or((rest, ""));
    let is_id = |step: &str| step.len() == 64 || step.starts_with("slipway-");
    let steps = path.split('/').map(|step| match is_id(step) {
        true => "_",
        false => step,
    });
    Some(format!("{method} {}", steps.collect::<Vec<_>>().join("/")))
}

// Witness: ours: a small build costs its engine little more than the container that it runs in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_build_asks_its_engine_for_no_more_than_it_needs() {
    if !docker_place::is_there().await || !Path::new("/var/run/docker.sock").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker.sock");
    let (calls, task) = overheard(&path).await;
    let connected = DockerSandboxes::connect(DockerOptions {
        instance: format!("test-{}", uuid::Uuid::new_v4().simple()),
        host: Some(format!("unix://{}", path.display())),
        ..Default::default()
    });
    let sandboxes = Arc::new(connected.await.unwrap());
    sandboxes.network().await.unwrap();
    let house = House::new(sandboxes.clone(), &docker_place::image(), Box::new(())).await;
    calls.lock().unwrap().clear();
    let build = house
        .run(house.plan(&spec(&["echo one", "echo two"])))
        .await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    wait_for("the container is removed", async || {
        let calls = calls.lock().unwrap();
        calls.iter().any(|call| call.starts_with("DELETE"))
    })
    .await;
    let calls = std::mem::take(&mut *calls.lock().unwrap());
    assert_eq!(
        calls,
        [
            "POST containers/create",
            "POST containers/_/start",
            // One for each command.
            "POST containers/_/exec",
            "POST exec/_/start",
            "POST containers/_/exec",
            "POST exec/_/start",
            // Whether there are reports.
            "POST containers/_/attach",
            // When the build is over.
            "POST containers/_/kill",
            "DELETE containers/_",
        ]
    );
    house.leave().await;
    sandboxes.sweep().await.unwrap();
    task.abort();
}

/// A file system of a few megabytes; `None`, and said so, where none can be mounted.
struct Small(tempfile::TempDir);

impl Small {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let mount = mount
            .args(["-t", "tmpfs", "-o", "size=8m", "none"])
            .arg(folder.path());
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self(folder)),
            refused => {
                eprintln!("skipped: no file system can be mounted: {refused:?}");
                None
            }
        }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_fails_the_build_and_is_free_again() {
    let Some(small) = Small::new() else {
        return;
    };
    let boxes = small.0.path().join("boxes");
    let sandboxes = Arc::new(HostSandboxes::new(options(
        Utf8PathBuf::try_from(boxes.clone()).unwrap(),
    )));
    let house = House::new(sandboxes, "not/used:here", Box::new(())).await;
    let plan = house.plan(&spec(&["head -c 20000000 /dev/zero > big", "echo never"]));
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let (phase, status, message) = failure(&build);
    assert_eq!((phase, status), (Phase::Build, PhaseStatus::Failed));
    assert!(message.contains("Reason: exit status "), "{message}");

    // A source that does not fit.
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("big", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(&vec![7; 20_000_000]).unwrap();
    house
        .put("src", "big.zip", zip.finish().unwrap().into_inner())
        .await;
    let plan = BuildPlan {
        source: Source::S3 {
            location: "src/big.zip".to_owned(),
        },
        ..house.plan(&spec(&["true"]))
    };
    let build = house.run(plan).await;
    assert_ne!(build.status, BuildStatus::Succeeded);
    let (phase, _, message) = failure(&build);
    assert_eq!(phase, Phase::DownloadSource);
    assert!(message.contains("No space left on device"), "{message}");

    wait_for("the folders are removed", async || {
        std::fs::read_dir(&boxes).unwrap().count() == 0
    })
    .await;
    let build = house.run(house.plan(&spec(&["echo fits > small"]))).await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    house.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_that_vanishes_ends_no_running_build_but_the_next() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let image = changed(&instance, "ENV VANISHES=soon").await;
    let id = instance.id.clone();
    let house = House::new(instance.sandboxes.clone(), &image, Box::new(instance)).await;
    let plan = house.plan(&spec(&[
        "echo begun",
        "while [ ! -e /tmp/go ]; do sleep 0.05; done",
        "echo \"still $VANISHES\"",
    ]));
    let uuid = plan.uuid.clone();
    let key = house.start(plan).await;
    house.logged(&key, "\nbegun\n").await;
    remove_image(&image).await;
    let [container] = containers_of(&id).await.try_into().unwrap();
    let go = Command::new("docker")
        .args(["exec", &container.id.unwrap(), "touch", "/tmp/go"])
        .status();
    assert!(go.unwrap().success());
    let build = house.finished(&key).await;
    let said = log(&house, &uuid).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{said}");
    assert!(said.contains("\nstill soon\n"), "{said}");

    let build = house.run(house.plan(&spec(&["true"]))).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let (phase, status, context) = build.failure().unwrap();
    assert_eq!((phase, status), (Phase::Provisioning, PhaseStatus::Failed));
    assert_eq!(context.code, "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE");
    wait_for("no container is left", async || {
        containers_of(&id).await.is_empty()
    })
    .await;
    house.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buckets_that_are_deleted_fail_the_phase_that_needs_them() {
    let house = host::house().await;
    house.put("src", "app.zip", super::stories::source()).await;
    let to_out = |house: &House, source: Source| {
        BuildPlan {
        source,
        artifacts: Some(super::stories::s3("app", Packaging::Zip)),
        ..house.plan("version: 0.2\nphases: {build: {commands: ['echo begun', 'while [ ! -e go ]; do sleep 0.05; done', 'echo x > x']}}\nartifacts: {files: [x]}\n")
    }
    };
    // The bucket of the artifacts goes while the build runs.
    let plan = to_out(&house, Source::Nothing);
    let key = house.start(plan).await;
    house.logged(&key, "\nbegun\n").await;
    house.drop_bucket("out").await;
    let place = log(&house, key.1.split_once(':').unwrap().1).await;
    let place = place
        .split("CODEBUILD_SRC_DIR=")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    std::fs::write(Path::new(place).join("go"), "").unwrap();
    let build = house.finished(&key).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let (phase, status, message) = failure(&build);
    assert_eq!(
        (phase, status),
        (Phase::UploadArtifacts, PhaseStatus::Failed)
    );
    assert!(message.contains("NoSuchBucket"), "{message}");

    house.delete("src", "app.zip").await;
    house.drop_bucket("src").await;
    let location = "src/app.zip".to_owned();
    let build = house.run(to_out(&house, Source::S3 { location })).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let (phase, status, message) = failure(&build);
    assert_eq!(
        (phase, status),
        (Phase::DownloadSource, PhaseStatus::Failed)
    );
    assert!(message.contains("NoSuchBucket"), "{message}");
    house.leave().await;
}

/// Children in the background, out of the session, and without a parent.
const FAMILY: &str = "sleep 1000 & echo $!\nsetsid sh -c 'echo $$; exec sleep 1000' &\n(sh -c 'echo $$; exec sleep 1000' & )\nsleep 0.5; echo three";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_commands_leave_running_ends_with_the_build() {
    let house = host::house().await;
    let plan = house.plan(&spec(&[FAMILY, "echo next"]));
    let uuid = plan.uuid.clone();
    let build = house.run(plan).await;
    let said = log(&house, &uuid).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{said}");
    let left = pids(&said);
    assert_eq!(left.len(), 3, "{said}");
    are_dead(&left).await;
    house.leave().await;
    let Some(house) = docker::house().await else {
        return;
    };
    let plan = house.plan(&spec(&[
        "sleep 1000 & \n(sleep 1000 & )\necho left",
        "echo next",
    ]));
    let uuid = plan.uuid.clone();
    assert_eq!(house.run(plan).await.status, BuildStatus::Succeeded);
    let name = format!("label=slipway.sandbox={uuid}");
    wait_for("no container is left", async || {
        let listed = Command::new("docker")
            .args(["ps", "-aq", "--filter", &name])
            .output();
        listed.unwrap().stdout.is_empty()
    })
    .await;
    house.leave().await;
}

/// The build is stopped; its command listens to no signal.
async fn deaf(house: House) {
    let plan = house.plan(&spec(&[
        "trap '' TERM INT HUP QUIT; echo deaf; while :; do sleep 1000; done",
    ]));
    let key = house.start(plan).await;
    house.logged(&key, "\ndeaf\n").await;
    let build = house.stop(&key).await;
    assert_eq!(build.status, BuildStatus::Stopped);
    assert_eq!(failure(&build).1, PhaseStatus::Stopped);
    house.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_ignores_signals_is_stopped_all_the_same() {
    deaf(host::house().await).await;
    if let Some(house) = docker::house().await {
        deaf(house).await;
    }
}

/// Bytes that are no text come out as such, and what follows is not lost.
async fn binary(house: House) {
    let plan = house.plan(&spec(&[
        "printf '\\000\\377\\376 raw \\036slipway-\\n'",
        "echo after",
    ]));
    let uuid = plan.uuid.clone();
    let build = house.run(plan).await;
    let said = log(&house, &uuid).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{said}");
    assert!(
        said.contains("\u{fffd}\u{fffd} raw \u{1e}slipway-\n"),
        "{said:?}"
    );
    assert!(said.contains("\nafter\n"), "{said}");
    house.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn output_that_is_no_text_is_kept() {
    binary(host::house().await).await;
    if let Some(house) = docker::house().await {
        binary(house).await;
    }
}

const LONG: usize = 100_000_000;

/// One line of 100 MB is cut into events, and none of it is lost.
async fn long_line(house: House) {
    let plan = house.plan(&spec(&[
        "head -c 100000000 /dev/zero | tr '\\000' x",
        "echo after",
    ]));
    let uuid = plan.uuid.clone();
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    let said = house.lines("/aws/codebuild/hello", &uuid);
    let longest = said.iter().map(String::len).max().unwrap();
    assert!(longest <= 256 * 1024, "{longest}");
    let written = said.iter().filter(|line| line.starts_with("xx"));
    let written: usize = written.map(|line| line.trim_end().len()).sum();
    assert_eq!(written, LONG);
    assert!(said.iter().any(|line| line == "after\n"));
    house.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_of_100_megabytes_is_kept_in_pieces() {
    long_line(host::house().await).await;
    if let Some(house) = docker::house().await {
        long_line(house).await;
    }
}
