//! `ListTaskDefinitionFamilies`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html>

use crate::aws::page;
use crate::companions::ecs::paging::Page;
use crate::companions::ecs::rows::ClusterKey;
use crate::server::Call;
use crate::store::Direction;
use ecs_api::error::ListTaskDefinitionFamiliesError;
use ecs_api::input::ListTaskDefinitionFamiliesInput;
use ecs_api::model::TaskDefinitionFamilyStatus;
use ecs_api::output::ListTaskDefinitionFamiliesOutput;

/// A family is active as long as one of its revisions is.
pub async fn list_task_definition_families(
    input: ListTaskDefinitionFamiliesInput,
    call: Call,
) -> Result<ListTaskDefinitionFamiliesOutput, ListTaskDefinitionFamiliesError> {
    let prefix = input.family_prefix.unwrap_or_default();
    let status = input.status.unwrap_or(TaskDefinitionFamilyStatus::All);
    let binding = format!(
        "ListTaskDefinitionFamilies {:?} {status:?} {prefix}",
        call.scope
    );
    let page: Page<ClusterKey> = Page::read(binding, input.next_token.as_ref(), input.max_results)?;
    let first = (call.scope.clone(), prefix.clone());
    let last = (call.scope.clone(), format!("{prefix}{}", char::MAX));
    let range = page::after(first, last, page.after.clone(), Direction::Forward);
    let families = &call.app.ecs.tables.families;
    let mut rows = families.range(range, Direction::Forward, usize::MAX);
    rows.retain(|(_, family)| match status {
        TaskDefinitionFamilyStatus::All => true,
        TaskDefinitionFamilyStatus::Active => !family.active.is_empty(),
        TaskDefinitionFamilyStatus::Inactive => family.active.is_empty(),
    });
    let (rows, next_token) = page.cut(rows, |(key, _)| key.clone());
    Ok(ListTaskDefinitionFamiliesOutput {
        families: Some(rows.into_iter().map(|(key, _)| key.1).collect()),
        next_token,
    })
}
