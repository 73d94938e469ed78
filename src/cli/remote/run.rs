//! One attempt of an action or of a rule, as its history tells of it.

use super::api::Running;
use super::caller::time;
use super::snapshot;
use super::tail::LogAt;
use codepipeline_api::model::{ActionExecutionDetail, RuleExecutionDetail};
use jiff::Timestamp;

/// An attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: String,
    pub stage: String,
    /// The action's or the rule's.
    pub name: String,
    pub is_rule: bool,
    pub provider: String,
    pub began: Timestamp,
    pub updated: Option<Timestamp>,
    pub status: String,
    /// Why it failed.
    pub error: Option<String>,
    /// What it waits for outside, once that is known.
    pub external: Option<String>,
    pub log: Option<LogAt>,
}

impl Run {
    /// `running` knows what the history says only at the end.
    pub fn of_action(of: &ActionExecutionDetail, running: &[Running]) -> Self {
        let output = of.output.as_ref();
        let result = output.and_then(|output| output.execution_result.as_ref());
        let run = Self {
            id: of.action_execution_id.clone().unwrap_or_default(),
            stage: of.stage_name.clone().unwrap_or_default(),
            name: of.action_name.clone().unwrap_or_default(),
            is_rule: false,
            provider: snapshot::provider(of).to_owned(),
            began: of.start_time.as_ref().and_then(time).unwrap_or_default(),
            updated: of.last_update_time.as_ref().and_then(time),
            status: of.status.map(|of| of.to_string()).unwrap_or_default(),
            error: snapshot::error(of),
            external: result.and_then(|result| result.external_execution_id.clone()),
            log: result.and_then(|result| LogAt::of_arn(result.log_stream_arn.as_deref()?)),
        };
        run.completed(running)
    }

    /// The same of a rule, whose history never says where its log is.
    pub fn of_rule(of: &RuleExecutionDetail, running: &[Running]) -> Self {
        let output = of.output.as_ref();
        let result = output.and_then(|output| output.execution_result.as_ref());
        let kind = of.input.as_ref().and_then(|of| of.rule_type_id.as_ref());
        let status = of.status.map(|of| of.to_string()).unwrap_or_default();
        let said = result.and_then(|result| {
            let details = result.error_details.as_ref();
            let message = details.and_then(|details| details.message.clone());
            message.or_else(|| result.external_execution_summary.clone())
        });
        let run = Self {
            id: of.rule_execution_id.clone().unwrap_or_default(),
            stage: of.stage_name.clone().unwrap_or_default(),
            name: of.rule_name.clone().unwrap_or_default(),
            is_rule: true,
            provider: kind.map(|kind| kind.provider.clone()).unwrap_or_default(),
            began: of.start_time.as_ref().and_then(time).unwrap_or_default(),
            updated: of.last_update_time.as_ref().and_then(time),
            error: said.filter(|_| status == "Failed"),
            status,
            external: result.and_then(|result| result.external_execution_id.clone()),
            log: None,
        };
        run.completed(running)
    }

    /// The build, when it is one that BatchGetBuilds knows.
    pub fn build(&self) -> Option<&str> {
        let external = self.external.as_deref()?;
        (self.provider == "CodeBuild" && external.contains(':')).then_some(external)
    }

    fn completed(mut self, running: &[Running]) -> Self {
        let live = running
            .iter()
            .find(|live| live.action_execution_id == self.id);
        if let Some(live) = live {
            self.external = self.external.or_else(|| live.external_execution_id.clone());
            let arn = live.log_stream_arn.as_deref();
            self.log = self.log.or_else(|| LogAt::of_arn(arn?));
        }
        self.log = self.log.take().or_else(|| self.log_of_commands());
        self
    }

    /// Commands say where they log by what they are: `codepipeline/<pipeline>:<uuid>`.
    fn log_of_commands(&self) -> Option<LogAt> {
        let external = self.external.as_deref();
        let (project, uuid) = external?.split_once(':')?;
        (self.provider == "Commands").then(|| LogAt {
            group: format!("/aws/{project}"),
            stream: uuid.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codepipeline_api::model::{
        RuleCategory, RuleExecutionInput, RuleExecutionOutput, RuleExecutionResult,
        RuleExecutionStatus, RuleTypeId,
    };

    /// Witness: contract codepipeline §6.8, the log group of commands; the result of a rule has no ARN of a log (§5.8).
    #[test]
    fn a_rules_commands_are_found_by_what_they_are() {
        let result = RuleExecutionResult {
            external_execution_id: Some("codepipeline/p:11-22".to_owned()),
            ..RuleExecutionResult::default()
        };
        let detail = RuleExecutionDetail {
            rule_name: Some("Probe".to_owned()),
            status: Some(RuleExecutionStatus::Succeeded),
            input: Some(RuleExecutionInput {
                rule_type_id: Some(RuleTypeId::new(RuleCategory::Rule, "Commands")),
                ..RuleExecutionInput::default()
            }),
            output: Some(RuleExecutionOutput {
                execution_result: Some(result),
            }),
            ..RuleExecutionDetail::default()
        };
        let run = Run::of_rule(&detail, &[]);
        let log = run.log.unwrap();
        assert_eq!(
            (log.group.as_str(), log.stream.as_str(), run.is_rule),
            ("/aws/codepipeline/p", "11-22", true)
        );
    }
}
