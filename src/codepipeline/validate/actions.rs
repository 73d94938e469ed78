//! Each action against its type: rules 9 to 13 and 21 to 26 of the contract's section 4.2.

use super::{Invalid, compute, each_action, is_manual_approval, loud};
use crate::aws::Arn;
use crate::codepipeline::action_types::{ActionTypeView, Types};
use crate::codepipeline::catalogue::Property;
use crate::codepipeline::errors::action_type;
use codepipeline_api::model::{ActionDeclaration, ActionOwner, PipelineDeclaration};
use std::collections::BTreeMap;

/// What stands for a secret in every answer, and for "keep it" in an update.
pub(crate) const HIDDEN: &str = "****";

pub(super) fn check(
    pipeline: &PipelineDeclaration,
    region: &str,
    before: Option<&PipelineDeclaration>,
    types: &Types,
) -> Result<(), Invalid> {
    for (stage, action) in each_action(pipeline) {
        let kind = &available(action, region, types)?;
        keys(action, kind)?;
        compute::check(action)?;
        counts(action, kind)?;
        let stored = before.and_then(|before| same_action(before, &stage.name, &action.name));
        hidden_secrets(action, kind, stored)?;
        across_regions(action, region)?;
        timeout(action)?;
        notification(action, region)?;
    }
    Ok(())
}

/// A type that was deleted is there no longer for those who would use it.
fn available(
    action: &ActionDeclaration,
    region: &str,
    types: &Types,
) -> Result<ActionTypeView, Invalid> {
    let id = &action.action_type_id;
    let found = types.find(id).filter(|of| !of.is_deleted());
    found.ok_or_else(|| {
        let region = loud(action.region.as_deref().unwrap_or(region));
        Invalid::Action(format!(
            "{} in action '{}' is not available in region '{region}'",
            action_type(id),
            action.name,
        ))
    })
}

fn value<'a>(action: &'a ActionDeclaration, key: &str) -> Option<&'a str> {
    let map = action.configuration.as_ref();
    map.and_then(|map| map.get(key)).map(String::as_str)
}

fn keys(action: &ActionDeclaration, kind: &ActionTypeView) -> Result<(), Invalid> {
    let name = &action.name;
    let properties = kind.properties();
    let missing = |key: &&Property| key.required && value(action, key.name).is_none();
    if let Some(key) = properties.iter().find(missing) {
        return Err(Invalid::Action(format!(
            "Action configuration for action '{name}' is missing required configuration '{}'",
            key.name
        )));
    }
    let empty = BTreeMap::new();
    let given = action.configuration.as_ref().unwrap_or(&empty);
    match given
        .keys()
        .find(|key| properties.iter().all(|known| known.name != key.as_str()))
    {
        Some(key) => Err(Invalid::Action(format!(
            "Action configuration for action '{name}' contains unknown configuration '{key}'"
        ))),
        None => Ok(()),
    }
}

fn counts(action: &ActionDeclaration, kind: &ActionTypeView) -> Result<(), Invalid> {
    let inputs = action.input_artifacts.as_ref().map_or(0, Vec::len);
    let outputs = action.output_artifacts.as_ref().map_or(0, Vec::len);
    count(&action.name, "input", inputs, kind.inputs())?;
    count(&action.name, "output", outputs, kind.outputs())
}

fn count(
    action: &str,
    what: &str,
    given: usize,
    (least, most): (usize, usize),
) -> Result<(), Invalid> {
    if given < least {
        return Err(Invalid::Action(format!(
            "Action {action} declares {given} {what} artifacts which is less than the minimum count ({least})"
        )));
    }
    if given > most {
        return Err(Invalid::Action(format!(
            "Action {action} declares {given} {what} artifacts which is more than the maximum count ({most})"
        )));
    }
    Ok(())
}

/// The action of the same name in the stage of the same name.
pub(crate) fn same_action<'a>(
    pipeline: &'a PipelineDeclaration,
    stage: &str,
    action: &str,
) -> Option<&'a ActionDeclaration> {
    let stage = pipeline.stages.iter().find(|of| of.name == stage)?;
    stage.actions.iter().find(|of| of.name == action)
}

fn hidden_secrets(
    action: &ActionDeclaration,
    kind: &ActionTypeView,
    stored: Option<&ActionDeclaration>,
) -> Result<(), Invalid> {
    let hidden = |key: &str| value(action, key) == Some(HIDDEN);
    let unknown = |key: &str| stored.is_none_or(|stored| value(stored, key).is_none());
    match kind.secrets().find(|key| hidden(key) && unknown(key)) {
        Some(key) => Err(Invalid::Action(format!(
            "Action configuration for the new action '{}' contains an invalid configuration for the secret property '{}'. '{HIDDEN}' may be used in secret properties only when updating an existing action.",
            action.name, key
        ))),
        None => Ok(()),
    }
}

fn across_regions(action: &ActionDeclaration, region: &str) -> Result<(), Invalid> {
    let elsewhere = action.region.as_deref().is_some_and(|of| of != region);
    let id = &action.action_type_id;
    let movable = id.owner == ActionOwner::Aws && id.category.as_str() != "Source";
    if elsewhere && !movable {
        return Err(Invalid::Action(format!(
            "Action '{}' cannot run in another region: only actions owned by AWS that are not source actions can",
            action.name
        )));
    }
    Ok(())
}

fn timeout(action: &ActionDeclaration) -> Result<(), Invalid> {
    if action.timeout_in_minutes.is_some() && !is_manual_approval(action) {
        return Err(Invalid::Action(format!(
            "Action '{}' has a timeoutInMinutes, which only manual approval actions can have",
            action.name
        )));
    }
    Ok(())
}

/// Values with variable references are judged when the action runs.
fn notification(action: &ActionDeclaration, region: &str) -> Result<(), Invalid> {
    let topic = value(action, "NotificationArn");
    let Some(topic) = topic.filter(|_| is_manual_approval(action)) else {
        return Ok(());
    };
    if topic.contains("#{") {
        return Ok(());
    }
    let name = &action.name;
    let Some(arn) = Arn::parse(topic) else {
        return Err(Invalid::Action(format!(
            "The ARN {topic} you specified for sending notifications for the approval action {name} contains a format error."
        )));
    };
    let complaint = if arn.service != "sns" {
        "but the AWS service for this ARN cannot be used to send approval requests."
    } else if arn.region != region {
        "but the ARN is not in the same region as the pipeline."
    } else {
        return Ok(());
    };
    Err(Invalid::Action(format!(
        "The ARN {topic} has been specified for sending notifications for the approval action {name}, {complaint}"
    )))
}
