//! A stored declaration to the engine's plan: parsed once, when it is created or updated.

use crate::aws::{Region, Scope};
use crate::engine::pipeline::plan::{
    ActionKind, ActionPlan, ArtifactStore, Category, Mode, Plan, StagePlan, Stores, VariablePlan,
};
use codepipeline_api::model as api;

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
    StagePlan {
        name: stage.name.clone(),
        actions: stage.actions.iter().map(action).collect(),
    }
}

fn action(action: &api::ActionDeclaration) -> ActionPlan {
    let inputs = action.input_artifacts.iter().flatten();
    let outputs = action.output_artifacts.iter().flatten();
    ActionPlan {
        name: action.name.clone(),
        kind: kind(&action.action_type_id),
        run_order: action.run_order.unwrap_or(1).unsigned_abs(),
        configuration: action.configuration.clone().unwrap_or_default(),
        inputs: inputs.map(|artifact| artifact.name.clone()).collect(),
        outputs: outputs.map(|artifact| artifact.name.clone()).collect(),
        region: action.region.as_deref().and_then(Region::parse),
        role_arn: action.role_arn.clone(),
        namespace: action.namespace.clone(),
        timeout_minutes: action.timeout_in_minutes.map(i32::unsigned_abs),
    }
}

fn kind(id: &api::ActionTypeId) -> ActionKind {
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
