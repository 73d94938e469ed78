//! Builds beside what does the same without them: commands, a queue, output, artifacts, buildspecs, lists.
//!
//! In process, the store on disk as `serve` has it. Each figure stands beside its measure, taken in the same run; ratios are theirs.
//! `SLIPWAY_BENCH_BUILDS` (100 queued), `SLIPWAY_BENCH_LINES` (100,000), `SLIPWAY_BENCH_FILES` (10,000) of together
//! `SLIPWAY_BENCH_MEGABYTES` (1,024), and `SLIPWAY_BENCH_STORED` (1,000,000 builds) make it smaller. `SLIPWAY_TEST_IMAGE` names the
//! image. What needs Docker says so where there is none. An argument runs the parts whose name contains it.

mod artifacts;
mod house;
mod listing;
mod output;
mod overhead;
mod parse;
mod queue;

use std::time::Duration;

#[tokio::main]
async fn main() {
    slipway::sandbox::process::supervise();
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wants = |name: &str| wanted.as_deref().is_none_or(|wanted| name.contains(wanted));
    if wants("parse") {
        parse::run();
    }
    if wants("listing") {
        listing::run(number("SLIPWAY_BENCH_STORED", 1_000_000)).await;
    }
    if wants("artifacts") {
        let (files, megabytes) = (
            number("SLIPWAY_BENCH_FILES", 10_000),
            number("SLIPWAY_BENCH_MEGABYTES", 1_024),
        );
        artifacts::run(files, megabytes).await;
    }
    if let Err(why) = slipway::sandbox::docker::available().await {
        println!("skipped, as it needs Docker: {why}");
        return;
    }
    if wants("overhead") {
        overhead::run().await;
    }
    if wants("queue") {
        queue::run(number("SLIPWAY_BENCH_BUILDS", 100)).await;
    }
    if wants("output") {
        output::run(number("SLIPWAY_BENCH_LINES", 100_000)).await;
    }
}

fn number(variable: &str, default: usize) -> usize {
    match std::env::var(variable) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    }
}

fn image() -> String {
    let image = std::env::var("SLIPWAY_TEST_IMAGE");
    image.unwrap_or_else(|_| "slipway-test/busybox:latest".to_owned())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Megabytes of this process, at most so far.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}
