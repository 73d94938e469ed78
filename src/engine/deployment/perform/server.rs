//! Finds the instances of a deployment, moves their traffic, and ends those that were replaced.

use super::DeploymentPerformer;
use crate::aws::Scope;
use crate::companions::{Companions, LoadBalancers};
use crate::engine::deployment::Key;
use crate::engine::deployment::color::Color;
use crate::engine::deployment::effect::Traffic;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::server::order::Candidate;
use crate::engine::deployment::server::plan::Selection;

/// The instances that are selected, if the role is there; with their labels where some replace others.
pub async fn find(
    performer: &DeploymentPerformer,
    (scope, id): &Key,
    (selection, green): (&Selection, Option<&Selection>),
    role: &str,
    group: &str,
) -> Result<Vec<Candidate>, Fault> {
    performer.check_role(role, group).await?;
    let find = async |selection| {
        let found = performer.world.instances(scope, id, selection).await;
        found.map_err(|why| Fault::internal(&why))
    };
    let mut found = find(selection).await?;
    if let Some(green) = green {
        label(&mut found, Color::Blue);
        let mut more = find(green).await?;
        label(&mut more, Color::Green);
        found.append(&mut more);
    }
    Ok(found)
}

fn label(of: &mut [Candidate], color: Color) {
    of.iter_mut().for_each(|one| one.label = Some(color));
}

/// Ends instances for good; says why some are not.
pub async fn terminate(
    companions: &dyn Companions,
    scope: &Scope,
    instances: &[String],
) -> Vec<String> {
    let mut messages = Vec::new();
    for id in instances {
        if let Err(why) = companions.terminate_instance(scope, id).await {
            messages.push(format!("The instance {id} could not be terminated: {why}"));
        }
    }
    messages
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
