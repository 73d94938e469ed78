//! Variables and namespaces: the contract's section 4.3.

use super::artifacts::{outputs, run_order};
use super::{Gate, Invalid, each_action, each_rule, repeated};
use codepipeline_api::model::{
    ActionDeclaration, PipelineDeclaration, RuleDeclaration, StageDeclaration,
};
use std::collections::{BTreeMap, BTreeSet};

/// The namespace of variables at the level of the pipeline.
const PIPELINE: &str = "variables";
/// The namespace of what the service itself knows.
const BUILT_IN: &str = "codepipeline";

/// One `#{…}` and where it stands.
struct Reference<'a> {
    stage: &'a StageDeclaration,
    user: User<'a>,
    key: &'a str,
    text: &'a str,
}

/// Whose configuration has a reference.
#[derive(Clone, Copy)]
enum User<'a> {
    Action(&'a ActionDeclaration),
    Rule(Gate, &'a RuleDeclaration),
}

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    names(pipeline)?;
    namespaces(pipeline)?;
    for stage in &pipeline.stages {
        let actions = stage.actions.iter().map(User::Action);
        let rules = each_rule(stage).map(|(gate, rule)| User::Rule(gate, rule));
        for user in actions.chain(rules) {
            for (key, text) in user.texts() {
                let at = Reference {
                    stage,
                    user,
                    key,
                    text,
                };
                reference(pipeline, &at)?;
            }
        }
    }
    Ok(())
}

impl<'a> User<'a> {
    /// The inside of every reference with the key it stands under.
    fn texts(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let (configuration, commands): (Option<&BTreeMap<_, _>>, Option<&Vec<_>>) = match self {
            Self::Action(of) => (of.configuration.as_ref(), of.commands.as_ref()),
            Self::Rule(_, of) => (of.configuration.as_ref(), of.commands.as_ref()),
        };
        let values = configuration.into_iter().flatten();
        let values = values.map(|(key, value): (&'a String, &'a String)| (key.as_str(), value));
        let commands = commands.into_iter().flatten().map(|of| ("Commands", of));
        let texts = values.chain(commands);
        texts.flat_map(|(key, value)| references(value).map(move |text| (key, text)))
    }

    /// When it runs within its stage, among run orders.
    fn order(self) -> i32 {
        match self {
            Self::Action(of) => run_order(of),
            Self::Rule(Gate::Entry, _) => i32::MIN,
            Self::Rule(Gate::Success | Gate::Failure, _) => i32::MAX,
        }
    }

    fn is_source(self) -> bool {
        match self {
            Self::Action(of) => of.action_type_id.category.as_str() == "Source",
            Self::Rule(..) => false,
        }
    }
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
    if at.user.is_source() {
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
    if made < (position(at.stage), at.user.order()) {
        return Ok(());
    }
    let users = match at.user {
        User::Action(_) => "actions",
        User::Rule(..) => "rules",
    };
    let text = format!(
        "Variables of the namespace '{namespace}' can only be used in {users} that run after the action '{}'.\n{}",
        action.name,
        place(at)
    );
    Err(at.user.invalid(text))
}

fn no_such_namespace(at: &Reference) -> Invalid {
    at.user.invalid(format!(
        "Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist.\n{}",
        place(at)
    ))
}

impl User<'_> {
    fn invalid(self, text: String) -> Invalid {
        match self {
            Self::Action(_) => Invalid::Action(text),
            Self::Rule(..) => Invalid::Stage(text),
        }
    }
}

fn place(at: &Reference) -> String {
    let (kind, name) = match at.user {
        User::Action(of) => ("Action", &of.name),
        User::Rule(_, of) => ("Rule", &of.name),
    };
    format!(
        "StageName=[{}], {kind}Name=[{name}], {kind}ConfigurationKey=[{}], VariableReferenceText=[{}]",
        at.stage.name, at.key, at.text
    )
}
