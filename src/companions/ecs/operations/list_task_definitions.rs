//! `ListTaskDefinitions`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html>

use crate::aws::page;
use crate::companions::ecs::names;
use crate::companions::ecs::paging::Page;
use crate::companions::ecs::rows::DefinitionKey;
use crate::server::Call;
use crate::store::Direction;
use ecs_api::error::ListTaskDefinitionsError;
use ecs_api::input::ListTaskDefinitionsInput;
use ecs_api::model::{SortOrder, TaskDefinitionStatus};
use ecs_api::output::ListTaskDefinitionsOutput;

/// By family and revision; of one family where one is named.
pub async fn list_task_definitions(
    input: ListTaskDefinitionsInput,
    call: Call,
) -> Result<ListTaskDefinitionsOutput, ListTaskDefinitionsError> {
    let status = input.status.unwrap_or(TaskDefinitionStatus::Active);
    let direction = match input.sort {
        Some(SortOrder::Desc) => Direction::Backward,
        _ => Direction::Forward,
    };
    let family = input.family_prefix.filter(|family| !family.is_empty());
    let binding = format!(
        "ListTaskDefinitions {:?} {status:?} {:?} {family:?}",
        call.scope, input.sort
    );
    let page: Page<DefinitionKey> =
        Page::read(binding, input.next_token.as_ref(), input.max_results)?;
    let (first, last) = match family {
        Some(family) => (family.clone(), family),
        None => (String::new(), char::MAX.to_string()),
    };
    let first = (call.scope.clone(), first, 0);
    let last = (call.scope.clone(), last, u32::MAX);
    let range = page::after(first, last, page.after.clone(), direction);
    let definitions = &call.app.ecs.tables.definitions;
    let mut rows = definitions.range(range, direction, usize::MAX);
    rows.retain(|(_, row)| row.shape.status == Some(status));
    let (rows, next_token) = page.cut(rows, |(key, _)| key.clone());
    let arns = rows.iter().map(|(key, _)| names::definition_arn(key));
    Ok(ListTaskDefinitionsOutput {
        task_definition_arns: Some(arns.collect()),
        next_token,
    })
}
