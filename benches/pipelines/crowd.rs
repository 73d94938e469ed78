//! Many pipelines that run at the same time, on the engine and the tables that the server has; their actions do nothing.
//!
//! From the end of an action to the start of the next one there is one durable commit. It is measured by the performer: from the moment
//! it gives an outcome back to the moment the pipeline's next effect is asked of it. So the wait of that outcome in the writer's queue, the
//! run of the batch it is in, the sync of the journal and all switches of tasks are in it.
//!
//! With actions of no time the processors are busy from the first start to the last end. Then executions do not advance side by side:
//! new ones are let in as others end, and what a start waits for its turn is not a gap between actions. With actions that last, the same
//! thousand are under way at the same time.

use crate::waiting::busy;
use crate::{ms, quantile, sample};
use async_trait::async_trait;
use camino::Utf8PathBuf;
use slipway::aws::{Account, Region, Scope};
use slipway::codepipeline::service::Kept;
use slipway::codepipeline::store::{PipelineKey, Tables};
use slipway::companions::events;
use slipway::engine::clock::Clock;
use slipway::engine::driver::{Driver, Perform};
use slipway::engine::pipeline::commands::start_execution;
use slipway::engine::pipeline::event::{Outcome, Success};
use slipway::engine::pipeline::execution::StageStatus;
use slipway::engine::pipeline::{
    ActionRecord, Effect, Event, Execution, Pipeline, Pipelines, perform,
};
use slipway::engine::{EffectId, Mailbox};
use slipway::store::{Builder, Location, Store};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const ROUNDS: usize = 5;
/// How long actions last at most in the rounds in which they last.
const LONGEST: Duration = Duration::from_secs(4);

/// What one execution leaves behind.
pub struct Over {
    pub pipeline: Pipeline,
    pub execution: Execution,
    pub actions: Vec<ActionRecord>,
}

struct Crowd {
    store: Store,
    tables: Tables,
    engine: Driver<Pipelines>,
    scope: Scope,
    nothing: Arc<Nothing>,
    _folder: tempfile::TempDir,
}

/// Does nothing, and notes when it is asked.
#[derive(Default)]
struct Nothing {
    marks: Mutex<Marks>,
    /// Milliseconds that actions last at most.
    longest: AtomicU64,
}

#[derive(Default)]
struct Marks {
    /// When the last outcome was given back, by pipeline.
    ended: HashMap<String, Instant>,
    gaps: Vec<Duration>,
}

/// Prints the figures; gives what an execution leaves behind.
pub async fn run(pipelines: usize) -> Over {
    let crowd = Crowd::open(pipelines).await;
    crowd.rounds("1 pipeline, actions of no time", 1, 100).await;
    let what = format!("{pipelines} pipelines at once, actions of no time");
    crowd.rounds(&what, pipelines, ROUNDS).await;
    let longest = u64::try_from(LONGEST.as_millis()).expect("some seconds");
    crowd.nothing.longest.store(longest, Ordering::Relaxed);
    let what = format!("{pipelines} pipelines at once, actions of 0 to {longest} ms");
    crowd.rounds(&what, pipelines, ROUNDS).await;
    let over = crowd.over();
    crowd.engine.halt().await;
    crowd.store.close().await;
    over
}

impl Crowd {
    async fn open(pipelines: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
        let mut builder = Builder::new();
        let tables = Tables::declare(&mut builder);
        let events = events::Tables::declare(&mut builder);
        let (driver, _) = perform::declare(&mut builder);
        let store = builder.open(Location::Folder(path)).expect("a store");
        let nothing = Arc::new(Nothing::default());
        let kept = Kept {
            tables: tables.clone(),
            events: events::Events::new(events),
        };
        let clock = Clock::system();
        let engine = Driver::new(
            driver,
            store.clone(),
            clock,
            Arc::new(kept),
            nothing.clone(),
        );
        engine.resume().await;
        let account = Account::parse("000000000000").expect("an account");
        let region = Region::parse("us-east-1").expect("a region");
        let crowd = Self {
            store,
            tables,
            engine,
            scope: Scope::new(account, region),
            nothing,
            _folder: folder,
        };
        crowd.fill(pipelines).await;
        crowd
    }

    async fn fill(&self, pipelines: usize) {
        let (rows, scope) = (self.tables.pipelines.clone(), self.scope.clone());
        let write = self.store.write(move |tx| {
            for name in (0..pipelines).map(sample::name) {
                let row = sample::deploying(&scope, &name);
                tx.put(&rows, (scope.clone(), name), row);
            }
            Ok::<_, ()>(())
        });
        write.await.expect("written");
    }

    async fn rounds(&self, what: &str, pipelines: usize, rounds: usize) {
        self.round(pipelines).await;
        self.nothing.marks().gaps.clear();
        let mut times = Vec::new();
        let before = busy().unwrap_or(0);
        for _ in 0..rounds {
            times.push(self.round(pipelines).await);
        }
        let each = (busy().unwrap_or(0) - before) / (pipelines * rounds) as u64;
        let mut gaps = std::mem::take(&mut self.nothing.marks().gaps);
        assert_eq!(
            gaps.len(),
            2 * pipelines * rounds,
            "each execution has two gaps"
        );
        let per_second = |time: Duration| pipelines as f64 / time.as_secs_f64();
        let median = per_second(quantile(&mut times, 0.5));
        let (slowest, fastest) = (per_second(times[rounds - 1]), per_second(times[0]));
        println!(
            "{what}: {median:.0} executions per second ({slowest:.0} to {fastest:.0}, {rounds} rounds), {} µs of CPU time each; from one action to the next: median {:.2} ms, 99th percentile {:.2} ms, longest {:.2} ms (goal 5)",
            each / 1000,
            ms(quantile(&mut gaps, 0.5)),
            ms(quantile(&mut gaps, 0.99)),
            ms(quantile(&mut gaps, 1.0)),
        );
    }

    /// One execution of each pipeline; the time until the last of them is over.
    async fn round(&self, pipelines: usize) -> Duration {
        self.nothing.marks().ended.clear();
        let begin = Instant::now();
        let mut all = JoinSet::new();
        for name in (0..pipelines).map(sample::name) {
            all.spawn(execution(
                self.engine.clone(),
                self.tables.clone(),
                (self.scope.clone(), name),
            ));
        }
        all.join_all().await;
        begin.elapsed()
    }

    /// What the newest execution of the first pipeline has left behind.
    fn over(&self) -> Over {
        let key = (self.scope.clone(), sample::name(0));
        let pipeline = self.engine.state(&key).expect("a row");
        let id = self.tables.newest_start(&key).expect("read");
        let execution = self
            .tables
            .find_execution(&key, &id.expect("a start"), self.engine.clock().now())
            .expect("an execution");
        let runs = execution.stages.iter().flat_map(|stage| &stage.actions);
        let rows = runs.map(|run| {
            let newest = slipway::codepipeline::store::newest(run.started);
            let row = self
                .tables
                .actions
                .get(&(key.clone(), newest, run.id.clone()));
            row.expect("read").expect("an action")
        });
        Over {
            pipeline: Pipeline::clone(&pipeline),
            actions: rows.collect(),
            execution,
        }
    }
}

/// From its start to the commit that ends it.
async fn execution(engine: Driver<Pipelines>, tables: Tables, key: PipelineKey) {
    let mut changes = engine.watch(key.clone());
    let asked = key.clone();
    let started = engine.begin(key.clone(), move |live, now, tx| {
        let row = tx.get(&tables.pipelines, &asked).expect("a pipeline");
        start_execution(live, &row.plan, now, sample::start())
    });
    let id = started.await.expect("started");
    loop {
        let state = engine.state(&key).expect("a row");
        if state.live.is_empty() {
            let last = state
                .stage("Production")
                .and_then(|slot| slot.latest.as_ref());
            let last = last.expect("its last stage");
            assert_eq!(
                (&last.execution, last.status),
                (&id, StageStatus::Succeeded)
            );
            return;
        }
        changes.changed().await;
    }
}

impl Nothing {
    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long this action lasts: as good as random.
    fn lasts(&self, id: &EffectId) -> Duration {
        let longest = self.longest.load(Ordering::Relaxed);
        let number = id
            .as_str()
            .rsplit('-')
            .next()
            .and_then(|text| text.parse().ok());
        let number: u64 = number.expect("a number");
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        Duration::from_millis(mixed % (longest + 1))
    }
}

#[async_trait]
impl Perform<Pipelines> for Nothing {
    async fn perform(
        &self,
        key: &PipelineKey,
        id: EffectId,
        effect: Effect,
        _: &Mailbox<Pipelines>,
    ) -> Option<Event> {
        let asked = Instant::now();
        {
            let mut marks = self.marks();
            if let Some(ended) = marks.ended.remove(&key.1) {
                marks.gaps.push(asked - ended);
            }
        }
        let token = effect.order().expect("an action's effect").token.clone();
        let lasts = self.lasts(&id);
        if !lasts.is_zero() {
            tokio::time::sleep(lasts).await;
        }
        self.marks().ended.insert(key.1.clone(), Instant::now());
        let outcome = Box::new(Outcome::Succeeded(Success::default()));
        Some(Event::ActionFinished { token, outcome })
    }
}
