//! `DescribeCapacityProviders`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html>

use super::put_cluster_capacity_providers::OFFERED;
use crate::aws::Arn;
use crate::companions::ecs::failures;
use crate::server::Call;
use ecs_api::error::DescribeCapacityProvidersError;
use ecs_api::input::DescribeCapacityProvidersInput;
use ecs_api::model::{CapacityProvider, CapacityProviderStatus, CapacityProviderType};
use ecs_api::output::DescribeCapacityProvidersOutput;

/// Those that AWS itself offers; there are no others.
pub async fn describe_capacity_providers(
    input: DescribeCapacityProvidersInput,
    call: Call,
) -> Result<DescribeCapacityProvidersOutput, DescribeCapacityProvidersError> {
    if let Some(cluster) = &input.cluster {
        call.app.ecs.cluster(&call.scope, Some(cluster))?;
    }
    let arn = |name: &str| {
        Arn::regional("ecs", &call.scope, format!("capacity-provider/{name}")).to_string()
    };
    let all = || OFFERED.map(str::to_owned).to_vec();
    let asked = input.capacity_providers.filter(|asked| !asked.is_empty());
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for asked in asked.unwrap_or_else(all) {
        let known = OFFERED
            .into_iter()
            .find(|name| asked == *name || asked == arn(name));
        match known {
            Some(name) => found.push(CapacityProvider {
                capacity_provider_arn: Some(arn(name)),
                name: Some(name.to_owned()),
                status: Some(CapacityProviderStatus::Active),
                tags: Some(Vec::new()),
                r#type: Some(match name {
                    "FARGATE" => CapacityProviderType::Fargate,
                    _ => CapacityProviderType::FargateSpot,
                }),
                ..CapacityProvider::default()
            }),
            None => missing.push(failures::missing(asked)),
        }
    }
    Ok(DescribeCapacityProvidersOutput {
        capacity_providers: Some(found),
        failures: Some(missing),
        next_token: None,
    })
}
