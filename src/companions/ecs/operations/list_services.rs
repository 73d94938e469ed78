//! `ListServices`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html>

use crate::companions::ecs::names;
use crate::companions::ecs::paging::Page;
use crate::companions::ecs::rows::ServiceKey;
use crate::server::Call;
use crate::store::Direction;
use ecs_api::error::ListServicesError;
use ecs_api::input::ListServicesInput;
use ecs_api::model::SchedulingStrategy;
use ecs_api::output::ListServicesOutput;

/// Those that have not ended.
pub async fn list_services(
    input: ListServicesInput,
    call: Call,
) -> Result<ListServicesOutput, ListServicesError> {
    let tables = &call.app.ecs.tables;
    let (cluster, _) = call
        .app
        .ecs
        .cluster(&call.scope, input.cluster.as_deref())?;
    let binding = format!(
        "ListServices {cluster:?} {:?} {:?}",
        input.launch_type, input.scheduling_strategy
    );
    // As many as AWS shows unless told otherwise.
    let size = input.max_results.or(Some(10));
    let page: Page<ServiceKey> = Page::read(binding, input.next_token.as_ref(), size)?;
    let found =
        tables
            .living_services
            .range(cluster.clone()..=cluster, Direction::Forward, usize::MAX);
    let mut keys: Vec<ServiceKey> = found.into_iter().map(|(_, key)| key).collect();
    keys.retain(|key| {
        let after = page.after.as_ref().is_none_or(|after| key > after);
        let row = tables.services.get(key).filter(|_| after);
        row.is_some_and(|row| {
            let newest = row.primary().or(row.sets.first());
            let launched = newest
                .and_then(|set| set.launch_type)
                .or(row.settings.launch_type);
            let strategy = row.settings.scheduling_strategy;
            let strategy = strategy.unwrap_or(SchedulingStrategy::Replica);
            input
                .launch_type
                .is_none_or(|wanted| launched == Some(wanted))
                && input
                    .scheduling_strategy
                    .is_none_or(|wanted| strategy == wanted)
        })
    });
    let (keys, next_token) = page.cut(keys, Clone::clone);
    Ok(ListServicesOutput {
        service_arns: Some(keys.iter().map(names::service_arn).collect()),
        next_token,
    })
}
