//! TagResource: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_TagResource.html>

use crate::codepipeline::resource::Resource;
use crate::codepipeline::tags;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::TagResourceError;
use codepipeline_api::input::TagResourceInput;
use codepipeline_api::output::TagResourceOutput;

/// Adds tags, or replaces the values of those that are there.
pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let service = &call.app.codepipeline;
    let arn = input.resource_arn;
    let resource = Resource::parse(&call.scope, &arn)?;
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        resource.exists(tx, &tables)?;
        tags::check(&input.tags)?;
        let present = tx.get(&tables.tags, &resource.key()).unwrap_or_default();
        let merged = tags::merge(&arn, (*present).clone(), input.tags)?;
        tx.put(&tables.tags, resource.key(), merged);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<TagResourceError>::refused)?;
    Ok(TagResourceOutput::default())
}
