//! The service as handlers see it, and the list of its operations.

use super::operations::*;
use super::store::Tables;
use super::{errors, validate};
use crate::aws::Scope;
use crate::companions::Companions;
use crate::server::{Service, Typed};
use crate::store::Store;
use codedeploy_api::CodeDeployBuilder;
use codedeploy_api::error::{InvalidRoleException, InvalidTriggerConfigException};
use codedeploy_api::model::TriggerConfig;
use slipway_runtime::MissingHandlers;

/// Tables of CodeDeploy; cheap to clone.
#[derive(Clone)]
pub struct CodeDeploy {
    pub store: Store,
    pub tables: Tables,
}

/// Operations that answer 501 for now.
pub const NOT_BUILT: &[&str] = &[
    "BatchGetDeploymentInstances",
    "BatchGetDeploymentTargets",
    "BatchGetDeployments",
    "ContinueDeployment",
    "CreateDeployment",
    "GetDeployment",
    "GetDeploymentInstance",
    "GetDeploymentTarget",
    "ListDeploymentInstances",
    "ListDeploymentTargets",
    "ListDeployments",
    "PutLifecycleEventHookExecutionStatus",
    "SkipWaitTimeForInstanceTermination",
    "StopDeployment",
];

/// Every operation with its handler.
pub fn service() -> Result<Service, MissingHandlers> {
    let dialect = super::violations::refuse;
    let routes = CodeDeployBuilder::new(Typed { dialect })
        .add_tags_to_on_premises_instances(add_tags_to_on_premises_instances)
        .batch_get_application_revisions(batch_get_application_revisions)
        .batch_get_applications(batch_get_applications)
        .batch_get_deployment_groups(batch_get_deployment_groups)
        .batch_get_on_premises_instances(batch_get_on_premises_instances)
        .create_application(create_application)
        .create_deployment_config(create_deployment_config)
        .create_deployment_group(create_deployment_group)
        .delete_application(delete_application)
        .delete_deployment_config(delete_deployment_config)
        .delete_deployment_group(delete_deployment_group)
        .delete_git_hub_account_token(delete_git_hub_account_token)
        .delete_resources_by_external_id(delete_resources_by_external_id)
        .deregister_on_premises_instance(deregister_on_premises_instance)
        .get_application(get_application)
        .get_application_revision(get_application_revision)
        .get_deployment_config(get_deployment_config)
        .get_deployment_group(get_deployment_group)
        .get_on_premises_instance(get_on_premises_instance)
        .list_application_revisions(list_application_revisions)
        .list_applications(list_applications)
        .list_deployment_configs(list_deployment_configs)
        .list_deployment_groups(list_deployment_groups)
        .list_git_hub_account_token_names(list_git_hub_account_token_names)
        .list_on_premises_instances(list_on_premises_instances)
        .list_tags_for_resource(list_tags_for_resource)
        .register_application_revision(register_application_revision)
        .register_on_premises_instance(register_on_premises_instance)
        .remove_tags_from_on_premises_instances(remove_tags_from_on_premises_instances)
        .tag_resource(tag_resource)
        .untag_resource(untag_resource)
        .update_application(update_application)
        .update_deployment_group(update_deployment_group)
        .not_built(NOT_BUILT)
        .build()?;
    let model = codedeploy_api::ALL_MODEL_OPERATIONS;
    let schema = &codedeploy_api::SERVICE;
    Ok(Service::new(
        "codedeploy",
        "codedeploy",
        schema,
        routes,
        model,
    ))
}

/// Whether the service may assume the role.
pub async fn check_role(
    companions: &dyn Companions,
    role: &str,
) -> Result<(), InvalidRoleException> {
    validate::role(role)?;
    let answer = companions
        .check_role(role, "codedeploy.amazonaws.com")
        .await;
    answer.map_err(|_| errors::role_not_assumable(role))
}

/// Publishes a test message for each trigger, as saving one does (contract codedeploy §9.1).
pub async fn check_triggers(
    companions: &dyn Companions,
    scope: &Scope,
    triggers: &[TriggerConfig],
) -> Result<(), InvalidTriggerConfigException> {
    for trigger in triggers {
        let name = trigger.trigger_name.as_deref().unwrap_or_default();
        let topic = trigger.trigger_target_arn.as_deref().unwrap_or_default();
        let subject = format!("SUCCESS: AWS CodeDeploy notification setup for trigger {name}");
        let subject: String = subject.chars().take(LONGEST_SUBJECT).collect();
        let message = format!("AWS CodeDeploy notification setup for trigger {name} succeeded.");
        let sent = companions.publish(scope, topic, &subject, &message).await;
        sent.map_err(|error| errors::topic_not_usable(topic, &error.to_string()))?;
    }
    Ok(())
}

/// SNS takes no longer ones.
const LONGEST_SUBJECT: usize = 99;
