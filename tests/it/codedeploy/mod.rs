//! CodeDeploy over the wire, one file per AWS operation.

#![allow(clippy::too_many_lines, reason = "rules are shown side by side")]

mod add_tags_to_on_premises_instances;
mod batch_get_application_revisions;
mod batch_get_applications;
mod batch_get_deployment_groups;
mod batch_get_on_premises_instances;
mod create_application;
mod create_deployment_config;
mod create_deployment_group;
mod delete_application;
mod delete_deployment_config;
mod delete_deployment_group;
mod delete_git_hub_account_token;
mod delete_resources_by_external_id;
mod deregister_on_premises_instance;
mod get_application;
mod get_application_revision;
mod get_deployment_config;
mod get_deployment_group;
mod get_on_premises_instance;
mod list_application_revisions;
mod list_applications;
mod list_deployment_configs;
mod list_deployment_groups;
mod list_git_hub_account_token_names;
mod list_on_premises_instances;
mod list_tags_for_resource;
mod register_application_revision;
mod register_on_premises_instance;
mod remove_tags_from_on_premises_instances;
mod sample;
mod tag_resource;
mod untag_resource;
mod update_application;
mod update_deployment_group;
