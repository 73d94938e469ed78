//! Speed of logs: appending lines as builds do, and reading them back in pages.
//!
//! Every append is durable when it is counted.

use camino::Utf8PathBuf;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use slipway::aws::{Account, Region, Scope, Time};
use slipway::companions::LogLine;
use slipway::companions::logs::{Logs, Tables};
use slipway::store::{Builder, Location};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn scope() -> Scope {
    let account = Account::parse("000000000000").expect("twelve digits");
    Scope::new(account, Region::parse("us-east-1").expect("a region"))
}

fn open(location: Location) -> Logs {
    let mut b = Builder::new();
    let tables = Tables::declare(&mut b);
    Logs::new(b.open(location).expect("the folder is ours"), tables)
}

fn lines(count: i64, from: i64) -> Vec<LogLine> {
    let line = |number| LogLine {
        time: Time::from_millis(from + number),
        message: format!(
            "[Container] 2026/11/21 03:04:05 Compiling package number {number} of many, with some words\n"
        ),
    };
    (0..count).map(line).collect()
}

async fn append(logs: &Logs, stream: &str, lines: Vec<LogLine>) {
    let appended = logs
        .append(&scope(), "g", stream, lines, Time::from_millis(1))
        .await;
    appended.expect("appended");
}

async fn stream(logs: &Logs, name: &str) {
    let opened = logs
        .open_stream(&scope(), "g", name, Time::from_millis(1))
        .await;
    opened.expect("opened");
}

fn appends(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = TempDir::new().expect("a temporary folder");
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).expect("a UTF-8 path");
    for (name, location) in [
        ("folder", Location::Folder(path)),
        ("memory", Location::Memory),
    ] {
        let logs = open(location);
        runtime.block_on(stream(&logs, "s"));
        let mut group = c.benchmark_group(format!("append, {name}"));
        for count in [1, 100, 1000] {
            group.throughput(Throughput::Elements(count as u64));
            group.bench_function(BenchmarkId::new("lines", count), |b| {
                b.iter_custom(|times| {
                    let batches: Vec<_> =
                        (0..times as i64).map(|n| lines(count, n * count)).collect();
                    let start = Instant::now();
                    runtime.block_on(async {
                        for batch in batches {
                            append(&logs, "s", batch).await;
                        }
                    });
                    start.elapsed()
                });
            });
        }
        group.finish();
    }
}

fn follow(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let logs = open(Location::Memory);
    runtime.block_on(async {
        stream(&logs, "s").await;
        append(&logs, "s", lines(10_000, 0)).await;
    });
    c.bench_function("read 10,000 lines from the head", |b| {
        b.iter(|| {
            let mut follower = logs.follow(&scope(), "g", "s");
            let mut seen = 0;
            while seen < 10_000 {
                seen += follower.read().expect("read").len();
            }
        });
    });
}

criterion_group! {
    name = logs;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = appends, follow
}
criterion_main!(logs);
