//! The rule types that conditions can name: what each wants to be told.
//!
//! Source: contract, codepipeline section 5.8; all are owned by AWS, in version 1.

use super::catalogue::{Property, property};
use codepipeline_api::model::{RuleOwner, RuleTypeId};

pub const VERSION: &str = "1";

/// One rule type.
#[derive(Debug)]
pub struct RuleType {
    pub provider: &'static str,
    /// Least and most input artifacts.
    pub inputs: (usize, usize),
    /// Configuration keys; a trailing `*` says required.
    keys: &'static [&'static str],
}

impl RuleType {
    pub fn properties(&self) -> impl Iterator<Item = Property<'static>> + use<> {
        self.keys.iter().map(|text| property(text))
    }

    /// Whether the rule takes `commands`: it needs them then.
    pub fn has_commands(&self) -> bool {
        self.provider == "Commands"
    }
}

/// The type of that id; owner and version may be left out.
pub fn find(id: &RuleTypeId) -> Option<&'static RuleType> {
    let version = id.version.as_deref().unwrap_or(VERSION);
    let owned = id.owner.unwrap_or(RuleOwner::Aws) == RuleOwner::Aws;
    let mut types = TYPES.iter();
    types.find(|of| owned && of.provider == id.provider && version == VERSION)
}

/// Every type, in the order of the contract's table.
pub static TYPES: &[RuleType] = &[
    RuleType {
        provider: "DeploymentWindow",
        inputs: (0, 0),
        keys: &["Cron*", "TimeZone"],
    },
    RuleType {
        provider: "LambdaInvoke",
        inputs: (0, 5),
        keys: &["FunctionName*", "UserParameters"],
    },
    RuleType {
        provider: "CloudWatchAlarm",
        inputs: (0, 0),
        keys: &["AlarmName*", "AlarmStates", "WaitTime"],
    },
    RuleType {
        provider: "VariableCheck",
        inputs: (0, 0),
        keys: &["Variable*", "Value*", "Operator*"],
    },
    RuleType {
        provider: "Commands",
        inputs: (0, 10),
        keys: &[],
    },
    RuleType {
        provider: "CodeBuild",
        inputs: (0, 5),
        keys: &[
            "ProjectName*",
            "PrimarySource",
            "BatchEnabled",
            "CombineArtifacts",
            "EnvironmentVariables",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use codepipeline_api::model::RuleCategory;

    /// Witness: contract, codepipeline section 5.8.
    #[test]
    fn every_type_is_found_by_its_name_in_version_one() {
        for of in TYPES {
            let mut id = RuleTypeId::new(RuleCategory::Rule, of.provider);
            assert!(find(&id).is_some_and(|found| std::ptr::eq(found, of)));
            id.version = Some("2".to_owned());
            assert!(find(&id).is_none());
        }
    }
}
