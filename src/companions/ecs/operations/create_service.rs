//! `CreateService`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>

use crate::aws::{Scope, Time};
use crate::companions::ecs::rows::{Service, ServiceKey, ServiceStatus, Set, Standing};
use crate::companions::ecs::scheduler::turn;
use crate::companions::ecs::sets::{self, Place};
use crate::companions::ecs::{Ecs, definition, errors, names, services, tags, view};
use crate::server::Call;
use ecs_api::error::CreateServiceError;
use ecs_api::input::CreateServiceInput;
use ecs_api::model::DeploymentControllerType;
use ecs_api::output::CreateServiceOutput;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Its tasks are begun at once. With CODE_DEPLOY it has a primary task set; with EXTERNAL it waits for task sets.
pub async fn create_service(
    input: CreateServiceInput,
    call: Call,
) -> Result<CreateServiceOutput, CreateServiceError> {
    let ecs = &call.app.ecs;
    let by = call.principal.arn().to_owned();
    let (key, service) = create(ecs, &call.scope, by, input, call.now).await?;
    Ok(CreateServiceOutput {
        service: Some(view::service(ecs, &key, &service, true)),
    })
}

pub async fn create(
    ecs: &Ecs,
    scope: &Scope,
    by: String,
    input: CreateServiceInput,
    now: Time,
) -> Result<(ServiceKey, Arc<Service>), CreateServiceError> {
    let (cluster, _) = ecs.cluster(scope, input.cluster.as_deref())?;
    services::check::<CreateServiceError>(&input)?;
    let key = (scope.clone(), cluster.1, input.service_name.clone());
    let controller = services::controller(&input);
    let set = first_set(ecs, scope, &input, controller, now).await?;
    let service = Service {
        controller,
        status: ServiceStatus::Active,
        desired: services::desired(&input)?,
        created: now,
        created_by: by,
        tags: tags::fresh(input.tags.clone())?,
        sets: set.into_iter().collect(),
        events: Vec::new(),
        tasks: BTreeSet::new(),
        proven: None,
        steady: false,
        settings: input,
    };
    let service = put(ecs, &key, service, now).await?;
    Ok((key, service))
}

async fn first_set(
    ecs: &Ecs,
    scope: &Scope,
    input: &CreateServiceInput,
    controller: DeploymentControllerType,
    now: Time,
) -> Result<Option<Set>, CreateServiceError> {
    if controller == DeploymentControllerType::External {
        return match input.task_definition {
            None => Ok(None),
            Some(_) => Err(errors::invalid(
                "A task definition belongs to the task sets of a service with an EXTERNAL deployment controller.",
            )
            .into()),
        };
    }
    let asked = input.task_definition.as_deref();
    let asked = asked.ok_or_else(|| errors::invalid("Task definition cannot be blank."))?;
    let (definition_key, row) = definition::runnable(&ecs.tables, scope, asked)?;
    let strategy = input.capacity_provider_strategy.clone().unwrap_or_default();
    let place = Place {
        launch_type: input.launch_type,
        strategy: &strategy,
        network: input.network_configuration.as_ref(),
        load_balancers: input.load_balancers.as_deref().unwrap_or_default(),
    };
    ecs.check_place(scope, &row, &place).await?;
    let set = sets::of_settings(&definition_key, input, Standing::Primary, now);
    Ok(Some(set))
}

/// One of the same name that is gone gives way.
async fn put(
    ecs: &Ecs,
    key: &ServiceKey,
    service: Service,
    now: Time,
) -> Result<Arc<Service>, CreateServiceError> {
    let put = key.clone();
    let write = ecs.write(move |tables, tx| {
        let cluster = tx.get(&tables.clusters, &(put.0.clone(), put.1.clone()));
        if cluster.is_none_or(|cluster| !cluster.active) {
            return Err(errors::no_cluster().into());
        }
        let known = tx.get(&tables.services, &put).map(|known| known.status);
        match known {
            Some(ServiceStatus::Active) => {
                return Err(errors::invalid("Creation of service was not idempotent.").into());
            }
            Some(ServiceStatus::Draining) => {
                let text = "Unable to Start a service that is still Draining.";
                return Err(errors::invalid(text).into());
            }
            Some(ServiceStatus::Inactive) | None => {}
        }
        let effects = turn(tables, tx, &put, service, now);
        let after = tx.get(&tables.services, &put);
        let after = after.ok_or_else(|| errors::invalid(names::service_arn(&put)))?;
        Ok::<_, CreateServiceError>((after, effects))
    });
    let (service, effects) = write.await?;
    ecs.follow(key, effects);
    Ok(service)
}
