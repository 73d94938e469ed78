//! One task from its beginning to its end.
//!
//! Invariant: the row says what is about to happen before it happens, and says `STOPPED` only when no container is left.

use super::super::companion::Ecs;
use super::super::rows::{Binding, Definition, Ending, Task, TaskKey, TaskStatus};
use super::super::{definition, names};
use super::spec::{self, Prepared};
use crate::aws::Time;
use crate::sandbox::pods::{Pod, PodExit};
use ecs_api::model::TaskStopCode;
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Output of containers that have ended is on its way to the log; it is not waited for longer than this.
const LAST_WORDS: Duration = Duration::from_secs(5);

const NO_ENGINE: &str = "CannotStartContainerError: no container engine answers: start Docker and choose --builds docker or auto";

pub struct Life<'a> {
    pub ecs: &'a Ecs,
    pub key: &'a TaskKey,
    /// Cancelled when the task is to stop.
    pub order: &'a CancellationToken,
    /// Cancelled when the server ends.
    pub closing: &'a CancellationToken,
}

/// A task whose containers run.
struct Started {
    pod: Arc<dyn Pod>,
    prepared: Prepared,
}

/// Why a task did not come to run.
enum Halt {
    /// The server ends: whoever starts next sees to it.
    Closing,
    /// It was told to stop.
    Ordered,
    Failed(String),
}

impl Life<'_> {
    pub async fn live(&self) {
        let row = self.ecs.tables.tasks.get(self.key);
        let Some(task) = row.filter(|task| task.status != TaskStatus::Stopped) else {
            return;
        };
        if task.ending.is_some() {
            self.order.cancel();
        }
        match self.start(&task).await {
            Ok(started) => self.run(started).await,
            Err(Halt::Closing) => {}
            Err(Halt::Ordered) => self.stopped(None).await,
            Err(Halt::Failed(reason)) => {
                self.stopped(Some(ending(TaskStopCode::TaskFailedToStart, reason)))
                    .await;
            }
        }
    }

    async fn start(&self, task: &Task) -> Result<Started, Halt> {
        let Some(pods) = self.ecs.outside.pods.clone() else {
            return Err(Halt::Failed(NO_ENGINE.to_owned()));
        };
        let definition = self.definition(task).ok_or_else(|| {
            Halt::Failed("ResourceInitializationError: the task definition is gone".to_owned())
        })?;
        self.change(|task, now| {
            task.status = TaskStatus::Pending;
            task.pull_started = Some(now);
        })
        .await;
        let prepared = spec::prepare(self.ecs, self.key, task, &definition).await;
        let (spec, prepared) = prepared.map_err(Halt::Failed)?;
        let made = tokio::select! {
            biased;
            () = self.closing.cancelled() => return Err(Halt::Closing),
            () = self.order.cancelled() => return Err(Halt::Ordered),
            made = pods.start(spec) => made,
        };
        let pod = made.map_err(|error| Halt::Failed(error.to_string()))?;
        self.note_start(&*pod).await;
        Ok(Started { pod, prepared })
    }

    fn definition(&self, task: &Task) -> Option<Arc<Definition>> {
        let key = definition::find(&self.ecs.tables, &self.key.0, &task.definition)?;
        self.ecs.tables.definitions.get(&key)
    }

    async fn note_start(&self, pod: &dyn Pod) {
        let parts = pod.parts().to_vec();
        let address = pod.address().map(|address| address.to_string());
        self.change(move |task, now| {
            task.status = TaskStatus::Activating;
            task.pull_stopped = Some(now);
            task.address = address;
            for container in &mut task.containers {
                let Some(part) = parts.iter().find(|part| part.name == container.name) else {
                    continue;
                };
                container.status = TaskStatus::Running;
                container.runtime_id = Some(part.runtime_id.clone());
                let ports = part.ports.iter();
                container.bindings = ports
                    .map(|port| Binding {
                        container: port.container,
                        host: port.host,
                        udp: port.udp,
                    })
                    .collect();
            }
        })
        .await;
    }

    async fn run(&self, started: Started) {
        let Started { pod, prepared } = started;
        let registered = tokio::select! {
            biased;
            () = self.closing.cancelled() => return pod.remove().await,
            registered = self.register() => registered,
        };
        let parts = pod.parts().len();
        let mut ends: FuturesUnordered<_> = (0..parts)
            .map(|at| {
                let pod = pod.clone();
                async move { (at, pod.wait(at).await) }
            })
            .collect();
        let mut why = registered
            .err()
            .map(|reason| ending(TaskStopCode::TaskFailedToStart, reason));
        if why.is_none() {
            self.change(|task, now| {
                task.status = TaskStatus::Running;
                task.started = Some(now);
                task.unwell = !task.targets.is_empty();
            })
            .await;
        }
        let mut sickness = pin!(self.sickness());
        while why.is_none() {
            tokio::select! {
                biased;
                () = self.closing.cancelled() => return pod.remove().await,
                () = self.order.cancelled() => break,
                end = ends.next() => match end {
                    Some((at, exit)) => why = self.ended(&*pod, &prepared, at, exit, ends.is_empty()).await,
                    None => break,
                },
                ending = &mut sickness => why = Some(ending),
            }
        }
        let over = async {
            self.leave(why).await;
            let stops = (0..parts).map(|at| pod.stop(at, prepared.graces[at]));
            join_all(stops).await;
            while let Some((at, exit)) = ends.next().await {
                self.note_end(&pod.parts()[at].name, exit).await;
            }
            let _ = tokio::time::timeout(LAST_WORDS, join_all(prepared.logs)).await;
        };
        if self.closing.run_until_cancelled(over).await.is_none() {
            return pod.remove().await;
        }
        pod.remove().await;
        self.stopped(None).await;
    }

    /// A container has ended by itself. An essential one takes the task with it.
    async fn ended(
        &self,
        pod: &dyn Pod,
        prepared: &Prepared,
        at: usize,
        exit: PodExit,
        last: bool,
    ) -> Option<Ending> {
        self.note_end(&pod.parts()[at].name, exit).await;
        let over = prepared.essential[at] || last;
        let reason = "Essential container in task exited";
        over.then(|| ending(TaskStopCode::EssentialContainerExited, reason.to_owned()))
    }

    async fn note_end(&self, name: &str, exit: PodExit) {
        let name = name.to_owned();
        self.change(move |task, _| {
            let mut containers = task.containers.iter_mut();
            if let Some(container) = containers.find(|container| container.name == name) {
                container.status = TaskStatus::Stopped;
                container.exit_code = exit.code;
                container.reason = exit.reason;
            }
        })
        .await;
    }

    /// Gets no more requests, and is told so.
    async fn leave(&self, why: Option<Ending>) {
        self.change(move |task, now| {
            if task.ending.is_none() {
                task.ending = why.or_else(|| {
                    Some(ending(
                        TaskStopCode::ServiceSchedulerInitiated,
                        String::new(),
                    ))
                });
            }
            task.stopping = Some(now);
            task.status = match task.targets.is_empty() {
                true => TaskStatus::Stopping,
                false => TaskStatus::Deactivating,
            };
        })
        .await;
        self.deregister().await;
        self.change(|task, _| task.status = TaskStatus::Stopping)
            .await;
    }

    async fn stopped(&self, why: Option<Ending>) {
        self.change(move |task, now| finish(task, why, now)).await;
    }

    /// Changes the row. When the store fails there is nothing more to say: the next start finds the row as it was.
    pub async fn change(
        &self,
        change: impl FnOnce(&mut Task, Time) + Send + 'static,
    ) -> Option<Task> {
        self.ecs.change_task(self.key, change).await
    }

    pub fn said(&self) -> String {
        names::task_arn(self.key)
    }
}

pub fn ending(code: TaskStopCode, reason: String) -> Ending {
    Ending { code, reason }
}

/// The row of a task none of whose containers is left.
pub fn finish(task: &mut Task, why: Option<Ending>, now: Time) {
    task.status = TaskStatus::Stopped;
    if task.ending.is_none() {
        task.ending = why;
    }
    task.targets.clear();
    task.stopping.get_or_insert(now);
    if task.started.is_some() {
        task.execution_stopped.get_or_insert(now);
    }
    task.stopped = Some(now);
    for container in &mut task.containers {
        container.status = TaskStatus::Stopped;
    }
}
