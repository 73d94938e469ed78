//! Members of an action that only the Commands action has (contract, codepipeline sections 1.1 and 6.8).

use super::Invalid;
use codepipeline_api::model::{ActionCategory, ActionDeclaration, ActionOwner};

pub(super) fn check(action: &ActionDeclaration) -> Result<(), Invalid> {
    let name = &action.name;
    if is_commands(action) {
        return match &action.commands {
            Some(_) => Ok(()),
            None => Err(Invalid::Action(format!(
                "Action '{name}' must have commands: it is a Commands action"
            ))),
        };
    }
    match foreign(action) {
        Some(member) => Err(Invalid::Action(format!(
            "Action '{name}' has {member}, which only Commands actions can have"
        ))),
        None => Ok(()),
    }
}

fn is_commands(action: &ActionDeclaration) -> bool {
    let id = &action.action_type_id;
    (id.category, id.owner, id.provider.as_str())
        == (ActionCategory::Compute, ActionOwner::Aws, "Commands")
}

fn foreign(action: &ActionDeclaration) -> Option<&'static str> {
    let mut outputs = action.output_artifacts.iter().flatten();
    let members = [
        ("commands", action.commands.is_some()),
        ("outputVariables", action.output_variables.is_some()),
        (
            "environmentVariables",
            action.environment_variables.is_some(),
        ),
        (
            "files of output artifacts",
            outputs.any(|of| of.files.is_some()),
        ),
    ];
    let mut given = members.into_iter().filter(|(_, given)| *given);
    given.next().map(|(member, _)| member)
}
