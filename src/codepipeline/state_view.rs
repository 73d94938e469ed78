//! GetPipelineState: the newest execution that entered each stage, and what waits in front of it.
//!
//! Source: contract, codepipeline sections 5.3 and 5.12.

use super::catalogue::{self, ActionType};
use super::store::PipelineRow;
use super::view::{action_status, stage_status};
use crate::engine::pipeline::Pipeline;
use crate::engine::pipeline::execution::ActionError;
use crate::engine::pipeline::plan::Mode;
use crate::engine::pipeline::state::{ActionLatest, StageSlot, Trouble};
use codepipeline_api::model as api;
use codepipeline_api::output::GetPipelineStateOutput;

/// The answer for one pipeline. A PARALLEL pipeline has no stage states.
pub fn state(row: &PipelineRow, region: &str, live: &Pipeline) -> GetPipelineStateOutput {
    let stages = match row.plan.mode {
        Mode::Parallel => Vec::new(),
        _ => row
            .declaration
            .stages
            .iter()
            .map(|of| stage(of, region, live))
            .collect(),
    };
    GetPipelineStateOutput {
        pipeline_name: Some(row.declaration.name.clone()),
        pipeline_version: row.declaration.version,
        stage_states: Some(stages),
        created: Some(row.created.wire()),
        updated: Some(row.updated.wire()),
    }
}

fn stage(of: &api::StageDeclaration, region: &str, live: &Pipeline) -> api::StageState {
    let slot = live.stage(&of.name);
    let waiting = inbound(slot);
    api::StageState {
        stage_name: Some(of.name.clone()),
        inbound_transition_state: Some(api::TransitionState {
            enabled: Some(true),
            ..api::TransitionState::default()
        }),
        inbound_execution: waiting.first().cloned(),
        inbound_executions: Some(waiting),
        action_states: Some(
            of.actions
                .iter()
                .map(|of| action(of, region, live, slot))
                .collect(),
        ),
        latest_execution: slot.and_then(|slot| slot.latest.as_ref()).map(|latest| {
            api::StageExecution::new(latest.execution.clone(), stage_status(latest.status))
        }),
        ..api::StageState::default()
    }
}

fn inbound(slot: Option<&StageSlot>) -> Vec<api::StageExecution> {
    let ids = slot.into_iter().flat_map(|slot| &slot.waiting);
    ids.map(|id| api::StageExecution::new(id.clone(), api::StageExecutionStatus::InProgress))
        .collect()
}

fn action(
    of: &api::ActionDeclaration,
    region: &str,
    live: &Pipeline,
    slot: Option<&StageSlot>,
) -> api::ActionState {
    let latest = slot.and_then(|slot| slot.latest.as_ref());
    let latest = latest.and_then(|latest| latest.action(&of.name));
    let id = &of.action_type_id;
    let kind = catalogue::find(
        id.category.as_str(),
        id.owner.as_str(),
        &id.provider,
        &id.version,
    );
    let revision = latest.and_then(|latest| latest.revision.as_ref());
    let links = Links { of, region, kind };
    let failed_look = live
        .sources
        .get(&of.name)
        .and_then(|source| source.trouble.as_ref());
    api::ActionState {
        action_name: Some(of.name.clone()),
        current_revision: revision
            .filter(|_| failed_look.is_none())
            .map(|revision| api::ActionRevision::new(revision.id.clone())),
        latest_execution: match failed_look {
            Some(trouble) => Some(failed(trouble)),
            None => latest.map(execution),
        },
        entity_url: links.entity(),
        revision_url: revision.and_then(|revision| links.revision(&revision.id)),
    }
}

fn execution(of: &ActionLatest) -> api::ActionExecution {
    let result = &of.result;
    api::ActionExecution {
        action_execution_id: Some(of.id.clone()),
        status: Some(action_status(of.status)),
        summary: result.summary.clone(),
        last_status_change: Some(of.changed.wire()),
        external_execution_id: result.external_id.clone(),
        external_execution_url: result.external_url.clone(),
        percent_complete: result.percent,
        error_details: result.error.as_ref().map(error),
        log_stream_arn: result.log_stream_arn.clone(),
        ..api::ActionExecution::default()
    }
}

/// A poll that found nothing it could use has no execution.
fn failed(trouble: &Trouble) -> api::ActionExecution {
    api::ActionExecution {
        status: Some(api::ActionExecutionStatus::Failed),
        last_status_change: Some(trouble.since.wire()),
        error_details: Some(error(&trouble.error)),
        ..api::ActionExecution::default()
    }
}

fn error(error: &ActionError) -> api::ErrorDetails {
    api::ErrorDetails {
        code: Some(error.code.as_str().to_owned()),
        message: Some(error.message.clone()),
    }
}

/// Links of one action, filled in from its type's templates.
struct Links<'a> {
    of: &'a api::ActionDeclaration,
    region: &'a str,
    kind: Option<&'static ActionType>,
}

impl Links<'_> {
    /// An approval without a link has no entity.
    fn entity(&self) -> Option<String> {
        self.fill(self.kind?.entity_url?, "")
            .filter(|url| !url.is_empty())
    }

    fn revision(&self, id: &str) -> Option<String> {
        self.fill(self.kind?.revision_url?, id)
    }

    fn fill(&self, template: &str, revision: &str) -> Option<String> {
        let mut url = template
            .replace("<r>", self.region)
            .replace("{Region}", self.region)
            .replace("{Console}", "https://console.aws.amazon.com")
            .replace("{RevisionId}", revision);
        for (key, value) in self.of.configuration.iter().flatten() {
            url = url.replace(&format!("{{Config:{key}}}"), value);
        }
        (!url.starts_with("{Config:")).then_some(url)
    }
}
