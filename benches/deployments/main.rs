//! Many instances, and many deployments: a thousand at once on a clock that is moved by hand, and lists beside a million that are over.
//!
//! In process, the store on disk as `serve` has it. Prints all figures; goals stand beside those that have one.
//! `SLIPWAY_BENCH_DEPLOYMENTS` (1,000) and `SLIPWAY_BENCH_PAST` (1,000,000) make it smaller. Stores are made under the system's folder
//! for temporary files (`TMPDIR`). Every figure of time has the disk's syncs and the other users of the processors in it.

mod crowd;
mod fleet;
mod past;
mod sample;
mod world;

use std::time::Duration;

#[tokio::main]
async fn main() {
    slipway::sandbox::process::supervise();
    fleet::run().await;
    let over = crowd::run(number("SLIPWAY_BENCH_DEPLOYMENTS", 1_000)).await;
    past::run(over, number("SLIPWAY_BENCH_PAST", 1_000_000)).await;
}

fn number(variable: &str, default: usize) -> usize {
    match std::env::var(variable) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    }
}

/// The value that this part of `values` does not exceed; sorts them.
fn quantile(values: &mut [Duration], part: f64) -> Duration {
    values.sort_unstable();
    let last = values.len() - 1;
    values[(last as f64 * part).round() as usize]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000_000.0
}
