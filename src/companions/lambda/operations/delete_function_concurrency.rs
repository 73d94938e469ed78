//! `DeleteFunctionConcurrency`: <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html>

use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::DeleteFunctionConcurrencyError;
use lambda_api::input::DeleteFunctionConcurrencyInput;
use lambda_api::output::DeleteFunctionConcurrencyOutput;

/// Keeps no calls for a function any more.
pub async fn delete_function_concurrency(
    input: DeleteFunctionConcurrencyInput,
    call: Call,
) -> Result<DeleteFunctionConcurrencyOutput, DeleteFunctionConcurrencyError> {
    let key =
        names::unqualified::<DeleteFunctionConcurrencyError>(&call.scope, &input.function_name)?;
    let changed = call.app.lambda.change(key, move |function| {
        function.reserved = None;
        Ok::<_, DeleteFunctionConcurrencyError>(())
    });
    changed.await?;
    Ok(DeleteFunctionConcurrencyOutput {})
}
