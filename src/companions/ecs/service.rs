//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = ecs_api::EcsBuilder::new(Typed {
        dialect: fault::broken,
    })
    .create_cluster(create_cluster)
    .create_service(create_service)
    .create_task_set(create_task_set)
    .delete_cluster(delete_cluster)
    .delete_service(delete_service)
    .delete_task_set(delete_task_set)
    .deregister_task_definition(deregister_task_definition)
    .describe_capacity_providers(describe_capacity_providers)
    .describe_clusters(describe_clusters)
    .describe_services(describe_services)
    .describe_task_definition(describe_task_definition)
    .describe_task_sets(describe_task_sets)
    .describe_tasks(describe_tasks)
    .list_clusters(list_clusters)
    .list_services(list_services)
    .list_tags_for_resource(list_tags_for_resource)
    .list_task_definition_families(list_task_definition_families)
    .list_task_definitions(list_task_definitions)
    .list_tasks(list_tasks)
    .put_cluster_capacity_providers(put_cluster_capacity_providers)
    .register_task_definition(register_task_definition)
    .run_task(run_task)
    .stop_task(stop_task)
    .tag_resource(tag_resource)
    .untag_resource(untag_resource)
    .update_cluster(update_cluster)
    .update_cluster_settings(update_cluster_settings)
    .update_service(update_service)
    .update_service_primary_task_set(update_service_primary_task_set)
    .update_task_set(update_task_set)
    .build()?;
    let model = ecs_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new("ecs", "ecs", &ecs_api::SERVICE, routes, model))
}
