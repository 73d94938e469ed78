//! What is kept beyond the live row: executions and action executions, whole, each time they change.
//!
//! A record replaces the earlier one of the same id, so that readers of records see what readers of the live row see.

use super::change::StateChange;
use super::effect::SERVICE;
use super::execution::Execution;
use super::plan::{ActionKind, Category, Gate};
use super::run::ActionRun;
use crate::aws::{Region, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One thing to keep.
#[derive(Clone, Debug)]
pub enum Record {
    /// By execution id; listings go by `Execution::order`, descending.
    Execution(Box<Execution>),
    /// By action execution id; listings go by start descending, then by id.
    Action(Box<ActionRecord>),
    /// The same for an attempt of a rule.
    Rule(Box<ActionRecord>),
    /// By job id.
    Job(Box<JobRecord>),
    /// For subscribers; in order.
    Change(Box<StateChange>),
}

/// A job of an attempt, as workers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRecord {
    pub id: String,
    pub continuation: Option<String>,
    pub since: Time,
    /// The attempt waits for its result.
    pub is_open: bool,
    /// The pipeline's role.
    pub role_arn: String,
    /// The artifact store's key, when it declares one.
    pub kms_key: Option<String>,
    /// The source revisions that artifacts carry, by artifact.
    pub revisions: BTreeMap<String, String>,
    /// What it is for, with all values that a worker needs.
    pub action: ActionRecord,
}

impl JobRecord {
    /// The role that acts, and who assumes it.
    pub fn actor(&self) -> (&str, &str) {
        match self.action.role_arn.as_deref() {
            Some(own) if own != self.role_arn => (own, &self.role_arn),
            _ => (&self.role_arn, SERVICE),
        }
    }
}

/// An action execution: an item of ListActionExecutions.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRecord {
    pub execution: String,
    pub pipeline_version: u32,
    pub stage: String,
    /// The gate whose condition a rule belongs to; `None` for actions.
    #[serde(default)]
    pub gate: Option<Gate>,
    pub kind: ActionKind,
    /// As declared.
    pub configuration: Arc<BTreeMap<String, String>>,
    pub role_arn: Option<String>,
    pub region: Region,
    pub namespace: Option<String>,
    pub run: ActionRun,
}

/// `executionResult` as ListActionExecutions shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryResult {
    pub external_id: Option<String>,
    pub external_summary: Option<String>,
    pub external_url: Option<String>,
    pub error_code: Option<&'static str>,
    pub error_message: Option<String>,
    pub log_stream_arn: Option<String>,
}

impl ActionRecord {
    /// The result for the history; `None` while in progress and when abandoned. Builds show the text of an error in
    /// its details, all others as the summary. An approval is named by itself.
    pub fn history(&self) -> Option<HistoryResult> {
        use super::run::ActionStatus::{Failed, Succeeded};
        if !matches!(self.run.status, Succeeded | Failed) {
            return None;
        }
        let result = self.run.result.clone();
        let text = result.error.as_ref().map(|error| error.message.clone());
        let in_details = matches!(self.kind.category, Category::Build | Category::Test);
        let itself = (self.kind.category == Category::Approval).then(|| self.run.id.clone());
        Some(HistoryResult {
            external_id: result.external_id.or(itself),
            external_url: result.external_url,
            error_code: result.error.as_ref().map(|error| error.code.as_str()),
            external_summary: result.summary.or(text.clone().filter(|_| !in_details)),
            error_message: text.filter(|_| in_details),
            log_stream_arn: result.log_stream_arn,
        })
    }
}

impl fmt::Debug for ActionRecord {
    /// Values of the configuration may be secrets and stay out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionRecord")
            .field("execution", &self.execution)
            .field("stage", &self.stage)
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}
