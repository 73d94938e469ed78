//! `ListRoles`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>

use crate::companions::iam::paging::Wanted;
use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::ListRolesError;
use iam_api::input::ListRolesInput;
use iam_api::output::ListRolesOutput;

/// The account's roles by name, without tags and boundaries, as AWS lists them.
pub async fn list_roles(
    input: ListRolesInput,
    call: Call,
) -> Result<ListRolesOutput, ListRolesError> {
    let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
    let roles = call.app.iam.roles_of(call.account());
    let listed = roles
        .into_iter()
        .filter(|(_, role)| role.path.starts_with(&prefix));
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let page = wanted.cut(
        &format!("ListRoles/{prefix}"),
        listed.map(|((_, name), role)| (name, role)),
    )?;
    Ok(ListRolesOutput {
        roles: page
            .items
            .iter()
            .map(|role| view::listed_role(call.account(), role))
            .collect(),
        is_truncated: page.truncated,
        marker: page.marker,
    })
}
