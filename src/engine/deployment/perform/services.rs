//! News of services: finds the deployments that wait for it, and lets them see the service.
//!
//! What is there *now* counts, not what the news says.

use super::ecs::look;
use crate::aws::Scope;
use crate::companions::Companions;
use crate::companions::containers::{ServiceChanged, ServiceRef};
use crate::engine::deployment::{Deployment, Event, Key};
use crate::engine::driver::Driver;
use crate::store::{Direction, Index};

/// Live deployments by the services that they deploy to: scope, cluster, service.
pub type ServiceIndex = Index<(Scope, String, String), Key>;

/// A service has changed: tells the deployments that deploy to it. Returns when that is durable.
pub async fn on_service_changed(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    index: &ServiceIndex,
    news: ServiceChanged,
) {
    let at = (news.scope, news.at.cluster, news.at.service);
    for (_, key) in index.range(at.clone()..=at.clone(), Direction::Forward, usize::MAX) {
        tell(driver, companions, key, &at).await;
    }
}

/// Looks at all services that are deployed to, for what changed while nobody listened. Once, after a start.
pub(super) async fn catch_up(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    index: &ServiceIndex,
) {
    for (at, key) in index.range(.., Direction::Forward, usize::MAX) {
        tell(driver, companions, key, &at).await;
    }
}

async fn tell(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    key: Key,
    (scope, cluster, service): &(Scope, String, String),
) {
    let place = ServiceRef {
        cluster: cluster.clone(),
        service: service.clone(),
    };
    if let Some(seen) = look(companions, scope, &place).await {
        driver.event(key, Event::Ecs(seen)).await;
    }
}
