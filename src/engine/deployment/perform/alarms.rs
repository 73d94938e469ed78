//! Looks at alarms: when a deployment begins, when an alarm changes, and after a start.
//!
//! What is there *now* counts, not what the news says.

use super::services::{self, Looks, ServiceIndex};
use crate::aws::Scope;
use crate::companions::Companions;
use crate::engine::deployment::ecs::seen;
use crate::engine::deployment::event::AlarmSeen;
use crate::engine::deployment::server::agent;
use crate::engine::deployment::{Deployment, Event, Key, alarm};
use crate::engine::driver::{Driver, DriverTables};
use crate::store::{Builder, Direction, Index};

/// Live deployments by the alarms that they watch.
pub type AlarmIndex = Index<(Scope, String), Key>;

/// Live deployments by the agents that they have commands for.
pub type HostIndex = Index<(Scope, String), Key>;

/// By what news finds the live deployments that it is about, and agents their commands.
#[derive(Clone)]
pub struct Guarded {
    pub alarms: AlarmIndex,
    pub services: ServiceIndex,
    pub looks: Looks,
    pub hosts: HostIndex,
}

/// Declares the tables of the deployments' driver and the indexes by which news finds deployments.
pub fn declare(builder: &mut Builder) -> (DriverTables<Deployment>, Guarded) {
    let tables = Driver::<Deployment>::declare(builder);
    let guarded = Guarded {
        alarms: builder.index(tables.live.rows(), |_, row| alarm::watched(&row.0)),
        services: builder.index(tables.live.rows(), |_, row| seen::watched(&row.0)),
        looks: Looks::default(),
        hosts: builder.index(tables.live.rows(), |_, row| agent::hosts(&row.0)),
    };
    (tables, guarded)
}

/// An alarm has changed: tells the deployments that watch it. Returns when that is durable.
pub async fn on_alarm_changed(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    index: &AlarmIndex,
    scope: Scope,
    name: String,
) {
    let at = (scope, name);
    for (_, key) in index.range(at.clone()..=at.clone(), Direction::Forward, usize::MAX) {
        tell(driver, companions, key, &at).await;
    }
}

/// Looks at all alarms and services that deployments watch, for what changed while nobody listened. Once, after a start.
pub async fn catch_up(driver: &Driver<Deployment>, companions: &dyn Companions, guarded: &Guarded) {
    services::catch_up(driver, companions, (&guarded.services, &guarded.looks)).await;
    for (at, key) in guarded.alarms.range(.., Direction::Forward, usize::MAX) {
        tell(driver, companions, key, &at).await;
    }
}

async fn tell(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    key: Key,
    (scope, name): &(Scope, String),
) {
    let seen = look(companions, scope, std::slice::from_ref(name)).await;
    driver.event(key, Event::AlarmsSeen(seen)).await;
}

/// Looks at these alarms.
pub(super) async fn look(
    companions: &dyn Companions,
    scope: &Scope,
    names: &[String],
) -> Vec<AlarmSeen> {
    let found = companions.alarms(scope, names).await;
    let state = |name: &String| {
        let mut found = found.iter();
        found
            .find(|alarm| alarm.name == *name)
            .map(|alarm| alarm.state.clone())
    };
    let seen = names.iter().map(|name| AlarmSeen {
        name: name.clone(),
        state: state(name),
    });
    seen.collect()
}
