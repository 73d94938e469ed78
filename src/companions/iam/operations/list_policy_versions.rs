//! `ListPolicyVersions`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html>

use crate::companions::iam::paging::Wanted;
use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::ListPolicyVersionsError;
use iam_api::input::ListPolicyVersionsInput;
use iam_api::output::ListPolicyVersionsOutput;

/// Oldest first, without documents.
pub async fn list_policy_versions(
    input: ListPolicyVersionsInput,
    call: Call,
) -> Result<ListPolicyVersionsOutput, ListPolicyVersionsError> {
    let policy = call.app.iam.policy(call.account(), &input.policy_arn)?;
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let versions = policy.versions.iter().map(|(number, row)| {
        (
            format!("{number:010}"),
            view::version(&policy, *number, row),
        )
    });
    let page = wanted.cut(&format!("ListPolicyVersions/{}", policy.id), versions)?;
    Ok(ListPolicyVersionsOutput {
        versions: Some(page.items),
        is_truncated: page.truncated,
        marker: page.marker,
    })
}
