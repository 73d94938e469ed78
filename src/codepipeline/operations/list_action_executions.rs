//! ListActionExecutions: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html>

use crate::aws::Scope;
use crate::codepipeline::action_types::Types;
use crate::codepipeline::history::Asked;
use crate::codepipeline::store::Tables;
use crate::codepipeline::{echo, view};
use crate::engine::pipeline::ActionRecord;
use crate::server::call::Call;
use crate::store::Committed;
use codepipeline_api::error::ListActionExecutionsError;
use codepipeline_api::input::ListActionExecutionsInput;
use codepipeline_api::model::ActionExecutionDetail;
use codepipeline_api::output::ListActionExecutionsOutput;

/// Action executions, the newest start first, then by id.
pub async fn list_action_executions(
    input: ListActionExecutionsInput,
    call: Call,
) -> Result<ListActionExecutionsOutput, ListActionExecutionsError> {
    let tables = &call.app.codepipeline.tables;
    let filter = input.filter.unwrap_or_default();
    let asked = Asked {
        pipeline: (call.scope.clone(), input.pipeline_name),
        execution: filter.pipeline_execution_id,
        latest: filter.latest_in_pipeline_execution,
        size: input.max_results,
        now: call.now,
        token: input.next_token,
    };
    let history = tables.action_history();
    let (found, next_token) = history.page::<ListActionExecutionsError>(tables, asked)?;
    Ok(ListActionExecutionsOutput {
        action_execution_details: Some(shown(&found, tables, &call.scope)),
        next_token,
    })
}

fn shown(found: &[ActionRecord], tables: &Tables, scope: &Scope) -> Vec<ActionExecutionDetail> {
    let ids: Vec<_> = found.iter().map(|row| view::type_id(&row.kind)).collect();
    let types = Types::of(&ids, &Committed, tables, scope);
    let detail = |row| echo::shown_execution(view::action(row, &types), &types);
    found.iter().map(detail).collect()
}
