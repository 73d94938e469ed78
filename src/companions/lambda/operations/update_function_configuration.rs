//! `UpdateFunctionConfiguration`: <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html>

use crate::companions::lambda::companion::{check_revision, new_revision};
use crate::companions::lambda::names;
use crate::companions::lambda::view;
use crate::server::Call;
use lambda_api::error::UpdateFunctionConfigurationError;
use lambda_api::input::UpdateFunctionConfigurationInput;
use lambda_api::output::UpdateFunctionConfigurationOutput;

/// The settings of `$LATEST` that are named; the rest stays.
pub async fn update_function_configuration(
    input: UpdateFunctionConfigurationInput,
    call: Call,
) -> Result<UpdateFunctionConfigurationOutput, UpdateFunctionConfigurationError> {
    let key =
        names::unqualified::<UpdateFunctionConfigurationError>(&call.scope, &input.function_name)?;
    let lambda = &call.app.lambda;
    lambda.function(&key)?;
    if let Some(role) = &input.role {
        lambda.check_role(role)?;
    }
    let shown_as = key.clone();
    let changed = lambda.change(key.clone(), move |function| {
        check_revision(input.revision_id.as_deref(), &function.latest.revision)?;
        let latest = &mut function.latest;
        latest.settings.change(input)?;
        latest.modified = call.now;
        latest.revision = new_revision();
        let shown = view::configuration(&shown_as, None, names::LATEST, latest);
        Ok::<_, UpdateFunctionConfigurationError>(shown)
    });
    let shown = changed.await?;
    lambda.retire(&key);
    Ok(view::reconfigured(shown))
}
