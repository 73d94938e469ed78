//! The service as handlers and launchers see it, and the list of its operations.

use super::errors;
use super::events::event;
use super::operations::*;
use super::store::{PipelineKey, Tables};
use crate::companions::Companions;
use crate::companions::events::Events;
use crate::engine::driver::{Driver, Keep};
use crate::engine::pipeline::{Pipelines, Record};
use crate::server::{Service, Typed};
use crate::store::{Store, Txn};
use codepipeline_api::CodePipelineBuilder;
use codepipeline_api::error::InvalidStructureException;
use codepipeline_api::model::PipelineDeclaration;
use slipway_runtime::MissingHandlers;

/// Tables and engine of CodePipeline; cheap to clone.
#[derive(Clone)]
pub struct CodePipeline {
    pub store: Store,
    pub tables: Tables,
    pub engine: Driver<Pipelines>,
}

/// Operations that answer 501 for now.
pub const NOT_BUILT: &[&str] = &[];

/// Every operation with its handler.
pub fn service() -> Result<Service, MissingHandlers> {
    let dialect = super::violations::refuse;
    let routes = CodePipelineBuilder::new(Typed { dialect })
        .acknowledge_job(acknowledge_job)
        .acknowledge_third_party_job(acknowledge_third_party_job)
        .create_custom_action_type(create_custom_action_type)
        .create_pipeline(create_pipeline)
        .delete_custom_action_type(delete_custom_action_type)
        .delete_pipeline(delete_pipeline)
        .delete_webhook(delete_webhook)
        .deregister_webhook_with_third_party(deregister_webhook_with_third_party)
        .disable_stage_transition(disable_stage_transition)
        .enable_stage_transition(enable_stage_transition)
        .get_action_type(get_action_type)
        .get_job_details(get_job_details)
        .get_pipeline(get_pipeline)
        .get_pipeline_execution(get_pipeline_execution)
        .get_pipeline_state(get_pipeline_state)
        .get_third_party_job_details(get_third_party_job_details)
        .list_action_executions(list_action_executions)
        .list_action_types(list_action_types)
        .list_deploy_action_execution_targets(list_deploy_action_execution_targets)
        .list_pipeline_executions(list_pipeline_executions)
        .list_pipelines(list_pipelines)
        .list_rule_executions(list_rule_executions)
        .list_rule_types(list_rule_types)
        .list_tags_for_resource(list_tags_for_resource)
        .list_webhooks(list_webhooks)
        .override_stage_condition(override_stage_condition)
        .poll_for_jobs(poll_for_jobs)
        .poll_for_third_party_jobs(poll_for_third_party_jobs)
        .put_action_revision(put_action_revision)
        .put_approval_result(put_approval_result)
        .put_job_failure_result(put_job_failure_result)
        .put_job_success_result(put_job_success_result)
        .put_third_party_job_failure_result(put_third_party_job_failure_result)
        .put_third_party_job_success_result(put_third_party_job_success_result)
        .put_webhook(put_webhook)
        .register_webhook_with_third_party(register_webhook_with_third_party)
        .retry_stage_execution(retry_stage_execution)
        .rollback_stage(rollback_stage)
        .start_pipeline_execution(start_pipeline_execution)
        .stop_pipeline_execution(stop_pipeline_execution)
        .tag_resource(tag_resource)
        .untag_resource(untag_resource)
        .update_action_type(update_action_type)
        .update_pipeline(update_pipeline)
        .not_built(NOT_BUILT)
        .build()?;
    let model = codepipeline_api::ALL_MODEL_OPERATIONS;
    let schema = &codepipeline_api::SERVICE;
    Ok(Service::new(
        "codepipeline",
        "codepipeline",
        schema,
        routes,
        model,
    ))
}

/// What the engine keeps goes to the tables, and changes to whoever hears of events, in the same commit.
#[derive(Clone)]
pub struct Kept {
    pub tables: Tables,
    pub events: Events,
}

impl Keep<Pipelines> for Kept {
    fn keep(&self, tx: &mut Txn, pipeline: &PipelineKey, record: Record) {
        if let Record::Change(change) = &record {
            self.events.record(tx, event(pipeline, change));
        }
        self.tables.keep(tx, pipeline, record);
    }
}

/// Rules 16 and 17 of the contract's section 4.2: the service assumes the pipeline's role, and that one the roles of actions
/// and rules that are others.
pub async fn check_roles(
    companions: &dyn Companions,
    pipeline: &PipelineDeclaration,
) -> Result<(), InvalidStructureException> {
    let role = &pipeline.role_arn;
    let answer = companions
        .check_role(role, "codepipeline.amazonaws.com")
        .await;
    answer.map_err(|_| errors::role_not_assumable(role))?;
    let actions = pipeline.stages.iter().flat_map(|stage| &stage.actions);
    let of_actions = actions.filter_map(|action| action.role_arn.as_ref());
    let of_rules = pipeline.stages.iter().flat_map(super::validate::rules_of);
    let of_rules = of_rules.filter_map(|rule| rule.role_arn.as_ref());
    let own = of_actions.chain(of_rules).filter(|own| *own != role);
    for action_role in own {
        let answer = companions.check_role(action_role, role).await;
        answer.map_err(|_| errors::action_role_not_assumable(role, action_role))?;
    }
    Ok(())
}
