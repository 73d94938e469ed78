//! AWS CodeDeploy (contract codedeploy.md).
//!
//! | file | noun |
//! |---|---|
//! | `violations` | how a request that breaks the model is refused |
//! | `refused` | an error of the model by its name |

pub mod refused;
pub mod violations;

use crate::server::{Service, Typed};
use slipway_runtime::MissingHandlers;

/// The service with everything that is built of it.
pub fn service() -> Result<Service, MissingHandlers> {
    let typed = Typed {
        dialect: violations::refuse,
    };
    let routes = codedeploy_api::CodeDeployBuilder::new(typed)
        .not_built(NOT_BUILT)
        .build()?;
    let model = codedeploy_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new(
        "codedeploy",
        "codedeploy",
        &codedeploy_api::SERVICE,
        routes,
        model,
    ))
}

/// Operations that answer 501; an operation that gets built leaves this list.
pub const NOT_BUILT: &[&str] = &[
    "AddTagsToOnPremisesInstances",
    "BatchGetApplicationRevisions",
    "BatchGetApplications",
    "BatchGetDeploymentGroups",
    "BatchGetDeploymentInstances",
    "BatchGetDeploymentTargets",
    "BatchGetDeployments",
    "BatchGetOnPremisesInstances",
    "ContinueDeployment",
    "CreateApplication",
    "CreateDeployment",
    "CreateDeploymentConfig",
    "CreateDeploymentGroup",
    "DeleteApplication",
    "DeleteDeploymentConfig",
    "DeleteDeploymentGroup",
    "DeleteGitHubAccountToken",
    "DeleteResourcesByExternalId",
    "DeregisterOnPremisesInstance",
    "GetApplication",
    "GetApplicationRevision",
    "GetDeployment",
    "GetDeploymentConfig",
    "GetDeploymentGroup",
    "GetDeploymentInstance",
    "GetDeploymentTarget",
    "GetOnPremisesInstance",
    "ListApplicationRevisions",
    "ListApplications",
    "ListDeploymentConfigs",
    "ListDeploymentGroups",
    "ListDeploymentInstances",
    "ListDeploymentTargets",
    "ListDeployments",
    "ListGitHubAccountTokenNames",
    "ListOnPremisesInstances",
    "ListTagsForResource",
    "PutLifecycleEventHookExecutionStatus",
    "RegisterApplicationRevision",
    "RegisterOnPremisesInstance",
    "RemoveTagsFromOnPremisesInstances",
    "SkipWaitTimeForInstanceTermination",
    "StopDeployment",
    "TagResource",
    "UntagResource",
    "UpdateApplication",
    "UpdateDeploymentGroup",
];
