//! `TagRole`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html>

use crate::companions::iam::tags;
use crate::server::Call;
use iam_api::error::TagRoleError;
use iam_api::input::TagRoleInput;
use iam_api::output::TagRoleOutput;

pub async fn tag_role(input: TagRoleInput, call: Call) -> Result<TagRoleOutput, TagRoleError> {
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, _| {
            tags::put::<TagRoleError>(&mut role.tags, input.tags)
        });
    changed.await?;
    Ok(TagRoleOutput {})
}
