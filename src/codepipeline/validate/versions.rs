//! What only pipelines of type V2 may have: the contract's section 4.4.

use super::{Invalid, each_action, type_of};
use codepipeline_api::model::{
    ExecutionMode, GitConfiguration, GitPushFilter, PipelineDeclaration, PipelineType,
    StageDeclaration,
};

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    if pipeline.pipeline_type != Some(PipelineType::V1) {
        return Ok(());
    }
    if waits_or_overtakes(pipeline) {
        let text = "QUEUED or PARALLEL mode can only be used with V2 pipelines";
        return Err(Invalid::Structure(text.into()));
    }
    if has_some(&pipeline.variables) {
        let text = "Pipeline variable can only be used with V2 pipelines";
        return Err(Invalid::Structure(text.into()));
    }
    if let Some(trigger) = pipeline.triggers.iter().flatten().next() {
        return Err(Invalid::Structure(format!(
            "Triggers on {} can only be used with V2 pipelines",
            event(&trigger.git_configuration)
        )));
    }
    if pipeline.stages.iter().any(has_gate) {
        let text = "Stage level conditions can only be used with V2 pipelines.";
        return Err(Invalid::Stage(text.into()));
    }
    match v2_provider(pipeline) {
        Some(provider) => Err(Invalid::Action(format!(
            "{provider} Action can only be used with V2 pipelines."
        ))),
        None => Ok(()),
    }
}

/// What a trigger waits for.
fn event(git: &GitConfiguration) -> &'static str {
    let on_tag = |push: &GitPushFilter| push.tags.is_some();
    match (&git.push, &git.pull_request) {
        (Some(pushes), _) if pushes.iter().any(on_tag) => "tag",
        (None, Some(_)) => "pull request",
        _ => "branch",
    }
}

/// Whether a declaration without a type is one of type V2 for what it has.
pub(crate) fn needs_v2(pipeline: &PipelineDeclaration) -> bool {
    waits_or_overtakes(pipeline)
        || has_some(&pipeline.variables)
        || has_some(&pipeline.triggers)
        || pipeline.stages.iter().any(has_gate)
        || v2_provider(pipeline).is_some()
}

fn waits_or_overtakes(pipeline: &PipelineDeclaration) -> bool {
    let mode = pipeline.execution_mode.unwrap_or(ExecutionMode::Superseded);
    mode != ExecutionMode::Superseded
}

fn has_gate(stage: &StageDeclaration) -> bool {
    stage.before_entry.is_some() || stage.on_success.is_some() || stage.on_failure.is_some()
}

fn has_some<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

fn v2_provider(pipeline: &PipelineDeclaration) -> Option<&'static str> {
    let mut types = each_action(pipeline).filter_map(|(_, action)| type_of(action));
    types.find(|of| of.v2_only).map(|of| of.provider)
}
