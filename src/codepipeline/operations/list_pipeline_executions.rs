//! ListPipelineExecutions: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html>

use crate::aws::{Time, page};
use crate::codepipeline::store::{PipelineKey, Tables};
use crate::codepipeline::{errors, retention, view};
use crate::engine::pipeline::Execution;
use crate::engine::pipeline::execution::StageStatus;
use crate::server::call::Call;
use crate::store::{Direction, StoreError};
use codepipeline_api::error::ListPipelineExecutionsError;
use codepipeline_api::input::ListPipelineExecutionsInput;
use codepipeline_api::output::ListPipelineExecutionsOutput;

const PAGE: i32 = 100;

/// Executions, the newest start first.
pub async fn list_pipeline_executions(
    input: ListPipelineExecutionsInput,
    call: Call,
) -> Result<ListPipelineExecutionsOutput, ListPipelineExecutionsError> {
    let tables = &call.app.codepipeline.tables;
    let name = input.pipeline_name;
    let key: PipelineKey = (call.scope.clone(), name.clone());
    let Some(row) = tables.pipelines.get(&key) else {
        return Err(errors::pipeline_not_listed(&call.scope.account, &name).into());
    };
    let stage = input
        .filter
        .and_then(|filter| filter.succeeded_in_stage)
        .and_then(|of| of.stage_name);
    let binding = format!("ListPipelineExecutions/{key:?}/{stage:?}");
    let after = match &input.next_token {
        Some(token) => {
            Some(page::position(&binding, token).ok_or_else(|| errors::invalid_token(token))?)
        }
        None => None,
    };
    let filter = stage.as_deref().map(|stage| (stage, row.plan.version));
    let size = usize::try_from(input.max_results.unwrap_or(PAGE)).unwrap_or(1);
    let found = collect(tables, &key, after, size + 1, filter, call.now);
    let found = found.unwrap_or_else(|fault| fault.raise());
    let (found, next) = page::cut(found, size, |execution| (key.clone(), execution.order));
    Ok(ListPipelineExecutionsOutput {
        pipeline_execution_summaries: Some(found.iter().map(view::summary).collect()),
        next_token: next.map(|at| page::token(&binding, &at)),
    })
}

fn succeeded(execution: &Execution, stage: &str) -> bool {
    let mut stages = execution.stages.iter();
    stages.any(|run| run.name == stage && run.status == StageStatus::Succeeded)
}

/// Walks back in portions of the history until there is enough. With a filter, by stage and version, what started before that
/// version came is not looked at; nor is what started before the history.
fn collect(
    tables: &Tables,
    pipeline: &PipelineKey,
    mut after: Option<(PipelineKey, u64)>,
    enough: usize,
    filter: Option<(&str, u32)>,
    now: Time,
) -> Result<Vec<Execution>, StoreError> {
    let (first, last) = ((pipeline.clone(), 0), (pipeline.clone(), u64::MAX));
    let mut found = Vec::new();
    loop {
        let range = page::after(
            first.clone(),
            last.clone(),
            after.take(),
            Direction::Backward,
        );
        let starts = tables.starts.range(range, Direction::Backward, enough)?;
        let mut more = starts.len() == enough;
        for (at, id) in starts {
            after = Some(at);
            let Some(execution) = tables.executions.get(&(pipeline.clone(), id))? else {
                continue;
            };
            match filter {
                _ if !retention::is_shown(&execution, now) => more = false,
                Some((_, version)) if execution.pipeline_version < version => more = false,
                Some((stage, _)) if !succeeded(&execution, stage) => (),
                _ => found.push(execution),
            }
        }
        if found.len() >= enough || !more {
            found.truncate(enough);
            return Ok(found);
        }
    }
}
