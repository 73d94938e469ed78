//! `ListPolicyTags`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html>

use crate::companions::iam::paging::Wanted;
use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::ListPolicyTagsError;
use iam_api::input::ListPolicyTagsInput;
use iam_api::output::ListPolicyTagsOutput;

pub async fn list_policy_tags(
    input: ListPolicyTagsInput,
    call: Call,
) -> Result<ListPolicyTagsOutput, ListPolicyTagsError> {
    let policy = call.app.iam.policy(call.account(), &input.policy_arn)?;
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let tags = view::tags(&policy.tags)
        .into_iter()
        .map(|tag| (tag.key.clone(), tag));
    let page = wanted.cut(&format!("ListPolicyTags/{}", policy.id), tags)?;
    Ok(ListPolicyTagsOutput {
        tags: page.items,
        is_truncated: page.truncated,
        marker: page.marker,
    })
}
