//! What has run: attempts of actions and of rules, filtered and page by page, the newest start first, then by id.
//!
//! Both histories are kept, filtered and paged alike. A token is good for the list and the filter it was made for; the plain
//! filter and the range `All` are one. Source: contract, codepipeline sections 3.2 and 3.5.

use super::store::{Newest, PipelineKey, Tables, newest};
use super::{errors, retention};
use crate::aws::{Time, page};
use crate::engine::pipeline::ActionRecord;
use crate::store::{Direction, Records, StoreError};
use codepipeline_api::error::{
    InvalidNextTokenException, PipelineExecutionNotFoundException, PipelineNotFoundException,
};
use codepipeline_api::model::{LatestInPipelineExecutionFilter, StartTimeRange};
use std::collections::{BTreeMap, BTreeSet};

/// Attempts on a page, when nobody says how many.
const PAGE: i32 = 100;

/// Where attempts of one sort are kept.
pub struct History<'a> {
    /// The operation that lists it.
    pub name: &'static str,
    pub rows: &'a Records<(PipelineKey, Newest, String), ActionRecord>,
    /// The same order within one execution.
    pub of: &'a Records<((PipelineKey, String), Newest, String), ()>,
}

/// What somebody wants to see.
pub struct Asked {
    pub pipeline: PipelineKey,
    pub execution: Option<String>,
    pub latest: Option<LatestInPipelineExecutionFilter>,
    pub size: Option<i32>,
    pub now: Time,
    pub token: Option<String>,
}

type Position = (PipelineKey, Newest, String);

impl History<'_> {
    /// One page, and the token of the next.
    pub fn page<E>(
        &self,
        tables: &Tables,
        asked: Asked,
    ) -> Result<(Vec<ActionRecord>, Option<String>), E>
    where
        E: From<InvalidNextTokenException>
            + From<PipelineExecutionNotFoundException>
            + From<PipelineNotFoundException>,
    {
        let key = asked.pipeline;
        if !tables.pipelines.contains(&key) {
            return Err(errors::pipeline_not_listed(&key.0.account, &key.1).into());
        }
        let filter = Filter {
            execution: asked.execution,
            latest: asked
                .latest
                .map(|of| (of.pipeline_execution_id, of.start_time_range)),
        };
        filter.check(tables, &key, asked.now)?;
        let binding = filter.binding(self.name, &key);
        let after = match &asked.token {
            Some(token) => Some(
                page::position::<Position>(&binding, token)
                    .ok_or_else(|| errors::invalid_token(token))?,
            ),
            None => None,
        };
        let size = usize::try_from(asked.size.unwrap_or(PAGE)).unwrap_or(1);
        let found = self.find(&filter, &key, after, size + 1, asked.now);
        let found = found.unwrap_or_else(|fault| fault.raise());
        let at = |row: &ActionRecord| (key.clone(), newest(row.run.started), row.run.id.clone());
        let (found, next) = page::cut(found, size, at);
        Ok((found, next.map(|at| page::token(&binding, &at))))
    }

    fn find(
        &self,
        filter: &Filter,
        pipeline: &PipelineKey,
        after: Option<Position>,
        limit: usize,
        now: Time,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        let latest = filter.latest.as_ref();
        let ids = [filter.execution.as_ref(), latest.map(|(id, _)| id)];
        let ids: BTreeSet<&String> = ids.into_iter().flatten().collect();
        let mut ids = ids.into_iter();
        match (ids.next(), ids.next()) {
            (None, _) => self.all(pipeline, after, limit, now),
            (Some(id), None) => {
                let only_latest = matches!(latest, Some((_, StartTimeRange::Latest)));
                self.of_execution(pipeline, id, only_latest, after, limit)
            }
            // An attempt is in one execution only.
            (Some(_), Some(_)) => Ok(Vec::new()),
        }
    }

    fn all(
        &self,
        pipeline: &PipelineKey,
        after: Option<Position>,
        limit: usize,
        now: Time,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        let first = (pipeline.clone(), 0, String::new());
        let last = (
            pipeline.clone(),
            retention::first_hidden(now),
            String::new(),
        );
        let range = page::after(first, last, after, Direction::Forward);
        let rows = self.rows.range(range, Direction::Forward, limit)?;
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// One execution has at most some thousands.
    fn of_execution(
        &self,
        pipeline: &PipelineKey,
        id: &str,
        only_latest: bool,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        let of = (pipeline.clone(), id.to_owned());
        let range = (of.clone(), 0, String::new())..=(of, Newest::MAX, String::new());
        let keys = self.of.range(range, Direction::Forward, usize::MAX)?;
        let row =
            |((_, newest, id), ())| self.rows.get(&(pipeline.clone(), newest, id)).transpose();
        let rows = keys.into_iter().filter_map(row);
        let mut rows: Vec<ActionRecord> = rows.collect::<Result<_, _>>()?;
        if only_latest {
            keep_latest(&mut rows);
        }
        let position = |row: &ActionRecord| (newest(row.run.started), row.run.id.clone());
        let after = after.map(|(_, newest, id)| (newest, id));
        let later = |row: &ActionRecord| after.as_ref().is_none_or(|after| position(row) > *after);
        Ok(rows.into_iter().filter(later).take(limit).collect())
    }
}

/// The last attempt of each action or rule; several may have begun in the same millisecond, so their numbers decide.
fn keep_latest(rows: &mut Vec<ActionRecord>) {
    let place = |row: &ActionRecord| (row.stage.clone(), row.gate, row.run.name.clone());
    let mut last = BTreeMap::new();
    for row in rows.iter() {
        let known = last.entry(place(row)).or_insert(row.run.attempt);
        *known = row.run.attempt.max(*known);
    }
    rows.retain(|row| last.get(&place(row)) == Some(&row.run.attempt));
}

/// Both filters together mean the intersection.
struct Filter {
    execution: Option<String>,
    latest: Option<(String, StartTimeRange)>,
}

impl Filter {
    /// The execution named at the top must exist, with or without the other; that one alone is missed without its id.
    fn check(
        &self,
        tables: &Tables,
        pipeline: &PipelineKey,
        now: Time,
    ) -> Result<(), PipelineExecutionNotFoundException> {
        let shown = self.execution.as_deref();
        let asked = shown.or(self.latest.as_ref().map(|(id, _)| id.as_str()));
        let Some(id) = asked else { return Ok(()) };
        let found = tables.find_execution(pipeline, id, now);
        found
            .map(drop)
            .map_err(|_| errors::execution_not_found(&pipeline.1, shown.unwrap_or("null")))
    }

    fn binding(&self, list: &str, pipeline: &PipelineKey) -> String {
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
        format!("{list}/{pipeline:?}/{execution:?}/{latest:?}")
    }
}
