//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = iam_api::IamBuilder::new(Typed {
        dialect: fault::broken_query,
    })
    .attach_role_policy(attach_role_policy)
    .create_policy(create_policy)
    .create_policy_version(create_policy_version)
    .create_role(create_role)
    .delete_policy(delete_policy)
    .delete_policy_version(delete_policy_version)
    .delete_role(delete_role)
    .delete_role_policy(delete_role_policy)
    .detach_role_policy(detach_role_policy)
    .get_policy(get_policy)
    .get_policy_version(get_policy_version)
    .get_role(get_role)
    .get_role_policy(get_role_policy)
    .list_attached_role_policies(list_attached_role_policies)
    .list_entities_for_policy(list_entities_for_policy)
    .list_instance_profiles_for_role(list_instance_profiles_for_role)
    .list_policies(list_policies)
    .list_policy_tags(list_policy_tags)
    .list_policy_versions(list_policy_versions)
    .list_role_policies(list_role_policies)
    .list_role_tags(list_role_tags)
    .list_roles(list_roles)
    .put_role_policy(put_role_policy)
    .set_default_policy_version(set_default_policy_version)
    .tag_policy(tag_policy)
    .tag_role(tag_role)
    .untag_policy(untag_policy)
    .untag_role(untag_role)
    .update_assume_role_policy(update_assume_role_policy)
    .update_role(update_role)
    .update_role_description(update_role_description)
    .build()?;
    let model = iam_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new("iam", "iam", &iam_api::SERVICE, routes, model))
}
