//! A task's place in its load balancers.
//!
//! Invariant: the row names every target before it is registered, so that a crash leaves none that is unknown.

use super::super::rows::{Service, TargetOf, Task, TaskKey};
use super::super::scheduler::turn;
use super::super::targets::Target;
use super::life::Life;
use futures::future::join_all;
use std::net::IpAddr;

impl Life<'_> {
    /// Registers the task where its service wants it; the error says why it cannot be.
    pub(super) async fn register(&self) -> Result<(), String> {
        let row = self.ecs.tables.tasks.get(self.key);
        let targets = row.map(|task| targets(&task)).unwrap_or_default();
        if targets.is_empty() {
            return Ok(());
        }
        let known = targets.clone();
        self.change(move |task, _| task.targets = known).await;
        for of in &targets {
            let door = &self.ecs.outside.targets;
            let registered = door.register(&self.key.0, &of.group, of.target).await;
            registered.map_err(|error| {
                format!("ResourceInitializationError: unable to register targets: {error}")
            })?;
            self.say("registered", &of.group).await;
        }
        Ok(())
    }

    /// Takes the task out of its load balancers, and waits until its last requests are answered.
    pub(super) async fn deregister(&self) {
        let row = self.ecs.tables.tasks.get(self.key);
        let targets = row.map(|task| task.targets.clone()).unwrap_or_default();
        let door = &self.ecs.outside.targets;
        let leave = targets.iter().map(async |of| {
            match door.deregister(&self.key.0, &of.group, of.target).await {
                Ok(()) => {
                    self.say("deregistered", &of.group).await;
                    door.drained(&self.key.0, &of.group, of.target).await;
                }
                Err(error) => {
                    let task = self.said();
                    tracing::warn!(%error, task, "a target cannot be deregistered");
                }
            }
        });
        join_all(leave).await;
    }

    /// An event of the task's service.
    async fn say(&self, what: &str, group: &str) {
        let task = self.ecs.tables.tasks.get(self.key);
        let Some((name, _)) = task.and_then(|task| task.owner.clone()) else {
            return;
        };
        let said = format!("(service {name}) {what} 1 targets in (target-group {group})");
        let key: TaskKey = (self.key.0.clone(), self.key.1.clone(), name);
        let now = self.ecs.now();
        let said = self.ecs.write::<_, ()>(move |tables, tx| {
            if let Some(service) = tx.get(&tables.services, &key) {
                let mut service = Service::clone(&service);
                turn::note(&mut service, now, said);
                tx.put(&tables.services, key, service);
            }
            Ok(())
        });
        // Nothing refuses it.
        let _ = said.await;
    }
}

/// Where a running task answers.
fn targets(task: &Task) -> Vec<TargetOf> {
    let own: Option<IpAddr> = task
        .address
        .as_ref()
        .and_then(|address| address.parse().ok());
    let balancers = task.load_balancers.iter();
    let targets = balancers.filter_map(|balancer| {
        let group = balancer.target_group_arn.clone()?;
        let wanted = u16::try_from(balancer.container_port?).ok()?;
        let port = match own {
            Some(_) => wanted,
            None => {
                let mut containers = task.containers.iter();
                let name = balancer.container_name.as_ref()?;
                let container = containers.find(|container| container.name == *name)?;
                let mut bindings = container.bindings.iter();
                bindings.find(|binding| binding.container == wanted)?.host
            }
        };
        let target = Target { address: own, port };
        Some(TargetOf { group, target })
    });
    targets.collect()
}
