//! A stored declaration to the engine's plan: parsed once, when it is created or updated.

use crate::aws::{Region, Scope};
use crate::engine::pipeline::plan::{
    ActionKind, ActionPlan, ArtifactStore, Category, ConditionPlan, ConditionResult, FailurePlan,
    Mode, Plan, RetryMode, StagePlan, Stores, VariablePlan,
};
use crate::engine::world::{BuildVariable, VariableKind};
use codepipeline_api::model as api;
use std::sync::Arc;

/// The plan of a normalised declaration.
pub fn plan(scope: &Scope, pipeline: &api::PipelineDeclaration) -> Plan {
    Plan {
        scope: scope.clone(),
        pipeline: pipeline.name.clone(),
        version: pipeline.version.unwrap_or(1).unsigned_abs(),
        mode: mode(pipeline.execution_mode),
        role_arn: pipeline.role_arn.clone(),
        stores: stores(pipeline),
        variables: pipeline.variables.iter().flatten().map(variable).collect(),
        stages: pipeline.stages.iter().map(stage).collect(),
    }
}

fn mode(mode: Option<api::ExecutionMode>) -> Mode {
    match mode {
        None | Some(api::ExecutionMode::Superseded) => Mode::Superseded,
        Some(api::ExecutionMode::Queued) => Mode::Queued,
        Some(api::ExecutionMode::Parallel) => Mode::Parallel,
    }
}

fn stores(pipeline: &api::PipelineDeclaration) -> Stores {
    match (&pipeline.artifact_store, &pipeline.artifact_stores) {
        (Some(one), _) => Stores::One(store(one)),
        (None, by_region) => {
            let pairs = by_region.iter().flatten();
            Stores::ByRegion(
                pairs
                    .map(|(region, of)| (region.clone(), store(of)))
                    .collect(),
            )
        }
    }
}

fn store(store: &api::ArtifactStore) -> ArtifactStore {
    ArtifactStore {
        bucket: store.location.clone(),
        kms_key: store.encryption_key.as_ref().map(|key| key.id.clone()),
    }
}

fn variable(variable: &api::PipelineVariableDeclaration) -> VariablePlan {
    VariablePlan {
        name: variable.name.clone(),
        default: variable.default_value.clone(),
    }
}

fn stage(stage: &api::StageDeclaration) -> StagePlan {
    let entry = stage.before_entry.as_ref();
    let success = stage.on_success.as_ref();
    StagePlan {
        name: stage.name.clone(),
        actions: stage.actions.iter().map(action).collect(),
        entry: entry.and_then(|of| condition(&of.conditions, ConditionResult::Fail)),
        success: success.and_then(|of| condition(&of.conditions, ConditionResult::Fail)),
        failure: stage.on_failure.as_ref().and_then(failure),
    }
}

fn failure(of: &api::FailureConditions) -> Option<FailurePlan> {
    match of.result {
        Some(api::ConditionResult::Retry) => {
            let retry = of.retry_configuration.as_ref();
            Some(FailurePlan::Retry(retry_mode(retry)))
        }
        Some(_) => Some(FailurePlan::Rollback),
        None => {
            let conditions = of.conditions.as_deref().unwrap_or_default();
            condition(conditions, ConditionResult::Rollback).map(FailurePlan::Condition)
        }
    }
}

fn retry_mode(of: Option<&api::RetryConfiguration>) -> RetryMode {
    match of.and_then(|of| of.retry_mode) {
        Some(api::StageRetryMode::AllActions) => RetryMode::AllActions,
        Some(api::StageRetryMode::FailedActions) | None => RetryMode::FailedActions,
    }
}

/// A gate has one condition.
fn condition(of: &[api::Condition], absent: ConditionResult) -> Option<ConditionPlan> {
    let condition = of.first()?;
    Some(ConditionPlan {
        result: match condition.result {
            Some(api::ConditionResult::Fail) => ConditionResult::Fail,
            Some(api::ConditionResult::Skip) => ConditionResult::Skip,
            Some(api::ConditionResult::Rollback) => ConditionResult::Rollback,
            Some(api::ConditionResult::Retry) | None => absent,
        },
        rules: condition.rules.iter().flatten().map(rule).collect(),
    })
}

fn rule(rule: &api::RuleDeclaration) -> ActionPlan {
    let id = &rule.rule_type_id;
    let inputs = rule.input_artifacts.iter().flatten();
    ActionPlan {
        name: rule.name.clone(),
        kind: ActionKind {
            category: Category::Rule,
            owner: "AWS".to_owned(),
            provider: id.provider.clone(),
            version: id.version.clone().unwrap_or_else(|| "1".to_owned()),
        },
        run_order: 1,
        configuration: Arc::new(rule.configuration.clone().unwrap_or_default()),
        inputs: inputs.map(|artifact| artifact.name.clone()).collect(),
        outputs: Vec::new(),
        region: rule.region.as_deref().and_then(Region::parse),
        role_arn: rule.role_arn.clone(),
        namespace: None,
        timeout_minutes: rule.timeout_in_minutes.map(i32::unsigned_abs),
        commands: rule.commands.clone().unwrap_or_default(),
        output_variables: Vec::new(),
        output_files: Vec::new(),
        environment: Vec::new(),
    }
}

fn action(action: &api::ActionDeclaration) -> ActionPlan {
    let inputs = action.input_artifacts.iter().flatten();
    let outputs = action.output_artifacts.iter().flatten();
    let files = outputs
        .clone()
        .next()
        .and_then(|output| output.files.clone());
    let environment = action.environment_variables.iter().flatten();
    ActionPlan {
        name: action.name.clone(),
        kind: kind(&action.action_type_id),
        run_order: action.run_order.unwrap_or(1).unsigned_abs(),
        configuration: Arc::new(action.configuration.clone().unwrap_or_default()),
        inputs: inputs.map(|artifact| artifact.name.clone()).collect(),
        outputs: outputs.map(|artifact| artifact.name.clone()).collect(),
        region: action.region.as_deref().and_then(Region::parse),
        role_arn: action.role_arn.clone(),
        namespace: action.namespace.clone(),
        timeout_minutes: action.timeout_in_minutes.map(i32::unsigned_abs),
        commands: action.commands.clone().unwrap_or_default(),
        output_variables: action.output_variables.clone().unwrap_or_default(),
        output_files: files.unwrap_or_default(),
        environment: environment.map(environment_variable).collect(),
    }
}

fn environment_variable(of: &api::EnvironmentVariable) -> BuildVariable {
    BuildVariable {
        name: of.name.clone(),
        value: of.value.clone(),
        kind: match of.r#type {
            Some(api::EnvironmentVariableType::SecretsManager) => VariableKind::SecretsManager,
            Some(api::EnvironmentVariableType::Plaintext) | None => VariableKind::Plaintext,
        },
    }
}

/// The engine's name of an action type.
pub fn kind(id: &api::ActionTypeId) -> ActionKind {
    ActionKind {
        category: match id.category {
            api::ActionCategory::Source => Category::Source,
            api::ActionCategory::Build => Category::Build,
            api::ActionCategory::Test => Category::Test,
            api::ActionCategory::Deploy => Category::Deploy,
            api::ActionCategory::Approval => Category::Approval,
            api::ActionCategory::Invoke => Category::Invoke,
            api::ActionCategory::Compute => Category::Compute,
        },
        owner: id.owner.as_str().to_owned(),
        provider: id.provider.clone(),
        version: id.version.clone(),
    }
}
