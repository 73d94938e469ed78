//! `TagResource`: <https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html>

use crate::companions::lambda::tags;
use crate::server::Call;
use lambda_api::error::TagResourceError;
use lambda_api::input::TagResourceInput;
use lambda_api::output::TagResourceOutput;

/// Adds tags to a function, or replaces their values.
pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let key = tags::resource::<TagResourceError>(&call.scope, &input.resource)?;
    let changed = call.app.lambda.change(key, move |function| {
        tags::put(&mut function.tags, input.tags)?;
        Ok::<_, TagResourceError>(())
    });
    changed.await?;
    Ok(TagResourceOutput {})
}
