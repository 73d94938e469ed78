//! `GetProvisionedConcurrencyConfig`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html>

use crate::companions::lambda::errors;
use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::GetProvisionedConcurrencyConfigError;
use lambda_api::input::GetProvisionedConcurrencyConfigInput;
use lambda_api::output::GetProvisionedConcurrencyConfigOutput;

/// No function has one.
pub async fn get_provisioned_concurrency_config(
    input: GetProvisionedConcurrencyConfigInput,
    call: Call,
) -> Result<GetProvisionedConcurrencyConfigOutput, GetProvisionedConcurrencyConfigError> {
    let named = names::parse::<GetProvisionedConcurrencyConfigError>(
        &call.scope,
        &input.function_name,
        Some(input.qualifier),
    )?;
    call.app.lambda.find(&named)?;
    Err(errors::no_provisioned_concurrency().into())
}
