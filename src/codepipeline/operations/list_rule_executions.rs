//! ListRuleExecutions: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListRuleExecutions.html>

use crate::codepipeline::gate_view;
use crate::codepipeline::history::Asked;
use crate::server::call::Call;
use codepipeline_api::error::ListRuleExecutionsError;
use codepipeline_api::input::ListRuleExecutionsInput;
use codepipeline_api::output::ListRuleExecutionsOutput;

/// Rule executions, the newest start first, then by id.
pub async fn list_rule_executions(
    input: ListRuleExecutionsInput,
    call: Call,
) -> Result<ListRuleExecutionsOutput, ListRuleExecutionsError> {
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
    let history = tables.rule_history();
    let (found, next_token) = history.page::<ListRuleExecutionsError>(tables, asked)?;
    Ok(ListRuleExecutionsOutput {
        rule_execution_details: Some(found.iter().map(gate_view::rule_execution).collect()),
        next_token,
    })
}
