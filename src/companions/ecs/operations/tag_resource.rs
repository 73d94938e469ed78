//! `TagResource`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html>

use crate::companions::ecs::{errors, names, tags};
use crate::server::Call;
use ecs_api::error::TagResourceError;
use ecs_api::input::TagResourceInput;
use ecs_api::output::TagResourceOutput;

pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let tagged = names::tagged(&call.scope, &input.resource_arn);
    let tagged = tagged.ok_or_else(errors::no_resource)?;
    let write = call.app.ecs.write(move |tables, tx| {
        tags::change(tables, tx, &tagged, input.tags, &[])?;
        Ok::<_, TagResourceError>(())
    });
    write.await?;
    Ok(TagResourceOutput {})
}
