//! The service as handlers see it, and the list of its operations.

use super::agents::keys::Keys;
use super::deployments::{DeploymentKey, Fixed};
use super::events::{event, instance_event};
use super::operations::*;
use super::store::Tables;
use super::{deployment_view, errors, launch, validate};
use crate::aws::Scope;
use crate::companions::Companions;
use crate::companions::containers::{ServiceError, ServiceRef};
use crate::companions::events::Events;
use crate::engine::deployment::commands::start::created;
use crate::engine::deployment::event::Owner;
use crate::engine::deployment::perform::HostIndex;
use crate::engine::deployment::{Deployment, DeploymentState, Event, Record};
use crate::engine::driver::{Driver, Keep};
use crate::server::{Service, Typed};
use crate::store::{Store, Txn};
use codedeploy_api::CodeDeployBuilder;
use codedeploy_api::error::{
    DeploymentDoesNotExistException, DeploymentIdRequiredException, InvalidDeploymentIdException,
    InvalidECSServiceException, InvalidRoleException, InvalidTriggerConfigException,
};
use codedeploy_api::model::{ECSService, LastDeploymentInfo, TriggerConfig};
use slipway_runtime::MissingHandlers;

/// Tables and engine of CodeDeploy; cheap to clone.
#[derive(Clone)]
pub struct CodeDeploy {
    pub store: Store,
    pub tables: Tables,
    pub engine: Driver<Deployment>,
    /// Deployments that have commands for an agent.
    pub commands: HostIndex,
    /// What specifications are signed with.
    pub keys: Keys,
}

/// Operations that answer 501 for now.
pub const NOT_BUILT: &[&str] = &[];

/// Every operation with its handler.
pub fn service() -> Result<Service, MissingHandlers> {
    let dialect = super::violations::refuse;
    let routes = CodeDeployBuilder::new(Typed { dialect })
        .add_tags_to_on_premises_instances(add_tags_to_on_premises_instances)
        .batch_get_application_revisions(batch_get_application_revisions)
        .batch_get_applications(batch_get_applications)
        .batch_get_deployment_groups(batch_get_deployment_groups)
        .batch_get_deployment_instances(batch_get_deployment_instances)
        .batch_get_deployment_targets(batch_get_deployment_targets)
        .batch_get_deployments(batch_get_deployments)
        .batch_get_on_premises_instances(batch_get_on_premises_instances)
        .continue_deployment(continue_deployment)
        .create_application(create_application)
        .create_deployment(create_deployment)
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
        .get_deployment(get_deployment)
        .get_deployment_config(get_deployment_config)
        .get_deployment_group(get_deployment_group)
        .get_deployment_instance(get_deployment_instance)
        .get_deployment_target(get_deployment_target)
        .get_on_premises_instance(get_on_premises_instance)
        .list_application_revisions(list_application_revisions)
        .list_applications(list_applications)
        .list_deployment_configs(list_deployment_configs)
        .list_deployment_groups(list_deployment_groups)
        .list_deployment_instances(list_deployment_instances)
        .list_deployment_targets(list_deployment_targets)
        .list_deployments(list_deployments)
        .list_git_hub_account_token_names(list_git_hub_account_token_names)
        .list_on_premises_instances(list_on_premises_instances)
        .list_tags_for_resource(list_tags_for_resource)
        .put_lifecycle_event_hook_execution_status(put_lifecycle_event_hook_execution_status)
        .register_application_revision(register_application_revision)
        .register_on_premises_instance(register_on_premises_instance)
        .remove_tags_from_on_premises_instances(remove_tags_from_on_premises_instances)
        .skip_wait_time_for_instance_termination(skip_wait_time_for_instance_termination)
        .stop_deployment(stop_deployment)
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

/// What the engine keeps goes to the tables, and changes of status to whoever hears of events, in the same commit.
#[derive(Clone)]
pub struct Kept {
    pub tables: Tables,
    pub events: Events,
}

impl Keep<Deployment> for Kept {
    fn keep(&self, tx: &mut Txn, key: &DeploymentKey, record: Record) {
        let deployments = &self.tables.deployments;
        match record {
            Record::Moved { from, to, at } => {
                if let Some(fixed) = tx.get_record(&deployments.fixed, key) {
                    deployments.moved(tx, key, &fixed, (from, to));
                    if let Some(event) = event(&self.tables, tx, key, &fixed, (from, to), at) {
                        self.events.record(tx, event);
                    }
                }
            }
            Record::InstanceMoved { id, arn, to, at } => {
                let fixed = tx.get_record(&deployments.fixed, key);
                let event = fixed.and_then(|fixed| {
                    instance_event(&self.tables, tx, key, &fixed, (&id, &arn, to), at)
                });
                if let Some(event) = event {
                    self.events.record(tx, event);
                }
            }
            Record::Finished(state) => self.tables.finish_deployment(tx, *state),
        }
    }
}

impl CodeDeploy {
    /// The engine's state of a deployment: live, finished, or a rollback that is about to begin.
    pub fn state(&self, key: &DeploymentKey) -> Option<DeploymentState> {
        let live = || self.engine.state(key).map(|live| (*live).clone());
        let finished = || {
            let finished = self.tables.deployments.finished.get(key);
            finished.unwrap_or_else(|fault| fault.raise())
        };
        let waiting = || {
            let plan = self.tables.deployments.waiting.get(key)?;
            Some(created((*plan).clone()))
        };
        // What waited may have begun and ended between one look and the next.
        live().or_else(finished).or_else(waiting).or_else(finished)
    }

    /// A deployment, and what never changes about it.
    pub fn deployment(&self, scope: &Scope, id: &str) -> Option<(Fixed, DeploymentState)> {
        let key = (scope.clone(), id.to_owned());
        let fixed = self.tables.deployments.fixed.get(&key);
        let fixed = fixed.unwrap_or_else(|fault| fault.raise())?;
        Some((fixed, self.state(&key)?))
    }

    /// The same for an id that a caller gives.
    pub fn find_deployment<E>(&self, scope: &Scope, id: &str) -> Result<(Fixed, DeploymentState), E>
    where
        E: From<DeploymentIdRequiredException>
            + From<InvalidDeploymentIdException>
            + From<DeploymentDoesNotExistException>,
    {
        validate::deployments::id::<E>(id)?;
        let found = self.deployment(scope, id);
        Ok(found.ok_or_else(|| errors::deployment_not_found(id))?)
    }

    /// A deployment as its group shows it.
    pub fn last_deployment(&self, scope: &Scope, id: &str) -> Option<LastDeploymentInfo> {
        let (fixed, state) = self.deployment(scope, id)?;
        Some(deployment_view::last(&fixed, &state))
    }

    /// What these deployments belong to was deleted; those that are over stay as they are.
    pub async fn orphan(&self, active: impl IntoIterator<Item = DeploymentKey>, owner: Owner) {
        for key in active {
            launch::begin_rollback(self, &key).await;
            self.engine.event(key, Event::Orphaned(owner)).await;
        }
    }
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

/// Whether the ECS service of a group is there and may be deployed to (contract codedeploy §7.2), where there is an ECS to ask.
pub async fn check_services(
    companions: &dyn Companions,
    scope: &Scope,
    services: &[ECSService],
) -> Result<(), InvalidECSServiceException> {
    for service in services {
        let at = ServiceRef {
            cluster: service.cluster_name.clone().unwrap_or_default(),
            service: service.service_name.clone().unwrap_or_default(),
        };
        match companions.containers().service(scope, &at).await {
            Ok(found) if found.status != "ACTIVE" => return Err(errors::no_service(&at)),
            Ok(found) if found.controller != "CODE_DEPLOY" => {
                return Err(errors::service_not_controlled());
            }
            Err(ServiceError::NoSuchCluster | ServiceError::NoSuchService) => {
                return Err(errors::no_service(&at));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
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
