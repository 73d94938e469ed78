//! Rules of a pipeline declaration that the model does not express, in the service's own wording.
//!
//! The model's constraints are checked before any of these run. One violation is reported, the first found. Providers are not
//! asked: an unknown bucket or project is accepted here and fails when the action runs.
//!
//! Source: contract, codepipeline section 4.

mod actions;
mod artifacts;
mod compute;
mod gates;
mod rules;
mod stages;
mod stores;
mod triggers;
mod variables;
mod versions;

pub(crate) use actions::{HIDDEN, same_action};
pub(crate) use versions::needs_v2;

use crate::codepipeline::action_types::Types;
use crate::codepipeline::catalogue::{self, ActionType};
use codepipeline_api::error::{
    InvalidActionDeclarationException, InvalidBlockerDeclarationException,
    InvalidStageDeclarationException, InvalidStructureException, LimitExceededException,
};
use codepipeline_api::model::{
    ActionDeclaration, ActionOwner, Condition, PipelineDeclaration, RuleDeclaration,
    StageDeclaration,
};

/// The first rule a declaration breaks, as the exception that reports it.
#[derive(Clone, Debug, PartialEq)]
pub enum Invalid {
    Structure(String),
    Stage(String),
    Action(String),
    Blocker(String),
    Limit(String),
}

/// Checks a declaration that the customer wants to create, or to put in the place of `before`; `types` are those it names.
pub fn check(
    pipeline: &PipelineDeclaration,
    region: &str,
    before: Option<&PipelineDeclaration>,
    types: &Types,
) -> Result<(), Invalid> {
    stages::check(pipeline)?;
    versions::check(pipeline)?;
    actions::check(pipeline, region, before, types)?;
    gates::check(pipeline, region)?;
    artifacts::check(pipeline)?;
    stores::check(pipeline, region)?;
    variables::check(pipeline)?;
    triggers::check(pipeline)
}

impl Invalid {
    /// The operation's own error.
    pub fn into_error<E>(self) -> E
    where
        E: From<InvalidStructureException>
            + From<InvalidStageDeclarationException>
            + From<InvalidActionDeclarationException>
            + From<InvalidBlockerDeclarationException>
            + From<LimitExceededException>,
    {
        match self {
            Invalid::Structure(text) => InvalidStructureException::new(text).into(),
            Invalid::Stage(text) => InvalidStageDeclarationException::new(text).into(),
            Invalid::Action(text) => InvalidActionDeclarationException::new(text).into(),
            Invalid::Blocker(text) => InvalidBlockerDeclarationException::new(text).into(),
            Invalid::Limit(text) => LimitExceededException::new(text).into(),
        }
    }
}

/// Every action with its stage, in declaration order.
fn each_action(
    pipeline: &PipelineDeclaration,
) -> impl Iterator<Item = (&StageDeclaration, &ActionDeclaration)> {
    pipeline
        .stages
        .iter()
        .flat_map(|stage| stage.actions.iter().map(move |action| (stage, action)))
}

/// When a stage's rule is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Entry,
    Success,
    Failure,
}

/// Every condition of a stage with its gate.
fn each_condition(stage: &StageDeclaration) -> impl Iterator<Item = (Gate, &Condition)> {
    let entry = stage.before_entry.iter().flat_map(|of| &of.conditions);
    let success = stage.on_success.iter().flat_map(|of| &of.conditions);
    let failure = stage.on_failure.iter().flat_map(|of| &of.conditions);
    let entry = entry.map(|of| (Gate::Entry, of));
    let success = success.map(|of| (Gate::Success, of));
    let failure = failure.flatten().map(|of| (Gate::Failure, of));
    entry.chain(success).chain(failure)
}

/// Every rule of a stage with its gate.
fn each_rule(stage: &StageDeclaration) -> impl Iterator<Item = (Gate, &RuleDeclaration)> {
    each_condition(stage).flat_map(|(gate, condition)| {
        let rules = condition.rules.iter().flatten();
        rules.map(move |rule| (gate, rule))
    })
}

/// Every rule of a stage.
pub(crate) fn rules_of(stage: &StageDeclaration) -> impl Iterator<Item = &RuleDeclaration> {
    each_rule(stage).map(|(_, rule)| rule)
}

/// Whether a person decides.
fn is_manual_approval(action: &ActionDeclaration) -> bool {
    let id = &action.action_type_id;
    id.owner == ActionOwner::Aws && id.category.as_str() == "Approval"
}

/// What the catalogue knows of an action's type; `None` for custom ones and those that do not exist.
fn type_of(action: &ActionDeclaration) -> Option<&'static ActionType> {
    let id = &action.action_type_id;
    catalogue::find(
        id.category.as_str(),
        id.owner.as_str(),
        &id.provider,
        &id.version,
    )
}

/// A region as the service prints it in sentences about types.
fn loud(region: &str) -> String {
    region.to_uppercase().replace('-', "_")
}

/// The first name that occurs a second time.
fn repeated<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests;
