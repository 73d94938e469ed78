//! ListTagsForResource: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListTagsForResource.html>

use crate::codedeploy::resource::Resource;
use crate::codedeploy::tags;
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::ListTagsForResourceError;
use codedeploy_api::error::TagResourceError;
use codedeploy_api::input::ListTagsForResourceInput;
use codedeploy_api::output::ListTagsForResourceOutput;

/// All tags of a resource on one page, by key; none of one that is not there.
pub async fn list_tags_for_resource(
    input: ListTagsForResourceInput,
    call: Call,
) -> Result<ListTagsForResourceOutput, ListTagsForResourceError> {
    let tables = &call.app.codedeploy.tables;
    let resource = Resource::parse::<ListTagsForResourceError>(&call.scope, &input.resource_arn)?;
    let id = resource.id::<TagResourceError>(&Committed, tables, &call.scope);
    let tags = id.ok().and_then(|id| tables.tags.get(&(call.scope, id)));
    Ok(ListTagsForResourceOutput {
        tags: Some(tags::list(&tags.unwrap_or_default())),
        next_token: None,
    })
}
