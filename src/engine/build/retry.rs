//! Automatic retries: whether a failed build is run again, and as which build.
//!
//! A build is run again while its number in the chain is below the limit: the project's, or that of the phase that failed.

use super::plan::{BuildPlan, Purpose};
use super::state::{BuildState, BuildStatus};
use crate::engine::pipeline::Seed;
use regex::Regex;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A build's place in a chain of retries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoRetry {
    /// The project's limit; `None`: none is set.
    pub limit: Option<u32>,
    /// 0 for the build that somebody started.
    pub number: u32,
    /// Id of the build before this one.
    pub previous: Option<String>,
}

/// `on-failure: RETRY…` of a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryRule {
    pub count: u32,
    /// A regular expression that the failure's message must match.
    pub pattern: Option<String>,
}

impl BuildPlan {
    /// Builds of pipelines and batches are never run again by themselves: somebody waits for them as they are.
    pub fn may_retry(&self) -> bool {
        self.purpose == Purpose::Project && self.listener.is_none() && self.batch.is_none()
    }

    /// Whether what the buildspec says about retries is heeded: on-demand containers only.
    pub fn heeds_retry_rules(&self) -> bool {
        let environment = &self.environment;
        self.may_retry() && !environment.reserved && !environment.kind.contains("LAMBDA")
    }
}

impl BuildState {
    /// How often the chain may go on after this build failed as it did.
    pub fn retry_limit(&self) -> u32 {
        let project = self.plan.retry.limit.unwrap_or(0);
        project.max(self.rule_limit().unwrap_or(0))
    }

    fn rule_limit(&self) -> Option<u32> {
        if !self.plan.heeds_retry_rules() {
            return None;
        }
        let (phase, _, context) = self.failure()?;
        let rule = self.retries.get(&phase)?;
        let matches = match &rule.pattern {
            None => true,
            Some(pattern) => {
                Regex::new(pattern).is_ok_and(|regex| regex.is_match(&context.message))
            }
        };
        matches.then_some(rule.count)
    }

    /// The UUID of the build that follows this one, if it failed and the chain goes on.
    pub fn retry_uuid(&self) -> Option<String> {
        let goes_on = self.status == BuildStatus::Failed
            && self.plan.may_retry()
            && self.plan.retry.number < self.retry_limit();
        let own = Uuid::parse_str(&self.plan.uuid).unwrap_or_default();
        goes_on.then(|| Seed::new(own).uuid(&["retry"]))
    }
}
