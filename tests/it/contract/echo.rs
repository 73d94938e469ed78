//! Handlers that note what reached them and answer what they are told to, for all operations of the three services, bound
//! with the server's own adapter.
//!
//! Invariant: a handler does nothing but this, so what comes back went through the wire and nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use serde::de::DeserializeOwned;
use slipway::server::operation::Route;
use slipway::server::{Call, Dialect, Service, Typed};
use slipway_runtime::smithy::OperationSchema;
use slipway_runtime::{Adapter, Operation, Violation};

use crate::support::make::{Size, make};

/// What a handler was called with.
#[derive(Debug)]
pub struct Seen {
    pub operation: &'static str,
    pub input: serde_json::Value,
    pub deferred: Vec<Violation>,
}

/// What handlers saw, and what they answer.
#[derive(Debug)]
pub struct Book {
    /// The last call.
    seen: Mutex<Option<Seen>>,
    /// By service and operation: the output, in the form of a stored row.
    outputs: HashMap<(&'static str, String), String>,
}

type Bound = (&'static OperationSchema<'static>, Route);

impl Book {
    /// Every operation answers an output of this size.
    pub fn answering(size: Size) -> Arc<Book> {
        let mut outputs = HashMap::new();
        for model in super::models() {
            for operation in model.operations() {
                let output = operation
                    .output()
                    .map(|id| make(&model, id, size).to_json());
                let key = (model.service, operation.name.to_owned());
                outputs.insert(key, output.unwrap_or_else(|| "{}".to_owned()));
            }
        }
        Arc::new(Book {
            seen: Mutex::default(),
            outputs,
        })
    }

    /// Takes the call that was noted last.
    pub fn take(&self) -> Option<Seen> {
        self.seen.lock().unwrap().take()
    }

    fn note<Op: Operation>(
        &self,
        service: &'static str,
        input: &impl Serialize,
        call: Call,
    ) -> String {
        let input = serde_json::to_value(input).unwrap();
        *self.seen.lock().unwrap() = Some(Seen {
            operation: Op::NAME,
            input,
            deferred: call.deferred,
        });
        self.outputs[&(service, Op::NAME.to_owned())].clone()
    }
}

fn echo<Op>(service: &'static str, dialect: Dialect, book: &Arc<Book>) -> Bound
where
    Op: Operation,
    Op::Input: Serialize,
    Op::Output: DeserializeOwned,
{
    let book = book.clone();
    let handler = move |input: Op::Input, call: Call| {
        let output = book.note::<Op>(service, &input, call);
        async move {
            Ok(serde_json::from_str(&output).unwrap_or_else(|error| panic!("{output}: {error}")))
        }
    };
    (Op::SCHEMA, Typed { dialect }.route::<Op, _, _>(handler))
}

macro_rules! echoes {
    ($service:ident, $api:ident, $book:ident: $($operation:ident)*) => {{
        let name = stringify!($service);
        let dialect: Dialect = slipway::$service::violations::refuse;
        let routes = vec![$(echo::<$api::operation::$operation>(name, dialect, $book)),*];
        Service::new(name, name, &$api::SERVICE, routes, $api::ALL_MODEL_OPERATIONS)
    }};
}

/// The three services with nothing but such handlers.
pub fn services(book: &Arc<Book>) -> Vec<Service> {
    vec![codebuild(book), codedeploy(book), codepipeline(book)]
}

fn codebuild(book: &Arc<Book>) -> Service {
    echoes! { codebuild, codebuild_api, book:
        BatchDeleteBuilds BatchGetBuildBatches BatchGetBuilds BatchGetCommandExecutions
        BatchGetFleets BatchGetProjects BatchGetReportGroups BatchGetReports BatchGetSandboxes
        CreateFleet CreateProject CreateReportGroup CreateWebhook DeleteBuildBatch DeleteFleet
        DeleteProject DeleteReport DeleteReportGroup DeleteResourcePolicy DeleteSourceCredentials
        DeleteWebhook DescribeCodeCoverages DescribeTestCases GetReportGroupTrend GetResourcePolicy
        ImportSourceCredentials InvalidateProjectCache ListBuildBatches ListBuildBatchesForProject
        ListBuilds ListBuildsForProject ListCommandExecutionsForSandbox
        ListCuratedEnvironmentImages ListFleets ListProjects ListReportGroups ListReports
        ListReportsForReportGroup ListSandboxes ListSandboxesForProject ListSharedProjects
        ListSharedReportGroups ListSourceCredentials PutResourcePolicy RetryBuild RetryBuildBatch
        StartBuild StartBuildBatch StartCommandExecution StartSandbox StartSandboxConnection
        StopBuild StopBuildBatch StopSandbox UpdateFleet UpdateProject UpdateProjectVisibility
        UpdateReportGroup UpdateWebhook
    }
}

fn codedeploy(book: &Arc<Book>) -> Service {
    echoes! { codedeploy, codedeploy_api, book:
        AddTagsToOnPremisesInstances BatchGetApplicationRevisions BatchGetApplications
        BatchGetDeploymentGroups BatchGetDeploymentInstances BatchGetDeploymentTargets
        BatchGetDeployments BatchGetOnPremisesInstances ContinueDeployment CreateApplication
        CreateDeployment CreateDeploymentConfig CreateDeploymentGroup DeleteApplication
        DeleteDeploymentConfig DeleteDeploymentGroup DeleteGitHubAccountToken
        DeleteResourcesByExternalId DeregisterOnPremisesInstance GetApplication
        GetApplicationRevision GetDeployment GetDeploymentConfig GetDeploymentGroup
        GetDeploymentInstance GetDeploymentTarget GetOnPremisesInstance ListApplicationRevisions
        ListApplications ListDeploymentConfigs ListDeploymentGroups ListDeploymentInstances
        ListDeploymentTargets ListDeployments ListGitHubAccountTokenNames ListOnPremisesInstances
        ListTagsForResource PutLifecycleEventHookExecutionStatus RegisterApplicationRevision
        RegisterOnPremisesInstance RemoveTagsFromOnPremisesInstances
        SkipWaitTimeForInstanceTermination StopDeployment TagResource UntagResource
        UpdateApplication UpdateDeploymentGroup
    }
}

fn codepipeline(book: &Arc<Book>) -> Service {
    echoes! { codepipeline, codepipeline_api, book:
        AcknowledgeJob AcknowledgeThirdPartyJob CreateCustomActionType CreatePipeline
        DeleteCustomActionType DeletePipeline DeleteWebhook DeregisterWebhookWithThirdParty
        DisableStageTransition EnableStageTransition GetActionType GetJobDetails GetPipeline
        GetPipelineExecution GetPipelineState GetThirdPartyJobDetails ListActionExecutions
        ListActionTypes ListDeployActionExecutionTargets ListPipelineExecutions ListPipelines
        ListRuleExecutions ListRuleTypes ListTagsForResource ListWebhooks OverrideStageCondition
        PollForJobs PollForThirdPartyJobs PutActionRevision PutApprovalResult PutJobFailureResult
        PutJobSuccessResult PutThirdPartyJobFailureResult PutThirdPartyJobSuccessResult PutWebhook
        RegisterWebhookWithThirdParty RetryStageExecution RollbackStage StartPipelineExecution
        StopPipelineExecution TagResource UntagResource UpdateActionType UpdatePipeline
    }
}
