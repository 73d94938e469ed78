//! Conditions before, after and on failure of stages: the stage-gate rules of the contract's section 4.4.

use super::{Invalid, each_condition, repeated, rules};
use codepipeline_api::model::{
    Condition, ConditionResult as Outcome, ExecutionMode, FailureConditions, PipelineDeclaration,
    StageDeclaration,
};

/// Rules that may decide whether a stage is skipped.
const MAY_SKIP: [&str; 2] = ["LambdaInvoke", "VariableCheck"];

pub(super) fn check(pipeline: &PipelineDeclaration, region: &str) -> Result<(), Invalid> {
    let parallel = pipeline.execution_mode == Some(ExecutionMode::Parallel);
    let first = pipeline.stages.first().map(|stage| stage.name.as_str());
    for stage in &pipeline.stages {
        entry(stage, first == Some(stage.name.as_str()))?;
        success(stage)?;
        if let Some(gate) = &stage.on_failure {
            failure(stage, gate, parallel)?;
        }
        for (_, condition) in each_condition(stage) {
            names(stage, condition)?;
        }
        rules::check(stage, region)?;
    }
    Ok(())
}

fn entry(stage: &StageDeclaration, first: bool) -> Result<(), Invalid> {
    let Some(gate) = &stage.before_entry else {
        return Ok(());
    };
    if first {
        return refuse(
            stage,
            "cannot have an entry condition: it is the first stage",
        );
    }
    for condition in &gate.conditions {
        result(stage, "entry", condition, &[Outcome::Fail, Outcome::Skip])?;
        let skips = condition.result == Some(Outcome::Skip);
        let mut providers = condition
            .rules
            .iter()
            .flatten()
            .map(|rule| rule.rule_type_id.provider.as_str());
        if skips && providers.any(|provider| !MAY_SKIP.contains(&provider)) {
            return refuse(
                stage,
                "can only be skipped by the rules LambdaInvoke and VariableCheck",
            );
        }
    }
    Ok(())
}

fn success(stage: &StageDeclaration) -> Result<(), Invalid> {
    for condition in stage.on_success.iter().flat_map(|gate| &gate.conditions) {
        result(
            stage,
            "success",
            condition,
            &[Outcome::Rollback, Outcome::Fail],
        )?;
    }
    Ok(())
}

fn failure(
    stage: &StageDeclaration,
    gate: &FailureConditions,
    parallel: bool,
) -> Result<(), Invalid> {
    let conditions = gate.conditions.as_deref().unwrap_or_default();
    if gate.result.is_some() && !conditions.is_empty() {
        return Err(Invalid::Stage(format!(
            "The following stage cannot have a failure exit gate configured with both top level result and conditions: '{}'",
            stage.name
        )));
    }
    let inside = conditions.iter().filter_map(|condition| condition.result);
    if parallel
        && gate
            .result
            .into_iter()
            .chain(inside)
            .any(|result| result == Outcome::Rollback)
    {
        return Err(Invalid::Stage(
            "Failure conditions with rollback result type cannot be added to a PARALLEL pipeline."
                .into(),
        ));
    }
    if gate
        .result
        .is_some_and(|result| !matches!(result, Outcome::Retry | Outcome::Rollback))
    {
        return refuse(
            stage,
            "can only have the failure results RETRY and ROLLBACK",
        );
    }
    if gate.retry_configuration.is_some() && gate.result != Some(Outcome::Retry) {
        return refuse(
            stage,
            "has a retryConfiguration, which needs the failure result RETRY",
        );
    }
    for condition in conditions {
        result(stage, "failure", condition, &[Outcome::Rollback])?;
    }
    Ok(())
}

fn names(stage: &StageDeclaration, condition: &Condition) -> Result<(), Invalid> {
    let rules = condition.rules.as_deref().unwrap_or_default();
    if rules.is_empty() {
        return refuse(stage, "has a condition without rules");
    }
    match repeated(rules.iter().map(|rule| rule.name.as_str())) {
        Some(name) => refuse(
            stage,
            &format!("uses the rule name '{name}' more than once"),
        ),
        None => Ok(()),
    }
}

fn result(
    stage: &StageDeclaration,
    gate: &str,
    condition: &Condition,
    allowed: &[Outcome],
) -> Result<(), Invalid> {
    match condition.result {
        Some(result) if !allowed.contains(&result) => refuse(
            stage,
            &format!(
                "cannot have the result {} in its {gate} condition",
                result.as_str()
            ),
        ),
        _ => Ok(()),
    }
}

/// A sentence about a stage.
pub(super) fn refuse(stage: &StageDeclaration, what: &str) -> Result<(), Invalid> {
    Err(Invalid::Stage(format!("The stage '{}' {what}", stage.name)))
}
