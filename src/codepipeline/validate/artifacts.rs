//! Who makes which artifact, and who may use it: rules 14 and 15 of the contract's section 4.2.

use super::{Invalid, each_action, repeated};
use codepipeline_api::model::{ActionDeclaration, PipelineDeclaration};
use std::collections::BTreeSet;

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    if let Some(name) = repeated(each_action(pipeline).flat_map(|(_, action)| outputs(action))) {
        return Err(Invalid::Action(format!(
            "Output Artifact Bundle name must be unique within the pipeline. {name} has been used more than once"
        )));
    }
    let mut made = BTreeSet::new();
    for stage in &pipeline.stages {
        let mut actions: Vec<_> = stage.actions.iter().collect();
        actions.sort_by_key(|action| run_order(action));
        for group in actions.chunk_by(|a, b| run_order(a) == run_order(b)) {
            group
                .iter()
                .try_for_each(|action| inputs_are_made(action, &made))?;
            made.extend(group.iter().flat_map(|action| outputs(action)));
        }
    }
    Ok(())
}

fn inputs_are_made(action: &ActionDeclaration, made: &BTreeSet<&str>) -> Result<(), Invalid> {
    let names = action
        .input_artifacts
        .iter()
        .flatten()
        .map(|artifact| artifact.name.as_str());
    match names.into_iter().find(|name| !made.contains(name)) {
        Some(name) => Err(Invalid::Action(format!(
            "Input Artifact Bundle {name} in action {} is not declared as Output Artifact Bundle in any of the preceding actions",
            action.name
        ))),
        None => Ok(()),
    }
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
