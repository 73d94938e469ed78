//! News of services: finds the deployments that wait for it, and lets them see the service.
//!
//! What is there *now* counts, not what the news says. Looks at one service take turns, so that nobody is told of an older state
//! after a newer one.

use super::ecs::look;
use crate::aws::Scope;
use crate::companions::Companions;
use crate::companions::containers::{ServiceChanged, ServiceRef};
use crate::engine::deployment::{Deployment, Event, Key};
use crate::engine::driver::Driver;
use crate::store::{Direction, Index};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as Brief, MutexGuard, PoisonError};
use tokio::sync::Mutex;

/// Live deployments by the services that they deploy to: scope, cluster, service.
pub type ServiceIndex = Index<At, Key>;

/// Where a service is: scope, cluster, service.
type At = (Scope, String, String);

type Turns = BTreeMap<At, Arc<Mutex<()>>>;

/// Whose turn it is to look at a service.
#[derive(Clone, Default)]
pub struct Looks(Arc<Brief<Turns>>);

impl Looks {
    /// Looks and tells, when all who came before have; the next one begins after that.
    pub(super) async fn turn(&self, at: &At, look_and_tell: impl Future<Output = ()>) {
        let turns = self.all().entry(at.clone()).or_default().clone();
        {
            let _turn = turns.lock().await;
            look_and_tell.await;
        }
        drop(turns);
        let mut all = self.all();
        let nobody_waits = |turns: &Arc<_>| Arc::strong_count(turns) == 1;
        if all.get(at).is_some_and(nobody_waits) {
            all.remove(at);
        }
    }

    /// Never held while somebody looks.
    fn all(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A service has changed: tells the deployments that deploy to it. Returns when that is durable.
pub async fn on_service_changed(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    (index, looks): (&ServiceIndex, &Looks),
    news: ServiceChanged,
) {
    let at = (news.scope, news.at.cluster, news.at.service);
    for (_, key) in index.range(at.clone()..=at.clone(), Direction::Forward, usize::MAX) {
        looks.turn(&at, tell(driver, companions, key, &at)).await;
    }
}

/// Looks at all services that are deployed to, for what changed while nobody listened. Once, after a start.
pub(super) async fn catch_up(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    (index, looks): (&ServiceIndex, &Looks),
) {
    for (at, key) in index.range(.., Direction::Forward, usize::MAX) {
        looks.turn(&at, tell(driver, companions, key, &at)).await;
    }
}

async fn tell(
    driver: &Driver<Deployment>,
    companions: &dyn Companions,
    key: Key,
    (scope, cluster, service): &At,
) {
    let place = ServiceRef {
        cluster: cluster.clone(),
        service: service.clone(),
    };
    if let Some(seen) = look(companions, scope, &place).await {
        driver.event(key, Event::Ecs(seen)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn who_looks_later_is_heard_later() {
        let looks = Looks::default();
        let scope = Scope::new(
            Account::parse("000000000000").unwrap(),
            Region::parse("us-east-1").unwrap(),
        );
        let at = (scope, "c".to_owned(), "web".to_owned());
        let told = std::sync::Mutex::new(Vec::new());
        let (go_on, seen) = oneshot::channel();
        let early = looks.turn(&at, async {
            seen.await.unwrap();
            told.lock().unwrap().push("early");
        });
        let late = async {
            tokio::task::yield_now().await;
            let told = looks.turn(&at, async { told.lock().unwrap().push("late") });
            tokio::join!(told, async {
                tokio::task::yield_now().await;
                go_on.send(()).unwrap();
            });
        };
        tokio::join!(early, late);
        assert_eq!(*told.lock().unwrap(), ["early", "late"]);
        assert!(looks.all().is_empty());
    }
}
