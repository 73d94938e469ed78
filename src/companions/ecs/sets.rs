//! What is checked before tasks of a definition may run in a service, and the set that they become.
//!
//! Invariant: a set that was made can be started as far as its definition, network and target groups tell.

use super::companion::Ecs;
use super::errors;
use super::names;
use super::rows::{Definition, DefinitionKey, Rollout, Set, Standing};
use super::targets::TargetKind;
use crate::aws::{Scope, Time};
use ecs_api::error::InvalidParameterException;
use ecs_api::input::{CreateServiceInput, CreateTaskSetInput};
use ecs_api::model::{
    CapacityProviderStrategyItem, Compatibility, ContainerDefinition, LaunchType, LoadBalancer,
    NetworkConfiguration, NetworkMode,
};

/// What runs, where.
pub struct Place<'a> {
    pub launch_type: Option<LaunchType>,
    pub strategy: &'a [CapacityProviderStrategyItem],
    pub network: Option<&'a NetworkConfiguration>,
    pub load_balancers: &'a [LoadBalancer],
}

impl Ecs {
    /// Whether tasks of the definition can run there.
    pub(super) async fn check_place(
        &self,
        scope: &Scope,
        definition: &Definition,
        place: &Place<'_>,
    ) -> Result<(), InvalidParameterException> {
        check_launch(definition, place)?;
        let own = definition.shape.network_mode == Some(NetworkMode::Awsvpc);
        let network = place
            .network
            .and_then(|network| network.awsvpc_configuration.as_ref());
        match (own, network) {
            (true, None) => return Err(errors::no_network()),
            (false, Some(_)) => return Err(errors::unwanted_network()),
            (true, Some(network)) if network.subnets.is_empty() => {
                return Err(errors::invalid("subnets can not be empty."));
            }
            _ => {}
        }
        for balancer in place.load_balancers {
            self.check_balancer(scope, definition, balancer, own)
                .await?;
        }
        Ok(())
    }

    async fn check_balancer(
        &self,
        scope: &Scope,
        definition: &Definition,
        balancer: &LoadBalancer,
        own: bool,
    ) -> Result<(), InvalidParameterException> {
        let Some(group) = balancer.target_group_arn.as_deref() else {
            return Err(errors::invalid(
                "slipway has no classic load balancers: a targetGroupArn must be given.",
            ));
        };
        check_port(definition, balancer)?;
        let kind = self.outside.targets.kind(scope, group).await;
        match (kind, own) {
            (None, _) => Err(errors::no_group(group)),
            (Some(TargetKind::Ip), true) | (Some(TargetKind::Instance), false) => Ok(()),
            (Some(kind), _) => Err(errors::invalid(format!(
                "The provided target group {group} has target type {}, which is incompatible with the {} network mode specified in the task definition.",
                kind_name(kind),
                definition
                    .shape
                    .network_mode
                    .map_or("bridge", |mode| mode.as_str()),
            ))),
        }
    }
}

fn kind_name(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Ip => "ip",
        TargetKind::Instance => "instance",
        TargetKind::Other => "lambda or alb",
    }
}

fn check_launch(
    definition: &Definition,
    place: &Place<'_>,
) -> Result<(), InvalidParameterException> {
    if place.launch_type.is_some() && !place.strategy.is_empty() {
        return Err(errors::invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ));
    }
    let named = place
        .strategy
        .first()
        .map(|item| item.capacity_provider.as_str());
    let fargate = place.launch_type == Some(LaunchType::Fargate)
        || named.is_some_and(|name| name.starts_with("FARGATE"));
    let mut able = definition.shape.compatibilities.iter().flatten();
    if fargate && !able.any(|one| *one == Compatibility::Fargate) {
        return Err(errors::invalid(
            "Task definition does not support launch_type FARGATE.",
        ));
    }
    Ok(())
}

fn check_port(
    definition: &Definition,
    balancer: &LoadBalancer,
) -> Result<(), InvalidParameterException> {
    let name = balancer.container_name.as_deref().unwrap_or_default();
    let container = container(definition, name).ok_or_else(|| {
        errors::invalid(format!(
            "The container {name} does not exist in the task definition."
        ))
    })?;
    let port = balancer.container_port.unwrap_or_default();
    let mut ports = container.port_mappings.iter().flatten();
    match ports.any(|mapping| mapping.container_port == Some(port)) {
        true => Ok(()),
        false => Err(errors::invalid(format!(
            "The container {name} did not have a container port {port} defined."
        ))),
    }
}

pub fn container<'a>(definition: &'a Definition, name: &str) -> Option<&'a ContainerDefinition> {
    let mut containers = definition.shape.container_definitions.iter().flatten();
    containers.find(|container| container.name.as_deref() == Some(name))
}

/// The first set of a service, or its next deployment, as its settings say.
pub fn of_settings(
    key: &DefinitionKey,
    settings: &CreateServiceInput,
    standing: Standing,
    now: Time,
) -> Set {
    let strategy = settings
        .capacity_provider_strategy
        .clone()
        .unwrap_or_default();
    let launch_type = settings.launch_type.unwrap_or(LaunchType::Ec2);
    let id = names::new_set_id();
    Set {
        rollout_reason: format!("ECS deployment {id} in progress."),
        id,
        standing,
        definition: names::definition_arn(key),
        load_balancers: settings.load_balancers.clone().unwrap_or_default(),
        network: settings.network_configuration.clone(),
        platform_version: platform(settings.platform_version.as_ref(), launch_type, &strategy),
        launch_type: strategy.is_empty().then_some(launch_type),
        strategy,
        registries: settings.service_registries.clone().unwrap_or_default(),
        external_id: None,
        started_by: None,
        scale: 100.0,
        created: now,
        updated: now,
        stable: false,
        stable_since: now,
        rollout: Rollout::InProgress,
        failed: 0,
        row: 0,
        not_before: None,
        tags: Vec::new(),
    }
}

/// A task set; what it does not say is as of the service.
pub fn of_wish(
    key: &DefinitionKey,
    settings: &CreateServiceInput,
    wish: CreateTaskSetInput,
    now: Time,
) -> Set {
    let scale = wish.scale.and_then(|scale| scale.value).unwrap_or(0.0);
    let mut settings = settings.clone();
    settings.load_balancers = wish.load_balancers;
    settings.service_registries = wish.service_registries;
    settings.network_configuration = wish.network_configuration;
    settings.platform_version = wish.platform_version.or(settings.platform_version);
    if wish.launch_type.is_some() || wish.capacity_provider_strategy.is_some() {
        settings.launch_type = wish.launch_type;
        settings.capacity_provider_strategy = wish.capacity_provider_strategy;
    }
    Set {
        external_id: wish.external_id,
        scale,
        tags: wish.tags.unwrap_or_default(),
        ..of_settings(key, &settings, Standing::Active, now)
    }
}

/// `LATEST` is what Fargate shows as its newest version.
fn platform(
    given: Option<&String>,
    launch_type: LaunchType,
    strategy: &[CapacityProviderStrategyItem],
) -> Option<String> {
    let named = strategy.first().map(|item| item.capacity_provider.as_str());
    let fargate = match named {
        Some(name) => name.starts_with("FARGATE"),
        None => launch_type == LaunchType::Fargate,
    };
    let given = given.filter(|given| !given.is_empty() && *given != "LATEST");
    let newest = || "1.4.0".to_owned();
    fargate.then(|| given.cloned().unwrap_or_else(newest))
}
