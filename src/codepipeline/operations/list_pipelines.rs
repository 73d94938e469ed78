//! ListPipelines: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelines.html>

use crate::aws::page;
use crate::codepipeline::errors;
use crate::codepipeline::store::PipelineRow;
use crate::server::call::Call;
use crate::store::Direction;
use codepipeline_api::error::ListPipelinesError;
use codepipeline_api::input::ListPipelinesInput;
use codepipeline_api::model::PipelineSummary;
use codepipeline_api::output::ListPipelinesOutput;

const PAGE: i32 = 1000;

/// All pipelines of the account and region by name.
pub async fn list_pipelines(
    input: ListPipelinesInput,
    call: Call,
) -> Result<ListPipelinesOutput, ListPipelinesError> {
    let size = usize::try_from(input.max_results.unwrap_or(PAGE)).unwrap_or(1);
    let binding = format!("ListPipelines/{:?}", call.scope);
    let after = match &input.next_token {
        Some(token) => {
            Some(page::position(&binding, token).ok_or_else(|| errors::invalid_token(token))?)
        }
        None => None,
    };
    let first = (call.scope.clone(), String::new());
    let last = (call.scope.clone(), char::MAX.to_string());
    let range = page::after(first, last, after, Direction::Forward);
    let table = &call.app.codepipeline.tables.pipelines;
    let rows = table.range(range, Direction::Forward, size + 1);
    let (rows, next) = page::cut(rows, size, |(key, _)| key.clone());
    Ok(ListPipelinesOutput {
        pipelines: Some(rows.iter().map(|(_, row)| summary(row)).collect()),
        next_token: next.map(|at| page::token(&binding, &at)),
    })
}

fn summary(row: &PipelineRow) -> PipelineSummary {
    let pipeline = &row.declaration;
    PipelineSummary {
        name: Some(pipeline.name.clone()),
        version: pipeline.version,
        pipeline_type: pipeline.pipeline_type,
        execution_mode: pipeline.execution_mode,
        created: Some(row.created.wire()),
        updated: Some(row.updated.wire()),
    }
}
