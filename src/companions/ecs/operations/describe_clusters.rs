//! `DescribeClusters`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html>

use crate::companions::ecs::names::DEFAULT_CLUSTER;
use crate::companions::ecs::{errors, failures, names, view};
use crate::server::Call;
use ecs_api::error::DescribeClustersError;
use ecs_api::input::DescribeClustersInput;
use ecs_api::output::DescribeClustersOutput;

const MOST: usize = 100;

pub async fn describe_clusters(
    input: DescribeClustersInput,
    call: Call,
) -> Result<DescribeClustersOutput, DescribeClustersError> {
    let asked = input.clusters.filter(|asked| !asked.is_empty());
    let asked = asked.unwrap_or_else(|| vec![DEFAULT_CLUSTER.to_owned()]);
    if asked.len() > MOST {
        return Err(errors::invalid(format!(
            "No more than {MOST} clusters may be described at once."
        ))
        .into());
    }
    let include = input.include.unwrap_or_default();
    let ecs = &call.app.ecs;
    let (mut clusters, mut missing) = (Vec::new(), Vec::new());
    for asked in asked {
        let key = names::cluster(&call.scope, Some(&asked));
        let row = key.as_ref().and_then(|key| ecs.tables.clusters.get(key));
        match key.clone().zip(row) {
            Some((key, row)) => clusters.push(view::cluster(ecs, &key, &row, &include)),
            None => {
                let arn = key.map_or(asked, |key| names::cluster_arn(&key));
                missing.push(failures::missing(arn));
            }
        }
    }
    Ok(DescribeClustersOutput {
        clusters: Some(clusters),
        failures: Some(missing),
    })
}
