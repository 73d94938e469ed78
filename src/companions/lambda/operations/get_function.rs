//! `GetFunction`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html>

use crate::companions::lambda::names;
use crate::companions::lambda::view;
use crate::server::Call;
use lambda_api::error::GetFunctionError;
use lambda_api::input::GetFunctionInput;
use lambda_api::model::{Concurrency, FunctionCodeLocation};
use lambda_api::output::GetFunctionOutput;

/// Configuration, tags, and where the code can be loaded.
pub async fn get_function(
    input: GetFunctionInput,
    call: Call,
) -> Result<GetFunctionOutput, GetFunctionError> {
    let named =
        names::parse::<GetFunctionError>(&call.scope, &input.function_name, input.qualifier)?;
    let found = call.app.lambda.find(&named)?;
    let tags = &found.function.tags;
    let location = call.app.lambda.location(&found.version.code);
    Ok(GetFunctionOutput {
        configuration: Some(view::found(&named.key, named.qualifier.as_deref(), &found)),
        code: Some(FunctionCodeLocation {
            repository_type: Some("S3".to_owned()),
            location: Some(location),
            ..FunctionCodeLocation::default()
        }),
        tags: (!tags.is_empty()).then(|| tags.clone()),
        concurrency: found.function.reserved.map(|reserved| Concurrency {
            reserved_concurrent_executions: i32::try_from(reserved).ok(),
        }),
        tags_error: None,
    })
}
