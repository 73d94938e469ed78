//! `GetFunctionCodeSigningConfig`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html>

use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::GetFunctionCodeSigningConfigError;
use lambda_api::input::GetFunctionCodeSigningConfigInput;
use lambda_api::output::GetFunctionCodeSigningConfigOutput;

/// No function has one: the ARN is empty, as AWS answers then.
pub async fn get_function_code_signing_config(
    input: GetFunctionCodeSigningConfigInput,
    call: Call,
) -> Result<GetFunctionCodeSigningConfigOutput, GetFunctionCodeSigningConfigError> {
    let named =
        names::parse::<GetFunctionCodeSigningConfigError>(&call.scope, &input.function_name, None)?;
    call.app.lambda.function(&named.key)?;
    Ok(GetFunctionCodeSigningConfigOutput {
        code_signing_config_arn: String::new(),
        function_name: named.key.1,
    })
}
