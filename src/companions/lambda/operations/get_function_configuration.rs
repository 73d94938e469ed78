//! `GetFunctionConfiguration`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html>

use crate::companions::lambda::names;
use crate::companions::lambda::view;
use crate::server::Call;
use lambda_api::error::GetFunctionConfigurationError;
use lambda_api::input::GetFunctionConfigurationInput;
use lambda_api::output::GetFunctionConfigurationOutput;

/// Configuration of a version or of what an alias points to.
pub async fn get_function_configuration(
    input: GetFunctionConfigurationInput,
    call: Call,
) -> Result<GetFunctionConfigurationOutput, GetFunctionConfigurationError> {
    let named = names::parse::<GetFunctionConfigurationError>(
        &call.scope,
        &input.function_name,
        input.qualifier,
    )?;
    let found = call.app.lambda.find(&named)?;
    let shown = view::found(&named.key, named.qualifier.as_deref(), &found);
    Ok(view::got(shown))
}
