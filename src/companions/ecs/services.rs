//! What a service may be, whatever its definition says.
//!
//! Witness: API reference, CreateService; the wordings are the real service's where they are known, otherwise "our reading".

use super::errors;
use super::names;
use ecs_api::error::{InvalidParameterException, UnsupportedFeatureException};
use ecs_api::input::CreateServiceInput;
use ecs_api::model::{
    DeploymentConfiguration, DeploymentControllerType, DeploymentStrategy, SchedulingStrategy,
};

/// More would only exhaust this machine. Witness: Service Quotas, "Tasks per service" (5,000 at AWS).
const MOST: i32 = 500;

pub fn controller(input: &CreateServiceInput) -> DeploymentControllerType {
    let given = input
        .deployment_controller
        .as_ref()
        .map(|controller| controller.r#type);
    given.unwrap_or(DeploymentControllerType::Ecs)
}

/// Checks of a new service that need no rows.
pub fn check<E>(input: &CreateServiceInput) -> Result<(), E>
where
    E: From<InvalidParameterException> + From<UnsupportedFeatureException>,
{
    if !names::is_name(&input.service_name) {
        return Err(errors::invalid("Invalid service name.").into());
    }
    let daemon = input.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    if daemon && controller(input) != DeploymentControllerType::Ecs {
        let text = "The DAEMON scheduling strategy does not support the CODE_DEPLOY or EXTERNAL deployment controller.";
        return Err(errors::invalid(text).into());
    }
    if daemon && input.desired_count.is_some_and(|count| count > 0) {
        let text = "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again";
        return Err(errors::invalid(text).into());
    }
    let lattice = input.vpc_lattice_configurations.iter().flatten().next();
    let connect = input.service_connect_configuration.as_ref();
    let unsupported = [
        (
            connect.is_some_and(|connect| connect.enabled),
            "Service Connect",
        ),
        (lattice.is_some(), "VPC Lattice"),
        (
            input.gateway_connectors.iter().flatten().next().is_some(),
            "gateway connectors",
        ),
        (
            input.service_registries.iter().flatten().next().is_some(),
            "service discovery",
        ),
        (
            input
                .volume_configurations
                .iter()
                .flatten()
                .next()
                .is_some(),
            "volumes for tasks",
        ),
    ];
    if let Some((_, what)) = unsupported.into_iter().find(|(asked, _)| *asked) {
        return Err(errors::unsupported(what).into());
    }
    configuration(
        input.deployment_configuration.as_ref(),
        controller(input),
        daemon,
    )
}

/// Differs from AWS: ECS services have no Service Connect, service discovery, VPC Lattice or volumes, and roll by `ROLLING` alone; requests for the rest are refused.
pub fn configuration<E>(
    given: Option<&DeploymentConfiguration>,
    controller: DeploymentControllerType,
    daemon: bool,
) -> Result<(), E>
where
    E: From<InvalidParameterException> + From<UnsupportedFeatureException>,
{
    let Some(given) = given else {
        return Ok(());
    };
    if let Some(strategy) = given.strategy.filter(|s| *s != DeploymentStrategy::Rolling) {
        let what = format!("the deployment strategy {}", strategy.as_str());
        return Err(errors::unsupported(&what).into());
    }
    let breaker = given.deployment_circuit_breaker.as_ref();
    if breaker.is_some_and(|b| b.enable) && controller != DeploymentControllerType::Ecs {
        let text =
            "Deployment circuit breaker is supported for the ECS deployment controller only.";
        return Err(errors::invalid(text).into());
    }
    let in_range = |given: Option<i32>, range: std::ops::RangeInclusive<i32>| {
        given.is_none_or(|given| range.contains(&given))
    };
    if !in_range(given.minimum_healthy_percent, 0..=100) {
        return Err(errors::invalid("minimumHealthyPercent must be between 0 and 100.").into());
    }
    let most = if daemon { 0..=200 } else { 100..=200 };
    if !in_range(given.maximum_percent, most) {
        return Err(errors::invalid("maximumPercent must be between 100 and 200.").into());
    }
    if given.minimum_healthy_percent == Some(100) && given.maximum_percent == Some(100) && !daemon {
        let text = "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.";
        return Err(errors::invalid(text).into());
    }
    Ok(())
}

pub fn desired(input: &CreateServiceInput) -> Result<u32, InvalidParameterException> {
    count(input.desired_count.unwrap_or(0))
}

pub fn count(desired: i32) -> Result<u32, InvalidParameterException> {
    match u32::try_from(desired) {
        Ok(count) if desired <= MOST => Ok(count),
        Ok(_) => Err(errors::invalid(format!(
            "slipway runs no more than {MOST} tasks of a service."
        ))),
        Err(_) => Err(errors::invalid("desiredCount cannot be negative.")),
    }
}
