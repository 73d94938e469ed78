//! Variables and namespaces: the contract's section 4.3.

use super::artifacts::{outputs, run_order};
use super::{Invalid, each_action, repeated};
use codepipeline_api::model::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use std::collections::BTreeSet;

/// The namespace of variables at the level of the pipeline.
const PIPELINE: &str = "variables";
/// The namespace of what the service itself knows.
const BUILT_IN: &str = "codepipeline";

/// One `#{…}` and where it stands.
struct Reference<'a> {
    stage: &'a StageDeclaration,
    action: &'a ActionDeclaration,
    key: &'a str,
    text: &'a str,
}

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    names(pipeline)?;
    namespaces(pipeline)?;
    for (stage, action) in each_action(pipeline) {
        for (key, value) in action.configuration.iter().flatten() {
            for text in references(value) {
                reference(
                    pipeline,
                    &Reference {
                        stage,
                        action,
                        key,
                        text,
                    },
                )?;
            }
        }
        for text in action
            .commands
            .iter()
            .flatten()
            .flat_map(|command| references(command))
        {
            reference(
                pipeline,
                &Reference {
                    stage,
                    action,
                    key: "Commands",
                    text,
                },
            )?;
        }
    }
    Ok(())
}

/// The insides of every `#{…}` in a value.
pub(crate) fn references(value: &str) -> impl Iterator<Item = &str> {
    value
        .split("#{")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(text, _)| text)
}

fn declared(pipeline: &PipelineDeclaration) -> impl Iterator<Item = &str> {
    pipeline
        .variables
        .iter()
        .flatten()
        .map(|variable| variable.name.as_str())
}

fn names(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    match repeated(declared(pipeline)) {
        Some(name) => Err(Invalid::Structure(format!(
            "Variable names must be unique. The following variable name is already in use: {name}"
        ))),
        None => Ok(()),
    }
}

fn namespaces(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    let given = || each_action(pipeline).filter_map(|(_, action)| action.namespace.as_deref());
    let reserved =
        |name: &str| name == BUILT_IN || (name == PIPELINE && declared(pipeline).next().is_some());
    if given().any(reserved) {
        return Err(Invalid::Structure(
            "One or more of the chosen namespaces is reserved. Note that there is a namespace for variables at the pipeline level.\n".into(),
        ));
    }
    if let Some(name) = repeated(given()) {
        return Err(Invalid::Action(format!(
            "Namespace '{name}' is used more than once"
        )));
    }
    let artifacts: BTreeSet<&str> = each_action(pipeline)
        .flat_map(|(_, action)| outputs(action))
        .collect();
    match given().find(|name| artifacts.contains(name)) {
        Some(name) => Err(Invalid::Action(format!(
            "Namespace '{name}' is the name of an output artifact; the names of namespaces and artifacts must differ"
        ))),
        None => Ok(()),
    }
}

fn reference(pipeline: &PipelineDeclaration, at: &Reference) -> Result<(), Invalid> {
    match at.text.split_once('.') {
        Some((BUILT_IN, _)) => Ok(()),
        Some((PIPELINE, name)) if declared(pipeline).next().is_some() => {
            pipeline_variable(pipeline, at, name)
        }
        Some((namespace, key)) if !key.is_empty() => output_variable(pipeline, at, namespace),
        _ => Err(no_such_namespace(at)),
    }
}

fn pipeline_variable(
    pipeline: &PipelineDeclaration,
    at: &Reference,
    name: &str,
) -> Result<(), Invalid> {
    if at.action.action_type_id.category.as_str() == "Source" {
        let text = "Variables at the pipeline level cannot be used in source actions.";
        return Err(Invalid::Structure(format!("{text}\n{}", place(at))));
    }
    if declared(pipeline).any(|declared| declared == name) {
        return Ok(());
    }
    Err(Invalid::Structure(
        "The referenced variables haven't been declared.\n".into(),
    ))
}

fn output_variable(
    pipeline: &PipelineDeclaration,
    at: &Reference,
    namespace: &str,
) -> Result<(), Invalid> {
    let producer =
        each_action(pipeline).find(|(_, action)| action.namespace.as_deref() == Some(namespace));
    let Some((stage, action)) = producer else {
        return Err(no_such_namespace(at));
    };
    let position =
        |stage: &StageDeclaration| pipeline.stages.iter().position(|of| of.name == stage.name);
    let made = (position(stage), run_order(action));
    if made < (position(at.stage), run_order(at.action)) {
        return Ok(());
    }
    Err(Invalid::Action(format!(
        "Variables of the namespace '{namespace}' can only be used in actions that run after the action '{}'.\n{}",
        action.name,
        place(at)
    )))
}

fn no_such_namespace(at: &Reference) -> Invalid {
    Invalid::Action(format!(
        "Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist.\n{}",
        place(at)
    ))
}

fn place(at: &Reference) -> String {
    format!(
        "StageName=[{}], ActionName=[{}], ActionConfigurationKey=[{}], VariableReferenceText=[{}]",
        at.stage.name, at.action.name, at.key, at.text
    )
}
