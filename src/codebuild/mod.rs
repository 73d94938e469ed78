//! CodeBuild: projects and builds.

pub mod defaults;
pub mod errors;
pub mod names;
pub mod plan;
pub mod settings;
pub mod validate;
pub mod view;
pub mod violations;

use crate::server::{Service, Typed};
use slipway_runtime::MissingHandlers;

/// The service with everything that is built of it.
pub fn service() -> Result<Service, MissingHandlers> {
    let typed = Typed {
        dialect: violations::refuse,
    };
    let routes = codebuild_api::CodeBuildBuilder::new(typed)
        .not_built(NOT_BUILT)
        .build()?;
    let model = codebuild_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new(
        "codebuild",
        "codebuild",
        &codebuild_api::SERVICE,
        routes,
        model,
    ))
}

/// Operations that answer 501; an operation that gets built leaves this list.
const NOT_BUILT: &[&str] = &[
    "BatchDeleteBuilds",
    "BatchGetBuildBatches",
    "BatchGetBuilds",
    "BatchGetCommandExecutions",
    "BatchGetFleets",
    "BatchGetProjects",
    "BatchGetReportGroups",
    "BatchGetReports",
    "BatchGetSandboxes",
    "CreateFleet",
    "CreateProject",
    "CreateReportGroup",
    "CreateWebhook",
    "DeleteBuildBatch",
    "DeleteFleet",
    "DeleteProject",
    "DeleteReport",
    "DeleteReportGroup",
    "DeleteResourcePolicy",
    "DeleteSourceCredentials",
    "DeleteWebhook",
    "DescribeCodeCoverages",
    "DescribeTestCases",
    "GetReportGroupTrend",
    "GetResourcePolicy",
    "ImportSourceCredentials",
    "InvalidateProjectCache",
    "ListBuildBatches",
    "ListBuildBatchesForProject",
    "ListBuilds",
    "ListBuildsForProject",
    "ListCommandExecutionsForSandbox",
    "ListCuratedEnvironmentImages",
    "ListFleets",
    "ListProjects",
    "ListReportGroups",
    "ListReports",
    "ListReportsForReportGroup",
    "ListSandboxes",
    "ListSandboxesForProject",
    "ListSharedProjects",
    "ListSharedReportGroups",
    "ListSourceCredentials",
    "PutResourcePolicy",
    "RetryBuild",
    "RetryBuildBatch",
    "StartBuild",
    "StartBuildBatch",
    "StartCommandExecution",
    "StartSandbox",
    "StartSandboxConnection",
    "StopBuild",
    "StopBuildBatch",
    "StopSandbox",
    "UpdateFleet",
    "UpdateProject",
    "UpdateProjectVisibility",
    "UpdateReportGroup",
    "UpdateWebhook",
];
