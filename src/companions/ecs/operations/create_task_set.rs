//! `CreateTaskSet`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html>

use crate::aws::{Scope, Time};
use crate::companions::ecs::rows::{Service, ServiceKey};
use crate::companions::ecs::sets::{self, Place};
use crate::companions::ecs::{Ecs, definition, errors, tags, view};
use crate::server::Call;
use ecs_api::error::{CreateTaskSetError, LimitExceededException};
use ecs_api::input::CreateTaskSetInput;
use ecs_api::output::CreateTaskSetOutput;
use std::sync::Arc;

/// Task sets of a service. Witness: Service Quotas.
const MOST: usize = 5;

pub async fn create_task_set(
    input: CreateTaskSetInput,
    call: Call,
) -> Result<CreateTaskSetOutput, CreateTaskSetError> {
    let ecs = &call.app.ecs;
    let (key, service, id) = create(ecs, &call.scope, input, call.now).await?;
    let counts = view::counts(ecs, &key, &service);
    let mut sets = service.sets.iter().zip(counts);
    let made = sets.find(|(set, _)| set.id == id);
    Ok(CreateTaskSetOutput {
        task_set: made.map(|(set, counts)| view::task_set(&key, &service, set, counts, true)),
    })
}

/// The service as it has become, and the id of its new task set. Its tasks are begun at once.
pub async fn create(
    ecs: &Ecs,
    scope: &Scope,
    mut input: CreateTaskSetInput,
    now: Time,
) -> Result<(ServiceKey, Arc<Service>, String), CreateTaskSetError> {
    let cluster = Some(input.cluster.as_str());
    let (key, row) = ecs.service::<CreateTaskSetError>(scope, cluster, &input.service)?;
    if row.rolls() {
        return Err(errors::no_task_sets().into());
    }
    input.tags = Some(tags::fresh(input.tags)?);
    if input.service_registries.iter().flatten().next().is_some() {
        return Err(errors::unsupported("service discovery").into());
    }
    let percent = input
        .scale
        .as_ref()
        .and_then(|scale| scale.value)
        .unwrap_or(0.0);
    if !(0.0..=100.0).contains(&percent) {
        return Err(errors::invalid("The scale value must be between 0.0 and 100.0.").into());
    }
    let (definition_key, definition) =
        definition::runnable(&ecs.tables, scope, &input.task_definition)?;
    let strategy = input.capacity_provider_strategy.clone().unwrap_or_default();
    let place = Place {
        launch_type: input.launch_type,
        strategy: &strategy,
        network: input.network_configuration.as_ref(),
        load_balancers: input.load_balancers.as_deref().unwrap_or_default(),
    };
    ecs.check_place(scope, &definition, &place).await?;
    let change = ecs.change_service(&key, now, move |_, _, service| {
        if service.sets.len() >= MOST {
            return Err(LimitExceededException::new(format!(
                "A service may have no more than {MOST} task sets."
            ))
            .into());
        }
        let set = sets::of_wish(&definition_key, &service.settings, input, now);
        let id = set.id.clone();
        service.sets.insert(0, set);
        service.steady = false;
        Ok::<_, CreateTaskSetError>(id)
    });
    let (id, service) = change.await?;
    Ok((key, service, id))
}
