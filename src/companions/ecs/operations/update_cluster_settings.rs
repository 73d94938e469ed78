//! `UpdateClusterSettings`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateClusterSettings.html>

use crate::companions::ecs::rows::Cluster;
use crate::companions::ecs::{errors, view};
use crate::server::Call;
use ecs_api::error::UpdateClusterSettingsError;
use ecs_api::input::UpdateClusterSettingsInput;
use ecs_api::model::ClusterField;
use ecs_api::output::UpdateClusterSettingsOutput;

pub async fn update_cluster_settings(
    input: UpdateClusterSettingsInput,
    call: Call,
) -> Result<UpdateClusterSettingsOutput, UpdateClusterSettingsError> {
    let ecs = &call.app.ecs;
    let (key, _) = ecs.cluster(&call.scope, Some(&input.cluster))?;
    let put = key.clone();
    let write = ecs.write(move |tables, tx| {
        let row = tx.get(&tables.clusters, &put);
        let row = row.ok_or_else(errors::no_cluster)?;
        let row = Cluster {
            settings: input.settings,
            ..Cluster::clone(&row)
        };
        tx.put(&tables.clusters, put, row.clone());
        Ok::<_, UpdateClusterSettingsError>(row)
    });
    let row = write.await?;
    Ok(UpdateClusterSettingsOutput {
        cluster: Some(view::cluster(ecs, &key, &row, &[ClusterField::Settings])),
    })
}
