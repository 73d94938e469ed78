//! CodeBuild over the wire, one file per AWS operation.
//!
//! The engine stands still here: a build gets as far as the tests tell it (`sample::succeed`), so every answer is known.
//! What really runs is tested with clients and in the engine's own tests.

#![allow(
    clippy::too_many_lines,
    reason = "answers are shown whole, and rules side by side"
)]

mod auto_retry;
mod badges;
mod batch_delete_builds;
mod batch_get_build_batches;
mod batch_get_builds;
mod batch_get_command_executions;
mod batch_get_fleets;
mod batch_get_projects;
mod batch_get_report_groups;
mod batch_get_reports;
mod batch_get_sandboxes;
mod batched;
mod create_fleet;
mod create_project;
mod create_report_group;
mod create_webhook;
mod delete_build_batch;
mod delete_fleet;
mod delete_project;
mod delete_report;
mod delete_report_group;
mod delete_resource_policy;
mod delete_source_credentials;
mod delete_webhook;
mod describe_code_coverages;
mod describe_test_cases;
mod emulators;
mod events;
pub mod flock;
mod get_report_group_trend;
mod get_resource_policy;
mod hooked;
mod import_source_credentials;
mod invalidate_project_cache;
mod list_build_batches;
mod list_build_batches_for_project;
mod list_builds;
mod list_builds_for_project;
mod list_command_executions_for_sandbox;
mod list_curated_environment_images;
mod list_fleets;
mod list_projects;
mod list_report_groups;
mod list_reports;
mod list_reports_for_report_group;
mod list_sandboxes;
mod list_sandboxes_for_project;
mod list_shared_projects;
mod list_shared_report_groups;
mod list_source_credentials;
mod put_resource_policy;
mod receive_webhook;
mod reported;
mod restart;
mod retry_build;
mod retry_build_batch;
mod rules;
pub mod sample;
mod sandboxed;
mod start_build;
mod start_build_batch;
mod start_command_execution;
mod start_sandbox;
mod start_sandbox_connection;
mod stop_build;
mod stop_build_batch;
mod stop_sandbox;
mod update_fleet;
mod update_project;
mod update_project_visibility;
mod update_report_group;
mod update_webhook;
