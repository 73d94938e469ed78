//! What a build of one `true` costs: in a container beside `docker run --rm` of the same, taking turns in one run; and on the host.
//!
//! Prints medians. `SLIPWAY_TEST_IMAGE` names the image.

use slipway::sandbox::docker::{DockerOptions, DockerSandboxes};
use slipway::sandbox::process::{HostOptions, HostSandboxes};
use slipway::sandbox::{Exec, SandboxSpec, Sandboxes};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const ROUNDS: usize = 30;

#[tokio::main]
async fn main() {
    slipway::sandbox::process::supervise();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = camino::Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
    let host = HostSandboxes::new(HostOptions::new(root));
    let mut alone = Vec::new();
    for _ in 0..ROUNDS {
        alone.push(build(&host, "").await);
    }
    print("host: prepare, exec true, remove", &mut alone);

    let options = DockerOptions {
        instance: format!("bench-{}", std::process::id()),
        ..Default::default()
    };
    match DockerSandboxes::connect(options).await {
        Ok(docker) => compare(&docker).await,
        Err(why) => println!("skipped: {why}"),
    }
}

async fn compare(docker: &DockerSandboxes) {
    let image = std::env::var("SLIPWAY_TEST_IMAGE");
    let image = image.unwrap_or_else(|_| "slipway-test/busybox:latest".to_owned());
    docker.network().await.expect("a network");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(docker_run(&image));
        ours.push(build(docker, &image).await);
    }
    docker.sweep().await.expect("a sweep");
    let theirs = print("docker run --rm of true", &mut theirs);
    let ours = print("docker: prepare, exec true, remove", &mut ours);
    println!("a build costs {:.0} ms more", (ours - theirs) * 1000.0);
}

async fn build(sandboxes: &dyn Sandboxes, image: &str) -> Duration {
    let begin = Instant::now();
    let (output, _) = mpsc::channel(1);
    let spec = SandboxSpec {
        id: "bench".to_owned(),
        image: image.to_owned(),
        ..Default::default()
    };
    let exec = Exec {
        argv: vec!["true".to_owned()],
        env: Vec::new(),
        dir: "/codebuild/output/tmp".into(),
        user: None,
    };
    let sandbox = sandboxes.prepare(&spec, output.clone()).await;
    let sandbox = sandbox.expect("a sandbox");
    let end = sandbox.exec(&exec, output).await.expect("an end");
    assert_eq!(end.code(), 0);
    sandbox.remove().await;
    begin.elapsed()
}

fn docker_run(image: &str) -> Duration {
    let begin = Instant::now();
    let status = Command::new("docker")
        .args(["run", "--rm", image, "true"])
        .status();
    assert!(status.expect("the docker command").success());
    begin.elapsed()
}

/// Prints the median and gives it in seconds.
fn print(what: &str, times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let seconds = |at: usize| times[at].as_secs_f64();
    let (median, best, worst) = (
        seconds(times.len() / 2),
        seconds(0),
        seconds(times.len() - 1),
    );
    println!(
        "{what}: {:.1} ms ({:.1} to {:.1}, {} rounds)",
        median * 1000.0,
        best * 1000.0,
        worst * 1000.0,
        times.len()
    );
    median
}
