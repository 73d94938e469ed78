//! OverrideStageCondition: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_OverrideStageCondition.html>

use crate::codepipeline::errors;
use crate::engine::pipeline::commands::{OverrideCondition, OverrideRefused, override_condition};
use crate::engine::pipeline::plan::Gate;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::OverrideStageConditionError;
use codepipeline_api::input::OverrideStageConditionInput;
use codepipeline_api::model::ConditionType;
use codepipeline_api::output::OverrideStageConditionOutput;

/// The execution goes on although the condition is not met, or not yet.
pub async fn override_stage_condition(
    input: OverrideStageConditionInput,
    call: Call,
) -> Result<OverrideStageConditionOutput, OverrideStageConditionError> {
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), input.pipeline_name);
    let kind = input.condition_type;
    let wish = OverrideCondition {
        stage: input.stage_name,
        execution: input.pipeline_execution_id,
        gate: match kind {
            ConditionType::BeforeEntry => Gate::Entry,
            ConditionType::OnSuccess => Gate::Success,
        },
    };
    let (tables, asked) = (service.tables.clone(), key.clone());
    let passed = service.engine.command(key, move |live, now, tx| {
        let row = tables.find_in(tx, &asked)?;
        let known = row.plan.stage(&wish.stage);
        known.ok_or_else(|| errors::stage_not_found(&asked.1, &wish.stage))?;
        let past = tables.execution_in(tx, &asked, &wish.execution, now);
        let step = override_condition(live, &row.plan, past, now, &wish);
        let step = step.map_err(|refused| refusal(&asked.1, &wish, kind, refused))?;
        Ok((step, ()))
    });
    passed
        .await
        .map_err(WriteError::<OverrideStageConditionError>::refused)?;
    Ok(OverrideStageConditionOutput::default())
}

fn refusal(
    pipeline: &str,
    wish: &OverrideCondition,
    kind: ConditionType,
    refused: OverrideRefused,
) -> OverrideStageConditionError {
    match refused {
        OverrideRefused::NotLatest => errors::not_latest(&wish.stage, &wish.execution).into(),
        OverrideRefused::NotOverridable => {
            errors::not_overridable(&wish.stage, kind.as_str()).into()
        }
        OverrideRefused::TooManyExecutions => errors::too_many_executions(pipeline).into(),
    }
}
