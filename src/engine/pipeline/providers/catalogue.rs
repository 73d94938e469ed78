//! Which file answers for which action type.
//!
//! One line per provider that is offered; all others are refused here.

use super::super::Effect;
use super::super::execution::{ActionError, Execution};
use super::super::plan::{ActionKind, ActionPlan, Category};
use super::super::prepare::Job;
use super::{codebuild, s3_deploy, s3_source};
use std::collections::BTreeMap;

/// What the action asks of the world.
pub(in super::super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    match provider(&job.action.kind) {
        (Category::Source, "S3") => s3_source::effect(job),
        (Category::Build | Category::Test, "CodeBuild") => codebuild::effect(job),
        (Category::Deploy, "S3") => s3_deploy::effect(job),
        _ => Err(not_offered(job.action)),
    }
}

/// What an action's output artifacts have at the end of their keys.
pub(in super::super) fn extension(
    action: &ActionPlan,
    execution: &Execution,
    resolved: &BTreeMap<String, String>,
) -> String {
    match provider(&action.kind) {
        (Category::Source, "S3") => s3_source::extension(action, execution, resolved),
        _ => String::new(),
    }
}

/// Whether the action waits for a build.
pub(in super::super) fn is_codebuild(kind: &ActionKind) -> bool {
    matches!(
        provider(kind),
        (Category::Build | Category::Test, "CodeBuild")
    )
}

/// Providers of other owners than AWS have no name here.
fn provider(kind: &ActionKind) -> (Category, &str) {
    match kind.owner.as_str() {
        "AWS" => (kind.category, kind.provider.as_str()),
        _ => (kind.category, ""),
    }
}

fn not_offered(action: &ActionPlan) -> ActionError {
    let ActionKind {
        category,
        owner,
        provider,
        version,
    } = &action.kind;
    ActionError::configuration(format!(
        "slipway does not offer the action type {category}/{owner}/{provider}/{version} yet, so the action '{}' was not run.",
        action.name
    ))
}
