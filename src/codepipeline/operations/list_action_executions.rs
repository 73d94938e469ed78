//! ListActionExecutions: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html>

use crate::aws::{Scope, page};
use crate::codepipeline::action_types::Types;
use crate::codepipeline::store::{PipelineKey, Tables, newest};
use crate::codepipeline::{echo, errors, view};
use crate::engine::pipeline::ActionRecord;
use crate::server::call::Call;
use crate::store::{Committed, Direction, StoreError};
use codepipeline_api::error::{ListActionExecutionsError, PipelineExecutionNotFoundException};
use codepipeline_api::input::ListActionExecutionsInput;
use codepipeline_api::model::{ActionExecutionDetail, ActionExecutionFilter, StartTimeRange};
use codepipeline_api::output::ListActionExecutionsOutput;
use std::collections::BTreeSet;

const PAGE: i32 = 100;

type Position = (PipelineKey, u64, String);

/// Action executions, the newest start first, then by id.
pub async fn list_action_executions(
    input: ListActionExecutionsInput,
    call: Call,
) -> Result<ListActionExecutionsOutput, ListActionExecutionsError> {
    let tables = &call.app.codepipeline.tables;
    let name = input.pipeline_name;
    let key: PipelineKey = (call.scope.clone(), name.clone());
    if !tables.pipelines.contains(&key) {
        return Err(errors::pipeline_not_listed(&call.scope.account, &name).into());
    }
    let filter = Filter::of(input.filter);
    filter.check(tables, &key)?;
    let binding = filter.binding(&key);
    let after = match &input.next_token {
        Some(token) => Some(
            page::position::<Position>(&binding, token)
                .ok_or_else(|| errors::invalid_token(token))?,
        ),
        None => None,
    };
    let size = usize::try_from(input.max_results.unwrap_or(PAGE)).unwrap_or(1);
    let found = filter.rows(tables, &key, after, size + 1);
    let found = found.unwrap_or_else(|fault| fault.raise());
    let at = |row: &ActionRecord| (key.clone(), newest(row.run.started), row.run.id.clone());
    let (found, next) = page::cut(found, size, at);
    Ok(ListActionExecutionsOutput {
        action_execution_details: Some(shown(&found, tables, &call.scope)),
        next_token: next.map(|at| page::token(&binding, &at)),
    })
}

fn shown(found: &[ActionRecord], tables: &Tables, scope: &Scope) -> Vec<ActionExecutionDetail> {
    let details: Vec<_> = found.iter().map(view::action).collect();
    let inputs = details.iter().filter_map(|detail| detail.input.as_ref());
    let ids = inputs.filter_map(|input| input.action_type_id.as_ref());
    let types = Types::of(ids, &Committed, tables, scope);
    let details = details.into_iter();
    details
        .map(|detail| echo::shown_execution(detail, &types))
        .collect()
}

/// Both filters together mean the intersection.
struct Filter {
    execution: Option<String>,
    latest: Option<(String, StartTimeRange)>,
}

impl Filter {
    fn of(filter: Option<ActionExecutionFilter>) -> Self {
        let filter = filter.unwrap_or_default();
        let latest = filter.latest_in_pipeline_execution;
        Self {
            execution: filter.pipeline_execution_id,
            latest: latest.map(|of| (of.pipeline_execution_id, of.start_time_range)),
        }
    }

    /// The execution named at the top must exist, with or without the other; that one alone is missed without its id.
    fn check(
        &self,
        tables: &Tables,
        pipeline: &PipelineKey,
    ) -> Result<(), PipelineExecutionNotFoundException> {
        let shown = self.execution.as_deref();
        let asked = shown.or(self.latest.as_ref().map(|(id, _)| id.as_str()));
        let Some(id) = asked else { return Ok(()) };
        let found = tables.find_execution(pipeline, id);
        found
            .map(drop)
            .map_err(|_| errors::execution_not_found(&pipeline.1, shown.unwrap_or("null")))
    }

    /// A token of `All` may be continued with the plain filter, and the other way round.
    fn binding(&self, pipeline: &PipelineKey) -> String {
        let latest = match &self.latest {
            Some((id, StartTimeRange::Latest)) => Some(id),
            _ => None,
        };
        let all = self
            .latest
            .as_ref()
            .map(|(id, _)| id)
            .filter(|_| latest.is_none());
        let execution = self.execution.as_ref().or(all);
        format!("ListActionExecutions/{pipeline:?}/{execution:?}/{latest:?}")
    }

    fn rows(
        &self,
        tables: &Tables,
        pipeline: &PipelineKey,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        let ids = [
            self.execution.as_ref(),
            self.latest.as_ref().map(|(id, _)| id),
        ];
        let ids: BTreeSet<&String> = ids.into_iter().flatten().collect();
        if ids.len() > 1 {
            return Ok(Vec::new());
        }
        match ids.first() {
            None => all(tables, pipeline, after, limit),
            Some(id) => self.of_execution(tables, pipeline, id, after, limit),
        }
    }

    fn of_execution(
        &self,
        tables: &Tables,
        pipeline: &PipelineKey,
        id: &str,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        let mut rows = tables.actions_of(pipeline, id)?;
        if matches!(self.latest, Some((_, StartTimeRange::Latest))) {
            let mut seen = BTreeSet::new();
            rows.retain(|row| seen.insert((row.stage.clone(), row.run.name.clone())));
        }
        let position = |row: &ActionRecord| (newest(row.run.started), row.run.id.clone());
        let after = after.map(|(_, newest, id)| (newest, id));
        let later = |row: &ActionRecord| after.as_ref().is_none_or(|after| position(row) > *after);
        Ok(rows.into_iter().filter(later).take(limit).collect())
    }
}

fn all(
    tables: &Tables,
    pipeline: &PipelineKey,
    after: Option<Position>,
    limit: usize,
) -> Result<Vec<ActionRecord>, StoreError> {
    let first = (pipeline.clone(), 0, String::new());
    let last = (pipeline.clone(), u64::MAX, String::new());
    let range = page::after(first, last, after, Direction::Forward);
    let rows = tables.actions.range(range, Direction::Forward, limit)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}
