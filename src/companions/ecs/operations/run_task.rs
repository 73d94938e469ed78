//! `RunTask`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>

use crate::companions::ecs::rows::Task;
use crate::companions::ecs::scheduler::Effect;
use crate::companions::ecs::sets::{self, Place};
use crate::companions::ecs::{definition, errors, names, tags, tasks, view};
use crate::server::Call;
use ecs_api::error::RunTaskError;
use ecs_api::input::RunTaskInput;
use ecs_api::output::RunTaskOutput;

/// Tasks of one call.
const MOST: i32 = 10;

/// Tasks that belong to no service: nobody replaces them.
pub async fn run_task(mut input: RunTaskInput, call: Call) -> Result<RunTaskOutput, RunTaskError> {
    let ecs = &call.app.ecs;
    let (cluster, _) = ecs.cluster(&call.scope, input.cluster.as_deref())?;
    let count = input.count.unwrap_or(1);
    if !(1..=MOST).contains(&count) {
        return Err(errors::invalid(format!("Count must be between 1 and {MOST}.")).into());
    }
    let (_, definition) = definition::runnable(&ecs.tables, &call.scope, &input.task_definition)?;
    let strategy = input.capacity_provider_strategy.clone().unwrap_or_default();
    let place = Place {
        launch_type: input.launch_type,
        strategy: &strategy,
        network: input.network_configuration.as_ref(),
        load_balancers: &[],
    };
    ecs.check_place(&call.scope, &definition, &place).await?;
    if input
        .volume_configurations
        .iter()
        .flatten()
        .next()
        .is_some()
    {
        return Err(errors::unsupported("volumes for tasks").into());
    }
    let overrides = input
        .overrides
        .iter()
        .flat_map(|o| o.container_overrides.iter().flatten());
    for over in overrides {
        let name = over.name.as_deref().unwrap_or_default();
        if sets::container(&definition, name).is_none() {
            return Err(errors::invalid(
                "Override for container named ".to_owned()
                    + name
                    + " is not a container in the TaskDefinition.",
            )
            .into());
        }
    }
    input.tags = Some(tags::fresh(input.tags)?);
    let made = (0..count).map(|_| {
        let key = (call.scope.clone(), cluster.1.clone(), names::new_task_id());
        (key, tasks::of_wish(&input, &definition, call.now))
    });
    let made: Vec<(_, Task)> = made.collect();
    let put = made.clone();
    let write = ecs.write(move |tables, tx| {
        for (key, task) in put {
            tx.put(&tables.tasks, key, task);
        }
        Ok::<_, RunTaskError>(())
    });
    write.await?;
    ecs.perform(
        made.iter()
            .map(|(key, _)| Effect::Begin(key.clone()))
            .collect(),
    );
    let shown = made.iter().map(|(key, task)| view::task(key, task, true));
    Ok(RunTaskOutput {
        tasks: Some(shown.collect()),
        failures: Some(Vec::new()),
    })
}
