//! Whether the target groups and the listener of a group's ECS service may be deployed behind, where there are load balancers to ask.
//!
//! What is found here is found again when a deployment begins, since it may change in between: only what can never be deployed is
//! refused. Source: contract, codedeploy section 7.2.

use super::validate::groups::GroupError;
use super::{CodeDeploy, configs, errors, plan};
use crate::aws::Scope;
use crate::companions::Companions;
use crate::companions::balancing::{BalancerError, TargetGroupInfo};
use crate::engine::deployment::ecs::inspect::misfit;
use crate::engine::deployment::ecs::listener::is_plain;
use crate::engine::deployment::ecs::plan::Pair;
use crate::store::Committed;
use codedeploy_api::error::InvalidTargetGroupPairException;
use codedeploy_api::model::DeploymentGroupInfo;

/// Of a group that has an ECS service. A listener that is not there, or leads elsewhere, is told when something is deployed: how much of
/// this AWS finds when a group is saved is not known.
pub async fn check<E: GroupError>(
    service: &CodeDeploy,
    companions: &dyn Companions,
    scope: &Scope,
    group: &DeploymentGroupInfo,
) -> Result<(), E> {
    if group.ecs_services.iter().flatten().next().is_none() {
        return Ok(());
    }
    let name = group.deployment_config_name.as_deref().unwrap_or_default();
    let config = configs::find(&service.tables, &Committed, scope, name)?;
    let pair = plan::pair(group);
    target_groups(companions, scope, group, &pair).await?;
    let listener = companions.balancers().listener(scope, &pair.production);
    match listener.await {
        Ok(listener) if is_plain(&listener) && plan::routing(&config).is_gradual() => {
            Err(errors::only_all_at_once().into())
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn target_groups(
    companions: &dyn Companions,
    scope: &Scope,
    group: &DeploymentGroupInfo,
    pair: &Pair,
) -> Result<(), InvalidTargetGroupPairException> {
    let found = companions.balancers().target_groups(scope, &pair.groups);
    let found: Vec<TargetGroupInfo> = match found.await {
        Ok(found) => found,
        Err(error @ BalancerError::NoSuchTargetGroup(_)) => {
            return Err(errors::no_target_group(&error));
        }
        Err(_) => return Ok(()),
    };
    if let [first, second] = &found[..]
        && first.target_type != second.target_type
    {
        return Err(errors::target_types(first, second));
    }
    let Some(at) = plan::place(group) else {
        return Ok(());
    };
    let service = companions.containers().service(scope, &at).await;
    let misfit = service.ok().and_then(|service| misfit(&service, &found));
    match misfit {
        Some(text) => Err(InvalidTargetGroupPairException::new(text)),
        None => Ok(()),
    }
}
