//! `UpdateCluster`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCluster.html>

use crate::companions::ecs::rows::Cluster;
use crate::companions::ecs::{errors, view};
use crate::server::Call;
use ecs_api::error::UpdateClusterError;
use ecs_api::input::UpdateClusterInput;
use ecs_api::model::ClusterField;
use ecs_api::output::UpdateClusterOutput;

/// What is not given stays.
pub async fn update_cluster(
    input: UpdateClusterInput,
    call: Call,
) -> Result<UpdateClusterOutput, UpdateClusterError> {
    let ecs = &call.app.ecs;
    let (key, _) = ecs.cluster(&call.scope, Some(&input.cluster))?;
    let put = key.clone();
    let write = ecs.write(move |tables, tx| {
        let row = tx.get(&tables.clusters, &put);
        let mut row = Cluster::clone(&*row.ok_or_else(errors::no_cluster)?);
        row.settings = input.settings.unwrap_or(row.settings);
        row.configuration = input.configuration.or(row.configuration);
        if let Some(defaults) = input.service_connect_defaults {
            // An empty name takes it away.
            row.namespace = Some(defaults.namespace).filter(|name| !name.is_empty());
        }
        tx.put(&tables.clusters, put, row.clone());
        Ok::<_, UpdateClusterError>(row)
    });
    let row = write.await?;
    let include = [ClusterField::Configurations, ClusterField::Settings];
    Ok(UpdateClusterOutput {
        cluster: Some(view::cluster(ecs, &key, &row, &include)),
    })
}
