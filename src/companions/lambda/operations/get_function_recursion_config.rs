//! `GetFunctionRecursionConfig`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html>

use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::GetFunctionRecursionConfigError;
use lambda_api::input::GetFunctionRecursionConfigInput;
use lambda_api::model::RecursiveLoop;
use lambda_api::output::GetFunctionRecursionConfigOutput;

/// Nothing here looks for loops: they are allowed.
pub async fn get_function_recursion_config(
    input: GetFunctionRecursionConfigInput,
    call: Call,
) -> Result<GetFunctionRecursionConfigOutput, GetFunctionRecursionConfigError> {
    let key =
        names::unqualified::<GetFunctionRecursionConfigError>(&call.scope, &input.function_name)?;
    call.app.lambda.function(&key)?;
    Ok(GetFunctionRecursionConfigOutput {
        recursive_loop: Some(RecursiveLoop::Allow),
    })
}
