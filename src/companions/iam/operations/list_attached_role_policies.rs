//! `ListAttachedRolePolicies`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html>

use crate::companions::iam::paging::Wanted;
use crate::companions::iam::{names, view};
use crate::server::Call;
use iam_api::error::ListAttachedRolePoliciesError;
use iam_api::input::ListAttachedRolePoliciesInput;
use iam_api::output::ListAttachedRolePoliciesOutput;

pub async fn list_attached_role_policies(
    input: ListAttachedRolePoliciesInput,
    call: Call,
) -> Result<ListAttachedRolePoliciesOutput, ListAttachedRolePoliciesError> {
    let role = call.app.iam.role(call.account(), &input.role_name)?;
    let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
    let within =
        |arn: &&String| names::policy_parts(arn).is_some_and(|(path, _)| path.starts_with(&prefix));
    let attached = role
        .attached
        .iter()
        .filter(within)
        .map(|arn| (arn.clone(), view::attached(arn)));
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let page = wanted.cut(
        &format!("ListAttachedRolePolicies/{}/{prefix}", role.id),
        attached,
    )?;
    Ok(ListAttachedRolePoliciesOutput {
        attached_policies: Some(page.items),
        is_truncated: page.truncated,
        marker: page.marker,
    })
}
