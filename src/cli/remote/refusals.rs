//! Rules that were not met and so ended a stage: why an execution failed although none of its actions did.
//!
//! Invariant: pure; only the newest attempt of a rule counts.

use super::snapshot::Answers;
use codepipeline_api::model::RuleExecutionDetail;
use serde::Serialize;

/// A rule that was not met.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    pub rule: String,
    pub rule_execution_id: String,
    /// Why it was not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Those of a stage that has failed, in the order of their starts.
pub fn of(answers: &Answers<'_>, stage: &str) -> Vec<Refusal> {
    let runs = answers.rules.iter();
    let mut newest: Vec<&RuleExecutionDetail> = Vec::new();
    for run in runs.filter(|run| run.stage_name.as_deref() == Some(stage)) {
        if !newest.iter().any(|known| known.rule_name == run.rule_name) {
            newest.push(run);
        }
    }
    let failed = |run: &&RuleExecutionDetail| run.status.is_some_and(|of| of.as_str() == "Failed");
    let failed = newest.into_iter().rev().filter(failed);
    failed.map(refusal).collect()
}

fn refusal(run: &RuleExecutionDetail) -> Refusal {
    Refusal {
        rule: run.rule_name.clone().unwrap_or_default(),
        rule_execution_id: run.rule_execution_id.clone().unwrap_or_default(),
        error: error(run),
    }
}

fn error(run: &RuleExecutionDetail) -> Option<String> {
    let result = run.output.as_ref()?.execution_result.as_ref()?;
    let details = result.error_details.as_ref();
    let message = details.and_then(|details| details.message.clone());
    message
        .or_else(|| result.external_execution_summary.clone())
        .or_else(|| details?.code.clone())
}
