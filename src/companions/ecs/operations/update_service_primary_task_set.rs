//! `UpdateServicePrimaryTaskSet`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateServicePrimaryTaskSet.html>

use crate::aws::{Scope, Time};
use crate::companions::ecs::rows::{Service, ServiceKey, Standing};
use crate::companions::ecs::{Ecs, errors, names, view};
use crate::server::Call;
use ecs_api::error::UpdateServicePrimaryTaskSetError;
use ecs_api::input::UpdateServicePrimaryTaskSetInput;
use ecs_api::output::UpdateServicePrimaryTaskSetOutput;
use std::sync::Arc;

pub async fn update_service_primary_task_set(
    input: UpdateServicePrimaryTaskSetInput,
    call: Call,
) -> Result<UpdateServicePrimaryTaskSetOutput, UpdateServicePrimaryTaskSetError> {
    let ecs = &call.app.ecs;
    let (key, service) = set_primary(ecs, &call.scope, input, call.now).await?;
    let counts = view::counts(ecs, &key, &service);
    let mut sets = service.sets.iter().zip(counts);
    let primary = sets.find(|(set, _)| set.standing == Standing::Primary);
    Ok(UpdateServicePrimaryTaskSetOutput {
        task_set: primary.map(|(set, counts)| view::task_set(&key, &service, set, counts, false)),
    })
}

/// The one that was primary is active from then on.
pub async fn set_primary(
    ecs: &Ecs,
    scope: &Scope,
    input: UpdateServicePrimaryTaskSetInput,
    now: Time,
) -> Result<(ServiceKey, Arc<Service>), UpdateServicePrimaryTaskSetError> {
    let cluster = Some(input.cluster.as_str());
    let (key, row) =
        ecs.service::<UpdateServicePrimaryTaskSetError>(scope, cluster, &input.service)?;
    if row.rolls() {
        return Err(errors::no_task_sets().into());
    }
    let id = names::set(&key, &input.primary_task_set).to_owned();
    let change = ecs.change_service(&key, now, move |_, _, service| {
        let named = service.set(&id).ok_or_else(errors::no_set)?;
        if named.standing == Standing::Draining {
            return Err(
                errors::invalid("A task set that is draining cannot be the primary one.").into(),
            );
        }
        for set in &mut service.sets {
            let standing = match (set.id == id, set.standing) {
                (true, _) => Standing::Primary,
                (false, Standing::Primary) => Standing::Active,
                (false, other) => other,
            };
            if standing != set.standing {
                set.standing = standing;
                set.updated = now;
            }
        }
        Ok::<_, UpdateServicePrimaryTaskSetError>(())
    });
    let ((), service) = change.await?;
    Ok((key, service))
}
