//! `ListTags`: <https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html>

use crate::companions::lambda::tags;
use crate::server::Call;
use lambda_api::error::ListTagsError;
use lambda_api::input::ListTagsInput;
use lambda_api::output::ListTagsOutput;

/// The tags of a function.
pub async fn list_tags(input: ListTagsInput, call: Call) -> Result<ListTagsOutput, ListTagsError> {
    let key = tags::resource::<ListTagsError>(&call.scope, &input.resource)?;
    let function = call.app.lambda.function(&key)?;
    Ok(ListTagsOutput {
        tags: Some(function.tags.clone()),
    })
}
