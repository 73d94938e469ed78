//! What a build of a few commands costs beside `docker run` of the same. Goal: 150 ms more.

use super::house::House;
use super::{image, median, ms};
use slipway::config::Builds;
use std::process::Command;
use std::time::{Duration, Instant};

const ROUNDS: usize = 20;
const SPEC: &str =
    "version: 0.2\nphases: {build: {commands: ['echo one', 'export A=two', 'echo $A']}}\n";

pub async fn run() {
    let house = House::new(Builds::Docker).await;
    house.project("p", SPEC, None).await;
    // The first of each warms caches up.
    round(&house).await;
    docker_run("echo one; export A=two; echo $A");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(round(&house).await);
        theirs.push(docker_run("echo one; export A=two; echo $A"));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "overhead: a build of three commands {:.0} ms, docker run of the same {:.0} ms: {:+.0} ms (goal +150)",
        ms(ours),
        ms(theirs),
        ms(ours) - ms(theirs)
    );
    house.close().await;
}

async fn round(house: &House) -> Duration {
    let begin = Instant::now();
    let id = house.start("p").await;
    house.end(&id).await;
    begin.elapsed()
}

pub fn docker_run(script: &str) -> Duration {
    let begin = Instant::now();
    let mut docker = Command::new("docker");
    let output = docker
        .args(["run", "--rm", &image(), "sh", "-c", script])
        .output();
    assert!(output.expect("the docker command").status.success());
    begin.elapsed()
}
