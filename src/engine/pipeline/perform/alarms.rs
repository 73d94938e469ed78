//! Hands changes of alarms to the rules that wait for them: when an alarm changes, and after a start.
//!
//! What is there *now* counts, not what the news says.

use super::super::event::Alarm;
use super::super::providers::alarm::awaited;
use super::super::{Event, Key, Pipelines};
use crate::aws::Scope;
use crate::companions::Companions;
use crate::engine::driver::Driver;
use crate::engine::world::World;
use crate::store::{Direction, Index};

/// Pipelines by the alarms that their running rules ask for.
pub type AlarmIndex = Index<(Scope, String), Key>;

/// An alarm has changed: tells the rules that wait for it. Returns when that is durable.
pub async fn on_alarm_changed(
    driver: &Driver<Pipelines>,
    world: &dyn World,
    index: &AlarmIndex,
    scope: Scope,
    name: String,
) {
    let at = (scope, name);
    for (_, key) in index.range(at.clone()..=at.clone(), Direction::Forward, usize::MAX) {
        look_at(driver, world, &key, &at).await;
    }
}

/// Looks at all alarms that rules wait for, for what changed while nobody listened. Once, after a start.
pub(super) async fn catch_up(driver: &Driver<Pipelines>, world: &dyn World, index: &AlarmIndex) {
    for (at, key) in index.range(.., Direction::Forward, usize::MAX) {
        look_at(driver, world, &key, &at).await;
    }
}

async fn look_at(driver: &Driver<Pipelines>, world: &dyn World, key: &Key, at: &(Scope, String)) {
    let alarm = see(&**world.companions(), &at.0, at.1.clone()).await;
    let Some(state) = driver.state(key) else {
        return;
    };
    for (_, token) in awaited(&state).into_iter().filter(|(of, _)| of == at) {
        let alarm = alarm.clone();
        let news = Event::AlarmSeen { token, alarm };
        driver.event(key.clone(), news).await;
    }
}

/// Looks at an alarm.
pub(super) async fn see(companions: &dyn Companions, scope: &Scope, name: String) -> Alarm {
    let found = companions.alarms(scope, &[name]).await;
    match found.into_iter().next() {
        Some(alarm) => Alarm::State(alarm.state),
        None => Alarm::Absent,
    }
}
