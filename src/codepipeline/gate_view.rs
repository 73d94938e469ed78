//! Conditions and their rules as the wire shows them, in the state of a pipeline and in the history.
//!
//! Source: contract, codepipeline section 5.8.

use super::view;
use crate::engine::pipeline::ActionRecord;
use crate::engine::pipeline::execution::{ActionRun, ActionStatus, ConditionStatus, GateRun};
use crate::engine::pipeline::plan::{ActionPlan, ConditionPlan, Gate, StagePlan};
use crate::engine::pipeline::state::StageLatest;
use codepipeline_api::model as api;
use std::collections::BTreeMap;

/// The condition that a stage declares at a gate, and how its last check in the newest execution went. A stage without such a
/// condition shows nothing; one that was not checked yet shows its rules by name.
pub fn condition(
    stage: &StagePlan,
    gate: Gate,
    latest: Option<&StageLatest>,
) -> Option<api::StageConditionState> {
    let declared = stage.condition(gate)?;
    let run = latest.and_then(|latest| latest.gates.get(&gate));
    Some(api::StageConditionState {
        latest_execution: run.map(|run| api::StageConditionsExecution {
            status: Some(status(run.status)),
            summary: run.summary.clone(),
        }),
        condition_states: Some(vec![api::ConditionState {
            latest_execution: run.map(|run| api::ConditionExecution {
                status: Some(status(run.status)),
                summary: run.summary.clone(),
                last_status_change: Some(run.updated.wire()),
            }),
            rule_states: Some(rules(declared, run)),
        }]),
    })
}

/// As ListRuleExecutions lists it.
pub fn rule_execution(of: &ActionRecord) -> api::RuleExecutionDetail {
    let run = &of.run;
    api::RuleExecutionDetail {
        pipeline_execution_id: Some(of.execution.clone()),
        rule_execution_id: Some(run.id.clone()),
        pipeline_version: i32::try_from(of.pipeline_version).ok(),
        stage_name: Some(of.stage.clone()),
        rule_name: Some(run.name.clone()),
        start_time: Some(run.started.wire()),
        last_update_time: Some(run.updated.wire()),
        updated_by: run.updated_by.clone(),
        status: Some(rule_status(run.status)),
        input: Some(input(of)),
        output: Some(output(of)),
    }
}

fn rules(declared: &ConditionPlan, run: Option<&GateRun>) -> Vec<api::RuleState> {
    let state = |rule: &ActionPlan| {
        let mut runs = run.into_iter().flat_map(|run| &run.rules);
        let latest = runs.find(|run| run.name == rule.name);
        api::RuleState {
            rule_name: Some(rule.name.clone()),
            latest_execution: latest.map(execution),
            ..api::RuleState::default()
        }
    };
    declared.rules.iter().map(state).collect()
}

fn execution(of: &ActionRun) -> api::RuleExecution {
    let result = &of.result;
    api::RuleExecution {
        rule_execution_id: Some(of.id.clone()),
        status: Some(rule_status(of.status)),
        summary: result.summary.clone(),
        last_status_change: Some(of.updated.wire()),
        last_updated_by: of.updated_by.clone(),
        external_execution_id: result.external_id.clone(),
        external_execution_url: result.external_url.clone(),
        error_details: result.error.as_ref().map(view::error),
        ..api::RuleExecution::default()
    }
}

fn input(of: &ActionRecord) -> api::RuleExecutionInput {
    let kind = &of.kind;
    api::RuleExecutionInput {
        rule_type_id: Some(api::RuleTypeId {
            owner: Some(api::RuleOwner::Aws),
            version: Some(kind.version.clone()),
            ..api::RuleTypeId::new(api::RuleCategory::Rule, kind.provider.clone())
        }),
        configuration: Some(BTreeMap::clone(&of.configuration)),
        resolved_configuration: Some(BTreeMap::clone(&of.run.resolved)),
        role_arn: of.role_arn.clone(),
        region: Some(of.region.to_string()),
        input_artifacts: Some(of.run.inputs.iter().map(view::artifact).collect()),
    }
}

fn output(of: &ActionRecord) -> api::RuleExecutionOutput {
    api::RuleExecutionOutput {
        execution_result: of.history().map(|of| api::RuleExecutionResult {
            external_execution_id: of.external_id,
            external_execution_summary: of.external_summary,
            external_execution_url: of.external_url,
            error_details: of.error_code.map(|code| api::ErrorDetails {
                code: Some(code.to_owned()),
                message: of.error_message,
            }),
        }),
    }
}

fn status(status: ConditionStatus) -> api::ConditionExecutionStatus {
    match status {
        ConditionStatus::InProgress => api::ConditionExecutionStatus::InProgress,
        ConditionStatus::Failed => api::ConditionExecutionStatus::Failed,
        ConditionStatus::Succeeded => api::ConditionExecutionStatus::Succeeded,
        ConditionStatus::Cancelled => api::ConditionExecutionStatus::Cancelled,
        ConditionStatus::Abandoned => api::ConditionExecutionStatus::Abandoned,
        ConditionStatus::Overridden => api::ConditionExecutionStatus::Overridden,
    }
}

fn rule_status(status: ActionStatus) -> api::RuleExecutionStatus {
    match status {
        ActionStatus::InProgress => api::RuleExecutionStatus::InProgress,
        ActionStatus::Succeeded => api::RuleExecutionStatus::Succeeded,
        ActionStatus::Failed => api::RuleExecutionStatus::Failed,
        ActionStatus::Abandoned => api::RuleExecutionStatus::Abandoned,
    }
}
