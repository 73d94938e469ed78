//! CodePipeline over the wire, one file per AWS operation.
//!
//! The engine stands still here but for `unavailable`: an execution gets as far as the tests tell it (`sample::finish`), so every answer is known.
//! What really runs is tested with clients and in the engine's own tests.

#![allow(
    clippy::too_many_lines,
    reason = "answers are shown whole, and rules side by side"
)]

mod create_custom_action_type;
mod create_pipeline;
mod delete_custom_action_type;
mod delete_pipeline;
mod delete_webhook;
mod deregister_webhook_with_third_party;
mod events;
mod gate_rules;
mod get_action_type;
mod get_pipeline;
mod get_pipeline_execution;
mod get_pipeline_state;
mod list_action_executions;
mod list_action_types;
mod list_pipeline_executions;
mod list_pipelines;
mod list_rule_types;
mod list_tags_for_resource;
mod list_webhooks;
mod put_webhook;
mod receive_webhook;
mod register_webhook_with_third_party;
mod rules;
pub mod sample;
mod start_pipeline_execution;
mod stop_pipeline_execution;
mod tag_resource;
mod type_rules;
mod unavailable;
mod untag_resource;
mod update_action_type;
mod update_pipeline;
mod webhook;
