//! `ListRoleTags`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html>

use crate::companions::iam::paging::Wanted;
use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::ListRoleTagsError;
use iam_api::input::ListRoleTagsInput;
use iam_api::output::ListRoleTagsOutput;

pub async fn list_role_tags(
    input: ListRoleTagsInput,
    call: Call,
) -> Result<ListRoleTagsOutput, ListRoleTagsError> {
    let role = call.app.iam.role(call.account(), &input.role_name)?;
    let wanted = Wanted {
        marker: &input.marker,
        most: input.max_items,
    };
    let tags = view::tags(&role.tags)
        .into_iter()
        .map(|tag| (tag.key.clone(), tag));
    let page = wanted.cut(&format!("ListRoleTags/{}", role.id), tags)?;
    Ok(ListRoleTagsOutput {
        tags: page.items,
        is_truncated: page.truncated,
        marker: page.marker,
    })
}
