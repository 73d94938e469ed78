//! `DescribeTaskSets`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskSets.html>

use crate::companions::ecs::rows::ServiceStatus;
use crate::companions::ecs::{errors, failures, names, view};
use crate::server::Call;
use ecs_api::error::DescribeTaskSetsError;
use ecs_api::input::DescribeTaskSetsInput;
use ecs_api::output::DescribeTaskSetsOutput;

/// All of the service's, or those that are asked for.
pub async fn describe_task_sets(
    input: DescribeTaskSetsInput,
    call: Call,
) -> Result<DescribeTaskSetsOutput, DescribeTaskSetsError> {
    let ecs = &call.app.ecs;
    let cluster = Some(input.cluster.as_str());
    let (key, row) = ecs.service::<DescribeTaskSetsError>(&call.scope, cluster, &input.service)?;
    if row.status != ServiceStatus::Active {
        return Err(errors::inactive_service().into());
    }
    if row.rolls() {
        return Err(errors::no_task_sets().into());
    }
    let tags = input.include.is_some_and(|include| !include.is_empty());
    let counts = view::counts(ecs, &key, &row);
    let shown = |id: &str| {
        let mut sets = row.sets.iter().zip(&counts);
        let (set, counts) = sets.find(|(set, _)| set.id == id)?;
        Some(view::task_set(&key, &row, set, *counts, tags))
    };
    let all = || row.sets.iter().map(|set| set.id.clone()).collect();
    let asked: Vec<String> = input
        .task_sets
        .filter(|asked| !asked.is_empty())
        .unwrap_or_else(all);
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for asked in asked {
        let id = names::set(&key, &asked);
        match shown(id) {
            Some(set) => found.push(set),
            None => missing.push(failures::missing(names::set_arn(&key, id))),
        }
    }
    Ok(DescribeTaskSetsOutput {
        task_sets: Some(found),
        failures: Some(missing),
    })
}
