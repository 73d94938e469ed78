//! `UntagResource`: <https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html>

use crate::companions::lambda::tags;
use crate::server::Call;
use lambda_api::error::UntagResourceError;
use lambda_api::input::UntagResourceInput;
use lambda_api::output::UntagResourceOutput;

/// Removes tags by their keys.
pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let key = tags::resource::<UntagResourceError>(&call.scope, &input.resource)?;
    let changed = call.app.lambda.change(key, move |function| {
        function.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok::<_, UntagResourceError>(())
    });
    changed.await?;
    Ok(UntagResourceOutput {})
}
