//! `PutClusterCapacityProviders`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html>

use crate::companions::ecs::rows::Cluster;
use crate::companions::ecs::{errors, view};
use crate::server::Call;
use ecs_api::error::{InvalidParameterException, PutClusterCapacityProvidersError};
use ecs_api::input::PutClusterCapacityProvidersInput;
use ecs_api::model::CapacityProviderStrategyItem;
use ecs_api::output::PutClusterCapacityProvidersOutput;

/// Those that AWS itself offers.
pub const OFFERED: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

pub async fn put_cluster_capacity_providers(
    input: PutClusterCapacityProvidersInput,
    call: Call,
) -> Result<PutClusterCapacityProvidersOutput, PutClusterCapacityProvidersError> {
    let ecs = &call.app.ecs;
    let (key, _) = ecs.cluster(&call.scope, Some(&input.cluster))?;
    let (providers, strategy) = (
        input.capacity_providers,
        input.default_capacity_provider_strategy,
    );
    check(&providers, &strategy)?;
    let put = key.clone();
    let write = ecs.write(move |tables, tx| {
        let row = tx.get(&tables.clusters, &put);
        let row = row.ok_or_else(errors::no_cluster)?;
        let row = Cluster {
            capacity_providers: providers,
            strategy,
            ..Cluster::clone(&row)
        };
        tx.put(&tables.clusters, put, row.clone());
        Ok::<_, PutClusterCapacityProvidersError>(row)
    });
    let row = write.await?;
    Ok(PutClusterCapacityProvidersOutput {
        cluster: Some(view::cluster(ecs, &key, &row, &[])),
    })
}

/// Differs from AWS: ECS has the capacity providers `FARGATE` and `FARGATE_SPOT` and no Auto Scaling groups; all tasks run on this machine.
pub fn check(
    providers: &[String],
    strategy: &[CapacityProviderStrategyItem],
) -> Result<(), InvalidParameterException> {
    let unknown = |name: &str| {
        errors::invalid(format!(
            "The specified capacity provider {name} was not found. Specify a valid name or ARN and try again."
        ))
    };
    if let Some(name) = providers
        .iter()
        .find(|name| !OFFERED.contains(&name.as_str()))
    {
        return Err(unknown(name));
    }
    let mut strategy = strategy.iter();
    match strategy.find(|item| !providers.contains(&item.capacity_provider)) {
        Some(item) => Err(unknown(&item.capacity_provider)),
        None => Ok(()),
    }
}
