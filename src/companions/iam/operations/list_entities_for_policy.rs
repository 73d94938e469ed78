//! `ListEntitiesForPolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html>

use crate::companions::iam::paging::Wanted;
use crate::companions::iam::rows::is_aws_managed;
use crate::server::Call;
use iam_api::error::ListEntitiesForPolicyError;
use iam_api::input::ListEntitiesForPolicyInput;
use iam_api::model::{EntityType, PolicyRole, PolicyUsageType};
use iam_api::output::ListEntitiesForPolicyOutput;

/// Roles that have the policy; there are no users and groups here.
pub async fn list_entities_for_policy(
    input: ListEntitiesForPolicyInput,
    call: Call,
) -> Result<ListEntitiesForPolicyOutput, ListEntitiesForPolicyError> {
    if !is_aws_managed(&input.policy_arn) {
        call.app.iam.policy(call.account(), &input.policy_arn)?;
    }
    let asked = input
        .entity_filter
        .is_none_or(|filter| filter == EntityType::Role)
        && input.policy_usage_filter != Some(PolicyUsageType::PermissionsBoundary);
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    let keys = if asked {
        call.app.iam.attached_to(call.account(), &input.policy_arn)
    } else {
        Vec::new()
    };
    let roles = keys
        .into_iter()
        .filter_map(|key| Some((key.1.clone(), call.app.iam.tables.roles.get(&key)?)));
    let roles = roles
        .filter(|(_, role)| role.path.starts_with(prefix))
        .map(|(key, role)| {
            (
                key,
                PolicyRole {
                    role_name: Some(role.name.clone()),
                    role_id: Some(role.id.clone()),
                },
            )
        });
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let page = wanted.cut(
        &format!("ListEntitiesForPolicy/{}/{prefix}", input.policy_arn),
        roles,
    )?;
    Ok(ListEntitiesForPolicyOutput {
        policy_groups: Some(Vec::new()),
        policy_users: Some(Vec::new()),
        policy_roles: Some(page.items),
        is_truncated: page.truncated,
        marker: page.marker,
    })
}
