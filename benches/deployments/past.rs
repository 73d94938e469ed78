//! What lists cost beside a long past, and what they cost in a store that has a hundred deployments.
//!
//! Both stores are open in one process and take turns; no deployment runs. The group that is asked about has a hundred deployments in
//! the small store and ten thousand in the large one.

use crate::crowd::Over;
use crate::{quantile, sample, us};
use camino::Utf8PathBuf;
use codedeploy_api::input::{
    BatchGetDeploymentsInput, GetDeploymentInput, ListDeploymentTargetsInput, ListDeploymentsInput,
};
use codedeploy_api::model::DeploymentStatus;
use slipway::app::App;
use slipway::aws::Time;
use slipway::codedeploy::deployments::new_id;
use slipway::codedeploy::operations;
use slipway::config::{Builds, Config, Data};
use slipway::engine::deployment::Status;
use slipway::server::Call;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ASKED: usize = 0;
/// Deployments of the group that is asked about, in the small store and in the large one.
const OWN: (usize, usize) = (100, 10_000);
/// Deployments of each of the others.
const EACH: usize = 1_000;
/// Deployments that are written as one.
const PORTION: usize = 2_000;
const ROUNDS: usize = 500;
const GOAL: f64 = 1.5;

struct World {
    app: Arc<App>,
    folder: tempfile::TempDir,
    /// Ids of deployments of the group that is asked about.
    known: Vec<String>,
}

pub async fn run(over: Over, past: usize) {
    let over = Arc::new(over);
    let small = World::open(&over, OWN.0, OWN.0).await;
    let begin = Instant::now();
    let large = World::open(&over, past, OWN.1.min(past)).await;
    println!(
        "a store of {past} past deployments: filled in {:.0} s, {:.1} GB on disk",
        begin.elapsed().as_secs_f64(),
        large.bytes() / 1e9,
    );
    let both = [&small, &large];
    let what = "ListDeployments (all, 100)";
    compare(what, both, async |w| w.list(None, &[]).await).await;
    let own = Some(ASKED);
    let what = "ListDeployments (a group, 100)";
    compare(what, both, async |w| w.list(own, &[]).await).await;
    let what = "ListDeployments (a group, two statuses, 100)";
    let ended = [DeploymentStatus::Succeeded, DeploymentStatus::Failed];
    compare(what, both, async |w| w.list(own, &ended).await).await;
    compare("ListDeploymentTargets", both, World::targets).await;
    compare("GetDeployment", both, World::get).await;
    compare("BatchGetDeployments (25)", both, World::batch).await;
    for world in [small, large] {
        world.app.close().await.expect("closed");
    }
}

/// Asks both in turns and prints what it costs in each.
async fn compare(what: &str, worlds: [&World; 2], ask: impl AsyncFn(&World) -> Duration) {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS + ROUNDS / 10 {
        for turn in [round % 2, (round + 1) % 2] {
            let time = ask(worlds[turn]).await;
            // The first tenth warms caches up.
            if round >= ROUNDS / 10 {
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
    /// With `all` deployments, of which the group that is asked about has `own`.
    async fn open(over: &Arc<Over>, all: usize, own: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
        let config = Config {
            data: Data::Folder(path),
            builds: Builds::Host,
            ..Config::in_memory()
        };
        let app = App::open(config).await.expect("an application");
        let mut world = Self {
            app,
            folder,
            known: Vec::new(),
        };
        let others = (all - own).div_ceil(EACH);
        let (tables, scope) = (world.app.codedeploy.tables.clone(), world.call().scope);
        let write = world.app.store.write(move |tx| {
            sample::groups(&tables, tx, &scope, 0..others + 1);
            Ok::<_, Infallible>(())
        });
        write.await.expect("written");
        for first in (0..all).step_by(PORTION) {
            let last = all.min(first + PORTION);
            // The asked group's deployments lie among the others.
            let group = |number: usize| match (number * own) % all < own {
                true => ASKED,
                false => 1 + number / EACH % others.max(1),
            };
            let portion: Vec<_> = (first..last).map(|at| (at, group(at), new_id())).collect();
            let own = portion.iter().filter(|(_, group, _)| *group == ASKED);
            world.known.extend(own.map(|(.., id)| id.clone()));
            world.known.truncate(OWN.0);
            world.keep(over, portion).await;
        }
        world
    }

    /// Deployments that are over: when they were created, of which group, their ids.
    async fn keep(&self, over: &Arc<Over>, portion: Vec<(usize, usize, String)>) {
        let (tables, scope) = (self.app.codedeploy.tables.clone(), self.call().scope);
        let over = over.clone();
        let write = self.app.store.write(move |tx| {
            for (at, group, id) in portion {
                let created = Time::from_millis(i64::try_from(at).expect("few"));
                let key = (scope.clone(), id.clone());
                let mut fixed = over.fixed.clone();
                fixed.created = created;
                fixed.group_id = sample::group(group);
                fixed.info.deployment_group_name = Some(sample::group(group));
                fixed.info.deployment_id = Some(id.clone());
                let mut state = over.state.clone();
                state.plan.id = id;
                state.plan.group = sample::group(group);
                state.plan.created = created;
                tables.put_deployment(tx, &key, fixed.clone());
                let way = (Status::Created, Status::Succeeded);
                tables.deployments.moved(tx, &key, &fixed, way);
                tables.finish_deployment(tx, state);
            }
            Ok::<_, Infallible>(())
        });
        write.await.expect("written");
    }

    fn call(&self) -> Call {
        Call::new(&self.app)
    }

    async fn list(&self, group: Option<usize>, statuses: &[DeploymentStatus]) -> Duration {
        let input = ListDeploymentsInput {
            application_name: group.map(|_| sample::APPLICATION.to_owned()),
            deployment_group_name: group.map(sample::group),
            include_only_statuses: (!statuses.is_empty()).then(|| statuses.to_vec()),
            ..ListDeploymentsInput::default()
        };
        let begin = Instant::now();
        let listed = operations::list_deployments(input, self.call()).await;
        let time = begin.elapsed();
        let listed = listed.expect("a list").deployments;
        assert_eq!(listed.expect("deployments").len(), OWN.0);
        time
    }

    async fn targets(&self) -> Duration {
        let input = ListDeploymentTargetsInput::new(self.known[7].clone());
        let begin = Instant::now();
        let listed = operations::list_deployment_targets(input, self.call()).await;
        let time = begin.elapsed();
        let listed = listed.expect("a list").target_ids;
        assert_eq!(listed.expect("targets").len(), 1);
        time
    }

    async fn get(&self) -> Duration {
        let input = GetDeploymentInput::new(self.known[7].clone());
        let begin = Instant::now();
        let got = operations::get_deployment(input, self.call()).await;
        let time = begin.elapsed();
        assert!(got.expect("an answer").deployment_info.is_some());
        time
    }

    async fn batch(&self) -> Duration {
        let input = BatchGetDeploymentsInput::new(self.known[..25].to_vec());
        let begin = Instant::now();
        let got = operations::batch_get_deployments(input, self.call()).await;
        let time = begin.elapsed();
        let got = got.expect("an answer").deployments_info;
        assert_eq!(got.expect("deployments").len(), 25);
        time
    }

    fn bytes(&self) -> f64 {
        let file = self.folder.path().join("slipway.redb");
        file.metadata().map_or(0.0, |file| file.len() as f64)
    }
}
