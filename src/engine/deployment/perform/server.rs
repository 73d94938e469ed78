//! Finds the instances of a deployment, and moves their traffic.

use super::DeploymentPerformer;
use crate::aws::Scope;
use crate::companions::{Companions, LoadBalancers};
use crate::engine::deployment::Key;
use crate::engine::deployment::effect::Traffic;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::server::order::Candidate;
use crate::engine::deployment::server::plan::Selection;

/// The instances that are selected, if the role is there.
pub async fn find(
    performer: &DeploymentPerformer,
    (scope, id): &Key,
    selection: &Selection,
    role: &str,
    group: &str,
) -> Result<Vec<Candidate>, Fault> {
    performer.check_role(role, group).await?;
    let found = performer.world.instances(scope, id, selection).await;
    found.map_err(|why| Fault::internal(&why))
}

/// Returns when the instance gets no traffic any more, or gets it again.
pub async fn move_traffic(
    companions: &dyn Companions,
    scope: &Scope,
    instance: &str,
    way: Traffic,
    balancers: &LoadBalancers,
) -> Result<(), String> {
    match way {
        Traffic::Block => companions.block_instance(scope, balancers, instance).await,
        Traffic::Allow => companions.allow_instance(scope, balancers, instance).await,
    }
}
