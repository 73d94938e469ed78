//! `DescribeTargetHealth`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html>

use crate::companions::elbv2::health::said;
use crate::companions::elbv2::rows::{Group, Registered, TargetKey};
use crate::companions::elbv2::targets::key_of;
use crate::server::Call;
use elbv2_api::error::DescribeTargetHealthError;
use elbv2_api::input::DescribeTargetHealthInput;
use elbv2_api::model::{
    TargetDescription, TargetHealth, TargetHealthDescription, TargetHealthReasonEnum,
    TargetHealthStateEnum,
};
use elbv2_api::output::DescribeTargetHealthOutput;
use std::sync::Arc;

pub async fn describe_target_health(
    input: DescribeTargetHealthInput,
    call: Call,
) -> Result<DescribeTargetHealthOutput, DescribeTargetHealthError> {
    let elbv2 = &call.app.elbv2;
    let (group_key, group) = elbv2.rows(&call.scope).group(&input.target_group_arn)?;
    let all = elbv2.tables.targets_of(&group_key);
    let mut shown = Vec::new();
    let health = |key: &TargetKey, row: &Arc<Registered>| elbv2.health_of(&group_key, key, row);
    match input.targets.filter(|targets| !targets.is_empty()) {
        None => {
            for (key, row) in &all {
                shown.push(description(&group, key, row.zone.clone(), health(key, row)));
            }
        }
        Some(targets) => {
            for target in &targets {
                let key = key_of(&group_key, &group, target)?;
                let found = all.iter().find(|(known, _)| *known == key);
                shown.push(match found {
                    Some((key, row)) => {
                        description(&group, key, row.zone.clone(), health(key, row))
                    }
                    None => description(&group, &key, None, absent()),
                });
            }
        }
    }
    Ok(DescribeTargetHealthOutput {
        target_health_descriptions: Some(shown),
    })
}

fn absent() -> TargetHealth {
    said(
        TargetHealthStateEnum::Unused,
        TargetHealthReasonEnum::TargetNotRegistered,
        "Target is not registered to the target group",
    )
}

fn description(
    group: &Group,
    key: &TargetKey,
    zone: Option<String>,
    health: TargetHealth,
) -> TargetHealthDescription {
    let port = i32::try_from(key.3).ok();
    let check = group.definition.health_check_port.clone();
    let check = check.filter(|port| port != "traffic-port");
    TargetHealthDescription {
        target: Some(TargetDescription {
            port,
            availability_zone: zone,
            ..TargetDescription::new(key.2.clone())
        }),
        health_check_port: check.or_else(|| port.map(|port| port.to_string())),
        target_health: Some(health),
        ..TargetHealthDescription::default()
    }
}
