//! ListTagsForResource: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListTagsForResource.html>

use crate::codepipeline::resource::Resource;
use crate::codepipeline::tags;
use crate::server::call::Call;
use codepipeline_api::error::ListTagsForResourceError;
use codepipeline_api::input::ListTagsForResourceInput;
use codepipeline_api::output::ListTagsForResourceOutput;

/// All tags of a resource on one page, by key; page size and token are accepted and mean nothing.
pub async fn list_tags_for_resource(
    input: ListTagsForResourceInput,
    call: Call,
) -> Result<ListTagsForResourceOutput, ListTagsForResourceError> {
    let tables = &call.app.codepipeline.tables;
    let resource =
        Resource::find::<ListTagsForResourceError>(tables, &call.scope, &input.resource_arn)?;
    let tags = tables.tags.get(&resource.key()).unwrap_or_default();
    Ok(ListTagsForResourceOutput {
        tags: Some(tags::list(&tags)),
        next_token: None,
    })
}
