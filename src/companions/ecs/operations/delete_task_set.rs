//! `DeleteTaskSet`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskSet.html>

use crate::aws::{Scope, Time};
use crate::companions::ecs::rows::{Service, ServiceKey, Set, Standing};
use crate::companions::ecs::{Ecs, errors, names, view};
use crate::server::Call;
use ecs_api::error::DeleteTaskSetError;
use ecs_api::input::DeleteTaskSetInput;
use ecs_api::output::DeleteTaskSetOutput;
use std::sync::Arc;

pub async fn delete_task_set(
    input: DeleteTaskSetInput,
    call: Call,
) -> Result<DeleteTaskSetOutput, DeleteTaskSetError> {
    let ecs = &call.app.ecs;
    let (key, service, set) = delete(ecs, &call.scope, input, call.now).await?;
    let counts = view::counts(ecs, &key, &service);
    let mut sets = service.sets.iter().zip(counts);
    let left = sets.find(|(other, _)| other.id == set.id);
    let counts = left.map_or_else(Default::default, |(_, counts)| counts);
    Ok(DeleteTaskSetOutput {
        task_set: Some(view::task_set(&key, &service, &set, counts, false)),
    })
}

/// It drains, and is gone when its last task has stopped. The service as it has become, and the task set as it drains.
pub async fn delete(
    ecs: &Ecs,
    scope: &Scope,
    input: DeleteTaskSetInput,
    now: Time,
) -> Result<(ServiceKey, Arc<Service>, Set), DeleteTaskSetError> {
    let cluster = Some(input.cluster.as_str());
    let (key, row) = ecs.service::<DeleteTaskSetError>(scope, cluster, &input.service)?;
    if row.rolls() {
        return Err(errors::no_task_sets().into());
    }
    let id = names::set(&key, &input.task_set).to_owned();
    let force = input.force == Some(true);
    let change = ecs.change_service(&key, now, move |_, _, service| {
        let desired = service.desired;
        let mut sets = service.sets.iter_mut();
        let set = sets.find(|set| set.id == id).ok_or_else(errors::no_set)?;
        if set.scale > 0.0 && desired > 0 && !force {
            let text = "The task set cannot be deleted while it is scaled above 0. Scale it to 0, or use force.";
            return Err(errors::invalid(text).into());
        }
        set.standing = Standing::Draining;
        set.updated = now;
        Ok::<_, DeleteTaskSetError>(set.clone())
    });
    let (set, service) = change.await?;
    Ok((key, service, set))
}
