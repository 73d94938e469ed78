//! One picture of one execution, made from several answers: its stages, their actions, and what it waits for.
//!
//! Invariant: pure; what an answer leaves out is left out here. Names and statuses are AWS's.

use super::api::Running;
use super::caller::{CallError, Remote, time};
use super::refusals::{self, Refusal};
use super::waits::{self, Wait};
use codepipeline_api::model::{
    ActionExecutionDetail, PipelineDeclaration, PipelineExecution, PipelineExecutionSummary,
    RuleExecutionDetail, StageDeclaration,
};
use codepipeline_api::output::GetPipelineStateOutput;
use jiff::Timestamp;
use serde::Serialize;

/// An execution as people see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    pub pipeline: String,
    #[serde(flatten)]
    pub head: Head,
    pub stages: Vec<Stage>,
    /// Empty once it is over.
    pub waits: Vec<Wait>,
}

/// What is known of an execution as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    pub pipeline_execution_id: String,
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    pub rollback: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    pub name: String,
    /// `None` before it is entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Those that have started, in the order of the declaration.
    pub actions: Vec<Action>,
    /// Rules whose conditions have ended it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
}

/// The newest attempt of an action.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    pub name: String,
    pub action_execution_id: String,
    pub status: String,
    pub provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_execution_id: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The answers about one execution.
#[derive(Debug)]
pub struct Answers<'a> {
    pub declaration: &'a PipelineDeclaration,
    pub state: &'a GetPipelineStateOutput,
    pub running: &'a [Running],
    pub head: Head,
    /// The newest start first.
    pub actions: Vec<ActionExecutionDetail>,
    pub rules: Vec<RuleExecutionDetail>,
    /// What a command for the aws CLI has to say beside its own flags.
    pub aws_flags: &'a str,
}

impl Head {
    pub fn is_over(&self) -> bool {
        !matches!(self.status.as_str(), "InProgress" | "Stopping")
    }
}

impl From<&PipelineExecutionSummary> for Head {
    fn from(of: &PipelineExecutionSummary) -> Self {
        Self {
            pipeline_execution_id: of.pipeline_execution_id.clone().unwrap_or_default(),
            status: of
                .status
                .map(|status| status.to_string())
                .unwrap_or_default(),
            summary: of.status_summary.clone(),
            started: of.start_time.as_ref().and_then(time),
            updated: of.last_update_time.as_ref().and_then(time),
            trigger: of
                .trigger
                .as_ref()
                .and_then(|trigger| trigger.trigger_type)
                .map(|of| of.to_string()),
            rollback: of
                .execution_type
                .is_some_and(|of| of.as_str() == "ROLLBACK"),
        }
    }
}

impl From<&PipelineExecution> for Head {
    fn from(of: &PipelineExecution) -> Self {
        Self {
            pipeline_execution_id: of.pipeline_execution_id.clone().unwrap_or_default(),
            status: of
                .status
                .map(|status| status.to_string())
                .unwrap_or_default(),
            summary: of.status_summary.clone(),
            started: None,
            updated: None,
            trigger: of
                .trigger
                .as_ref()
                .and_then(|trigger| trigger.trigger_type)
                .map(|of| of.to_string()),
            rollback: of
                .execution_type
                .is_some_and(|of| of.as_str() == "ROLLBACK"),
        }
    }
}

impl Snapshot {
    pub fn of(answers: &Answers<'_>) -> Self {
        let stages = stages(answers);
        let waits = match answers.head.is_over() {
            true => Vec::new(),
            false => waits::of(answers, &stages),
        };
        Self {
            pipeline: answers.declaration.name.clone(),
            head: answers.head.clone(),
            stages,
            waits,
        }
    }

    /// Actions that failed, with their stages.
    pub fn failures(&self) -> impl Iterator<Item = (&Stage, &Action)> {
        let actions = self
            .stages
            .iter()
            .flat_map(|stage| stage.actions.iter().map(move |action| (stage, action)));
        actions.filter(|(_, action)| action.status == "Failed")
    }
}

impl Remote {
    /// The picture of one execution now.
    pub async fn snapshot(
        &self,
        declaration: &PipelineDeclaration,
        state: &GetPipelineStateOutput,
        head: Head,
        running: &[Running],
    ) -> Result<Snapshot, CallError> {
        let (pipeline, id) = (&declaration.name, &head.pipeline_execution_id);
        let actions = self.actions(pipeline, id).await?;
        let may_count = !head.is_over() || head.status == "Failed";
        let rules = match may_count && declaration.stages.iter().any(has_conditions) {
            true => self.rules(pipeline, id).await?,
            false => Vec::new(),
        };
        Ok(Snapshot::of(&Answers {
            declaration,
            state,
            running,
            head,
            actions,
            rules,
            aws_flags: &self.aws_flags(),
        }))
    }
}

fn has_conditions(stage: &StageDeclaration) -> bool {
    let on_failure = stage.on_failure.as_ref();
    stage.before_entry.is_some()
        || stage.on_success.is_some()
        || on_failure.is_some_and(|gate| gate.conditions.is_some())
}

/// The declared stages; those that only an older declaration had come after them.
fn stages(answers: &Answers<'_>) -> Vec<Stage> {
    let declared = answers.declaration.stages.iter();
    let mut stages: Vec<Stage> = declared.map(|declared| stage(answers, declared)).collect();
    for run in answers.actions.iter().rev() {
        let name = run.stage_name.as_deref().unwrap_or_default();
        if stages.iter().any(|stage| stage.name == name) {
            continue;
        }
        let actions = newest(answers, name);
        let status = status(answers, name, &actions, actions.len());
        stages.push(ended(answers, name, status, actions));
    }
    stages
}

fn stage(answers: &Answers<'_>, declared: &StageDeclaration) -> Stage {
    let place = |action: &Action| {
        let mut names = declared.actions.iter().map(|of| &of.name);
        names
            .position(|name| *name == action.name)
            .unwrap_or(usize::MAX)
    };
    let mut actions = newest(answers, &declared.name);
    actions.sort_by_key(place);
    let status = status(answers, &declared.name, &actions, declared.actions.len());
    ended(answers, &declared.name, status, actions)
}

fn ended(answers: &Answers<'_>, name: &str, status: Option<String>, actions: Vec<Action>) -> Stage {
    let has_failed = status.as_deref() == Some("Failed");
    let refusals = has_failed.then(|| refusals::of(answers, name));
    Stage {
        name: name.to_owned(),
        refusals: refusals.unwrap_or_default(),
        status,
        actions,
    }
}

/// The newest attempt of each action of a stage, in the order of their starts.
fn newest(answers: &Answers<'_>, stage: &str) -> Vec<Action> {
    let mut found: Vec<Action> = Vec::new();
    let runs = answers.actions.iter();
    for run in runs.filter(|run| run.stage_name.as_deref() == Some(stage)) {
        let name = run.action_name.as_deref().unwrap_or_default();
        if !found.iter().any(|action| action.name == name) {
            found.push(action(run, answers.running));
        }
    }
    found.reverse();
    found
}

fn action(run: &ActionExecutionDetail, running: &[Running]) -> Action {
    let id = run.action_execution_id.clone().unwrap_or_default();
    let result = run
        .output
        .as_ref()
        .and_then(|output| output.execution_result.as_ref());
    let live = running.iter().find(|live| live.action_execution_id == id);
    let external = result.and_then(|result| result.external_execution_id.clone());
    Action {
        name: run.action_name.clone().unwrap_or_default(),
        status: run
            .status
            .map(|status| status.to_string())
            .unwrap_or_default(),
        provider: provider(run).to_owned(),
        started: run.start_time.as_ref().and_then(time),
        updated: run.last_update_time.as_ref().and_then(time),
        external_execution_id: external.or_else(|| live?.external_execution_id.clone()),
        error: error(run),
        action_execution_id: id,
    }
}

pub fn provider(run: &ActionExecutionDetail) -> &str {
    let kind = run
        .input
        .as_ref()
        .and_then(|input| input.action_type_id.as_ref());
    kind.map_or("", |kind| &kind.provider)
}

/// Why an attempt failed: some providers say it in the summary alone.
pub fn error(run: &ActionExecutionDetail) -> Option<String> {
    if run.status?.as_str() != "Failed" {
        return None;
    }
    let result = run.output.as_ref()?.execution_result.as_ref()?;
    let details = result.error_details.as_ref();
    let message = details.and_then(|details| details.message.clone());
    message
        .or_else(|| result.external_execution_summary.clone())
        .or_else(|| details?.code.clone())
}

/// What the service says of the stage, as long as no newer execution has entered it; else what its actions say.
fn status(
    answers: &Answers<'_>,
    stage: &str,
    actions: &[Action],
    declared: usize,
) -> Option<String> {
    let states = answers.state.stage_states.iter().flatten();
    let state = states
        .into_iter()
        .find(|state| state.stage_name.as_deref() == Some(stage));
    let latest = state.and_then(|state| state.latest_execution.as_ref());
    if let Some(latest) = latest
        && latest.pipeline_execution_id == answers.head.pipeline_execution_id
    {
        return Some(latest.status.to_string());
    }
    let any = |status: &str| actions.iter().any(|action| action.status == status);
    let status = match actions {
        [] => return None,
        _ if any("InProgress") => "InProgress",
        _ if any("Failed") => "Failed",
        _ if any("Abandoned") => "Stopped",
        _ if actions.len() < declared && !answers.head.is_over() => "InProgress",
        _ => "Succeeded",
    };
    Some(status.to_owned())
}
