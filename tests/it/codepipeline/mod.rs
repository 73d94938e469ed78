//! CodePipeline over the wire, one file per AWS operation.
//!
//! The engine stands still here but for `polling`, `unavailable` and where a test says so: an execution gets as far as the tests tell it (`sample::finish`), so every answer is known.
//! What really runs is tested with clients and in the engine's own tests.

#![allow(
    clippy::too_many_lines,
    reason = "answers are shown whole, and rules side by side"
)]

mod acknowledge_job;
mod catalogue;
mod create_custom_action_type;
mod create_pipeline;
mod credentials;
mod delete_custom_action_type;
mod delete_pipeline;
mod delete_webhook;
mod deregister_webhook_with_third_party;
mod disable_stage_transition;
mod enable_stage_transition;
mod events;
mod gate_rules;
mod get_action_type;
mod get_job_details;
mod get_pipeline;
mod get_pipeline_execution;
mod get_pipeline_state;
mod list_action_executions;
mod list_action_types;
mod list_deploy_action_execution_targets;
mod list_pipeline_executions;
mod list_pipelines;
mod list_rule_executions;
mod list_rule_types;
mod list_tags_for_resource;
mod list_webhooks;
mod modes;
mod override_stage_condition;
mod poll_for_jobs;
mod polling;
mod put_action_revision;
mod put_approval_result;
mod put_job_failure_result;
mod put_job_success_result;
mod put_webhook;
mod receive_webhook;
mod register_webhook_with_third_party;
mod retention;
mod retry_stage_execution;
mod rollback_stage;
mod rules;
pub mod sample;
mod start_pipeline_execution;
mod stop_pipeline_execution;
mod tag_resource;
mod third_party_jobs;
mod times;
mod type_rules;
mod unavailable;
mod untag_resource;
mod update_action_type;
mod update_pipeline;
mod variables;
mod webhook;
mod worker;
