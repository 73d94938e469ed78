//! UntagResource: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UntagResource.html>

use crate::codepipeline::resource::Resource;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::UntagResourceError;
use codepipeline_api::input::UntagResourceInput;
use codepipeline_api::output::UntagResourceOutput;

/// Takes tags away; keys that are not there are ignored.
pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let service = &call.app.codepipeline;
    let resource = Resource::parse(&call.scope, &input.resource_arn)?;
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        resource.exists(tx, &tables)?;
        let mut tags = (*tx.get(&tables.tags, &resource.key()).unwrap_or_default()).clone();
        tags.retain(|key, _| !input.tag_keys.contains(key));
        tx.put(&tables.tags, resource.key(), tags);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<UntagResourceError>::refused)?;
    Ok(UntagResourceOutput::default())
}
