//! Which file answers for which action or rule type.
//!
//! One line per provider that is offered; all others are refused here.
//
// Differs from AWS: actions of AppConfig, CloudFormation, CodeCommit, CodeStarSourceConnection, DeviceFarm, EC2, ECR, ECRBuildAndPublish, EKS, ElasticBeanstalk, GitHub, InspectorScan, Lambda (Deploy), OpsWorks, ServiceCatalog and StepFunctions can be declared, and fail when they run.

use super::super::execution::{ActionError, Execution};
use super::super::plan::{ActionKind, ActionPlan, Category};
use super::super::prepare::{Job, Start};
use super::{
    alarm, approval, codebuild, codedeploy, codedeploy_ecs, commands, deployment_window, ecs,
    lambda, nested, s3_deploy, s3_source, variable_check, worker,
};
use crate::aws::{Region, Time};
use std::collections::BTreeMap;

/// What the provider does when an attempt begins.
pub(in super::super) fn start(job: &Job) -> Result<Start, ActionError> {
    match provider(&job.action.kind) {
        (Category::Source, "S3") => s3_source::effect(job).map(Start::ask),
        (Category::Build | Category::Test, "CodeBuild") => codebuild::effect(job).map(Start::ask),
        (Category::Deploy, "S3") => s3_deploy::effect(job).map(Start::ask),
        (Category::Deploy, "CodeDeploy") => codedeploy::effect(job).map(Start::ask),
        (Category::Deploy, "CodeDeployToECS") => codedeploy_ecs::effect(job).map(Start::ask),
        (Category::Deploy, "ECS") => ecs::start(job),
        (Category::Compute, "Commands") => commands::effect(job).map(Start::ask),
        (Category::Approval, "Manual") => Ok(approval::start(job)),
        (Category::Invoke, "Lambda") => lambda::start(job),
        (Category::Invoke, "CodePipeline") => nested::effect(job).map(Start::ask),
        (Category::Rule, "CloudWatchAlarm") => alarm::start(job),
        (Category::Rule, "CodeBuild") => codebuild::effect(job).map(Start::ask),
        (Category::Rule, "Commands") => commands::effect(job).map(Start::ask),
        (Category::Rule, "DeploymentWindow") => deployment_window::start(job),
        (Category::Rule, "LambdaInvoke") => lambda::start(job),
        (Category::Rule, "VariableCheck") => variable_check::start(job),
        (_, WORKER) => Ok(worker::start(job)),
        _ => Err(not_offered(job.action)),
    }
}

/// What the provider does with an attempt that wanted to be woken.
pub(in super::super) fn wake(job: &Job) -> Result<Start, ActionError> {
    match provider(&job.action.kind) {
        (Category::Invoke, "Lambda") | (Category::Rule, "LambdaInvoke") => lambda::wake(job),
        (Category::Rule, "CloudWatchAlarm") => alarm::wake(job),
        (Category::Rule, "DeploymentWindow") => deployment_window::start(job),
        _ => Ok(Start::default()),
    }
}

/// What follows when a job ends with a token to go on with.
pub(in super::super) fn continued(action: &ActionPlan, token: String, now: Time) -> Start {
    match is_function(&action.kind) {
        true => lambda::continued(token, now),
        false => worker::continued(token),
    }
}

/// What an action's output artifacts have at the end of their keys.
pub(in super::super) fn extension(
    action: &ActionPlan,
    resolved: &BTreeMap<String, String>,
) -> String {
    match provider(&action.kind) {
        (Category::Source, "S3") => s3_source::extension(resolved),
        _ => String::new(),
    }
}

/// Puts in what the execution was started with in place of what is declared.
pub(in super::super) fn overridden(
    action: &ActionPlan,
    execution: &Execution,
    resolved: &mut BTreeMap<String, String>,
) {
    if provider(&action.kind) == (Category::Source, "S3") {
        s3_source::overridden(action, execution, resolved);
    }
}

/// Where the console shows what an attempt waits for.
pub(in super::super) fn link(kind: &ActionKind, region: &Region, what: &str) -> Option<String> {
    match provider(kind) {
        (_, "CodeBuild") => Some(codebuild::link(region, what)),
        (_, "CodeDeploy" | "CodeDeployToECS") => Some(codedeploy::link(region, what)),
        _ => None,
    }
}

/// Whether the attempt waits for something that runs in a sandbox and can be stopped.
pub(in super::super) fn is_build(kind: &ActionKind) -> bool {
    matches!(provider(kind), (_, "CodeBuild" | "Commands"))
}

/// Whether a function does the jobs.
pub fn is_function(kind: &ActionKind) -> bool {
    matches!(
        provider(kind),
        (Category::Invoke, "Lambda") | (Category::Rule, "LambdaInvoke")
    )
}

/// Whether workers poll for the jobs.
pub fn is_for_workers(kind: &ActionKind) -> bool {
    matches!(provider(kind), (_, WORKER))
}

/// Stands for all types whose jobs workers poll for.
const WORKER: &str = "a job worker";

/// Customers' types and partners' are served by workers, but for the partner that is a Git host.
fn provider(kind: &ActionKind) -> (Category, &str) {
    match (kind.owner.as_str(), kind.provider.as_str()) {
        ("AWS", provider) => (kind.category, provider),
        ("ThirdParty", "GitHub") => (kind.category, ""),
        _ => (kind.category, WORKER),
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
