//! Deployment configurations: the predefined ones, and one by its name.
//!
//! Source: contract, codedeploy sections 4.1 and 4.2.

use super::errors;
use super::store::Tables;
use crate::aws::{Scope, Time};
use crate::store::Read;
use codedeploy_api::error::{
    DeploymentConfigDoesNotExistException, DeploymentConfigNameRequiredException,
};
use codedeploy_api::model::{
    ComputePlatform, DeploymentConfigInfo, MinimumHealthyHosts, MinimumHealthyHostsType,
    TimeBasedCanary, TimeBasedLinear, TrafficRoutingConfig, TrafficRoutingType,
};

/// How names of predefined configurations begin.
pub const PREDEFINED: &str = "CodeDeployDefault.";

/// When the predefined configurations of the Server platform were made, in milliseconds.
const BEGINNING: Time = Time::from_millis(1_415_750_400_000);

/// Name after the prefix, the end of the id, and what it does.
const ALL: [(&str, u8, Does); 17] = [
    (
        "OneAtATime",
        1,
        Does::Hosts(MinimumHealthyHostsType::MostConcurrency, 1),
    ),
    (
        "HalfAtATime",
        2,
        Does::Hosts(MinimumHealthyHostsType::FleetPercent, 50),
    ),
    (
        "AllAtOnce",
        3,
        Does::Hosts(MinimumHealthyHostsType::FleetPercent, 0),
    ),
    ("LambdaAllAtOnce", 4, Does::AllAtOnce(LAMBDA)),
    ("LambdaCanary10Percent5Minutes", 5, Does::Canary(LAMBDA, 5)),
    (
        "LambdaCanary10Percent10Minutes",
        6,
        Does::Canary(LAMBDA, 10),
    ),
    (
        "LambdaCanary10Percent15Minutes",
        7,
        Does::Canary(LAMBDA, 15),
    ),
    (
        "LambdaCanary10Percent30Minutes",
        8,
        Does::Canary(LAMBDA, 30),
    ),
    (
        "LambdaLinear10PercentEvery1Minute",
        9,
        Does::Linear(LAMBDA, 1),
    ),
    (
        "LambdaLinear10PercentEvery2Minutes",
        10,
        Does::Linear(LAMBDA, 2),
    ),
    (
        "LambdaLinear10PercentEvery3Minutes",
        11,
        Does::Linear(LAMBDA, 3),
    ),
    (
        "LambdaLinear10PercentEvery10Minutes",
        12,
        Does::Linear(LAMBDA, 10),
    ),
    ("ECSAllAtOnce", 20, Does::AllAtOnce(ECS)),
    ("ECSCanary10Percent5Minutes", 21, Does::Canary(ECS, 5)),
    ("ECSCanary10Percent15Minutes", 22, Does::Canary(ECS, 15)),
    ("ECSLinear10PercentEvery1Minutes", 23, Does::Linear(ECS, 1)),
    ("ECSLinear10PercentEvery3Minutes", 24, Does::Linear(ECS, 3)),
];

const LAMBDA: ComputePlatform = ComputePlatform::Lambda;
const ECS: ComputePlatform = ComputePlatform::Ecs;

#[derive(Clone, Copy)]
enum Does {
    Hosts(MinimumHealthyHostsType, i32),
    AllAtOnce(ComputePlatform),
    /// Ten percent first, the rest after so many minutes.
    Canary(ComputePlatform, i32),
    /// Ten percent every so many minutes.
    Linear(ComputePlatform, i32),
}

/// The names of all predefined configurations.
pub fn predefined_names() -> impl Iterator<Item = String> {
    ALL.iter().map(|(name, ..)| format!("{PREDEFINED}{name}"))
}

/// The predefined configuration of this name.
pub fn predefined(name: &str) -> Option<DeploymentConfigInfo> {
    let short = name.strip_prefix(PREDEFINED)?;
    let (_, id, does) = ALL.iter().find(|(name, ..)| *name == short)?;
    let bare = DeploymentConfigInfo {
        deployment_config_id: Some(format!("00000000-0000-0000-0000-{id:012}")),
        deployment_config_name: Some(name.to_owned()),
        ..DeploymentConfigInfo::default()
    };
    Some(match *does {
        Does::Hosts(kind, value) => DeploymentConfigInfo {
            compute_platform: Some(ComputePlatform::Server),
            create_time: Some(BEGINNING.wire()),
            minimum_healthy_hosts: Some(MinimumHealthyHosts {
                r#type: Some(kind),
                value: Some(value),
            }),
            ..bare
        },
        Does::AllAtOnce(platform) => DeploymentConfigInfo {
            compute_platform: Some(platform),
            traffic_routing_config: Some(TrafficRoutingConfig {
                r#type: Some(TrafficRoutingType::AllAtOnce),
                ..TrafficRoutingConfig::default()
            }),
            ..bare
        },
        Does::Canary(platform, minutes) => DeploymentConfigInfo {
            compute_platform: Some(platform),
            traffic_routing_config: Some(TrafficRoutingConfig {
                r#type: Some(TrafficRoutingType::TimeBasedCanary),
                time_based_canary: Some(TimeBasedCanary {
                    canary_percentage: Some(10),
                    canary_interval: Some(minutes),
                }),
                ..TrafficRoutingConfig::default()
            }),
            ..bare
        },
        Does::Linear(platform, minutes) => DeploymentConfigInfo {
            compute_platform: Some(platform),
            traffic_routing_config: Some(TrafficRoutingConfig {
                r#type: Some(TrafficRoutingType::TimeBasedLinear),
                time_based_linear: Some(TimeBasedLinear {
                    linear_percentage: Some(10),
                    linear_interval: Some(minutes),
                }),
                ..TrafficRoutingConfig::default()
            }),
            ..bare
        },
    })
}

/// The configuration of groups and deployments that name none.
pub fn usual(platform: ComputePlatform) -> String {
    let name = match platform {
        ComputePlatform::Server => "OneAtATime",
        ComputePlatform::Lambda => "LambdaAllAtOnce",
        ComputePlatform::Ecs => "ECSAllAtOnce",
    };
    format!("{PREDEFINED}{name}")
}

/// The configuration of this name, predefined or custom.
pub fn find(
    tables: &Tables,
    rows: &impl Read,
    scope: &Scope,
    name: &str,
) -> Result<DeploymentConfigInfo, DeploymentConfigDoesNotExistException> {
    if let Some(config) = predefined(name) {
        return Ok(config);
    }
    let found = rows.row(&tables.configs, &(scope.clone(), name.to_owned()));
    let config = found.ok_or_else(|| errors::config_not_found(name))?;
    Ok((*config).clone())
}

/// The model lets an empty name through, for where it means the default.
pub fn named(name: &str) -> Result<(), DeploymentConfigNameRequiredException> {
    match name.is_empty() {
        true => Err(errors::config_name_missing()),
        false => Ok(()),
    }
}
