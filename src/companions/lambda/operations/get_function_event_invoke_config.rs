//! `GetFunctionEventInvokeConfig`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html>

use crate::companions::lambda::errors;
use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::GetFunctionEventInvokeConfigError;
use lambda_api::input::GetFunctionEventInvokeConfigInput;
use lambda_api::output::GetFunctionEventInvokeConfigOutput;

/// No function has one: events are tried as AWS does by default.
pub async fn get_function_event_invoke_config(
    input: GetFunctionEventInvokeConfigInput,
    call: Call,
) -> Result<GetFunctionEventInvokeConfigOutput, GetFunctionEventInvokeConfigError> {
    let named = names::parse::<GetFunctionEventInvokeConfigError>(
        &call.scope,
        &input.function_name,
        input.qualifier,
    )?;
    call.app.lambda.find(&named)?;
    let arn = names::arn(&named.key, named.qualifier.as_deref());
    Err(errors::no_event_config(&arn).into())
}
