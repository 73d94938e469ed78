//! `UpdateTaskSet`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskSet.html>

use crate::companions::ecs::rows::Standing;
use crate::companions::ecs::{errors, names, view};
use crate::server::Call;
use ecs_api::error::UpdateTaskSetError;
use ecs_api::input::UpdateTaskSetInput;
use ecs_api::output::UpdateTaskSetOutput;

/// Changes how large a part of the desired count the task set has.
pub async fn update_task_set(
    input: UpdateTaskSetInput,
    call: Call,
) -> Result<UpdateTaskSetOutput, UpdateTaskSetError> {
    let ecs = &call.app.ecs;
    let cluster = Some(input.cluster.as_str());
    let (key, row) = ecs.service::<UpdateTaskSetError>(&call.scope, cluster, &input.service)?;
    if row.rolls() {
        return Err(errors::no_task_sets().into());
    }
    let scale = input.scale.value.unwrap_or(0.0);
    if !(0.0..=100.0).contains(&scale) {
        return Err(errors::invalid("The scale value must be between 0.0 and 100.0.").into());
    }
    let id = names::set(&key, &input.task_set).to_owned();
    let (asked, now) = (id.clone(), call.now);
    let change = ecs.change_service(&key, now, move |_, _, service| {
        let mut sets = service.sets.iter_mut();
        let set = sets.find(|set| set.id == asked && set.standing != Standing::Draining);
        let set = set.ok_or_else(errors::no_set)?;
        set.scale = scale;
        set.updated = now;
        Ok::<_, UpdateTaskSetError>(())
    });
    let ((), service) = change.await?;
    let counts = view::counts(ecs, &key, &service);
    let mut sets = service.sets.iter().zip(counts);
    let found = sets.find(|(set, _)| set.id == id);
    Ok(UpdateTaskSetOutput {
        task_set: found.map(|(set, counts)| view::task_set(&key, &service, set, counts, false)),
    })
}
