//! Who makes which artifact, and who may use it: rules 14 and 15 of the contract's section 4.2.

use super::{Gate, Invalid, each_action, each_rule, repeated};
use codepipeline_api::model::{
    ActionDeclaration, InputArtifact, PipelineDeclaration, StageDeclaration,
};
use std::collections::BTreeSet;

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    if let Some(name) = repeated(each_action(pipeline).flat_map(|(_, action)| outputs(action))) {
        return Err(Invalid::Action(format!(
            "Output Artifact Bundle name must be unique within the pipeline. {name} has been used more than once"
        )));
    }
    let mut made = BTreeSet::new();
    for stage in &pipeline.stages {
        rules(stage, |gate| gate == Gate::Entry, &made)?;
        let mut actions: Vec<_> = stage.actions.iter().collect();
        actions.sort_by_key(|action| run_order(action));
        for group in actions.chunk_by(|a, b| run_order(a) == run_order(b)) {
            group
                .iter()
                .try_for_each(|action| inputs_are_made(action, &made))?;
            made.extend(group.iter().flat_map(|action| outputs(action)));
        }
        rules(stage, |gate| gate != Gate::Entry, &made)?;
    }
    Ok(())
}

fn inputs_are_made(action: &ActionDeclaration, made: &BTreeSet<&str>) -> Result<(), Invalid> {
    match unmade(action.input_artifacts.as_deref(), made) {
        Some(name) => Err(Invalid::Action(format!(
            "Input Artifact Bundle {name} in action {} is not declared as Output Artifact Bundle in any of the preceding actions",
            action.name
        ))),
        None => Ok(()),
    }
}

/// Rules use artifacts like actions do; those at the entry come before all actions of their stage, the others after them.
fn rules(
    stage: &StageDeclaration,
    wanted: impl Fn(Gate) -> bool,
    made: &BTreeSet<&str>,
) -> Result<(), Invalid> {
    for (_, rule) in each_rule(stage).filter(|(gate, _)| wanted(*gate)) {
        if let Some(name) = unmade(rule.input_artifacts.as_deref(), made) {
            return Err(Invalid::Stage(format!(
                "Input Artifact Bundle {name} in rule {} is not declared as Output Artifact Bundle in any of the preceding actions",
                rule.name
            )));
        }
    }
    Ok(())
}

fn unmade<'a>(inputs: Option<&'a [InputArtifact]>, made: &BTreeSet<&str>) -> Option<&'a str> {
    let mut names = inputs.unwrap_or_default().iter().map(|of| of.name.as_str());
    names.find(|name| !made.contains(name))
}

pub(super) fn outputs(action: &ActionDeclaration) -> impl Iterator<Item = &str> {
    action
        .output_artifacts
        .iter()
        .flatten()
        .map(|artifact| artifact.name.as_str())
}

/// Actions of a stage run in this order; equal numbers run side by side.
pub(super) fn run_order(action: &ActionDeclaration) -> i32 {
    action.run_order.unwrap_or(1)
}
