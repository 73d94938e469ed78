//! Many pipelines: a thousand that run at once, a thousand that wait, and a few beside a long past.
//!
//! In process, the store on disk as `serve` has it. Prints all figures; goals stand beside those that have one. `SLIPWAY_BENCH_PIPELINES`
//! (1,000), `SLIPWAY_BENCH_STORED` (100,000) and `SLIPWAY_BENCH_PAST` (1,000,000) make it smaller. Stores are made under the system's
//! folder for temporary files (`TMPDIR`); the full size takes 7 GB there. Every figure of time has the disk's syncs and the other users
//! of the processors in it; the CPU time of an execution is the steadier one.

mod crowd;
mod past;
mod sample;
mod waiting;

use std::time::Duration;

#[tokio::main]
async fn main() {
    slipway::sandbox::process::supervise();
    let pipelines = number("SLIPWAY_BENCH_PIPELINES", 1_000);
    let over = crowd::run(pipelines).await;
    waiting::run(pipelines).await;
    let stored = number("SLIPWAY_BENCH_STORED", 100_000);
    past::run(over, stored, number("SLIPWAY_BENCH_PAST", 1_000_000)).await;
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
