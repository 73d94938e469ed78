//! DisableStageTransition: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html>

use crate::codepipeline::transitions;
use crate::engine::pipeline::commands::SetTransition;
use crate::server::call::Call;
use codepipeline_api::error::DisableStageTransitionError;
use codepipeline_api::input::DisableStageTransitionInput;
use codepipeline_api::output::DisableStageTransitionOutput;

/// Executions wait in front of the stage, or in front of the next one; a disabled transition takes the new reason.
pub async fn disable_stage_transition(
    input: DisableStageTransitionInput,
    call: Call,
) -> Result<DisableStageTransitionOutput, DisableStageTransitionError> {
    let wish = SetTransition {
        stage: input.stage_name,
        side: transitions::side(input.transition_type),
        disabled: Some(input.reason),
        caller_arn: call.principal.arn().to_owned(),
    };
    transitions::set::<DisableStageTransitionError>(&call, input.pipeline_name, wish).await?;
    Ok(DisableStageTransitionOutput::default())
}
