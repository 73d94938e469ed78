//! `PutFunctionConcurrency`: <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html>

use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::PutFunctionConcurrencyError;
use lambda_api::input::PutFunctionConcurrencyInput;
use lambda_api::output::PutFunctionConcurrencyOutput;

/// Keeps so many calls at a time for a function, and no more.
pub async fn put_function_concurrency(
    input: PutFunctionConcurrencyInput,
    call: Call,
) -> Result<PutFunctionConcurrencyOutput, PutFunctionConcurrencyError> {
    let key = names::unqualified::<PutFunctionConcurrencyError>(&call.scope, &input.function_name)?;
    let reserved = input.reserved_concurrent_executions;
    let changed = call.app.lambda.change(key, move |function| {
        function.reserved = u32::try_from(reserved).ok();
        Ok::<_, PutFunctionConcurrencyError>(())
    });
    changed.await?;
    Ok(PutFunctionConcurrencyOutput {
        reserved_concurrent_executions: Some(reserved),
    })
}
