//! GetPipelineState: the newest execution that entered each stage, and what waits in front of it.
//!
//! Source: contract, codepipeline sections 5.3, 5.6, 5.8, 5.10 and 5.12.

use super::action_types::Types;
use super::gate_view;
use super::links::{Place, Templates};
use super::store::PipelineRow;
use super::view::{action_status, error, stage_status};
use crate::aws::Time;
use crate::engine::pipeline::Pipeline;
use crate::engine::pipeline::execution::{ActionStatus, Retries, Revision, StageStatus};
use crate::engine::pipeline::plan::{ActionPlan, Category, Gate, Mode, Plan, StagePlan};
use crate::engine::pipeline::state::{ActionLatest, StageLatest, StageSlot, Transition, Trouble};
use codepipeline_api::model as api;
use codepipeline_api::output::GetPipelineStateOutput;

/// The answer for one pipeline. A PARALLEL pipeline has no stage states.
/// `types` has those of customers that it names.
pub fn state(row: &PipelineRow, live: &Pipeline, types: &Types) -> GetPipelineStateOutput {
    let plan = &row.plan;
    let stages = match plan.mode {
        Mode::Parallel => Vec::new(),
        _ => plan
            .stages
            .iter()
            .map(|of| stage(of, plan, live, types))
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

fn stage(of: &StagePlan, plan: &Plan, live: &Pipeline, types: &Types) -> api::StageState {
    let slot = live.stage(&of.name);
    let latest = slot.and_then(|slot| slot.latest.as_deref());
    let waiting = inbound(slot, live);
    let actions = of.actions.iter();
    api::StageState {
        stage_name: Some(of.name.clone()),
        inbound_transition_state: Some(transition(slot.map(|slot| &slot.inbound))),
        inbound_execution: waiting.first().cloned(),
        inbound_executions: Some(waiting),
        action_states: Some(
            actions
                .map(|of| action(of, plan, live, latest, types))
                .collect(),
        ),
        latest_execution: latest.map(|latest| api::StageExecution {
            r#type: kind(latest.is_rollback),
            ..api::StageExecution::new(latest.execution.clone(), stage_status(latest.status))
        }),
        before_entry_condition_state: gate_view::condition(of, Gate::Entry, latest),
        on_success_condition_state: gate_view::condition(of, Gate::Success, latest),
        on_failure_condition_state: gate_view::condition(of, Gate::Failure, latest),
        retry_stage_metadata: latest.and_then(|latest| latest.retries).map(retries),
    }
}

fn transition(of: Option<&Transition>) -> api::TransitionState {
    let changed = of.and_then(|of| of.changed.as_ref());
    let disabled = of.and_then(|of| of.disabled.clone());
    api::TransitionState {
        enabled: Some(disabled.is_none()),
        last_changed_by: changed.map(|changed| changed.by.clone()),
        last_changed_at: changed.map(|changed| changed.at.wire()),
        disabled_reason: disabled,
    }
}

fn inbound(slot: Option<&StageSlot>, live: &Pipeline) -> Vec<api::StageExecution> {
    let ids = slot.into_iter().flat_map(|slot| &slot.waiting);
    let waiting = |id: &String| {
        let execution = live.execution(id);
        let is_rollback = execution.is_some_and(|execution| execution.rollback_of.is_some());
        api::StageExecution {
            r#type: kind(is_rollback),
            ..api::StageExecution::new(id.clone(), api::StageExecutionStatus::InProgress)
        }
    };
    ids.map(waiting).collect()
}

/// Standard executions show no type.
fn kind(is_rollback: bool) -> Option<api::ExecutionType> {
    is_rollback.then_some(api::ExecutionType::Rollback)
}

fn retries(of: Retries) -> api::RetryStageMetadata {
    let attempts = |count: u32| i32::try_from(count).ok().filter(|count| *count > 0);
    api::RetryStageMetadata {
        auto_stage_retry_attempt: attempts(of.automatic),
        manual_stage_retry_attempt: attempts(of.manual),
        latest_retry_trigger: Some(match of.last_was_manual {
            true => api::RetryTrigger::ManualStageRetry,
            false => api::RetryTrigger::AutomatedStageRetry,
        }),
    }
}

fn action(
    of: &ActionPlan,
    plan: &Plan,
    live: &Pipeline,
    stage: Option<&StageLatest>,
    types: &Types,
) -> api::ActionState {
    let latest = stage.and_then(|stage| Some((stage, stage.action(&of.name)?)));
    let revision = latest.and_then(|(_, latest)| latest.revision.as_ref());
    let templates = Templates::of(&of.kind, types);
    let place = Place {
        region: plan.region_of(of).as_str(),
        configuration: &of.configuration,
    };
    // Actions of later stages may have a source's name.
    let is_source = of.kind.category == Category::Source;
    let watch = live.sources.get(&of.name).filter(|_| is_source);
    let failed_look = watch.and_then(|source| source.trouble.as_ref());
    api::ActionState {
        action_name: Some(of.name.clone()),
        current_revision: revision.filter(|_| failed_look.is_none()).map(current),
        latest_execution: match failed_look {
            Some(trouble) => Some(failed(trouble)),
            None => latest.map(|(stage, latest)| {
                let mut shown = execution(of, stage, latest);
                let id = latest.result.external_id.as_deref();
                shown.external_execution_url = shown
                    .external_execution_url
                    .or_else(|| templates.execution(place, id?));
                shown
            }),
        },
        entity_url: templates.entity(place),
        revision_url: templates.revision(place, revision.map_or("", |revision| &revision.id)),
    }
}

fn current(of: &Revision) -> api::ActionRevision {
    api::ActionRevision {
        revision_change_id: of.change.clone(),
        created: of.created.map(Time::wire),
        ..api::ActionRevision::new(of.id.clone())
    }
}

fn execution(action: &ActionPlan, stage: &StageLatest, of: &ActionLatest) -> api::ActionExecution {
    if action.kind.category == Category::Approval {
        return approval(stage, of);
    }
    let result = &of.result;
    api::ActionExecution {
        last_status_change: Some(of.changed.wire()),
        external_execution_id: result.external_id.clone(),
        external_execution_url: result.external_url.clone(),
        percent_complete: result.percent,
        log_stream_arn: result.log_stream_arn.clone(),
        ..bare(of, of.status)
    }
}

/// An approval is dated when a person answered it. Its token is its own id and is good until then.
fn approval(stage: &StageLatest, of: &ActionLatest) -> api::ActionExecution {
    let pending = of.status == ActionStatus::InProgress;
    let answered = of.updated_by.is_some();
    let stopped = matches!(stage.status, StageStatus::Stopping | StageStatus::Stopped);
    // Nothing but an update of the pipeline abandons an approval in a stage that nobody stops.
    let status = match of.status {
        ActionStatus::Abandoned if !stopped => ActionStatus::Failed,
        status => status,
    };
    api::ActionExecution {
        token: pending.then(|| of.id.clone()),
        last_status_change: answered.then(|| of.changed.wire()),
        last_updated_by: of.updated_by.clone(),
        ..bare(of, status)
    }
}

fn bare(of: &ActionLatest, status: ActionStatus) -> api::ActionExecution {
    api::ActionExecution {
        action_execution_id: Some(of.id.clone()),
        status: Some(action_status(status)),
        summary: of.result.summary.clone(),
        error_details: of.result.error.as_ref().map(error),
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
