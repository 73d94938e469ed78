//! `ListTasks`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>

use crate::companions::ecs::paging::Page;
use crate::companions::ecs::rows::{ServiceStatus, Task, TaskKey, TaskStatus};
use crate::companions::ecs::{errors, names};
use crate::server::Call;
use crate::store::Direction;
use ecs_api::error::ListTasksError;
use ecs_api::input::ListTasksInput;
use ecs_api::model::DesiredStatus;
use ecs_api::output::ListTasksOutput;
use std::sync::Arc;

/// Those that are to run, unless others are asked for.
pub async fn list_tasks(
    input: ListTasksInput,
    call: Call,
) -> Result<ListTasksOutput, ListTasksError> {
    let ecs = &call.app.ecs;
    let (cluster, _) = ecs.cluster(&call.scope, input.cluster.as_deref())?;
    let service = match &input.service_name {
        None => None,
        Some(asked) => {
            let found = names::service(&cluster, asked);
            let found = found.filter(|key| {
                let row = ecs.tables.services.get(key);
                row.is_some_and(|row| row.status != ServiceStatus::Inactive)
            });
            Some(found.ok_or_else(errors::no_service)?.2)
        }
    };
    let binding = format!(
        "ListTasks {cluster:?} {service:?} {:?} {:?} {:?} {:?}",
        input.family, input.started_by, input.desired_status, input.launch_type
    );
    let page: Page<TaskKey> = Page::read(binding, input.next_token.as_ref(), input.max_results)?;
    let mut rows = match &service {
        Some(name) => of_group(&call, &cluster.1, format!("service:{name}")),
        None => {
            let first = (cluster.0.clone(), cluster.1.clone(), String::new());
            let last = (cluster.0.clone(), cluster.1.clone(), char::MAX.to_string());
            ecs.tables
                .tasks
                .range(first..=last, Direction::Forward, usize::MAX)
        }
    };
    // No container instances are registered.
    rows.retain(|(key, task)| {
        input.container_instance.is_none()
            && page.after.as_ref().is_none_or(|after| key > after)
            && wanted(&call, &input, task)
    });
    let (rows, next_token) = page.cut(rows, |(key, _)| key.clone());
    Ok(ListTasksOutput {
        task_arns: Some(rows.iter().map(|(key, _)| names::task_arn(key)).collect()),
        next_token,
    })
}

fn of_group(call: &Call, cluster: &str, group: String) -> Vec<(TaskKey, Arc<Task>)> {
    let tables = &call.app.ecs.tables;
    let at = (call.scope.clone(), cluster.to_owned(), group);
    let found = tables
        .by_group
        .range(at.clone()..=at, Direction::Forward, usize::MAX);
    let rows = found.into_iter();
    rows.filter_map(|(_, key)| Some((key.clone(), tables.tasks.get(&key)?)))
        .collect()
}

fn wanted(call: &Call, input: &ListTasksInput, task: &Task) -> bool {
    let stopped = task.ending.is_some() || task.status == TaskStatus::Stopped;
    let desired = match input.desired_status.unwrap_or(DesiredStatus::Running) {
        DesiredStatus::Running => !stopped,
        DesiredStatus::Stopped => stopped,
        // Witness: API reference: ECS never sets it.
        DesiredStatus::Pending => false,
    };
    let family = || names::definition(&call.scope, &task.definition).map(|(family, _)| family);
    desired
        && input
            .family
            .as_ref()
            .is_none_or(|wanted| family().as_ref() == Some(wanted))
        && input
            .started_by
            .as_ref()
            .is_none_or(|wanted| task.started_by.as_ref() == Some(wanted))
        && input
            .launch_type
            .is_none_or(|wanted| task.launch_type == Some(wanted))
}
