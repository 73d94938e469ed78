//! CodePipeline: declarations, executions and what people may do with them.

pub mod catalogue;
pub mod echo;
pub mod errors;
pub mod tags;
pub mod validate;
pub mod violations;

use crate::server::{Service, Typed};
use slipway_runtime::MissingHandlers;

/// The service with everything that is built of it.
pub fn service() -> Result<Service, MissingHandlers> {
    let typed = Typed {
        dialect: violations::refuse,
    };
    let routes = codepipeline_api::CodePipelineBuilder::new(typed)
        .not_built(NOT_BUILT)
        .build()?;
    let model = codepipeline_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new(
        "codepipeline",
        "codepipeline",
        &codepipeline_api::SERVICE,
        routes,
        model,
    ))
}

/// Operations that answer 501; an operation that gets built leaves this list.
const NOT_BUILT: &[&str] = &[
    "AcknowledgeJob",
    "AcknowledgeThirdPartyJob",
    "CreateCustomActionType",
    "CreatePipeline",
    "DeleteCustomActionType",
    "DeletePipeline",
    "DeleteWebhook",
    "DeregisterWebhookWithThirdParty",
    "DisableStageTransition",
    "EnableStageTransition",
    "GetActionType",
    "GetJobDetails",
    "GetPipeline",
    "GetPipelineExecution",
    "GetPipelineState",
    "GetThirdPartyJobDetails",
    "ListActionExecutions",
    "ListActionTypes",
    "ListDeployActionExecutionTargets",
    "ListPipelineExecutions",
    "ListPipelines",
    "ListRuleExecutions",
    "ListRuleTypes",
    "ListTagsForResource",
    "ListWebhooks",
    "OverrideStageCondition",
    "PollForJobs",
    "PollForThirdPartyJobs",
    "PutActionRevision",
    "PutApprovalResult",
    "PutJobFailureResult",
    "PutJobSuccessResult",
    "PutThirdPartyJobFailureResult",
    "PutThirdPartyJobSuccessResult",
    "PutWebhook",
    "RegisterWebhookWithThirdParty",
    "RetryStageExecution",
    "RollbackStage",
    "StartPipelineExecution",
    "StopPipelineExecution",
    "TagResource",
    "UntagResource",
    "UpdateActionType",
    "UpdatePipeline",
];
