//! How a task's load balancers find it: what its row says of that, and when it is given up.
//!
//! Invariant: a task is not given up before the grace period of its service is over.

use super::super::rows::{Ending, Task, TaskKey};
use super::super::scheduler::failures;
use super::super::targets::Found;
use super::life::Life;
use crate::aws::Time;
use futures::future::{pending, select_all};
use std::time::Duration;

impl Life<'_> {
    /// Lets the row say whether its load balancers find the task healthy, as long as it is polled. Gives why the task is to stop
    /// when one of them does not and the grace period is over.
    pub(super) async fn sickness(&self) -> Ending {
        let task = self.ecs.tables.tasks.get(self.key);
        let Some(task) = task.filter(|task| !task.targets.is_empty()) else {
            return pending().await;
        };
        let mut found = vec![Found::Unknown; task.targets.len()];
        let mut unwell = true;
        loop {
            let sick = found.iter().position(|found| *found == Found::Unwell);
            let given_up = async {
                match sick {
                    Some(at) => {
                        let left = self.grace(&task).since(self.ecs.now());
                        (self.ecs.outside.wait)(left).await;
                        at
                    }
                    None => pending().await,
                }
            };
            tokio::select! {
                biased;
                (at, now) = self.turned(&task, &found) => found[at] = now,
                at = given_up => return failures::unhealthy(&task.targets[at].group),
            }
            let now = found.iter().any(|found| *found != Found::Well);
            if now != unwell {
                unwell = now;
                self.change(move |task, _| task.unwell = now).await;
            }
        }
    }

    /// The next target that is found to be something else, and what.
    async fn turned(&self, task: &Task, known: &[Found]) -> (usize, Found) {
        let door = &self.ecs.outside.targets;
        let targets = task.targets.iter().zip(known).enumerate();
        let turns = targets.map(|(at, (of, known))| {
            let turned = door.turned(&self.key.0, &of.group, of.target, *known);
            Box::pin(async move { (at, turned.await) })
        });
        select_all(turns).await.0
    }

    /// Until when it does not matter that a load balancer finds the task unhealthy.
    fn grace(&self, task: &Task) -> Time {
        let service = task.owner.as_ref().and_then(|(name, _)| {
            let key: TaskKey = (self.key.0.clone(), self.key.1.clone(), name.clone());
            self.ecs.tables.services.get(&key)
        });
        let seconds = service.and_then(|row| row.settings.health_check_grace_period_seconds);
        let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
        let begun = task.started.unwrap_or(task.created);
        begun + Duration::from_secs(seconds.unwrap_or_default())
    }
}
