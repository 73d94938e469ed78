//! Fleets: what is asked for, with the service's defaults, and its rules.
//!
//! Source: contract, codebuild sections 3.7 and 12.4.

// Differs from AWS: a fleet has no machines of its own: it is ACTIVE at once, and runs as many builds at a time as its `baseCapacity` says; scaling changes nothing.

use super::CodeBuild;
use super::errors::invalid;
use super::names::{self, FLEET};
use super::store::Tables;
use crate::aws::{Scope, Time, ids};
use crate::engine::build::perform::FleetRoom;
use codebuild_api::error::InvalidInputException;
use codebuild_api::input::{CreateFleetInput, UpdateFleetInput};
use codebuild_api::model::*;

type Check = Result<(), InvalidInputException>;

/// The fleet a customer asks for.
pub fn created(scope: &Scope, now: Time, input: CreateFleetInput) -> Fleet {
    let id = ids::uuid();
    let mut fleet = Fleet {
        arn: Some(names::fleet_arn(scope, &input.name, &id)),
        name: Some(input.name),
        id: Some(id),
        created: Some(now.wire()),
        last_modified: Some(now.wire()),
        status: Some(status(FleetStatusCode::Active)),
        base_capacity: Some(input.base_capacity),
        environment_type: Some(input.environment_type),
        compute_type: Some(input.compute_type),
        compute_configuration: input.compute_configuration,
        scaling_configuration: input.scaling_configuration.map(scaling),
        overflow_behavior: Some(
            input
                .overflow_behavior
                .unwrap_or(FleetOverflowBehavior::Queue),
        ),
        vpc_config: input.vpc_config,
        proxy_configuration: input.proxy_configuration,
        image_id: input.image_id,
        fleet_service_role: input.fleet_service_role,
        tags: Some(input.tags.unwrap_or_default()),
    };
    normalise(&mut fleet);
    fleet
}

/// The fleet with every member that the request has in place of its own.
pub fn updated(now: Time, mut fleet: Fleet, input: UpdateFleetInput) -> Fleet {
    if input.compute_type.is_some_and(|kind| !is_configured(kind)) {
        fleet.compute_configuration = None;
    }
    replace(&mut fleet.base_capacity, input.base_capacity);
    replace(&mut fleet.environment_type, input.environment_type);
    replace(&mut fleet.compute_type, input.compute_type);
    replace(
        &mut fleet.compute_configuration,
        input.compute_configuration,
    );
    let scaling = input.scaling_configuration.map(scaling);
    replace(&mut fleet.scaling_configuration, scaling);
    replace(&mut fleet.overflow_behavior, input.overflow_behavior);
    replace(&mut fleet.vpc_config, input.vpc_config);
    replace(&mut fleet.proxy_configuration, input.proxy_configuration);
    replace(&mut fleet.image_id, input.image_id);
    replace(&mut fleet.fleet_service_role, input.fleet_service_role);
    replace(&mut fleet.tags, input.tags);
    fleet.last_modified = Some(now.wire());
    normalise(&mut fleet);
    fleet
}

/// The fleet as the answer to the request that changes it shows it; the next reader finds it `ACTIVE`.
pub fn shown(fleet: &Fleet, code: FleetStatusCode) -> Fleet {
    Fleet {
        status: Some(status(code)),
        ..fleet.clone()
    }
}

/// What the model does not express; the first rule broken is reported.
pub fn check(fleet: &Fleet) -> Check {
    let base = fleet.base_capacity.unwrap_or_default();
    if base < 1 {
        return Err(invalid(format!(
            "Invalid base capacity: {base} should be 1 or more"
        )));
    }
    check_compute(fleet)?;
    if let Some(scaling) = &fleet.scaling_configuration {
        check_scaling(base, scaling)?;
    }
    fleet.vpc_config.iter().try_for_each(super::validate::vpc)
}

fn check_compute(fleet: &Fleet) -> Check {
    let place = fleet.environment_type.map_or("", |kind| kind.as_str());
    if place.contains("LAMBDA") {
        return Err(invalid(format!(
            "Invalid environment type: fleets have no {place}"
        )));
    }
    let configuration = fleet.compute_configuration.as_ref();
    let instance = configuration.and_then(|of| of.instance_type.as_ref());
    match fleet.compute_type {
        Some(ComputeType::CustomInstanceType) if instance.is_none() => Err(invalid(
            "Invalid instance type: InstanceType should be a valid EC2 instance type",
        )),
        Some(kind) if is_configured(kind) != configuration.is_some() => {
            let said = match configuration {
                None => "needs a computeConfiguration",
                Some(_) => "should have no computeConfiguration",
            };
            Err(invalid(format!(
                "Invalid compute configuration: compute type {} {said}",
                kind.as_str()
            )))
        }
        _ => Ok(()),
    }
}

fn check_scaling(base: i32, scaling: &ScalingConfigurationOutput) -> Check {
    let most = scaling.max_capacity.unwrap_or(base);
    if scaling.scaling_type.is_none() {
        return Err(invalid(
            "Invalid scaling configuration: a scalingType is required",
        ));
    }
    if most < base {
        return Err(invalid(format!(
            "Invalid scaling configuration: maxCapacity {most} is less than baseCapacity {base}"
        )));
    }
    Ok(())
}

/// The fleet whose turn a build has to wait for. One that has gone, and one that lets builds overflow, hold up nobody.
pub fn room(service: &CodeBuild, build: &(Scope, String)) -> Option<FleetRoom> {
    let settings = service.tables.settings.get(build).ok()??;
    let arn = settings.environment.fleet.as_ref()?.fleet_arn.clone()?;
    let (scope, tables) = (&build.0, &service.tables);
    let name = tables.fleet_name(scope, &arn).ok().flatten()?;
    let fleet = tables.fleets.get(&(scope.clone(), name.to_owned()))?;
    let waits = fleet.overflow_behavior != Some(FleetOverflowBehavior::OnDemand);
    let capacity = usize::try_from(fleet.base_capacity?).unwrap_or_default();
    waits.then_some(FleetRoom {
        fleet: arn,
        capacity,
    })
}

impl Tables {
    /// The fleet an ARN names; `None` for one that is not there or has another id. Other texts are refused.
    pub fn fleet_name<'a>(
        &self,
        scope: &Scope,
        arn: &'a str,
    ) -> Result<Option<&'a str>, InvalidInputException> {
        let name = names::of_arn(scope, arn, FLEET)?.and_then(|name| name.rsplit_once(':'));
        Ok(name.and_then(|(name, id)| self.has_id(scope, name, id).then_some(name)))
    }

    /// The name of a fleet given as name or ARN.
    pub fn fleet_named<'a>(&self, scope: &Scope, text: &'a str) -> Option<&'a str> {
        match text.starts_with("arn:") {
            true => self.fleet_name(scope, text).ok().flatten(),
            false => Some(text),
        }
    }

    fn has_id(&self, scope: &Scope, name: &str, id: &str) -> bool {
        let fleet = self.fleets.get(&(scope.clone(), name.to_owned()));
        fleet.is_some_and(|fleet| fleet.id.as_deref() == Some(id))
    }
}

fn is_configured(kind: ComputeType) -> bool {
    matches!(
        kind,
        ComputeType::AttributeBasedCompute | ComputeType::CustomInstanceType
    )
}

fn scaling(input: ScalingConfigurationInput) -> ScalingConfigurationOutput {
    ScalingConfigurationOutput {
        scaling_type: input.scaling_type,
        target_tracking_scaling_configs: input.target_tracking_scaling_configs,
        max_capacity: input.max_capacity,
        desired_capacity: None,
    }
}

/// An empty structure means none; scaling says how many machines are wanted now.
fn normalise(fleet: &mut Fleet) {
    fleet.vpc_config.take_if(|vpc| *vpc == VpcConfig::default());
    fleet
        .proxy_configuration
        .take_if(|proxy| *proxy == ProxyConfiguration::default());
    let bare = |scaling: &mut ScalingConfigurationOutput| {
        scaling.desired_capacity = None;
        *scaling == ScalingConfigurationOutput::default()
    };
    fleet.scaling_configuration.take_if(bare);
    if let Some(scaling) = &mut fleet.scaling_configuration {
        scaling.desired_capacity = fleet.base_capacity;
    }
}

fn status(code: FleetStatusCode) -> FleetStatus {
    FleetStatus {
        status_code: Some(code),
        ..FleetStatus::default()
    }
}

fn replace<T>(member: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *member = value;
    }
}
