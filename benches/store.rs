//! Speed of the store: acknowledged writes with 1, 16 and 64 clients, reads, and the start with many rows.
//!
//! Every write is durable when it is counted. The folder is made under the system's folder for temporary files; figures mean
//! something when that is on the disk one cares about.

use camino::Utf8PathBuf;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde::{Deserialize, Serialize};
use slipway::store::{Builder, Direction, Index, Location, Records, Store, Table};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const ROWS: u64 = 100_000;

/// About the size of a small definition.
#[derive(Clone, Serialize, Deserialize)]
struct Row {
    name: String,
    number: u64,
    description: String,
    tags: Vec<(String, String)>,
}

fn row(number: u64) -> Row {
    Row {
        name: format!("project-{number:08}"),
        number,
        description: "Builds what was pushed and puts the artifact where the next stage finds it."
            .repeat(3),
        tags: vec![
            ("team".into(), "builders".into()),
            ("stage".into(), "beta".into()),
        ],
    }
}

struct World {
    rows: Table<String, Row>,
    by_number: Index<u64, String>,
    events: Records<(String, u64), Row>,
    store: Store,
}

fn open(location: Location) -> World {
    let mut b = Builder::new();
    let rows = b.table("rows");
    let by_number = b.index(&rows, |_: &String, row: &Row| vec![row.number]);
    let events = b.records("events");
    let store = b.open(location).expect("the folder is ours");
    World {
        rows,
        by_number,
        events,
        store,
    }
}

fn folder() -> (TempDir, Location) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).expect("a UTF-8 path");
    (folder, Location::Folder(path))
}

async fn put(w: &World, number: u64) {
    let (rows, row) = (w.rows.clone(), row(number));
    let write = w.store.write(move |tx| {
        tx.put(&rows, row.name.clone(), row);
        Ok::<_, ()>(())
    });
    write.await.expect("written");
}

async fn fill(w: &World, count: u64) {
    for start in (0..count).step_by(1000) {
        let (rows, events) = (w.rows.clone(), w.events.clone());
        let write = w.store.write(move |tx| {
            for number in start..(start + 1000).min(count) {
                let row = row(number);
                tx.put_record(&events, ("all".into(), number), row.clone());
                tx.put(&rows, row.name.clone(), row);
            }
            Ok::<_, ()>(())
        });
        write.await.expect("written");
    }
}

/// The time that `count` writes take which `clients` make, each waiting for its answer before the next.
fn clients(runtime: &Runtime, w: &World, clients: u64, count: u64) -> Duration {
    runtime.block_on(async {
        let start = Instant::now();
        let each = |client: u64| async move {
            for number in 0..count.div_ceil(clients) {
                put(w, client * 1_000_000 + number % 1000).await;
            }
        };
        futures::future::join_all((0..clients).map(each)).await;
        start.elapsed()
    })
}

fn writes(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let (_folder, location) = folder();
    for (name, location) in [("folder", location), ("memory", Location::Memory)] {
        let w = open(location);
        let mut group = c.benchmark_group(format!("acknowledged writes, {name}"));
        group.throughput(Throughput::Elements(1));
        for count in [1, 16, 64] {
            group.bench_function(BenchmarkId::new("clients", count), |b| {
                b.iter_custom(|writes| clients(&runtime, &w, count, writes));
            });
        }
        group.finish();
    }
}

fn reads(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let (_folder, location) = folder();
    let w = open(location);
    runtime.block_on(fill(&w, ROWS));
    let mut group = c.benchmark_group("reads of 100,000 rows");
    let key = row(77_777).name;
    group.bench_function("get", |b| b.iter(|| w.rows.get(black_box(&key))));
    group.bench_function("range of 100", |b| {
        b.iter(|| {
            w.rows
                .range(black_box(&key).clone().., Direction::Forward, 100)
        });
    });
    group.bench_function("index range of 100", |b| {
        b.iter(|| {
            w.by_number
                .range(black_box(500).., Direction::Backward, 100)
        });
    });
    let event = ("all".to_owned(), 50_000);
    group.bench_function("record get", |b| b.iter(|| w.events.get(black_box(&event))));
    group.bench_function("record range of 100", |b| {
        b.iter(|| {
            w.events
                .range(black_box(&event).clone().., Direction::Forward, 100)
        });
    });
    group.finish();
}

fn start(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let mut group = c.benchmark_group("start");
    for rows in [0, ROWS] {
        let (_folder, location) = folder();
        runtime.block_on(fill(&open(location.clone()), rows));
        group.bench_function(BenchmarkId::new("rows", rows), |b| {
            b.iter_custom(|times| {
                let open_once = |_| {
                    let start = Instant::now();
                    let w = open(location.clone());
                    let elapsed = start.elapsed();
                    assert_eq!(w.rows.len() as u64, rows);
                    elapsed
                };
                (0..times).map(open_once).sum()
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = store;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = writes, reads, start
}
criterion_main!(store);
