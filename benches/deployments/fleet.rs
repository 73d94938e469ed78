//! One deployment to many instances at once, whose agents take, confirm and end their commands without a pause.
//!
//! What an instance costs is to be the same in a small and in a large fleet: bytes written, and time for each thing that an agent says.

use crate::crowd::Crowd;
use crate::sample;
use slipway::aws::Time;
use slipway::codedeploy::deployments::{DeploymentKey, new_id};
use slipway::engine::Step;
use slipway::engine::deployment::commands::start::start;
use slipway::engine::deployment::server::agent::{self, UnknownCommand};
use slipway::engine::deployment::server::report::Report;
use slipway::engine::deployment::{Deployment, DeploymentState};
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

const SIZES: [usize; 3] = [10, 100, 1_000];

/// Prints the figures.
pub async fn run() {
    let crowd = Arc::new(Crowd::open(1).await);
    round(&crowd, SIZES[1]).await;
    for size in SIZES {
        let (written, begin) = (written(), Instant::now());
        let said = round(&crowd, size).await;
        let took = begin.elapsed();
        println!(
            "a fleet of {size}: {:.2} s, {:.3} ms for each of {said} things that agents say; {:.1} kB written for each instance",
            took.as_secs_f64(),
            crate::ms(took) / said as f64,
            (self::written() - written) as f64 / 1000.0 / size as f64,
        );
    }
    crowd.close().await;
}

/// Deploys to so many instances and says how often an agent said something.
async fn round(crowd: &Arc<Crowd>, size: usize) -> usize {
    let key = (crowd.scope.clone(), new_id());
    crowd.world.marks().fleet = size;
    let mut changes = crowd.engine.watch(key.clone());
    let (tables, at) = (crowd.tables.clone(), key.clone());
    let started = crowd.engine.begin(key.clone(), move |existing, now, tx| {
        tables.put_deployment(tx, &at, sample::fixed(&at.1, 0, now));
        let plan = sample::server_plan(&at.0, &at.1, now);
        start(existing.as_ref(), plan, now).map(|step| (step, ()))
    });
    started.await.expect("started");
    let is_there = |state: &DeploymentState| !agent::hosts(state).is_empty();
    while !crowd
        .engine
        .state(&key)
        .is_some_and(|state| is_there(&state))
    {
        changes.changed().await;
    }
    let mut agents = JoinSet::new();
    for number in 0..size {
        let (crowd, key) = (crowd.clone(), key.clone());
        agents.spawn(async move { crowd.work(&key, &sample::host(number)).await });
    }
    let said = agents.join_all().await.into_iter().sum();
    while crowd.engine.state(&key).is_some() {
        changes.changed().await;
    }
    said
}

impl Crowd {
    /// `None`: the deployment is over.
    async fn ask<T: Send + 'static>(
        &self,
        key: &DeploymentKey,
        decide: impl FnOnce(DeploymentState, Time) -> Result<(Step<Deployment>, T), UnknownCommand>
        + Send
        + 'static,
    ) -> Option<T> {
        let asked = self.engine.command(key.clone(), move |live, now, _| {
            decide(live.ok_or(UnknownCommand)?, now)
        });
        asked.await.ok()
    }

    /// Does everything that is to be done on one instance.
    async fn work(&self, key: &DeploymentKey, host: &str) -> usize {
        let mut said = 0;
        loop {
            let host = host.to_owned();
            let polled = self.ask(key, move |state, now| Ok(agent::poll(state, now, &host)));
            let Some(Some(command)) = polled.await else {
                return said;
            };
            let id = command.id.clone();
            self.ask(key, move |state, now| agent::acknowledge(state, now, &id))
                .await;
            let complete = move |state, now| {
                let step = agent::complete(state, now, &command.id, Report::success())?;
                Ok((step, ()))
            };
            self.ask(key, complete).await;
            said += 3;
        }
    }
}

/// What this process has handed to the system so far.
fn written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").expect("Linux");
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.and_then(|bytes| bytes.parse().ok())
        .expect("a number of bytes")
}
