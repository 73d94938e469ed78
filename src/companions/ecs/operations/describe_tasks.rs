//! `DescribeTasks`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>

use crate::companions::ecs::{errors, failures, names, view};
use crate::server::Call;
use ecs_api::error::DescribeTasksError;
use ecs_api::input::DescribeTasksInput;
use ecs_api::output::DescribeTasksOutput;

const MOST: usize = 100;

/// Tasks that have stopped are shown for an hour.
pub async fn describe_tasks(
    input: DescribeTasksInput,
    call: Call,
) -> Result<DescribeTasksOutput, DescribeTasksError> {
    if input.tasks.is_empty() {
        return Err(errors::invalid("Tasks cannot be empty.").into());
    }
    if input.tasks.len() > MOST {
        return Err(
            errors::invalid(format!("Tasks cannot have more than {MOST} elements.")).into(),
        );
    }
    let ecs = &call.app.ecs;
    let (cluster, _) = ecs.cluster(&call.scope, input.cluster.as_deref())?;
    let tags = input.include.is_some_and(|include| !include.is_empty());
    let (mut tasks, mut missing) = (Vec::new(), Vec::new());
    for asked in input.tasks {
        let key = names::task(&cluster, &asked);
        let row = key.as_ref().and_then(|key| ecs.tables.tasks.get(key));
        match key.clone().zip(row) {
            Some((key, row)) => tasks.push(view::task(&key, &row, tags)),
            None => {
                let arn = key.map_or(asked, |key| names::task_arn(&key));
                missing.push(failures::missing(arn));
            }
        }
    }
    Ok(DescribeTasksOutput {
        tasks: Some(tasks),
        failures: Some(missing),
    })
}
