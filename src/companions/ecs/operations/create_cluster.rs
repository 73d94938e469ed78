//! `CreateCluster`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html>

use crate::companions::ecs::names::DEFAULT_CLUSTER;
use crate::companions::ecs::rows::Cluster;
use crate::companions::ecs::{errors, names, tags, view};
use crate::server::Call;
use ecs_api::error::CreateClusterError;
use ecs_api::input::CreateClusterInput;
use ecs_api::model::ClusterField;
use ecs_api::output::CreateClusterOutput;

/// A second time it answers the cluster that is there.
pub async fn create_cluster(
    input: CreateClusterInput,
    call: Call,
) -> Result<CreateClusterOutput, CreateClusterError> {
    let name = input.cluster_name.filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| DEFAULT_CLUSTER.to_owned());
    if !names::is_name(&name) {
        return Err(errors::invalid("Invalid cluster name.").into());
    }
    let cluster = Cluster {
        active: true,
        settings: input.settings.unwrap_or_default(),
        configuration: input.configuration,
        namespace: input
            .service_connect_defaults
            .map(|defaults| defaults.namespace),
        capacity_providers: input.capacity_providers.unwrap_or_default(),
        strategy: input.default_capacity_provider_strategy.unwrap_or_default(),
        tags: tags::fresh(input.tags)?,
    };
    super::put_cluster_capacity_providers::check(&cluster.capacity_providers, &cluster.strategy)?;
    let ecs = &call.app.ecs;
    let key = (call.scope.clone(), name);
    let put = key.clone();
    let write = ecs.write(move |tables, tx| {
        let known = tx.get(&tables.clusters, &put).filter(|row| row.active);
        if let Some(known) = known {
            return Ok(known);
        }
        tx.put(&tables.clusters, put, cluster.clone());
        Ok::<_, CreateClusterError>(std::sync::Arc::new(cluster))
    });
    let row = write.await?;
    let include = [
        ClusterField::Configurations,
        ClusterField::Settings,
        ClusterField::Tags,
    ];
    Ok(CreateClusterOutput {
        cluster: Some(view::cluster(ecs, &key, &row, &include)),
    })
}
