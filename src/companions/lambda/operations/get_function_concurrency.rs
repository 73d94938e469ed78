//! `GetFunctionConcurrency`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html>

use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::GetFunctionConcurrencyError;
use lambda_api::input::GetFunctionConcurrencyInput;
use lambda_api::output::GetFunctionConcurrencyOutput;

/// Calls at a time that are kept for a function; absent where none are.
pub async fn get_function_concurrency(
    input: GetFunctionConcurrencyInput,
    call: Call,
) -> Result<GetFunctionConcurrencyOutput, GetFunctionConcurrencyError> {
    let key = names::unqualified::<GetFunctionConcurrencyError>(&call.scope, &input.function_name)?;
    let reserved = call.app.lambda.function(&key)?.reserved;
    Ok(GetFunctionConcurrencyOutput {
        reserved_concurrent_executions: reserved.and_then(|reserved| i32::try_from(reserved).ok()),
    })
}
