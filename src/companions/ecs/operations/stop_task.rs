//! `StopTask`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html>

use crate::companions::ecs::rows::{Ending, TaskStatus};
use crate::companions::ecs::scheduler::Effect;
use crate::companions::ecs::{errors, names, view};
use crate::server::Call;
use ecs_api::error::StopTaskError;
use ecs_api::input::StopTaskInput;
use ecs_api::model::TaskStopCode;
use ecs_api::output::StopTaskOutput;

/// Its containers are asked to end, and made to after their time. A service starts another one.
pub async fn stop_task(input: StopTaskInput, call: Call) -> Result<StopTaskOutput, StopTaskError> {
    let ecs = &call.app.ecs;
    let (cluster, _) = ecs.cluster(&call.scope, input.cluster.as_deref())?;
    let key = names::task(&cluster, &input.task).ok_or_else(errors::no_task)?;
    let reason = input
        .reason
        .unwrap_or_else(|| "Task stopped by user".to_owned());
    let change = ecs.change_task(&key, move |task, _| {
        if task.status != TaskStatus::Stopped && task.ending.is_none() {
            task.ending = Some(Ending {
                code: TaskStopCode::UserInitiated,
                reason,
            });
        }
    });
    let task = change.await.ok_or_else(errors::no_task)?;
    ecs.perform(vec![Effect::End(key.clone())]);
    Ok(StopTaskOutput {
        task: Some(view::task(&key, &task, true)),
    })
}
