//! Many lines of output to the log of a build, beside the same lines to `docker logs`; memory is to stay flat.

use super::house::House;
use super::{image, peak};
use slipway::config::Builds;
use std::process::{Command, Stdio};
use std::time::Instant;

pub async fn run(lines: usize) {
    let script = format!("seq {lines} | sed 's/$/ a line of output with some words in it/'");
    let house = House::new(Builds::Docker).await;
    let spec = format!("version: 0.2\nphases: {{build: {{commands: [\"{script}\"]}}}}\n");
    house
        .project(
            "warm",
            "version: 0.2\nphases: {build: {commands: ['true']}}\n",
            None,
        )
        .await;
    let warm = house.start("warm").await;
    house.end(&warm).await;
    let before = peak();
    house.project("p", &spec, None).await;
    let begin = Instant::now();
    let id = house.start("p").await;
    house.end(&id).await;
    let ours = lines as f64 / begin.elapsed().as_secs_f64();
    let grown = peak() - before;
    let begin = Instant::now();
    let name = format!("slipway-bench-{}", uuid::Uuid::new_v4().simple());
    let mut docker = Command::new("docker");
    docker.args(["run", "--name", &name, &image(), "sh", "-c", &script]);
    let ran = docker
        .stdout(Stdio::null())
        .status()
        .expect("the docker command");
    let logs = Command::new("docker")
        .args(["logs", &name])
        .stdout(Stdio::piped())
        .output();
    let theirs = lines as f64 / begin.elapsed().as_secs_f64();
    let removed = Command::new("docker")
        .args(["rm", "-f", &name])
        .stdout(Stdio::null())
        .status();
    assert!(ran.success() && removed.expect("the docker command").success());
    let seen = logs
        .expect("the log")
        .stdout
        .iter()
        .filter(|byte| **byte == b'\n')
        .count();
    assert_eq!(seen, lines);
    println!(
        "output: {lines} lines, {ours:.0} lines/s in a build, {theirs:.0} with docker run and docker logs: {:.2} of it; memory grew by {grown:.0} MB",
        ours / theirs
    );
    house.close().await;
}
