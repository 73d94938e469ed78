//! `UntagResource`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html>

use crate::companions::ecs::{errors, names, tags};
use crate::server::Call;
use ecs_api::error::UntagResourceError;
use ecs_api::input::UntagResourceInput;
use ecs_api::output::UntagResourceOutput;

pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let tagged = names::tagged(&call.scope, &input.resource_arn);
    let tagged = tagged.ok_or_else(errors::no_resource)?;
    let write = call.app.ecs.write(move |tables, tx| {
        tags::change(tables, tx, &tagged, Vec::new(), &input.tag_keys)?;
        Ok::<_, UntagResourceError>(())
    });
    write.await?;
    Ok(UntagResourceOutput {})
}
