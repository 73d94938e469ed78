//! `DeleteCluster`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html>

use crate::companions::ecs::rows::{Cluster, Tables, TaskStatus};
use crate::companions::ecs::{errors, view};
use crate::server::Call;
use crate::store::Direction;
use ecs_api::error::{
    ClusterContainsServicesException, ClusterContainsTasksException, DeleteClusterError,
};
use ecs_api::input::DeleteClusterInput;
use ecs_api::output::DeleteClusterOutput;

/// The cluster is shown as `INACTIVE` from then on.
pub async fn delete_cluster(
    input: DeleteClusterInput,
    call: Call,
) -> Result<DeleteClusterOutput, DeleteClusterError> {
    let ecs = &call.app.ecs;
    let (key, _) = ecs.cluster(&call.scope, Some(&input.cluster))?;
    let put = key.clone();
    let write = ecs.write(move |tables, tx| {
        let row = tx.get(&tables.clusters, &put);
        let row = row
            .filter(|row| row.active)
            .ok_or_else(errors::no_cluster)?;
        let at = put.clone()..=put.clone();
        if !tables
            .living_services
            .range(at, Direction::Forward, 1)
            .is_empty()
        {
            return Err(ClusterContainsServicesException::new(
                "The Cluster cannot be deleted while Services are active.",
            )
            .into());
        }
        if runs(tables, &put) {
            return Err(ClusterContainsTasksException::new(
                "The Cluster cannot be deleted while Tasks are active.",
            )
            .into());
        }
        let row = Cluster {
            active: false,
            ..Cluster::clone(&row)
        };
        tx.put(&tables.clusters, put, row.clone());
        Ok::<_, DeleteClusterError>(row)
    });
    let row = write.await?;
    Ok(DeleteClusterOutput {
        cluster: Some(view::cluster(ecs, &key, &row, &[])),
    })
}

fn runs(tables: &Tables, key: &(crate::aws::Scope, String)) -> bool {
    let mut living = [
        TaskStatus::Provisioning,
        TaskStatus::Pending,
        TaskStatus::Activating,
        TaskStatus::Running,
        TaskStatus::Deactivating,
        TaskStatus::Stopping,
    ]
    .into_iter();
    living.any(|status| {
        let at = (key.0.clone(), key.1.clone(), status.as_str().to_owned());
        let found = tables
            .by_status
            .range(at.clone()..=at, Direction::Forward, 1);
        !found.is_empty()
    })
}
