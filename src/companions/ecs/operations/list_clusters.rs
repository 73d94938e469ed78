//! `ListClusters`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html>

use crate::aws::page;
use crate::companions::ecs::names;
use crate::companions::ecs::paging::Page;
use crate::companions::ecs::rows::ClusterKey;
use crate::server::Call;
use crate::store::Direction;
use ecs_api::error::ListClustersError;
use ecs_api::input::ListClustersInput;
use ecs_api::output::ListClustersOutput;

pub async fn list_clusters(
    input: ListClustersInput,
    call: Call,
) -> Result<ListClustersOutput, ListClustersError> {
    let binding = format!("ListClusters {:?}", call.scope);
    let page: Page<ClusterKey> = Page::read(binding, input.next_token.as_ref(), input.max_results)?;
    let (first, last) = (String::new(), char::MAX.to_string());
    let first = (call.scope.clone(), first);
    let last = (call.scope.clone(), last);
    let range = page::after(first, last, page.after.clone(), Direction::Forward);
    let clusters = &call.app.ecs.tables.clusters;
    let mut rows = clusters.range(range, Direction::Forward, usize::MAX);
    rows.retain(|(_, row)| row.active);
    let (rows, next_token) = page.cut(rows, |(key, _)| key.clone());
    let arns = rows.iter().map(|(key, _)| names::cluster_arn(key));
    Ok(ListClustersOutput {
        cluster_arns: Some(arns.collect()),
        next_token,
    })
}
