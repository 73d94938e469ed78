//! After a start: tasks whose containers went with the last server have stopped, and services get new ones.
//!
//! Invariant: nothing of an earlier server runs any more when this is called.

use super::super::companion::Ecs;
use super::super::rows::{Ending, ServiceStatus, TaskStatus};
use super::life::{ending, finish};
use crate::store::Direction;
use ecs_api::model::TaskStopCode;

impl Ecs {
    pub async fn resume(&self) {
        self.runner.open();
        let tasks = self.tables.tasks.range(.., Direction::Forward, usize::MAX);
        for (key, task) in tasks {
            for of in &task.targets {
                let door = &self.outside.targets;
                if let Err(error) = door.deregister(&key.0, &of.group, of.target).await {
                    tracing::warn!(%error, task = key.2, "a target of a lost task is left");
                }
            }
            if task.status != TaskStatus::Stopped {
                self.change_task(&key, |task, now| finish(task, Some(lost()), now))
                    .await;
            }
            self.runner.forget_later(self, key);
        }
        let services = self
            .tables
            .services
            .range(.., Direction::Forward, usize::MAX);
        for (key, service) in services {
            if service.status != ServiceStatus::Inactive {
                self.look(&key).await;
            }
        }
    }

    /// Ends what runs; `resume` takes it up again.
    pub async fn halt(&self) {
        self.runner.halt().await;
    }
}

fn lost() -> Ending {
    let reason = "The server that ran this task was stopped.";
    ending(TaskStopCode::TerminationNotice, reason.to_owned())
}
