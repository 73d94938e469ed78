//! The modelled exceptions in AWS's own wording, once.
//!
//! Source: contract, codepipeline sections 2.2, 3.1 to 3.3, 3.5, 5.6 to 5.8 and 5.10.

use crate::aws::Account;
use crate::engine::pipeline::MOST_LIVE;
use codepipeline_api::error::*;
use codepipeline_api::model::ActionTypeId;

pub fn pipeline_not_found(account: &Account, name: &str) -> PipelineNotFoundException {
    PipelineNotFoundException::new(format!(
        "Account '{account}' does not have a pipeline with name '{name}'"
    ))
}

/// The list operations word it differently.
pub fn pipeline_not_listed(account: &Account, name: &str) -> PipelineNotFoundException {
    PipelineNotFoundException::new(format!(
        "The account with AWS account ID '{account}' does not include a pipeline named '{name}'"
    ))
}

pub fn name_in_use(account: &Account, name: &str) -> PipelineNameInUseException {
    PipelineNameInUseException::new(format!(
        "A pipeline with the name '{name}' already exists in account '{account}'"
    ))
}

pub fn version_not_found(name: &str, version: i32) -> PipelineVersionNotFoundException {
    PipelineVersionNotFoundException::new(format!(
        "Pipeline '{name}' does not have a version '{version}'"
    ))
}

pub fn execution_not_found(name: &str, id: &str) -> PipelineExecutionNotFoundException {
    PipelineExecutionNotFoundException::new(format!(
        "Pipeline Execution with id '{id}' does not exist in pipeline with name '{name}'"
    ))
}

pub fn stage_not_found(name: &str, stage: &str) -> StageNotFoundException {
    StageNotFoundException::new(format!(
        "Pipeline '{name}' does not have a stage with name '{stage}'"
    ))
}

/// Our words, after those of stages.
pub fn action_not_found(stage: &str, action: &str) -> ActionNotFoundException {
    ActionNotFoundException::new(format!(
        "Stage '{stage}' does not have an action with name '{action}'"
    ))
}

/// An action of another kind than the operation is for; our words.
pub fn no_approval(stage: &str, action: &str) -> ActionNotFoundException {
    ActionNotFoundException::new(format!(
        "The action '{action}' in stage '{stage}' is not an approval action"
    ))
}

/// Only sources of the first stage start executions; our words.
pub fn no_source(stage: &str, action: &str) -> ActionNotFoundException {
    ActionNotFoundException::new(format!(
        "The action '{action}' in stage '{stage}' is not a source action"
    ))
}

/// Our words.
pub fn invalid_approval_token(stage: &str, action: &str) -> InvalidApprovalTokenException {
    InvalidApprovalTokenException::new(format!(
        "The token does not name an approval request that waits for an answer at action '{action}' in stage '{stage}'"
    ))
}

pub fn approval_outdated(name: &str) -> InvalidApprovalTokenException {
    InvalidApprovalTokenException::new(format!(
        "The pipeline {name} has been updated, and the approval request you responded to is now out of date."
    ))
}

pub fn approval_needs_summary(stage: &str, action: &str) -> InvalidApprovalTokenException {
    InvalidApprovalTokenException::new(format!(
        "Action '{action}' in stage '{stage}' requires a summary. Provide a summary in the approval result and try again."
    ))
}

/// Our words.
pub fn approval_completed(stage: &str, action: &str) -> ApprovalAlreadyCompletedException {
    ApprovalAlreadyCompletedException::new(format!(
        "The approval request at action '{action}' in stage '{stage}' has already been answered"
    ))
}

pub fn not_retryable(name: &str, stage: &str, id: &str) -> StageNotRetryableException {
    StageNotRetryableException::new(format!(
        "The stage named {stage} in the {name} pipeline can't be retried now. Either it contains no failed actions, the execution '{id}' is already superseded, or the pipeline definition has changed since the action(s) failed."
    ))
}

/// Our words.
pub fn retried_already(name: &str, stage: &str) -> ConflictException {
    ConflictException::new(format!(
        "The stage named {stage} in the {name} pipeline is already being retried"
    ))
}

/// Our words.
pub fn not_latest(stage: &str, id: &str) -> NotLatestPipelineExecutionException {
    NotLatestPipelineExecutionException::new(format!(
        "The pipeline execution with ID '{id}' is not the latest execution in stage '{stage}'"
    ))
}

pub fn target_not_found(name: &str, id: &str) -> PipelineExecutionNotFoundException {
    PipelineExecutionNotFoundException::new(format!(
        "Target Pipeline Execution with id '{id}' does not exist in pipeline with name '{name}'"
    ))
}

pub fn target_outdated(name: &str) -> PipelineExecutionOutdatedException {
    PipelineExecutionOutdatedException::new(format!(
        "Pipeline '{name}' has been updated since the rollback request was made."
    ))
}

pub fn target_not_completed(stage: &str, id: &str) -> UnableToRollbackStageException {
    UnableToRollbackStageException::new(format!(
        "Target Pipeline Execution with id '{id}' has not completed in stage with name '{stage}'"
    ))
}

pub fn stage_in_progress(name: &str, stage: &str) -> UnableToRollbackStageException {
    UnableToRollbackStageException::new(format!(
        "Pipeline '{name}' cannot start rollback since stage {stage} is in progress."
    ))
}

/// The documentation forbids it; our words.
pub fn first_stage(name: &str, stage: &str) -> UnableToRollbackStageException {
    UnableToRollbackStageException::new(format!(
        "Pipeline '{name}' cannot start rollback since stage {stage} is its first stage."
    ))
}

/// Our words.
pub fn stage_skipped(name: &str, stage: &str) -> UnableToRollbackStageException {
    UnableToRollbackStageException::new(format!(
        "Pipeline '{name}' cannot start rollback since stage {stage} was skipped."
    ))
}

/// Our words.
pub fn not_overridable(stage: &str, condition: &str) -> ConditionNotOverridableException {
    ConditionNotOverridableException::new(format!(
        "The stage '{stage}' has no condition of type {condition} that can be overridden now"
    ))
}

/// Our words.
pub fn action_execution_not_found(id: &str) -> ActionExecutionNotFoundException {
    ActionExecutionNotFoundException::new(format!("Action execution with id '{id}' does not exist"))
}

pub fn not_stoppable(name: &str, id: &str) -> PipelineExecutionNotStoppableException {
    PipelineExecutionNotStoppableException::new(format!(
        "The pipeline execution with ID '{id}' in '{name}' can't be stopped now. Either it does not exist in the pipeline, or the pipeline execution has no action executions in progress."
    ))
}

pub fn stopped_already(name: &str, id: &str) -> DuplicatedStopRequestException {
    DuplicatedStopRequestException::new(format!(
        "The execution with ID {id} in {name} is already in a stopping state. If you already chose to stop and wait, you cannot make that request again. You can choose to stop and abandon now, but be aware that this option can lead to failed actions. If you already chose to stop and abandon, you cannot make that request again."
    ))
}

/// Of a pipeline in mode QUEUED or PARALLEL.
pub fn too_many_executions(name: &str) -> ConcurrentPipelineExecutionsLimitExceededException {
    ConcurrentPipelineExecutionsLimitExceededException::new(format!(
        "The pipeline '{name}' has reached the limit of {MOST_LIVE} concurrent executions"
    ))
}

pub fn invalid_token(token: &str) -> InvalidNextTokenException {
    InvalidNextTokenException::new(format!(
        "The nextToken value '{token}' is not valid. Specify a valid nextToken value, and then try again."
    ))
}

pub fn variable_named_twice(name: &str) -> ValidationException {
    ValidationException::new(format!(
        "Variable names must be unique. The following variable name is already in use: {name}"
    ))
}

pub fn unknown_source(name: &str, action: &str) -> ValidationException {
    ValidationException::new(format!(
        "The pipeline '{name}' does not have a source action with the name '{action}'"
    ))
}

pub fn wrong_revision_type(action: &str, kind: &str) -> ValidationException {
    ValidationException::new(format!(
        "The source action '{action}' does not take revisions of the type {kind}"
    ))
}

pub fn key_not_overridable(action: &str) -> ValidationException {
    ValidationException::new(format!(
        "The source action '{action}' does not allow to override its S3 object key: AllowOverrideForS3ObjectKey is not true"
    ))
}

pub fn overrides_need_v2() -> ValidationException {
    ValidationException::new("Source revision overrides can only be used with V2 pipelines")
}

pub fn role_not_assumable(role: &str) -> InvalidStructureException {
    InvalidStructureException::new(format!(
        "CodePipeline is not authorized to perform AssumeRole on role {role}"
    ))
}

pub fn action_role_not_assumable(pipeline_role: &str, role: &str) -> InvalidStructureException {
    InvalidStructureException::new(format!(
        "{pipeline_role} is not authorized to perform AssumeRole on role {role}"
    ))
}

pub fn too_many_pipelines(limit: usize) -> LimitExceededException {
    LimitExceededException::new(format!(
        "The account has reached the limit of {limit} pipelines in this region"
    ))
}

pub fn too_many_webhooks(limit: usize) -> LimitExceededException {
    LimitExceededException::new(format!(
        "The account has reached the limit of {limit} webhooks in this region"
    ))
}

pub fn webhook_not_found(name: &str) -> WebhookNotFoundException {
    WebhookNotFoundException::new(format!("The webhook '{name}' does not exist"))
}

pub fn webhook_not_named() -> ValidationException {
    ValidationException::new(
        "1 validation error detected: Value at 'webhookName' failed to satisfy constraint: Member must not be null",
    )
}

pub fn unknown_target(pipeline: &str, action: &str) -> ValidationException {
    ValidationException::new(format!(
        "The first stage of the pipeline '{pipeline}' does not have an action with the name '{action}'"
    ))
}

/// The live service wraps the sentence so.
pub fn one_property_of_authentication(
    property: &str,
) -> InvalidWebhookAuthenticationParametersException {
    InvalidWebhookAuthenticationParametersException::new(format!(
        "Optional['authenticationConfig' should contain only one property: '{property}']"
    ))
}

pub fn no_authentication() -> InvalidWebhookAuthenticationParametersException {
    InvalidWebhookAuthenticationParametersException::new(
        "Optional['authenticationConfig' should be empty]",
    )
}

pub fn not_a_range(range: &str) -> InvalidWebhookAuthenticationParametersException {
    InvalidWebhookAuthenticationParametersException::new(format!(
        "'AllowedIPRange' must be a range of addresses such as 198.51.100.0/24, not '{range}'"
    ))
}

pub fn invalid_json_path(path: &str, why: &str) -> InvalidWebhookFilterPatternException {
    InvalidWebhookFilterPatternException::new(format!(
        "The filter's JSON path '{path}' is not valid: {why}"
    ))
}

pub fn too_many_polling_pipelines(limit: usize) -> LimitExceededException {
    LimitExceededException::new(format!(
        "The account has reached the limit of {limit} pipelines that poll for source changes in this region"
    ))
}

pub fn too_many_action_types(limit: usize) -> LimitExceededException {
    LimitExceededException::new(format!(
        "The account has reached the limit of {limit} custom action types in this region"
    ))
}

slipway_runtime::message_error!(
    "com.amazonaws.codepipeline",
    "ActionTypeAlreadyExistsException",
    action_type_already_exists_exception,
    ActionTypeAlreadyExistsException,
    "ActionTypeAlreadyExistsException",
    400,
    fault: false,
    &slipway_runtime::CLIENT_ERROR
);

/// The model has this exception and lists it for no operation.
pub fn action_type_exists(id: &ActionTypeId) -> ActionTypeAlreadyExistsException {
    ActionTypeAlreadyExistsException::new(format!("{} already exists", action_type(id)))
}

pub fn action_type_differs(id: &ActionTypeId) -> ActionTypeAlreadyExistsException {
    ActionTypeAlreadyExistsException::new(format!(
        "{} was deleted; it can be created again with its earlier definition only. Use another version for a new definition.",
        action_type(id)
    ))
}

pub fn action_type_not_found(
    category: &str,
    owner: &str,
    provider: &str,
    version: &str,
) -> ActionTypeNotFoundException {
    let name = action_type_named(category, owner, provider, version);
    ActionTypeNotFoundException::new(format!("{name} does not exist"))
}

pub fn query_required(id: &ActionTypeId, key: &str) -> ValidationException {
    ValidationException::new(format!(
        "{} has the queryable property '{key}'. Jobs for it are polled for with queryParam and a value of that property",
        action_type(id)
    ))
}

pub fn not_queryable(id: &ActionTypeId, key: &str) -> ValidationException {
    ValidationException::new(format!(
        "{} has no queryable property '{key}'. Jobs for it are polled for without queryParam",
        action_type(id)
    ))
}

pub fn job_not_found(id: &str) -> JobNotFoundException {
    JobNotFoundException::new(format!("Job with id '{id}' does not exist"))
}

pub fn invalid_nonce(id: &str, nonce: &str) -> InvalidNonceException {
    InvalidNonceException::new(format!(
        "The nonce '{nonce}' is not valid for the job with id {id}: it is not the one of the newest offer, or the job has been taken"
    ))
}

pub fn invalid_client_token(id: &str) -> InvalidClientTokenException {
    InvalidClientTokenException::new(format!(
        "The client token is not the one of the client that the job with id {id} is for"
    ))
}

pub fn job_not_acknowledged(id: &str) -> InvalidJobStateException {
    InvalidJobStateException::new(format!("Job with id {id} has not been acknowledged"))
}

pub fn job_terminated(id: &str) -> InvalidJobStateException {
    InvalidJobStateException::new(format!("Job with id {id} has already terminated"))
}

pub fn job_result_differs(id: &str) -> InvalidJobStateException {
    InvalidJobStateException::new(format!(
        "The status of job with id {id} is already set to the desired value. It cannot be updated with the same status, but different result or output variables."
    ))
}

pub fn token_with_variables() -> ValidationException {
    ValidationException::new(
        "A job can not contain both a continuation token and output variables.",
    )
}

pub fn variables_too_large(limit: usize) -> OutputVariablesSizeExceededException {
    OutputVariablesSizeExceededException::new(format!(
        "The output variables of an action can have at most {limit} bytes together, names and values"
    ))
}

pub fn executor_configurations() -> ValidationException {
    ValidationException::new(
        "The executor needs exactly one of jobWorkerExecutorConfiguration and lambdaExecutorConfiguration",
    )
}

pub fn executor_mismatch(kind: &str) -> ValidationException {
    ValidationException::new(format!(
        "The executor's configuration is not one of its type {kind}"
    ))
}

/// How the service names a type.
pub fn action_type(id: &ActionTypeId) -> String {
    let (category, owner) = (id.category.as_str(), id.owner.as_str());
    action_type_named(category, owner, &id.provider, &id.version)
}

fn action_type_named(category: &str, owner: &str, provider: &str, version: &str) -> String {
    format!(
        "ActionType (Category: '{category}', Provider: '{provider}', Owner: '{owner}', Version: '{version}')"
    )
}

pub fn unknown_region(region: &str) -> ValidationException {
    ValidationException::new(format!("'{region}' is not the name of a region"))
}

pub fn resource_not_found(account: &Account, name: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!(
        "The account with id '{account}' does not include a pipeline with the name '{name}'"
    ))
}

pub fn action_type_not_in_account(
    account: &Account,
    category: &str,
    provider: &str,
    version: &str,
) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!(
        "The account with id '{account}' does not include a custom action type with the category '{category}', the provider '{provider}' and the version '{version}'"
    ))
}

pub fn webhook_not_in_account(account: &Account, name: &str) -> ResourceNotFoundException {
    ResourceNotFoundException::new(format!(
        "The account with id '{account}' does not include a webhook with the name '{name}'"
    ))
}

pub fn invalid_arn(arn: &str) -> InvalidArnException {
    InvalidArnException::new(format!(
        "The ARN '{arn}' does not name a CodePipeline resource of this account and region"
    ))
}

pub fn system_tag() -> InvalidTagsException {
    InvalidTagsException::new(
        "Not allowed to modify system tags. System tags start with 'aws:'. msg=[Caller is an end user and not allowed to mutate system tags]",
    )
}

pub fn invalid_tag(text: impl Into<String>) -> InvalidTagsException {
    InvalidTagsException::new(text)
}

pub fn too_many_tags(arn: &str) -> TooManyTagsException {
    TooManyTagsException::new(format!("Tag limit exceeded for resource [{arn}]."))
}
