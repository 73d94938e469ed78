//! What customers wrote and what their pipelines did: tables, and finders that return the modelled exception.

use super::action_types::{self, ActionTypeKey};
use super::history::History;
use super::jobs::{self, JobTables};
use super::retention::{self, Over};
use super::tags::Tags;
use super::webhooks::{WebhookKey, WebhookRow};
use super::{errors, view};
use crate::aws::{Scope, Time};
use crate::engine::pipeline::plan::ActionKind;
use crate::engine::pipeline::{ActionRecord, Execution, JobRecord, Plan, Record};
use crate::store::{Builder, Direction, Index, Records, StoreError, Table, Txn};
use codepipeline_api::error::{
    PipelineExecutionNotFoundException, PipelineNotFoundException, WebhookNotFoundException,
};
use codepipeline_api::model::{ActionType, PipelineDeclaration};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Scope and the pipeline's name.
pub type PipelineKey = (Scope, String);
/// Orders the newest start first, then by id: milliseconds counted down.
pub type Newest = u64;

/// The tables of CodePipeline; cheap to clone.
#[derive(Clone)]
pub struct Tables {
    pub pipelines: Table<PipelineKey, PipelineRow>,
    /// Every version of every declaration, the current one included.
    pub versions: Records<(PipelineKey, u64), PipelineDeclaration>,
    /// By the ARN's resource part.
    pub tags: Table<(Scope, String), Tags>,
    /// By execution id.
    pub executions: Records<(PipelineKey, String), Execution>,
    /// Execution ids in the order of their starts.
    pub starts: Records<(PipelineKey, u64), String>,
    /// Where in `starts` an execution is that is over, of all pipelines in the order of starts.
    pub over: Records<Over, u64>,
    pub actions: Records<(PipelineKey, Newest, String), ActionRecord>,
    /// The same order within one execution; the rows are in `actions`.
    pub actions_of: Records<((PipelineKey, String), Newest, String), ()>,
    /// Where in `actions` an action execution id is.
    pub action_ids: Records<(Scope, String), (String, Newest)>,
    /// As `actions`, for attempts of rules.
    pub rules: Records<(PipelineKey, Newest, String), ActionRecord>,
    pub rules_of: Records<((PipelineKey, String), Newest, String), ()>,
    pub jobs: JobTables,
    pub webhooks: Table<WebhookKey, WebhookRow>,
    webhook_tokens: Index<String, WebhookKey>,
    /// Custom types as their creators wrote them.
    pub action_types: Table<ActionTypeKey, ActionType>,
    /// Those that are marked as deleted: apart, so that they cost nothing where types are counted and listed.
    pub deleted_action_types: Table<ActionTypeKey, ActionType>,
}

/// A pipeline as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PipelineRow {
    /// Normalised, secrets in clear.
    pub declaration: PipelineDeclaration,
    /// The same for the engine.
    pub plan: Arc<Plan>,
    pub created: Time,
    pub updated: Time,
}

impl Tables {
    pub fn declare(b: &mut Builder) -> Self {
        let webhooks = b.table("codepipeline.webhooks");
        let token = |_: &WebhookKey, row: &WebhookRow| vec![row.token.0.clone()];
        Self {
            webhook_tokens: b.index(&webhooks, token),
            webhooks,
            pipelines: b.table("codepipeline.pipelines"),
            versions: b.records("codepipeline.versions"),
            tags: b.table("codepipeline.tags"),
            executions: b.records("codepipeline.executions"),
            starts: b.records("codepipeline.starts"),
            over: b.records("codepipeline.over"),
            actions: b.records("codepipeline.actions"),
            actions_of: b.records("codepipeline.actions-of"),
            action_ids: b.records("codepipeline.action-ids"),
            rules: b.records("codepipeline.rules"),
            rules_of: b.records("codepipeline.rules-of"),
            jobs: JobTables::declare(b),
            action_types: b.table("codepipeline.action-types"),
            deleted_action_types: b.table("codepipeline.deleted-action-types"),
        }
    }

    pub fn find(
        &self,
        scope: &Scope,
        name: &str,
    ) -> Result<Arc<PipelineRow>, PipelineNotFoundException> {
        let found = self.pipelines.get(&(scope.clone(), name.to_owned()));
        found.ok_or_else(|| errors::pipeline_not_found(&scope.account, name))
    }

    pub fn find_webhook(
        &self,
        scope: &Scope,
        name: &str,
    ) -> Result<Arc<WebhookRow>, WebhookNotFoundException> {
        let found = self.webhooks.get(&(scope.clone(), name.to_owned()));
        found.ok_or_else(|| errors::webhook_not_found(name))
    }

    /// The webhook whose URL ends with this.
    pub fn webhook_of_token(&self, token: &str) -> Option<WebhookKey> {
        let only = token.to_owned()..=token.to_owned();
        let found = self.webhook_tokens.range(only, Direction::Forward, 1);
        found.into_iter().next().map(|(_, key)| key)
    }

    /// The same in the write under way.
    pub fn find_in(
        &self,
        tx: &Txn,
        pipeline: &PipelineKey,
    ) -> Result<Arc<PipelineRow>, PipelineNotFoundException> {
        let found = tx.get(&self.pipelines, pipeline);
        found.ok_or_else(|| errors::pipeline_not_found(&pipeline.0.account, &pipeline.1))
    }

    /// The execution of this id, as of the write under way, unless it is too old to be shown.
    pub fn execution_in(
        &self,
        tx: &mut Txn,
        pipeline: &PipelineKey,
        id: &str,
        now: Time,
    ) -> Option<Execution> {
        let found = tx.get_record(&self.executions, &(pipeline.clone(), id.to_owned()));
        found.filter(|execution| retention::is_shown(execution, now))
    }

    pub fn find_execution(
        &self,
        pipeline: &PipelineKey,
        id: &str,
        now: Time,
    ) -> Result<Execution, PipelineExecutionNotFoundException> {
        let found = self.executions.get(&(pipeline.clone(), id.to_owned()));
        let found = found.unwrap_or_else(|fault| fault.raise());
        let found = found.filter(|execution| retention::is_shown(execution, now));
        found.ok_or_else(|| errors::execution_not_found(&pipeline.1, id))
    }

    /// The keys of all custom action types of one account in one region.
    pub fn action_types_in(&self, scope: &Scope) -> RangeInclusive<ActionTypeKey> {
        let (first, last) = (String::new, || char::MAX.to_string());
        (scope.clone(), first(), first(), first())..=(scope.clone(), last(), last(), last())
    }

    /// Whether a custom action type is there, and not only marked as deleted.
    pub fn has_action_type(&self, scope: &Scope, kind: &ActionKind) -> bool {
        let key = action_types::key(scope, &view::type_id(kind));
        self.action_types.contains(&key)
    }

    /// The id of the newest execution that ever started.
    pub fn newest_start(&self, pipeline: &PipelineKey) -> Result<Option<String>, StoreError> {
        let all = (pipeline.clone(), 0)..=(pipeline.clone(), u64::MAX);
        let newest = self.starts.range(all, Direction::Backward, 1)?;
        Ok(newest.into_iter().next().map(|(_, id)| id))
    }

    /// Keeps what the engine says is to be kept.
    pub fn keep(&self, tx: &mut Txn, pipeline: &PipelineKey, record: Record) {
        match record {
            Record::Execution(execution) => self.keep_execution(tx, pipeline, *execution),
            Record::Action(action) => self.keep_action(tx, pipeline, *action),
            Record::Rule(rule) => self.keep_rule(tx, pipeline, *rule),
            Record::Job(job) => self.keep_job(tx, pipeline, *job),
            // An event, which is kept where events are.
            Record::Change(_) => (),
        }
    }

    fn keep_execution(&self, tx: &mut Txn, pipeline: &PipelineKey, execution: Execution) {
        let start = (pipeline.clone(), execution.order);
        tx.put_record(&self.starts, start, execution.id.clone());
        if execution.status.is_final() {
            self.keep_over(tx, pipeline, &execution);
        }
        tx.put_record(
            &self.executions,
            (pipeline.clone(), execution.id.clone()),
            execution,
        );
    }

    fn keep_action(&self, tx: &mut Txn, pipeline: &PipelineKey, action: ActionRecord) {
        let (newest, id) = (newest(action.run.started), action.run.id.clone());
        let of = (pipeline.clone(), action.execution.clone());
        let place = (pipeline.1.clone(), newest);
        tx.put_record(&self.action_ids, (pipeline.0.clone(), id.clone()), place);
        tx.put_record(&self.actions_of, (of, newest, id.clone()), ());
        tx.put_record(&self.actions, (pipeline.clone(), newest, id), action);
    }

    fn keep_rule(&self, tx: &mut Txn, pipeline: &PipelineKey, rule: ActionRecord) {
        let (newest, id) = (newest(rule.run.started), rule.run.id.clone());
        let of = (pipeline.clone(), rule.execution.clone());
        tx.put_record(&self.rules_of, (of, newest, id.clone()), ());
        tx.put_record(&self.rules, (pipeline.clone(), newest, id), rule);
    }

    fn keep_job(&self, tx: &mut Txn, pipeline: &PipelineKey, job: JobRecord) {
        let scope = jobs::rows::scope_of(pipeline, &job);
        let id = view::type_id(&job.action.kind);
        let kind = action_types::find_type(tx, self, &scope, &id);
        let queryable = kind.as_ref().and_then(|kind| kind.queryable());
        self.jobs.keep(tx, pipeline, job, queryable);
    }

    /// The pipeline's action execution of this id, as of the write under way.
    pub fn action_in(
        &self,
        tx: &mut Txn,
        pipeline: &PipelineKey,
        id: &str,
    ) -> Option<ActionRecord> {
        let place = (pipeline.0.clone(), id.to_owned());
        let (of, newest) = tx.get_record(&self.action_ids, &place)?;
        let ours = of == pipeline.1;
        ours.then(|| tx.get_record(&self.actions, &(pipeline.clone(), newest, id.to_owned())))?
    }

    /// Attempts of actions, as they are listed.
    pub fn action_history(&self) -> History<'_> {
        History {
            name: "ListActionExecutions",
            rows: &self.actions,
            of: &self.actions_of,
        }
    }

    /// Attempts of rules, as they are listed.
    pub fn rule_history(&self) -> History<'_> {
        History {
            name: "ListRuleExecutions",
            rows: &self.rules,
            of: &self.rules_of,
        }
    }

    /// Everything that is kept of a pipeline beside its row goes.
    pub fn remove_history(&self, tx: &mut Txn, pipeline: &PipelineKey) {
        let pair = |text: String| (pipeline.clone(), text);
        let (first, last) = (String::new, || char::MAX.to_string());
        tx.remove_records(
            &self.versions,
            (pipeline.clone(), 0)..=(pipeline.clone(), u64::MAX),
            usize::MAX,
        );
        tx.remove_records(
            &self.starts,
            (pipeline.clone(), 0)..=(pipeline.clone(), u64::MAX),
            usize::MAX,
        );
        tx.remove_records(&self.executions, pair(first())..=pair(last()), usize::MAX);
        let (newest, oldest) = (
            (pipeline.clone(), 0, first()),
            (pipeline.clone(), u64::MAX, last()),
        );
        let actions = (
            newest.clone()..=oldest.clone(),
            Direction::Forward,
            usize::MAX,
        );
        for ((_, _, id), _) in tx.range_records(&self.actions, actions.0, actions.1, actions.2) {
            tx.remove_record(&self.action_ids, &(pipeline.0.clone(), id));
        }
        tx.remove_records(&self.actions, newest.clone()..=oldest.clone(), usize::MAX);
        tx.remove_records(&self.rules, newest..=oldest, usize::MAX);
        let (newest, oldest) = (
            (pair(first()), 0, first()),
            (pair(last()), u64::MAX, last()),
        );
        tx.remove_records(
            &self.actions_of,
            newest.clone()..=oldest.clone(),
            usize::MAX,
        );
        tx.remove_records(&self.rules_of, newest..=oldest, usize::MAX);
    }
}

/// Later times give smaller numbers.
pub fn newest(time: Time) -> Newest {
    u64::MAX - time.millis().unsigned_abs()
}
