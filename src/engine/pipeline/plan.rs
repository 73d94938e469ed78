//! What to run: a version of a pipeline definition, parsed for the engine.
//!
//! A plan never changes; an execution follows the plan it was started with to its end.

use crate::aws::{Account, Arn, Region, Scope};
use crate::engine::world::BuildVariable;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// One version of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub scope: Scope,
    pub pipeline: String,
    pub version: u32,
    pub mode: Mode,
    pub role_arn: String,
    pub stores: Stores,
    /// Pipeline-level variables; absent and empty mean the same here.
    pub variables: Vec<VariablePlan>,
    pub stages: Vec<StagePlan>,
}

/// How executions of one pipeline get along with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Mode {
    Superseded,
    Queued,
    Parallel,
}

/// Where artifacts are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stores {
    /// `artifactStore`.
    One(ArtifactStore),
    /// `artifactStores`, by region.
    ByRegion(BTreeMap<String, ArtifactStore>),
}

/// An S3 bucket for artifacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactStore {
    pub bucket: String,
    /// The `encryptionKey` id; `None` means the account's default key.
    pub kms_key: Option<String>,
}

/// A pipeline-level variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariablePlan {
    pub name: String,
    /// `None`: a start must bring a value.
    pub default: Option<String>,
}

/// A stage, its actions in declaration order, and its gates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagePlan {
    pub name: String,
    pub actions: Vec<ActionPlan>,
    /// `beforeEntry`.
    #[serde(default)]
    pub entry: Option<ConditionPlan>,
    /// `onSuccess`.
    #[serde(default)]
    pub success: Option<ConditionPlan>,
    /// `onFailure`.
    #[serde(default)]
    pub failure: Option<FailurePlan>,
}

/// A condition: rules that must all succeed, and what follows when one does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionPlan {
    pub result: ConditionResult,
    /// Actions of the category Rule.
    pub rules: Vec<ActionPlan>,
}

/// What a condition that is not met leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConditionResult {
    Fail,
    Skip,
    Rollback,
}

/// What a failed stage leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailurePlan {
    /// Once more, once.
    Retry(RetryMode),
    Rollback,
    /// Rollback when the condition is not met: its rules look for the failure.
    Condition(ConditionPlan),
}

/// Which actions of a stage are run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryMode {
    FailedActions,
    AllActions,
}

/// Where conditions are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Gate {
    Entry,
    Success,
    Failure,
}

/// One action or rule as declared; references to variables are not resolved yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionPlan {
    pub name: String,
    pub kind: ActionKind,
    pub run_order: u32,
    /// Shared with what is kept of its attempts.
    pub configuration: Arc<BTreeMap<String, String>>,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// `None`: the pipeline's region.
    pub region: Option<Region>,
    pub role_arn: Option<String>,
    pub namespace: Option<String>,
    /// `timeoutInMinutes`, which counts for manual approvals and rules only.
    pub timeout_minutes: Option<u32>,
    /// Lines of a Commands action or rule.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Names of variables that a Commands action yields.
    #[serde(default)]
    pub output_variables: Vec<String>,
    /// Patterns of the files that a Commands action puts into its output artifact.
    #[serde(default)]
    pub output_files: Vec<String>,
    /// `environmentVariables` of a Commands action.
    #[serde(default)]
    pub environment: Vec<BuildVariable>,
}

/// An action type id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionKind {
    pub category: Category,
    /// `AWS`, `ThirdParty` or `Custom`.
    pub owner: String,
    pub provider: String,
    pub version: String,
}

/// What an action is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    Source,
    Build,
    Test,
    Deploy,
    Approval,
    Invoke,
    Compute,
    Rule,
}

impl Plan {
    /// The source action of this name.
    pub fn source(&self, action: &str) -> Option<&ActionPlan> {
        self.sources().find(|source| source.name == action)
    }

    /// The region an action runs in: its own, else the pipeline's.
    pub fn region_of<'a>(&'a self, action: &'a ActionPlan) -> &'a Region {
        action.region.as_ref().unwrap_or(&self.scope.region)
    }

    /// Where an action works: in its region, and in the account of its role where it has one of its own.
    pub fn scope_of(&self, action: &ActionPlan) -> Scope {
        let role = action.role_arn.as_deref().and_then(Arn::parse);
        let account = role.and_then(|role| Account::parse(&role.account));
        let account = account.unwrap_or_else(|| self.scope.account.clone());
        Scope::new(account, self.region_of(action).clone())
    }

    /// The action's own role; to name the pipeline's is to have none.
    pub fn own_role<'a>(&self, action: &'a ActionPlan) -> Option<&'a str> {
        let role = action.role_arn.as_deref();
        role.filter(|role| *role != self.role_arn)
    }

    /// The stage of this name and its place.
    pub fn stage(&self, name: &str) -> Option<(usize, &StagePlan)> {
        let mut stages = self.stages.iter().enumerate();
        stages.find(|(_, stage)| stage.name == name)
    }

    /// All source actions; they are in the first stage.
    pub fn sources(&self) -> impl Iterator<Item = &ActionPlan> {
        let actions = self.stages.iter().flat_map(|stage| &stage.actions);
        actions.filter(|action| action.kind.category == Category::Source)
    }
}

impl Stores {
    /// The store for actions in `region`; `None` when none is declared for it.
    pub fn for_region(&self, region: &Region) -> Option<&ArtifactStore> {
        match self {
            Stores::One(store) => Some(store),
            Stores::ByRegion(stores) => stores.get(region.as_str()),
        }
    }
}

impl ConditionPlan {
    pub fn rule(&self, name: &str) -> Option<&ActionPlan> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}

impl StagePlan {
    pub fn action(&self, name: &str) -> Option<&ActionPlan> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// The condition of a gate.
    pub fn condition(&self, gate: Gate) -> Option<&ConditionPlan> {
        match gate {
            Gate::Entry => self.entry.as_ref(),
            Gate::Success => self.success.as_ref(),
            Gate::Failure => match self.failure.as_ref()? {
                FailurePlan::Condition(condition) => Some(condition),
                FailurePlan::Retry(_) | FailurePlan::Rollback => None,
            },
        }
    }

    /// The run orders in use, ascending.
    pub fn groups(&self) -> BTreeSet<u32> {
        self.actions.iter().map(|action| action.run_order).collect()
    }
}

impl ActionPlan {
    /// A configuration value as declared.
    pub fn config(&self, key: &str) -> Option<&str> {
        self.configuration.get(key).map(String::as_str)
    }

    /// Whether the action looks for new revisions by itself: absent and `true` in any case mean yes, all else means no.
    pub fn polls(&self) -> bool {
        let polling = matches!(self.kind.provider.as_str(), "S3" | "CodeCommit" | "GitHub");
        let declared = self.config("PollForSourceChanges").unwrap_or("true");
        self.kind.category == Category::Source && polling && declared.eq_ignore_ascii_case("true")
    }

    /// How long an attempt may take.
    pub fn time_limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.minutes()) * 60)
    }

    /// The same in minutes.
    pub fn minutes(&self) -> u32 {
        match (self.kind.category, self.kind.provider.as_str()) {
            (Category::Approval, _) => self.timeout_minutes.unwrap_or(7 * 24 * 60),
            (Category::Rule, provider) => self.timeout_minutes.unwrap_or(rule_minutes(provider)),
            (_, _) if self.kind.owner == "Custom" => 24 * 60,
            (Category::Build, "CodeBuild") => 36 * 60,
            (Category::Test, "CodeBuild") => 8 * 60,
            (Category::Deploy, "S3") => 90,
            (Category::Invoke, "Lambda") => 24 * 60,
            (Category::Invoke, "StepFunctions") => 7 * 24 * 60,
            (Category::Compute, "Commands") => 55,
            (_, "CodeDeploy" | "CodeDeployToECS") => 5 * 24 * 60,
            (_, provider) if provider.starts_with("CloudFormation") => 3 * 24 * 60,
            _ => 60,
        }
    }
}

/// How long a rule may take that says nothing of it. Our reading, but for Commands (contract §5.8).
fn rule_minutes(provider: &str) -> u32 {
    match provider {
        "Commands" => 55,
        "CodeBuild" => 8 * 60,
        "VariableCheck" => 60,
        "DeploymentWindow" => 7 * 24 * 60,
        _ => 24 * 60,
    }
}

impl fmt::Debug for ActionPlan {
    /// Values of the configuration may be secrets and stay out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&String> = self.configuration.keys().collect();
        f.debug_struct("ActionPlan")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("run_order", &self.run_order)
            .field("configuration", &keys)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl fmt::Display for Mode {
    /// As on the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Superseded => "SUPERSEDED",
            Mode::Queued => "QUEUED",
            Mode::Parallel => "PARALLEL",
        })
    }
}
