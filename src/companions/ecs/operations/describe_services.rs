//! `DescribeServices`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>

use crate::companions::ecs::{errors, failures, names, view};
use crate::server::Call;
use ecs_api::error::DescribeServicesError;
use ecs_api::input::DescribeServicesInput;
use ecs_api::output::DescribeServicesOutput;

const MOST: usize = 10;

pub async fn describe_services(
    input: DescribeServicesInput,
    call: Call,
) -> Result<DescribeServicesOutput, DescribeServicesError> {
    if input.services.is_empty() {
        return Err(errors::invalid("Services cannot be empty.").into());
    }
    if input.services.len() > MOST {
        return Err(
            errors::invalid(format!("Services cannot have more than {MOST} elements.")).into(),
        );
    }
    let ecs = &call.app.ecs;
    let (cluster, _) = ecs.cluster(&call.scope, input.cluster.as_deref())?;
    let tags = input.include.is_some_and(|include| !include.is_empty());
    let (mut services, mut missing) = (Vec::new(), Vec::new());
    for asked in input.services {
        let key = names::service(&cluster, &asked);
        let row = key.as_ref().and_then(|key| ecs.tables.services.get(key));
        match key.clone().zip(row) {
            Some((key, row)) => services.push(view::service(ecs, &key, &row, tags)),
            None => {
                let arn = key.map_or(asked, |key| names::service_arn(&key));
                missing.push(failures::missing(arn));
            }
        }
    }
    Ok(DescribeServicesOutput {
        services: Some(services),
        failures: Some(missing),
    })
}
