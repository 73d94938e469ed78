//! UntagResource: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UntagResource.html>

use crate::codedeploy::errors;
use crate::codedeploy::resource::Resource;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::UntagResourceError;
use codedeploy_api::input::UntagResourceInput;
use codedeploy_api::output::UntagResourceOutput;

/// Takes tags away; keys that are not there are ignored.
pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let service = &call.app.codedeploy;
    let resource = Resource::parse::<UntagResourceError>(&call.scope, &input.resource_arn)?;
    if input.tag_keys.is_empty() {
        return Err(errors::tags_missing().into());
    }
    let (tables, scope) = (service.tables.clone(), call.scope);
    let written = service.store.write(move |tx| {
        let id = resource.id::<UntagResourceError>(tx, &tables, &scope)?;
        let key = (scope, id);
        let mut tags = (*tx.get(&tables.tags, &key).unwrap_or_default()).clone();
        tags.retain(|key, _| !input.tag_keys.contains(key));
        tx.put(&tables.tags, key, tags);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<UntagResourceError>::refused)?;
    Ok(UntagResourceOutput::default())
}
