//! TagResource: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TagResource.html>

use crate::codedeploy::resource::Resource;
use crate::codedeploy::{errors, tags};
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::TagResourceError;
use codedeploy_api::input::TagResourceInput;
use codedeploy_api::output::TagResourceOutput;

/// Adds tags, or replaces the values of those that are there.
pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let service = &call.app.codedeploy;
    let resource = Resource::parse::<TagResourceError>(&call.scope, &input.resource_arn)?;
    if input.tags.is_empty() {
        return Err(errors::tags_missing().into());
    }
    let (tables, scope) = (service.tables.clone(), call.scope);
    let written = service.store.write(move |tx| {
        let id = resource.id::<TagResourceError>(tx, &tables, &scope)?;
        let key = (scope, id);
        let present = tx.get(&tables.tags, &key).unwrap_or_default();
        let tags = tags::merged((*present).clone(), &input.tags)?;
        tx.put(&tables.tags, key, tags);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<TagResourceError>::refused)?;
    Ok(TagResourceOutput::default())
}
