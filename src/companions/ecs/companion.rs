//! `Ecs`: the store, its tables, what runs, and who is told. A cheap clone.
//!
//! Invariant: a change sees the row as it is when it is written, and either all of it happens or nothing; effects follow the write.

use super::errors;
use super::names;
use super::news::News;
use super::outside::Outside;
use super::rows::{
    Cluster, ClusterKey, Service, ServiceKey, ServiceStatus, Tables, Task, TaskKey, TaskStatus,
};
use super::run::Runner;
use super::scheduler::{Effect, failures, turn};
use crate::aws::{Scope, Time};
use crate::companions::containers::ServiceListener;
use crate::store::{Store, Txn, WriteError};
use ecs_api::error::{
    ClusterNotFoundException, ServiceNotActiveException, ServiceNotFoundException,
};
use std::convert::Infallible;
use std::sync::Arc;

#[derive(Clone)]
pub struct Ecs {
    pub(super) store: Store,
    pub(super) tables: Tables,
    pub(super) outside: Outside,
    pub(super) runner: Runner,
    pub(super) news: News,
}

impl Ecs {
    /// Nothing runs before `resume`.
    pub fn new(store: Store, tables: Tables, outside: Outside) -> Self {
        Self {
            store,
            tables,
            outside,
            runner: Runner::default(),
            news: News::default(),
        }
    }

    pub fn listen_services(&self, listener: Arc<dyn ServiceListener>) {
        self.news.listen(listener);
    }

    pub(super) fn now(&self) -> Time {
        (self.outside.now)()
    }

    pub(super) async fn write<T, E>(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let tables = self.tables.clone();
        let written = self.store.write(move |tx| function(&tables, tx)).await;
        written.map_err(WriteError::refused)
    }

    /// The active cluster that a name or an ARN means.
    pub(super) fn cluster(
        &self,
        scope: &Scope,
        asked: Option<&str>,
    ) -> Result<(ClusterKey, Arc<Cluster>), ClusterNotFoundException> {
        let key = names::cluster(scope, asked).ok_or_else(errors::no_cluster)?;
        let row = self.tables.clusters.get(&key);
        let row = row.filter(|row| row.active);
        Ok((key, row.ok_or_else(errors::no_cluster)?))
    }

    /// The service that a name or an ARN means.
    pub(super) fn service<E>(
        &self,
        scope: &Scope,
        cluster: Option<&str>,
        asked: &str,
    ) -> Result<(ServiceKey, Arc<Service>), E>
    where
        E: From<ClusterNotFoundException> + From<ServiceNotFoundException>,
    {
        let (cluster, _) = self.cluster(scope, cluster)?;
        let key = names::service(&cluster, asked).ok_or_else(errors::no_service)?;
        let row = self.tables.services.get(&key);
        Ok((key, row.ok_or_else(errors::no_service)?))
    }

    /// Changes a service that is active, and lets the scheduler look at it. Gives what `change` gave, and the row as it has become.
    pub(super) async fn change_service<T, E>(
        &self,
        key: &ServiceKey,
        now: Time,
        change: impl FnOnce(&Tables, &Txn, &mut Service) -> Result<T, E> + Send + 'static,
    ) -> Result<(T, Arc<Service>), E>
    where
        T: Send + 'static,
        E: From<ServiceNotFoundException> + From<ServiceNotActiveException> + Send + 'static,
    {
        let changed = key.clone();
        let write = self.write(move |tables, tx| {
            let row = tx.get(&tables.services, &changed);
            let mut service = Service::clone(&*row.ok_or_else(errors::no_service)?);
            if service.status != ServiceStatus::Active {
                return Err(errors::inactive_service().into());
            }
            let given = change(tables, tx, &mut service)?;
            let effects = turn(tables, tx, &changed, service, now);
            let after = tx.get(&tables.services, &changed);
            Ok::<_, E>((given, after.ok_or_else(errors::no_service)?, effects))
        });
        let (given, service, effects) = write.await?;
        self.follow(key, effects);
        Ok((given, service))
    }

    /// What follows a write that changed a service.
    pub(super) fn follow(&self, key: &ServiceKey, effects: Vec<Effect>) {
        self.perform(effects);
        self.news.tell(key);
    }

    pub(super) fn perform(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Begin(task) => self.runner.begin(self, task),
                Effect::End(task) => self.runner.end(&task),
                Effect::Wake(service, at) => self.runner.wake(self, service, at),
            }
        }
    }

    /// Lets the scheduler look at a service again.
    pub(super) async fn look(&self, key: &ServiceKey) {
        let (tables, looked, now) = (self.tables.clone(), key.clone(), self.now());
        let written = self.store.write(move |tx| {
            let service = tx.get(&tables.services, &looked);
            let service = service.filter(|service| service.status != ServiceStatus::Inactive);
            let turned =
                service.map(|service| turn(&tables, tx, &looked, Service::clone(&service), now));
            Ok::<_, Infallible>(turned.unwrap_or_default())
        });
        match written.await {
            Ok(effects) => self.follow(key, effects),
            Err(error) => tracing::warn!(%error, service = key.2, "the scheduler cannot write"),
        }
    }

    /// Changes a task's row, and lets the scheduler look at its service. Gives the row as it has become; `None` when it is not
    /// there or the store fails.
    pub(super) async fn change_task(
        &self,
        key: &TaskKey,
        change: impl FnOnce(&mut Task, Time) + Send + 'static,
    ) -> Option<Task> {
        let (tables, changed, now) = (self.tables.clone(), key.clone(), self.now());
        let written = self.store.write(move |tx| {
            let Some(row) = tx.get(&tables.tasks, &changed) else {
                return Ok(None);
            };
            let mut task = Task::clone(&row);
            change(&mut task, now);
            task.version += 1;
            tx.put(&tables.tasks, changed.clone(), task.clone());
            let effects = tell_service(&tables, tx, &changed, &task, now);
            Ok::<_, Infallible>(Some((task, effects)))
        });
        match written.await {
            Ok(found) => {
                let (task, told) = found?;
                if let Some((service, effects)) = told {
                    self.follow(&service, effects);
                }
                Some(task)
            }
            Err(error) => {
                tracing::warn!(%error, task = key.2, "a task's row cannot be written");
                None
            }
        }
    }
}

/// The service of a task that has changed looks at what it has.
fn tell_service(
    tables: &Tables,
    tx: &mut Txn,
    key: &TaskKey,
    task: &Task,
    now: Time,
) -> Option<(ServiceKey, Vec<Effect>)> {
    let (name, _) = task.owner.as_ref()?;
    let service_key = (key.0.clone(), key.1.clone(), name.clone());
    let service = tx.get(&tables.services, &service_key)?;
    let mut service = Service::clone(&service);
    if !service.tasks.contains(&key.2) {
        return None;
    }
    if task.status == TaskStatus::Stopped {
        service.tasks.remove(&key.2);
        if failures::note(&mut service, task, now) {
            super::tasks::note_failure(&service_key, &mut service, key, task, now);
        }
    }
    let effects = turn(tables, tx, &service_key, service, now);
    Some((service_key, effects))
}
