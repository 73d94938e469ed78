//! What requests cost beside many pipelines and a long past, and what they cost in a store that has nothing else.
//!
//! Both stores are open in one process and take turns. Effects are not performed, so that nothing but the requests is measured. The
//! pipeline that is asked about has a hundred executions in the small store and ten thousand in the large one.

use crate::crowd::Over;
use crate::{quantile, sample, us};
use camino::Utf8PathBuf;
use codepipeline_api::input::{
    GetPipelineStateInput, ListPipelineExecutionsInput, StartPipelineExecutionInput,
};
use futures::{StreamExt, stream};
use slipway::app::App;
use slipway::aws::Scope;
use slipway::codepipeline::operations;
use slipway::codepipeline::store::{PipelineKey, Tables};
use slipway::config::{Builds, Config, Data};
use slipway::engine::Step;
use slipway::engine::pipeline::{Pipelines, Record};
use slipway::server::Call;
use slipway::store::Txn;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ASKED: &str = "asked";
/// Executions of the pipeline that is asked about: in the small store, and in the large one.
const OWN: (usize, usize) = (100, 10_000);
/// Executions that are written as one.
const PORTION: usize = 2_000;
const GOAL: f64 = 1.5;

struct World {
    app: Arc<App>,
    folder: tempfile::TempDir,
}

pub async fn run(over: Over, stored: usize, past: usize) {
    let over = Arc::new(over);
    let small = World::open().await;
    small.keep_pipelines(&over, vec![ASKED.to_owned()]).await;
    small.keep_past(&over, ASKED, 0..OWN.0).await;
    let begin = Instant::now();
    let large = World::open().await;
    large.fill(&over, stored, past).await;
    println!(
        "a store of {stored} pipelines and {past} past executions: filled in {:.0} s, {:.1} GB on disk",
        begin.elapsed().as_secs_f64(),
        large.bytes() / 1e9,
    );
    compare("GetPipelineState", [&small, &large], 2_000, World::state).await;
    compare(
        "ListPipelineExecutions (100)",
        [&small, &large],
        300,
        World::list,
    )
    .await;
    compare(
        "StartPipelineExecution",
        [&small, &large],
        300,
        World::start,
    )
    .await;
    for world in [small, large] {
        world.app.close().await.expect("closed");
    }
}

/// Asks both in turns and prints what it costs in each.
async fn compare(
    what: &str,
    worlds: [&World; 2],
    rounds: usize,
    ask: impl AsyncFn(&World) -> Duration,
) {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..rounds + rounds / 10 {
        for turn in [round % 2, (round + 1) % 2] {
            let time = ask(worlds[turn]).await;
            // The first tenth warms caches up.
            if round >= rounds / 10 {
                times[turn].push(time);
            }
        }
    }
    let [small, large] = &mut times;
    let medians = (us(quantile(small, 0.5)), us(quantile(large, 0.5)));
    println!(
        "{what}: {:.0} µs in a small store, {:.0} µs in the large one: {:.2} times (goal: at most {GOAL}); 99th percentiles {:.0} and {:.0} µs",
        medians.0,
        medians.1,
        medians.1 / medians.0,
        us(quantile(small, 0.99)),
        us(quantile(large, 0.99)),
    );
}

impl World {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
        let config = Config {
            data: Data::Folder(path),
            builds: Builds::Host,
            ..Config::in_memory()
        };
        let app = App::open(config).await.expect("an application");
        Self { app, folder }
    }

    async fn state(&self) -> Duration {
        let begin = Instant::now();
        let input = GetPipelineStateInput::new(ASKED);
        let state = operations::get_pipeline_state(input, Call::new(&self.app)).await;
        let time = begin.elapsed();
        let stages = state.expect("a state").stage_states.expect("stages");
        assert_eq!(stages.len(), 3);
        assert!(stages.iter().all(|stage| stage.latest_execution.is_some()));
        time
    }

    async fn list(&self) -> Duration {
        let begin = Instant::now();
        let input = ListPipelineExecutionsInput::new(ASKED);
        let listed = operations::list_pipeline_executions(input, Call::new(&self.app)).await;
        let time = begin.elapsed();
        let listed = listed.expect("a list").pipeline_execution_summaries;
        assert_eq!(listed.expect("executions").len(), 100);
        time
    }

    async fn start(&self) -> Duration {
        let begin = Instant::now();
        let input = StartPipelineExecutionInput::new(ASKED);
        let started = operations::start_pipeline_execution(input, Call::new(&self.app)).await;
        let time = begin.elapsed();
        started.expect("started");
        time
    }

    /// `stored` pipelines and `past` executions, of which the pipeline that is asked about has its part.
    async fn fill(&self, over: &Arc<Over>, stored: usize, past: usize) {
        let names: Vec<String> = (1..stored).map(sample::name).collect();
        for names in names.chunks(PORTION) {
            self.keep_pipelines(over, names.to_vec()).await;
        }
        self.keep_pipelines(over, vec![ASKED.to_owned()]).await;
        let own = OWN.1.min(past.max(OWN.0));
        self.keep_past(over, ASKED, 0..own).await;
        let each = past.saturating_sub(own).div_ceil(names.len().max(1));
        for names in names.chunks((PORTION / each.max(1)).max(1)) {
            self.keep_pasts(over, names.to_vec(), each).await;
        }
    }

    /// Definitions, and the rows that the engine has of pipelines that have run.
    async fn keep_pipelines(&self, over: &Arc<Over>, names: Vec<String>) {
        let (rows, scope, stored) = (self.tables().pipelines.clone(), self.scope(), names.clone());
        let write = self.app.store.write(move |tx| {
            for name in stored {
                let row = sample::deploying(&scope, &name);
                tx.put(&rows, (scope.clone(), name), row);
            }
            Ok::<_, Infallible>(())
        });
        write.await.expect("written");
        let ran = names.into_iter().map(|name| {
            let (key, state) = ((self.scope(), name), over.pipeline.clone());
            let engine = &self.app.codepipeline.engine;
            engine.command(key, move |_, _, _| {
                Ok::<(Step<Pipelines>, ()), Infallible>((Step::stay(state), ()))
            })
        });
        let ran = stream::iter(ran).buffer_unordered(PORTION);
        ran.for_each(async |written| written.expect("written"))
            .await;
    }

    /// Executions of one pipeline with all that is kept of them.
    async fn keep_past(&self, over: &Arc<Over>, name: &str, numbers: Range<usize>) {
        let key: PipelineKey = (self.scope(), name.to_owned());
        for first in numbers.clone().step_by(PORTION) {
            let (tables, over, key) = (self.tables().clone(), over.clone(), key.clone());
            let last = numbers.end.min(first + PORTION);
            let write = self.app.store.write(move |tx| {
                for number in first..last {
                    keep(&tables, tx, &key, &over, number, true);
                }
                Ok::<_, Infallible>(())
            });
            write.await.expect("written");
        }
    }

    /// Executions of many pipelines, without those of their actions.
    async fn keep_pasts(&self, over: &Arc<Over>, names: Vec<String>, each: usize) {
        let (tables, over, scope) = (self.tables().clone(), over.clone(), self.scope());
        let write = self.app.store.write(move |tx| {
            for name in names {
                let key = (scope.clone(), name);
                for number in 0..each {
                    keep(&tables, tx, &key, &over, number, false);
                }
            }
            Ok::<_, Infallible>(())
        });
        write.await.expect("written");
    }

    fn tables(&self) -> &Tables {
        &self.app.codepipeline.tables
    }

    fn scope(&self) -> Scope {
        Call::new(&self.app).scope
    }

    fn bytes(&self) -> f64 {
        let file = self.folder.path().join("slipway.redb");
        file.metadata().map_or(0.0, |file| file.len() as f64)
    }
}

fn keep(
    tables: &Tables,
    tx: &mut Txn,
    key: &PipelineKey,
    over: &Over,
    number: usize,
    with_actions: bool,
) {
    let mut execution = over.execution.clone();
    execution.id = uuid::Uuid::new_v4().to_string();
    execution.order = number as u64 + 1;
    for action in over.actions.iter().filter(|_| with_actions) {
        let mut action = action.clone();
        action.execution.clone_from(&execution.id);
        action.run.id = uuid::Uuid::new_v4().to_string();
        tables.keep(tx, key, Record::Action(Box::new(action)));
    }
    tables.keep(tx, key, Record::Execution(Box::new(execution)));
}
