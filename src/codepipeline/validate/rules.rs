//! Each rule of a condition against its type (contract, codepipeline sections 4.4 and 5.8), like actions against theirs.

use super::gates::refuse;
use super::{Invalid, each_rule, loud};
use crate::codepipeline::rule_types::{self, RuleType};
use codepipeline_api::model::{RuleDeclaration, StageDeclaration};

pub(super) fn check(stage: &StageDeclaration, region: &str) -> Result<(), Invalid> {
    for (_, rule) in each_rule(stage) {
        let kind = known(rule, region)?;
        keys(rule, kind)?;
        commands(stage, rule, kind)?;
        count(rule, kind)?;
    }
    Ok(())
}

fn known(rule: &RuleDeclaration, region: &str) -> Result<&'static RuleType, Invalid> {
    let id = &rule.rule_type_id;
    rule_types::find(id).ok_or_else(|| {
        Invalid::Stage(format!(
            "RuleType (Category: '{}', Provider: '{}', Owner: '{}', Version: '{}') in rule '{}' is not available in region '{}'",
            id.category.as_str(),
            id.provider,
            id.owner.map_or("AWS", |owner| owner.as_str()),
            id.version.as_deref().unwrap_or(rule_types::VERSION),
            rule.name,
            loud(rule.region.as_deref().unwrap_or(region)),
        ))
    })
}

fn keys(rule: &RuleDeclaration, kind: &RuleType) -> Result<(), Invalid> {
    let name = &rule.name;
    let given = |key: &str| {
        rule.configuration
            .as_ref()
            .is_some_and(|map| map.contains_key(key))
    };
    if let Some(missing) = kind
        .properties()
        .find(|key| key.required && !given(key.name))
    {
        return Err(Invalid::Stage(format!(
            "Rule configuration for rule '{name}' is missing required configuration '{}'",
            missing.name
        )));
    }
    let unknown = |key: &&String| kind.properties().all(|known| known.name != key.as_str());
    let mut keys = rule.configuration.iter().flat_map(|map| map.keys());
    match keys.find(unknown) {
        Some(key) => Err(Invalid::Stage(format!(
            "Rule configuration for rule '{name}' contains unknown configuration '{key}'"
        ))),
        None => Ok(()),
    }
}

fn commands(
    stage: &StageDeclaration,
    rule: &RuleDeclaration,
    kind: &RuleType,
) -> Result<(), Invalid> {
    let name = &rule.name;
    match (kind.has_commands(), rule.commands.is_some()) {
        (true, false) => refuse(
            stage,
            &format!("has the rule '{name}' without commands, which a Commands rule must have"),
        ),
        (false, true) => refuse(
            stage,
            &format!("has the rule '{name}' with commands, which only a Commands rule can have"),
        ),
        _ => Ok(()),
    }
}

fn count(rule: &RuleDeclaration, kind: &RuleType) -> Result<(), Invalid> {
    let given = rule.input_artifacts.as_ref().map_or(0, Vec::len);
    let (least, most) = kind.inputs;
    let complaint = if given < least {
        format!("less than the minimum count ({least})")
    } else if given > most {
        format!("more than the maximum count ({most})")
    } else {
        return Ok(());
    };
    Err(Invalid::Stage(format!(
        "Rule {} declares {given} input artifacts which is {complaint}",
        rule.name
    )))
}
