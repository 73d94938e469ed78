//! GetActionType: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetActionType.html>

use crate::codepipeline::errors;
use crate::server::call::Call;
use codepipeline_api::error::GetActionTypeError;
use codepipeline_api::input::GetActionTypeInput;
use codepipeline_api::output::GetActionTypeOutput;

/// Finds nothing: it reads types made through the integration model and owned by the caller, which AWS's own and custom ones
/// are not, and no operation makes such a type.
pub async fn get_action_type(
    input: GetActionTypeInput,
    _call: Call,
) -> Result<GetActionTypeOutput, GetActionTypeError> {
    let category = input.category.as_str();
    Err(
        errors::action_type_not_found(category, &input.owner, &input.provider, &input.version)
            .into(),
    )
}
