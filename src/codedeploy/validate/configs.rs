//! Rules of custom deployment configurations.
//!
//! Source: contract, codedeploy section 4.3.

use codedeploy_api::error::{
    InvalidMinimumHealthyHostValueException as InvalidHosts,
    InvalidTrafficRoutingConfigurationException as InvalidRouting,
    InvalidZonalDeploymentConfigurationException as InvalidZones,
};
use codedeploy_api::model::{
    ComputePlatform, MinimumHealthyHosts, MinimumHealthyHostsPerZoneType, MinimumHealthyHostsType,
    TrafficRoutingConfig, TrafficRoutingType, ZonalConfig,
};

/// Two days: the most from the first shift of traffic to the last, in minutes.
const LONGEST_SHIFT: i64 = 2880;

pub fn hosts(
    platform: ComputePlatform,
    hosts: Option<&MinimumHealthyHosts>,
) -> Result<(), InvalidHosts> {
    let refused = |why: &str| Err(InvalidHosts::new(format!("minimumHealthyHosts {why}")));
    match (platform, hosts) {
        (ComputePlatform::Server, None) => refused("is required for the compute platform Server"),
        (ComputePlatform::Server, Some(hosts)) => match (hosts.r#type, hosts.value) {
            (None, _) | (_, None) => refused("needs a type and a value"),
            (Some(MinimumHealthyHostsType::HostCount), Some(0..)) => Ok(()),
            (Some(MinimumHealthyHostsType::FleetPercent), Some(0..=99)) => Ok(()),
            (Some(MinimumHealthyHostsType::HostCount), Some(_)) => {
                refused("of type HOST_COUNT needs a value of 0 or more")
            }
            (Some(MinimumHealthyHostsType::FleetPercent), Some(_)) => {
                refused("of type FLEET_PERCENT needs a value from 0 to 99")
            }
            (Some(MinimumHealthyHostsType::MostConcurrency), _) => {
                refused("can only have the type HOST_COUNT or FLEET_PERCENT")
            }
        },
        (_, Some(_)) => refused("can only be given for the compute platform Server"),
        (_, None) => Ok(()),
    }
}

/// The routing that is kept: with the block of its type only.
pub fn routing(
    platform: ComputePlatform,
    routing: Option<TrafficRoutingConfig>,
) -> Result<Option<TrafficRoutingConfig>, InvalidRouting> {
    let refused = |why: &str| Err(InvalidRouting::new(format!("trafficRoutingConfig {why}")));
    match (platform, routing) {
        (ComputePlatform::Server, None) => Ok(None),
        (ComputePlatform::Server, Some(_)) => {
            refused("cannot be given for the compute platform Server")
        }
        (_, None) => refused("is required for the compute platforms Lambda and ECS"),
        (_, Some(routing)) => shifts(routing).map(Some),
    }
}

fn shifts(routing: TrafficRoutingConfig) -> Result<TrafficRoutingConfig, InvalidRouting> {
    let refused = |why: &str| Err(InvalidRouting::new(format!("trafficRoutingConfig {why}")));
    let (canary, linear) = (routing.time_based_canary, routing.time_based_linear);
    let bare = TrafficRoutingConfig {
        r#type: routing.r#type,
        ..TrafficRoutingConfig::default()
    };
    match (routing.r#type, canary, linear) {
        (None, ..) => refused("needs a type"),
        (_, Some(_), Some(_)) => {
            refused("can have only one of timeBasedCanary and timeBasedLinear")
        }
        (Some(TrafficRoutingType::AllAtOnce), ..) => Ok(bare),
        (Some(TrafficRoutingType::TimeBasedCanary), Some(canary), _) => {
            span(canary.canary_percentage, canary.canary_interval, |_| 1)?;
            Ok(TrafficRoutingConfig {
                time_based_canary: Some(canary),
                ..bare
            })
        }
        (Some(TrafficRoutingType::TimeBasedLinear), _, Some(linear)) => {
            let steps = |percentage| 100 / percentage;
            span(linear.linear_percentage, linear.linear_interval, steps)?;
            Ok(TrafficRoutingConfig {
                time_based_linear: Some(linear),
                ..bare
            })
        }
        (Some(TrafficRoutingType::TimeBasedCanary), None, _) => {
            refused("of type TimeBasedCanary needs timeBasedCanary")
        }
        (Some(TrafficRoutingType::TimeBasedLinear), _, None) => {
            refused("of type TimeBasedLinear needs timeBasedLinear")
        }
    }
}

/// `steps` says how many intervals pass at that percentage.
fn span(
    percentage: Option<i32>,
    interval: Option<i32>,
    steps: impl Fn(i64) -> i64,
) -> Result<(), InvalidRouting> {
    let refused = |why: String| Err(InvalidRouting::new(format!("trafficRoutingConfig {why}")));
    let (Some(percentage @ 1..=99), Some(interval @ 1..)) = (percentage, interval) else {
        return refused("needs a percentage from 1 to 99 and an interval of 1 or more".to_owned());
    };
    if i64::from(interval) * steps(i64::from(percentage)) > LONGEST_SHIFT {
        return refused(format!(
            "takes longer than {LONGEST_SHIFT} minutes from the first shift of traffic to the last"
        ));
    }
    Ok(())
}

pub fn zones(platform: ComputePlatform, zones: Option<&ZonalConfig>) -> Result<(), InvalidZones> {
    let refused = |why: &str| Err(InvalidZones::new(format!("zonalConfig {why}")));
    let Some(zones) = zones else { return Ok(()) };
    if platform != ComputePlatform::Server {
        return refused("can only be given for the compute platform Server");
    }
    let durations = [
        zones.first_zone_monitor_duration_in_seconds,
        zones.monitor_duration_in_seconds,
    ];
    if durations.into_iter().flatten().any(|seconds| seconds < 0) {
        return refused("cannot have negative durations");
    }
    let Some(hosts) = &zones.minimum_healthy_hosts_per_zone else {
        return Ok(());
    };
    match (hosts.r#type, hosts.value) {
        (Some(MinimumHealthyHostsPerZoneType::HostCount), Some(0..)) => Ok(()),
        (Some(MinimumHealthyHostsPerZoneType::FleetPercent), Some(0..=99)) => Ok(()),
        _ => refused("needs a HOST_COUNT of 0 or more or a FLEET_PERCENT from 0 to 99 per zone"),
    }
}
