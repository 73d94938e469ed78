//! Deployments that run at the same time, on the engine and the tables that the server has; the world does at once what it is asked for.

use crate::sample::{self, Kind};
use crate::world::World;
use crate::{ms, quantile};
use camino::Utf8PathBuf;
use slipway::aws::{Account, Region, Scope, Time};
use slipway::codedeploy::deployments::{DeploymentKey, Fixed, new_id};
use slipway::codedeploy::service::Kept;
use slipway::codedeploy::store::Tables;
use slipway::companions::events;
use slipway::engine::clock::Clock;
use slipway::engine::deployment::commands::start::start;
use slipway::engine::deployment::state::Doing;
use slipway::engine::deployment::{Deployment, DeploymentState, Status, perform};
use slipway::engine::driver::Driver;
use slipway::store::{Builder, Location, Store};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const ROUNDS: usize = 5;

/// What a deployment leaves behind.
pub struct Over {
    pub fixed: Fixed,
    pub state: DeploymentState,
}

pub struct Crowd {
    store: Store,
    pub tables: Tables,
    pub engine: Driver<Deployment>,
    clock: Clock,
    pub scope: Scope,
    pub world: Arc<World>,
    _folder: tempfile::TempDir,
}

/// Prints the figures; gives what a deployment leaves behind.
pub async fn run(deployments: usize) -> Over {
    let crowd = Arc::new(Crowd::open(deployments).await);
    crowd.rounds(Kind::Lambda, 1, 20).await;
    let over = crowd.rounds(Kind::Lambda, deployments, ROUNDS).await;
    crowd.rounds(Kind::Ecs, deployments, ROUNDS).await;
    crowd.close().await;
    over
}

impl Crowd {
    /// With so many groups.
    pub async fn open(deployments: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
        let mut builder = Builder::new();
        let tables = Tables::declare(&mut builder);
        let events = events::Tables::declare(&mut builder);
        let (driver, _) = perform::declare(&mut builder);
        let store = builder.open(Location::Folder(path)).expect("a store");
        let world = Arc::new(World::default());
        let kept = Kept {
            tables: tables.clone(),
            events: events::Events::new(events),
        };
        let clock = Clock::manual(Time::from_millis(1_800_000_000_000));
        let engine = Driver::new(
            driver,
            store.clone(),
            clock.clone(),
            Arc::new(kept),
            world.clone(),
        );
        engine.resume().await;
        let account = Account::parse("000000000000").expect("an account");
        let region = Region::parse("us-east-1").expect("a region");
        let crowd = Self {
            store,
            tables,
            engine,
            clock,
            scope: Scope::new(account, region),
            world,
            _folder: folder,
        };
        let (tables, scope) = (crowd.tables.clone(), crowd.scope.clone());
        let write = crowd.store.write(move |tx| {
            sample::groups(&tables, tx, &scope, 0..deployments);
            Ok::<_, ()>(())
        });
        write.await.expect("written");
        crowd
    }

    pub async fn close(&self) {
        self.engine.halt().await;
        self.store.close().await;
    }

    async fn rounds(self: &Arc<Self>, kind: Kind, deployments: usize, rounds: usize) -> Over {
        self.round(kind, deployments).await;
        self.world.marks().decisions.clear();
        let (mut times, mut last) = (Vec::new(), None);
        for _ in 0..rounds {
            let (time, key) = self.round(kind, deployments).await;
            times.push(time);
            last = Some(key);
        }
        let mut decisions = std::mem::take(&mut self.world.marks().decisions);
        let per_second = |time: Duration| deployments as f64 / time.as_secs_f64();
        println!(
            "{deployments} at once, {kind:?}: {:.0} deployments per second (median of {rounds} rounds); {} decisions of each: median {:.2} ms, 99th percentile {:.2} ms, longest {:.2} ms",
            per_second(quantile(&mut times, 0.5)),
            decisions.len() / (deployments * rounds),
            ms(quantile(&mut decisions, 0.5)),
            ms(quantile(&mut decisions, 0.99)),
            ms(quantile(&mut decisions, 1.0)),
        );
        self.over(&last.expect("a round"))
    }

    /// One deployment of each group, from the first start to the last end, and one of their keys. A canary's wait costs no time: when
    /// all of them wait, the clock is moved.
    async fn round(self: &Arc<Self>, kind: Kind, deployments: usize) -> (Duration, DeploymentKey) {
        let begin = Instant::now();
        let waiting = Arc::new(Barrier::new(deployments + 1));
        let mut all = JoinSet::new();
        for number in 0..deployments {
            let (crowd, waiting) = (self.clone(), waiting.clone());
            all.spawn(async move { crowd.deploy(number, kind, &waiting).await });
        }
        if kind == Kind::Lambda {
            waiting.wait().await;
            self.clock
                .advance(Duration::from_secs(60 * u64::from(sample::CANARY)));
        }
        let keys = all.join_all().await;
        (begin.elapsed(), keys[0].clone())
    }

    async fn deploy(&self, number: usize, kind: Kind, waiting: &Barrier) -> DeploymentKey {
        let id = new_id();
        let key = (self.scope.clone(), id.clone());
        let mut changes = self.engine.watch(key.clone());
        let (tables, scope, at) = (self.tables.clone(), self.scope.clone(), key.clone());
        self.world.tell(&id);
        let started = self.engine.begin(key.clone(), move |existing, now, tx| {
            tables.put_deployment(tx, &at, sample::fixed(&at.1, number, now));
            let plan = sample::plan(&scope, &at.1, number, kind, now);
            start(existing.as_ref(), plan, now).map(|step| (step, ()))
        });
        started.await.expect("started");
        let mut waited = false;
        while let Some(state) = self.engine.state(&key) {
            if !waited && matches!(state.doing(), Some(Doing::Waiting { .. })) {
                waited = true;
                self.world.tell(&id);
                waiting.wait().await;
                continue;
            }
            changes.changed().await;
        }
        key
    }

    fn over(&self, key: &DeploymentKey) -> Over {
        let deployments = &self.tables.deployments;
        let fixed = deployments.fixed.get(key).expect("read");
        let state = deployments.finished.get(key).expect("read");
        let state = state.expect("it is over");
        assert_eq!(state.status, Status::Succeeded);
        Over {
            fixed: fixed.expect("it was there"),
            state,
        }
    }
}
