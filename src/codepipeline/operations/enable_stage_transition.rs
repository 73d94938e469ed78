//! EnableStageTransition: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EnableStageTransition.html>

use crate::codepipeline::transitions;
use crate::engine::pipeline::commands::SetTransition;
use crate::server::call::Call;
use codepipeline_api::error::EnableStageTransitionError;
use codepipeline_api::input::EnableStageTransitionInput;
use codepipeline_api::output::EnableStageTransitionOutput;

/// Lets in who waits; enabling what is enabled changes only who changed it last.
pub async fn enable_stage_transition(
    input: EnableStageTransitionInput,
    call: Call,
) -> Result<EnableStageTransitionOutput, EnableStageTransitionError> {
    let wish = SetTransition {
        stage: input.stage_name,
        side: transitions::side(input.transition_type),
        disabled: None,
        caller_arn: call.principal.arn().to_owned(),
    };
    transitions::set::<EnableStageTransitionError>(&call, input.pipeline_name, wish).await?;
    Ok(EnableStageTransitionOutput::default())
}
