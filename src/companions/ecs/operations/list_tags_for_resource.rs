//! `ListTagsForResource`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTagsForResource.html>

use crate::companions::ecs::{errors, names, tags};
use crate::server::Call;
use ecs_api::error::ListTagsForResourceError;
use ecs_api::input::ListTagsForResourceInput;
use ecs_api::output::ListTagsForResourceOutput;

pub async fn list_tags_for_resource(
    input: ListTagsForResourceInput,
    call: Call,
) -> Result<ListTagsForResourceOutput, ListTagsForResourceError> {
    let tagged = names::tagged(&call.scope, &input.resource_arn);
    let tagged = tagged.ok_or_else(errors::no_resource)?;
    let found = tags::committed(&call.app.ecs.tables, &tagged);
    Ok(ListTagsForResourceOutput {
        tags: Some(found.ok_or_else(errors::no_resource)?),
    })
}
