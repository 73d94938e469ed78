//! `ListRolePolicies`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html>

use crate::companions::iam::paging::Wanted;
use crate::server::Call;
use iam_api::error::ListRolePoliciesError;
use iam_api::input::ListRolePoliciesInput;
use iam_api::output::ListRolePoliciesOutput;

/// Names of the role's inline policies.
pub async fn list_role_policies(
    input: ListRolePoliciesInput,
    call: Call,
) -> Result<ListRolePoliciesOutput, ListRolePoliciesError> {
    let role = call.app.iam.role(call.account(), &input.role_name)?;
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let names = role.inline.keys().map(|name| (name.clone(), name.clone()));
    let page = wanted.cut(&format!("ListRolePolicies/{}", role.id), names)?;
    Ok(ListRolePoliciesOutput {
        policy_names: page.items,
        is_truncated: page.truncated,
        marker: page.marker,
    })
}
