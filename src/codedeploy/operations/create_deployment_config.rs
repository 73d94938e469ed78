//! CreateDeploymentConfig: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentConfig.html>

use crate::aws::{Time, ids};
use crate::codedeploy::store::names_of;
use crate::codedeploy::validate::configs as rules;
use crate::codedeploy::{configs, errors, violations};
use crate::server::call::Call;
use crate::store::{Direction, WriteError};
use codedeploy_api::error::CreateDeploymentConfigError;
use codedeploy_api::input::CreateDeploymentConfigInput;
use codedeploy_api::model::{ComputePlatform, DeploymentConfigInfo};
use codedeploy_api::output::CreateDeploymentConfigOutput;

/// A new configuration, which never changes.
pub async fn create_deployment_config(
    input: CreateDeploymentConfigInput,
    call: Call,
) -> Result<CreateDeploymentConfigOutput, CreateDeploymentConfigError> {
    let service = &call.app.codedeploy;
    let name = input.deployment_config_name.clone();
    configs::named(&name)?;
    if name.starts_with(configs::PREDEFINED) {
        return Err(errors::config_name_reserved(&name).into());
    }
    let (tables, key, now) = (service.tables.clone(), (call.scope, name), call.now);
    let deferred = call.deferred;
    let written = service.store.write(move |tx| {
        if tx.contains(&tables.configs, &key) {
            return Err(CreateDeploymentConfigError::from(errors::config_exists(
                &key.1,
            )));
        }
        let all = names_of(&key.0);
        let count = tx.range(&tables.configs, all, Direction::Forward, MOST);
        if count.len() == MOST {
            return Err(errors::too_many_configs(MOST).into());
        }
        violations::deferred("CreateDeploymentConfig", &deferred)?;
        let config = checked(input, now)?;
        let id = config.deployment_config_id.clone();
        tx.put(&tables.configs, key, config);
        Ok(id)
    });
    let id = written.await.map_err(WriteError::refused)?;
    Ok(CreateDeploymentConfigOutput {
        deployment_config_id: id,
    })
}

/// Configurations that an account makes itself.
const MOST: usize = 200;

fn checked(
    input: CreateDeploymentConfigInput,
    now: Time,
) -> Result<DeploymentConfigInfo, CreateDeploymentConfigError> {
    let platform = input.compute_platform.unwrap_or(ComputePlatform::Server);
    rules::hosts(platform, input.minimum_healthy_hosts.as_ref())?;
    let routing = rules::routing(platform, input.traffic_routing_config)?;
    rules::zones(platform, input.zonal_config.as_ref())?;
    Ok(DeploymentConfigInfo {
        deployment_config_id: Some(ids::uuid()),
        deployment_config_name: Some(input.deployment_config_name),
        minimum_healthy_hosts: input.minimum_healthy_hosts,
        create_time: Some(now.wire()),
        compute_platform: Some(platform),
        traffic_routing_config: routing,
        zonal_config: input.zonal_config,
    })
}
