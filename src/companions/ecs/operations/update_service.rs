//! `UpdateService`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
//!
//! Witness of what CodeDeploy alone changes: contract codedeploy §7.2.

use crate::aws::{Scope, Time};
use crate::companions::ecs::rows::{DefinitionKey, Service, ServiceKey, ServiceStatus, Standing};
use crate::companions::ecs::scheduler::turn::supersede;
use crate::companions::ecs::sets::{self, Place};
use crate::companions::ecs::{Ecs, definition, errors, services, view};
use crate::server::Call;
use ecs_api::error::{InvalidParameterException, UpdateServiceError};
use ecs_api::input::UpdateServiceInput;
use ecs_api::model::{DeploymentControllerType, SchedulingStrategy};
use ecs_api::output::UpdateServiceOutput;
use std::sync::Arc;

pub async fn update_service(
    input: UpdateServiceInput,
    call: Call,
) -> Result<UpdateServiceOutput, UpdateServiceError> {
    let ecs = &call.app.ecs;
    let (key, service) = update(ecs, &call.scope, input, call.now).await?;
    Ok(UpdateServiceOutput {
        service: Some(view::service(ecs, &key, &service, true)),
    })
}

/// A change of what tasks are made of begins a new deployment.
pub async fn update(
    ecs: &Ecs,
    scope: &Scope,
    input: UpdateServiceInput,
    now: Time,
) -> Result<(ServiceKey, Arc<Service>), UpdateServiceError> {
    let cluster = input.cluster.as_deref();
    let (key, row) = ecs.service::<UpdateServiceError>(scope, cluster, &input.service)?;
    if row.status != ServiceStatus::Active {
        return Err(errors::inactive_service().into());
    }
    check(&row, &input)?;
    let redeploys = redeploys(&input);
    let definition_key = match row.rolls() && redeploys {
        true => Some(runnable(ecs, scope, &row, &input).await?),
        false => None,
    };
    let change = ecs.change_service(&key, now, move |_, _, service| {
        apply(service, input)?;
        if let Some(definition_key) = definition_key {
            let set = sets::of_settings(&definition_key, &service.settings, Standing::Primary, now);
            supersede(service, set, now);
        }
        Ok::<_, UpdateServiceError>(())
    });
    let ((), service) = change.await?;
    Ok((key, service))
}

fn check(row: &Service, input: &UpdateServiceInput) -> Result<(), UpdateServiceError> {
    let refused = match row.controller {
        DeploymentControllerType::Ecs => None,
        DeploymentControllerType::CodeDeploy => taken(input).map(errors::belongs_to_code_deploy),
        DeploymentControllerType::External => taken(input).map(errors::belongs_to_task_sets),
    };
    if let Some(refused) = refused {
        return Err(refused.into());
    }
    if let Some(controller) = &input.deployment_controller
        && controller.r#type != row.controller
    {
        return Err(errors::unsupported("a change of the deployment controller").into());
    }
    let connect = input.service_connect_configuration.as_ref();
    if connect.is_some_and(|connect| connect.enabled) {
        return Err(errors::unsupported("Service Connect").into());
    }
    if input.service_registries.iter().flatten().next().is_some() {
        return Err(errors::unsupported("service discovery").into());
    }
    let daemon = row.settings.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    if daemon && input.desired_count.is_some() {
        let text = "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again";
        return Err(errors::invalid(text).into());
    }
    let given = input.deployment_configuration.as_ref();
    services::configuration(given, row.controller, daemon)
}

/// What belongs to a task set, and is not changed on its service.
fn taken(input: &UpdateServiceInput) -> Option<&'static str> {
    let asked = [
        (input.task_definition.is_some(), "task definition"),
        (input.network_configuration.is_some(), "network parameters"),
        (input.load_balancers.is_some(), "load balancers"),
        (input.platform_version.is_some(), "platform version"),
        (
            input.capacity_provider_strategy.is_some(),
            "capacity provider strategy",
        ),
        (
            input.force_new_deployment == Some(true),
            "the running tasks",
        ),
    ];
    asked
        .into_iter()
        .find(|(asked, _)| *asked)
        .map(|(_, what)| what)
}

fn redeploys(input: &UpdateServiceInput) -> bool {
    taken(input).is_some()
}

/// The definition of the next deployment, checked with all that the service will have.
async fn runnable(
    ecs: &Ecs,
    scope: &Scope,
    row: &Service,
    input: &UpdateServiceInput,
) -> Result<DefinitionKey, UpdateServiceError> {
    let settings = &row.settings;
    let current = row.primary().map(|set| set.definition.clone());
    let asked = input.task_definition.clone().or(current);
    let asked = asked.ok_or_else(errors::no_definition)?;
    let (key, definition) = match input.task_definition {
        Some(_) => definition::runnable(&ecs.tables, scope, &asked)?,
        // What runs may run again, also when it was deregistered meanwhile.
        None => {
            let key = definition::find(&ecs.tables, scope, &asked);
            let key = key.ok_or_else(errors::no_definition)?;
            let definition = ecs.tables.definitions.get(&key);
            (key, definition.ok_or_else(errors::no_definition)?)
        }
    };
    let own = definition.shape.network_mode == Some(ecs_api::model::NetworkMode::Awsvpc);
    let network = input.network_configuration.as_ref();
    let network = network.or(settings.network_configuration.as_ref().filter(|_| own));
    let strategy = input.capacity_provider_strategy.clone();
    let strategy = strategy
        .or(settings.capacity_provider_strategy.clone())
        .unwrap_or_default();
    let balancers = input
        .load_balancers
        .as_ref()
        .or(settings.load_balancers.as_ref());
    let place = Place {
        launch_type: settings.launch_type.filter(|_| strategy.is_empty()),
        strategy: &strategy,
        network,
        load_balancers: balancers.map(Vec::as_slice).unwrap_or_default(),
    };
    ecs.check_place(scope, &definition, &place).await?;
    Ok(key)
}

/// What is not given stays.
fn apply(
    service: &mut Service,
    input: UpdateServiceInput,
) -> Result<(), InvalidParameterException> {
    if let Some(desired) = input.desired_count {
        service.desired = services::count(desired)?;
    }
    let settings = &mut service.settings;
    fn set<T>(place: &mut Option<T>, given: Option<T>) {
        if given.is_some() {
            *place = given;
        }
    }
    if input.capacity_provider_strategy.is_some() {
        settings.launch_type = None;
    }
    set(&mut settings.task_definition, input.task_definition);
    set(
        &mut settings.capacity_provider_strategy,
        input.capacity_provider_strategy,
    );
    set(
        &mut settings.deployment_configuration,
        input.deployment_configuration,
    );
    set(
        &mut settings.availability_zone_rebalancing,
        input.availability_zone_rebalancing,
    );
    set(
        &mut settings.network_configuration,
        input.network_configuration,
    );
    set(
        &mut settings.placement_constraints,
        input.placement_constraints,
    );
    set(&mut settings.placement_strategy, input.placement_strategy);
    set(&mut settings.platform_version, input.platform_version);
    set(
        &mut settings.health_check_grace_period_seconds,
        input.health_check_grace_period_seconds,
    );
    set(
        &mut settings.enable_execute_command,
        input.enable_execute_command,
    );
    set(
        &mut settings.enable_ecs_managed_tags,
        input.enable_ecs_managed_tags,
    );
    set(&mut settings.load_balancers, input.load_balancers);
    set(&mut settings.propagate_tags, input.propagate_tags);
    Ok(())
}
